"""What a query takes is shown in the order of the dates that are shown."""

from __future__ import annotations

from pathlib import Path

from crawler.model import Match
from crawler.storage import Store
from scheduler.cli.taking import Taken, latest
from tests.stored import HOUR, NOW, news, save, sources


def test_the_latest_date_that_is_shown_comes_first(tmp_path: Path) -> None:
    with Store.writer(tmp_path / "tidings.db") as store:
        store.sources.sync(sources(1), NOW)
        save(store, news(1, published=NOW - 2 * HOUR), news(2, published=NOW - HOUR), news(3, published=None))
        stored = store.articles.get([1, 2, 3])
    taken = [Taken(stored[number], Match("t", 1.0)) for number in (1, 2, 3)]
    assert [each.article.id for each in latest(taken)] == [3, 2, 1]
