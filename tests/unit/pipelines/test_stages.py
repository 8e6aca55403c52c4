"""The stages from identify to store on one poll, as Scrapy calls them, without Scrapy's crawl."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from scrapy.crawler import Crawler

from crawler.dedupe.identity import entry_hash
from crawler.importing import Importer
from crawler.items import Draft, PollItem
from crawler.model import DueSource, Entry, Match, Outcome, SourceDocument
from crawler.pipelines.copies import Copies
from crawler.pipelines.extract import Extract
from crawler.pipelines.identify import Identify
from crawler.pipelines.match import MatchTopics
from crawler.pipelines.plan import Plan
from crawler.pipelines.stage import Stage, keep_each
from crawler.pipelines.store import StorePoll
from crawler.runtime import Runtime
from crawler.storage import Store
from crawler.topics import Matcher
from tests.stored import HOUR, NOW, fetched, news, rows, settings, topic

_REPORT = (
    "Three children who were taken to the occupied coast in the spring came back to their families on Tuesday. "
    "The ombudsman's office said the youngest is six years old, and that a fourth child is still waiting for papers. "
    "Volunteers drove them across two borders in nineteen hours with a minivan that a parish had lent."
)


@dataclass
class _Spider:
    runtime: Runtime


@dataclass
class _Crawler:
    """What a stage asks of Scrapy's crawler."""

    spider: _Spider


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    config = settings(tmp_path, topic(query="children"))
    with Store.writer(config.storage.path) as store:
        store.sources.sync(config.sources, NOW)
        yield Runtime(config, store, clock=lambda: NOW)


def draft(number: int, outlet: int = 1, **changes: Any) -> Draft:  # noqa: ANN401
    article = news(number, outlet, **changes)
    entry = Entry(link=article.link, title=article.title, summary=article.text)
    return Draft(entry, entry_hash(entry), article)


def item(runtime: Runtime, *drafts: Draft, source_id: int = 1, first: bool = False) -> PollItem:
    source = runtime.config.sources[source_id - 1]
    document = SourceDocument(tuple(each.entry for each in drafts))
    return PollItem(
        DueSource(source_id, source, first_poll=first), fetched(), document, list(drafts),
        seen=[each.entry_hash for each in drafts],
    )  # fmt: skip


async def _all_of(runtime: Runtime, polled: PollItem, *stages: type[Any]) -> PollItem:
    """A poll through the stages as Scrapy hands it on: all of it in one task."""
    crawler = cast("Crawler", _Crawler(_Spider(runtime)))
    for stage in stages or (Identify, Copies, MatchTopics, Plan, StorePoll):
        made = stage.from_crawler(crawler).process_item(polled)
        polled = await made if inspect.isawaitable(made) else made
    return polled


def run(runtime: Runtime, polled: PollItem, *stages: type[Any]) -> PollItem:
    return asyncio.run(_all_of(runtime, polled, *stages))


def test_every_stage_finds_the_runtime_through_scrapy(runtime: Runtime) -> None:
    for kind in (Identify, Copies, MatchTopics, Plan, StorePoll):
        assert issubclass(kind, Stage)
        assert kind.from_crawler(cast("Crawler", _Crawler(_Spider(runtime)))).runtime is runtime


def test_an_article_goes_from_draft_to_outbox_once(runtime: Runtime) -> None:
    run(runtime, item(runtime, draft(1, title="Children return", text=_REPORT)))
    assert runtime.store.outbox.due_alerts(NOW, 9) == [1]
    assert (runtime.summary.polled, runtime.summary.saved.new, runtime.summary.saved.planned) == (1, 1, 1)
    again = run(runtime, item(runtime, draft(1, title="Children return", text=_REPORT)))
    assert again.drafts == []
    assert [sighting.article_id for sighting in again.sightings] == [1]
    assert runtime.store.articles.count() == 1
    assert runtime.store.outbox.due_alerts(NOW, 9) == [1]


def test_what_the_first_document_holds_is_archived(runtime: Runtime) -> None:
    run(runtime, item(runtime, draft(1, title="Children return", text=_REPORT), first=True))
    assert rows(runtime.store, "SELECT kind FROM alerts") == [("archive",)]


def test_two_entries_that_are_one_article_make_one(runtime: Runtime) -> None:
    polled = run(runtime, item(runtime, draft(1, text=_REPORT), draft(1, text=_REPORT), draft(2)), Identify)
    assert [each.article.url for each in polled.drafts] == ["https://outlet1.example/1", "https://outlet1.example/2"]


def test_a_changed_article_becomes_a_version(runtime: Runtime) -> None:
    run(runtime, item(runtime, draft(1, title="Three return", text=_REPORT)))
    longer = f"{_REPORT} On Wednesday the fourth child crossed the border as well, with an aunt and two suitcases."
    polled = run(runtime, item(runtime, draft(1, title="Four return, one with an aunt", text=longer)))
    assert [each.article.known_id for each in polled.drafts] == [1]
    assert [version.title for version in runtime.store.articles.versions_of(1)] == [
        "Three return",
        "Four return, one with an aunt",
    ]
    assert runtime.summary.saved.updated == 1


