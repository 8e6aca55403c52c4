from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.coverage import Brought
from crawler.model import DueSource, Match, Outcome, Source
from crawler.runtime import DueQueue, Runtime, Summary
from crawler.storage import MatchIntent, Store
from tests.stored import ANNA, BORYS, HOUR, NOW, fetched, news, settings, topic


def due(*numbers: int) -> list[DueSource]:
    return [DueSource(number, Source(f"https://outlet{number}.example/rss")) for number in numbers]


async def taken(queue: DueQueue) -> list[int]:
    return [each.id async for each in queue]


def test_queue_hands_over_what_was_put_and_ends() -> None:
    async def main() -> None:
        queue = DueQueue()
        assert queue.put(due(1, 2)) == 2
        queue.finish()
        assert queue.put(due(3)) == 0
        assert await taken(queue) == [1, 2]

    asyncio.run(main())


def test_a_source_is_on_its_way_once_until_it_is_done() -> None:
    async def main() -> None:
        queue = DueQueue()
        assert queue.put(due(1, 1, 2)) == 2
        assert queue.put(due(2, 3)) == 1
        queue.done(1)
        assert queue.put(due(1)) == 1
        queue.finish()
        assert await taken(queue) == [1, 2, 3, 1]

    asyncio.run(main())


def test_a_source_that_rests_is_not_taken_until_it_rested() -> None:
    async def main() -> None:
        queue = DueQueue()
        queue.rest(1, 0.05)
        assert queue.put(due(1, 2)) == 1
        await asyncio.sleep(0.1)
        assert queue.put(due(1)) == 1

    asyncio.run(main())


def test_closing_leaves_what_was_not_handed_over() -> None:
    async def main() -> None:
        queue = DueQueue()
        queue.put(due(1, 2, 3))
        walk = aiter(queue)
        assert (await anext(walk)).id == 1
        queue.close()
        with pytest.raises(StopAsyncIteration):
            await anext(walk)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(queue.idle(), 0.01)  # the first is still being polled
        queue.done(1)
        await asyncio.wait_for(queue.idle(), 1)

    asyncio.run(main())


def test_closing_a_finished_queue_ends_it_too() -> None:
    async def main() -> None:
        queue = DueQueue()
        queue.put(due(1))
        queue.finish()
        queue.close()
        assert await taken(queue) == []
        await asyncio.wait_for(queue.idle(), 1)

    asyncio.run(main())


def test_a_new_queue_is_idle() -> None:
    asyncio.run(asyncio.wait_for(DueQueue().idle(), 1))


def test_summary_counts_each_outcome() -> None:
    summary = Summary()
    for outcome in (Outcome.OK, Outcome.UNCHANGED, Outcome.UNCHANGED, Outcome.FAILED):
        summary.count(outcome)
    assert (summary.polled, summary.unchanged, summary.failed) == (4, 2, 1)


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    config = settings(tmp_path, topic(), topic("U", to=(BORYS,)))
    with Store.writer(config.storage.path) as store:
        store.sources.sync(config.sources, NOW)
        yield Runtime(config, store, clock=lambda: NOW)


def test_a_stored_poll_is_counted_and_makes_room_in_the_queue(runtime: Runtime) -> None:
    [first, second] = runtime.store.sources.due(NOW)
    runtime.queue.put([first, second])
    runtime.store_poll(first, fetched(), articles=(news(1),), entries=1)
    runtime.store_poll(second, fetched(Outcome.FAILED, error="it is gone"))
    asyncio.run(asyncio.wait_for(runtime.queue.idle(), 1))
    assert (runtime.summary.polled, runtime.summary.failed, runtime.summary.saved.new) == (2, 1, 1)
    assert runtime.summary.errors == [("Outlet 2", "it is gone")]
    assert runtime.store.sources.due(NOW) == []
    assert [each.id for each in runtime.store.sources.due(NOW + HOUR)] == [1, 2]


def test_a_poll_teaches_when_a_source_publishes(runtime: Runtime) -> None:
    [first, _] = runtime.store.sources.due(NOW)
    assert runtime.store.rhythms.of(first.id) is None
    published = (NOW - HOUR, NOW - 2 * HOUR, None)
    runtime.store_poll(
        first, fetched(), brought=Brought(3, 3, published=published, fresh_for=1800.0, closed_hours=(3,))
    )
    habits = runtime.store.rhythms.of(first.id)
    assert habits is not None
    assert sum(habits.rhythm.hours) == pytest.approx(2, rel=0.01), "nobody knows when the undated one came"
    assert (habits.window, habits.fresh_for, habits.closed) == (3, 1800.0, frozenset({3}))
    before = habits.rhythm.at
    runtime.store_poll(first, replace(fetched(), outcome=Outcome.UNCHANGED))
    again = runtime.store.rhythms.of(first.id)
    assert again is not None
    assert again.rhythm.at == before, "a 304 soon after teaches nothing worth writing"


def test_a_source_that_feeds_an_urgent_topic_is_known(runtime: Runtime) -> None:
    [first, _] = runtime.store.sources.due(NOW)
    runtime.store_poll(first, fetched(), articles=(news(1, matches=[MatchIntent(Match("T", 1.0), "planned")]),))
    runtime.set_price()
    assert runtime.urgent == {first.id}
    assert runtime.price > 0


def test_a_poll_that_cannot_be_stored_makes_room_in_the_queue(runtime: Runtime) -> None:
    [first, _] = runtime.store.sources.due(NOW)
    runtime.queue.put([first])
    with pytest.raises(ValueError, match="unpack"):
        runtime.store_poll(first, fetched(), articles=(news(1, keys=(("url",),)),))
    asyncio.run(asyncio.wait_for(runtime.queue.idle(), 1))
    assert runtime.summary.polled == 0


def test_changed_settings_are_followed(runtime: Runtime) -> None:
    assert runtime.recipients(runtime.topics["T"]) == (ANNA,)
    assert runtime.recipients(runtime.topics["U"]) == (BORYS,)
    runtime.follow(replace(runtime.config, topics=(topic("V"),)))
    assert list(runtime.topics) == ["V"]
