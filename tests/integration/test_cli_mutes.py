from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from crawler.storage import Store
from tests.program import Ended, tidings
from tests.stored import ANNA, DAY, news, save, sources, taken

SETTINGS = '[mail]\nto = ["anna@example.org"]\n[[topics]]\nname = "T"\nquery = "children"\n'


def run(folder: Path, *words: str) -> Ended:
    return tidings("--settings", str(folder / "settings.toml"), *words)


def test_what_people_asked_not_to_be_told_is_shown_and_ended(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(SETTINGS)
    now = datetime.now(UTC)
    with Store.writer(tmp_path / "tidings.db") as store:
        store.sources.sync(sources(1), now)
        save(store, news(1, matches=[taken(ANNA)]), at=now)
        store.wishes.mute(ANNA, "T", "story", 1, now=now, until=now + 7 * DAY)
        store.wishes.stop("@desk", "", "the receiver wants nothing more (HTTP 410)", now)
    shown = run(tmp_path, "alerts", "mutes")
    assert "story 1" in shown.out
    assert "@desk" in shown.out
    assert run(tmp_path, "alerts", "unmute", "1").code == 0
    assert run(tmp_path, "alerts", "unmute", "1").code != 0
    assert run(tmp_path, "alerts", "unmute", "--to", "@desk").code == 0
    assert run(tmp_path, "alerts", "unmute").code == 2
    assert json.loads(run(tmp_path, "alerts", "mutes", "--json").out) == {"mutes": [], "stops": []}