def test_what_retention_deleted_does_not_come_back(runtime: Runtime) -> None:
    run(runtime, item(runtime, draft(1)))
    runtime.store.prune(NOW + HOUR, 0)
    assert runtime.store.articles.count() == 0
    run(runtime, item(runtime, draft(1)))
    assert runtime.store.articles.count() == 0
    assert runtime.summary.saved.new == 1


def test_a_copy_in_another_outlet_is_stored_and_not_told(runtime: Runtime) -> None:
    run(runtime, item(runtime, draft(1, title="Children return", text=_REPORT)))
    run(runtime, item(runtime, draft(2, 2, title="Children return", text=f"(Agency) {_REPORT}"), source_id=2))
    assert rows(runtime.store, "SELECT id, copy_of FROM articles") == [(1, None), (2, 1)]
    assert rows(runtime.store, "SELECT article_id, fate FROM matches") == [(1, "planned"), (2, "copy")]
    [alert] = [runtime.store.outbox.load_alert(number) for number in runtime.store.outbox.due_alerts(NOW, 9)]
    assert [copy.source for copy in alert.articles[0].copies] == ["Outlet 2"]


def test_an_entry_that_fails_costs_itself_alone_and_is_tried_again(
    runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    polled = item(runtime, draft(1), draft(2), draft(3))

    def work(each: Draft) -> bool:
        if each.article.url.endswith("/2"):
            raise ZeroDivisionError("a bug")
        return not each.article.url.endswith("/3")

    hashes = list(polled.seen)
    asyncio.run(keep_each(polled, work))
    assert [each.article.url for each in polled.drafts] == ["https://outlet1.example/1"]
    assert polled.seen == [hashes[0], hashes[2]]
    [record] = caplog.records
    assert record.getMessage() == (
        "https://outlet1.example/2?utm_source=rss: this entry could not be worked on and is left out"
    )


def test_a_source_that_stays_away_is_told_the_first_and_every_tenth_time(
    runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for failures in range(21):
        due = DueSource(1, runtime.config.sources[0], failures=failures)
        run(runtime, PollItem(due, fetched(Outcome.FAILED, error="it is gone")), StorePoll)
    told = [record for record in caplog.records if record.name == "crawler.pipelines.store"]
    assert {record.getMessage() for record in told} == {"Outlet 1: it is gone"}
    assert [record.levelname for record in told].count("WARNING") == 3
    assert len(runtime.summary.errors) == 21


def test_an_entry_that_no_draft_can_be_made_of_costs_itself(runtime: Runtime) -> None:
    good = Entry(link="https://outlet1.example/1", title="Good", summary="A text of some words.")
    bad = Entry(link="https://outlet1.example/2", title="Bad", guid=cast("str", 5))
    polled = item(runtime, first=True)  # a first poll opens no pages
    polled.document = SourceDocument((good, bad))
    crawler = cast("Crawler", _Crawler(_Spider(runtime)))
    polled = asyncio.run(Extract.from_crawler(crawler).process_item(polled))
    assert [each.entry for each in polled.drafts] == [good]
    assert polled.seen == [entry_hash(good)]


class _Stumbling:
    """A matcher with a bug."""

    def match(self, *_: object, **__: object) -> list[Match]:
        raise RuntimeError("off by one")


def test_a_line_that_failed_is_imported_when_the_file_comes_again(runtime: Runtime) -> None:
    line = b'{"url": "https://paper.example/1", "title": "Children come home", "text": "A text of some words."}'
    whole, runtime.matcher = runtime.matcher, cast("Matcher", _Stumbling())
    assert Importer(runtime, alert=False, tell=print).run([line]).skipped == 1
    runtime.matcher = whole
    again = Importer(runtime, alert=False, tell=print).run([line])
    assert (again.skipped, again.saved.new) == (0, 1)


def test_the_loop_goes_on_between_two_articles_of_a_poll(runtime: Runtime) -> None:
    """Told by turns of the loop, not by time: an article costs a hundredth of a second, a new source brings many."""
    polled = item(runtime, *(draft(number) for number in range(1, 21)))
    turns: list[int] = []

    async def others() -> None:
        while True:
            turns.append(runtime.summary.polled)
            await asyncio.sleep(0)

    async def main() -> None:
        beside = asyncio.ensure_future(others())
        await _all_of(runtime, polled)
        beside.cancel()

    asyncio.run(main())
    assert runtime.summary.saved.new == 20
    assert turns.count(0) >= 3 * 20, "Identify, Copies and MatchTopics each give a turn after every article"


def test_no_other_poll_comes_in_between(runtime: Runtime) -> None:
    """Both polls bring the same article: were it decided on before the other is stored, it would be stored twice."""
    both = [
        item(runtime, *(draft(number, title="Children return", text=_REPORT) for number in (1, 2)), source_id=source)
        for source in (1, 2)
    ]

    async def main() -> None:
        await asyncio.gather(*(asyncio.ensure_future(_all_of(runtime, each)) for each in both))

    asyncio.run(main())
    assert [len(each.drafts) + len(each.sightings) for each in both] == [2, 2]
    assert runtime.summary.saved.new == runtime.store.articles.count() == len(both[0].drafts)
    assert both[1].drafts == []
