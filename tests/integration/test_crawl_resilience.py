"""What breaks costs itself: an entry its entry, a poll its poll, and the crawl goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import datetime
from typing import Any

import pytest

from crawler.errors import StorageError
from crawler.model import Match
from crawler.run import crawl, poll_once, sync
from crawler.runtime import Runtime
from crawler.storage import PollIntent, Saved, Store
from crawler.text import Document
from crawler.topics import Matcher
from tests.feeds import RSS, Item, rss, story
from tests.program import Program
from tests.site import Site

TITLES = ("Bridge repaired", "Ferry sunk", "Market closed")
ITEMS = [Item(f"https://paper.example/{title.split()[0]}", title, story(title)) for title in TITLES]
TOPIC = {"name": "Ships", "query": "ferry"}


class StumblingMatcher(Matcher):
    """Breaks on one article, as a bug would."""

    def match(self, document: Document, *, source: str, host: str, author: str = "", url: str = "") -> list[Match]:
        if document.title == "Ferry sunk":
            raise RuntimeError("stumbled")
        return super().match(document, source=source, host=host)


class StumblingStore(Store):
    """Breaks on the polls of one source, as a bug of ours would."""

    broken = 1

    def save_poll(self, intent: PollIntent) -> Saved:
        if intent.source_id == self.broken and intent.articles:
            raise RuntimeError("off by one")
        return super().save_poll(intent)


def polling(runtime: Runtime) -> Coroutine[Any, Any, None]:
    sync(runtime)
    return poll_once(runtime, everything=True)


def titles(program: Program) -> set[str]:
    return {row["title"] for row in program.rows("SELECT title FROM articles")}


def test_a_document_that_breaks_off_gives_the_entries_before(program: Program, site: Site) -> None:
    host = site.host()
    whole = rss(ITEMS)
    program.settings([host.serve("/rss", whole[: whole.index("Market closed") + 4], headers=RSS)])
    done = program.once()
    assert done.summary.failed == 0
    assert {"Bridge repaired", "Ferry sunk"} <= titles(program)
    assert "mended" in program.one("SELECT error FROM polls")[0]
    host.serve("/rss", whole, headers=RSS)
    program.once()
    assert set(TITLES) <= titles(program)


def test_broken_markup_in_an_entry_costs_no_other(program: Program, site: Site) -> None:
    host = site.host()
    broken = rss(ITEMS).replace("Ferry sunk", "Ferry &nosuch; <sunk")
    program.settings([host.serve("/rss", broken, headers=RSS)])
    assert program.once().summary.failed == 0
    assert "Bridge repaired" in titles(program)
    poll = program.one("SELECT * FROM polls")
    assert poll["new"] + poll["updated"] + poll["known"] == poll["entries"]


def test_entities_that_multiply_are_not_expanded(program: Program, site: Site) -> None:
    bomb, good = site.host(), site.host()
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    prolog = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{levels}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    item = "<item><title>&l9;</title><link>https://paper.example/a</link><description>&f;</description></item>"
    bomb.serve("/rss", f'{prolog}<rss version="2.0"><channel>{item}</channel></rss>', headers=RSS)
    program.settings([bomb.url("/rss"), good.serve("/rss", rss(ITEMS), headers=RSS)])
    program.once()
    assert set(TITLES) <= titles(program)
    stored = program.rows("SELECT title, text, summary FROM articles")
    assert not any("root:" in value or len(value) > 10_000 for row in stored for value in row)


def test_entries_without_anything_are_survived(program: Program, site: Site) -> None:
    host = site.host()
    odd = "<item></item><item><link>javascript:alert(1)</link></item><item><title> </title></item>"
    odd += "<item><link>http://[::1</link><title>Bad address</title><pubDate>the day after</pubDate></item>"
    program.settings([host.serve("/rss", rss(ITEMS).replace("</channel>", odd + "</channel>"), headers=RSS)])
    done = program.once()
    assert done.summary.failed == 0
    assert set(TITLES) <= titles(program)
    poll = program.one("SELECT * FROM polls")
    assert poll["new"] + poll["updated"] + poll["known"] == poll["entries"]


def test_a_stage_that_breaks_on_one_entry_costs_that_entry(
    program: Program, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    host = site.host()
    program.settings([host.serve("/rss", rss(ITEMS), headers=RSS)], [TOPIC])

    async def with_a_bug() -> None:
        with Store.writer(program.folder / "tidings.db") as store:
            runtime = program.runtime(store)
            runtime.matcher = StumblingMatcher([])
            await polling(runtime)

    program.reactor.run(with_a_bug)
    assert titles(program) == {"Bridge repaired", "Market closed"}
    assert "could not be worked on and is left out" in caplog.text
    # It was not marked as seen: when the feed next changes, it is tried again.
    host.serve("/rss", rss([*ITEMS, Item("https://paper.example/new", "One more", story("salt"))]), headers=RSS)
    program.once()
    assert titles(program) == {*TITLES, "One more"}


def test_an_error_of_our_own_fails_the_poll_and_the_crawl_goes_on(
    program: Program, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = site.host(), site.host()
    program.settings([bad.serve("/rss", rss(ITEMS[:1]), headers=RSS), good.serve("/rss", rss(ITEMS[1:]), headers=RSS)])

    async def with_a_bug() -> None:
        with StumblingStore.writer(program.folder / "tidings.db") as store:
            runtime = program.runtime(store)
            await polling(runtime)

    program.reactor.run(with_a_bug)
    assert titles(program) == {"Ferry sunk", "Market closed"}
    failed = program.one("SELECT * FROM polls WHERE source_id = 1")
    assert failed["outcome"] == "failed"
    assert failed["error"] == "an error of Tidings itself: RuntimeError: off by one"
    # Nothing of it was stored, so nothing hides it from the next poll.
    program.once()
    assert titles(program) == set(TITLES)


def test_an_error_while_reading_an_answer_fails_the_poll(program: Program, site: Site) -> None:
    """A spider callback that raises is told apart from a stage that does."""
    bad, good = site.host(), site.host()
    program.settings([bad.serve("/rss", rss(ITEMS[:1]), headers=RSS), good.serve("/rss", rss(ITEMS[1:]), headers=RSS)])

    async def with_a_bug() -> list[str]:
        with Store.writer(program.folder / "tidings.db") as store:
            runtime = program.runtime(store)
            sync(runtime)
            due = store.sources.due(program.now)
            calls = iter(range(1_000))

            def clock() -> datetime:
                if next(calls) == len(due):  # each request takes the time once; then the first answer is read
                    raise RuntimeError("clock stopped")
                return program.now

            runtime.clock = clock
            runtime.queue.put(due)
            runtime.queue.finish()
            await crawl(runtime)
            return [error for _, error in runtime.summary.errors]

    assert program.reactor.run(with_a_bug) == ["an error of Tidings itself: RuntimeError: clock stopped"]
    assert len(titles(program)) in (1, 2)


class FullStore(Store):
    """Cannot write a poll at all."""

    def save_poll(self, intent: PollIntent) -> Saved:
        raise StorageError(self.path, "could not be written: database or disk is full")


def test_a_full_disk_does_not_make_us_ask_every_second(
    program: Program, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    host = site.host()
    program.settings([host.serve("/rss", rss(ITEMS), headers=RSS)])

    async def ticks() -> int:
        with FullStore.writer(program.folder / "tidings.db") as store:
            runtime = program.runtime(store)
            sync(runtime)
            running = asyncio.ensure_future(crawl(runtime))
            for _ in range(20):
                runtime.queue.put(store.sources.due(program.now))
                await asyncio.sleep(0.05)
            runtime.queue.finish()
            await running
            return len(host.asked("/rss"))

    assert program.reactor.run(ticks) == 1
    assert "S1 was read but not stored" in caplog.text
    assert "Traceback" not in caplog.text
