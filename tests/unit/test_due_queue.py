"""The queue's memory of what is on its way: what hangs, what stands still, and what another crawl still asks."""

from __future__ import annotations

import asyncio

from crawler.model import DueSource, Source
from crawler.runtime import DueQueue


def due(*numbers: int) -> list[DueSource]:
    return [DueSource(number, Source(f"https://outlet{number}.example/rss")) for number in numbers]


def test_a_poll_is_overdue_from_its_request_not_from_its_wait_for_a_turn() -> None:
    seconds = [0.0]
    queue = DueQueue(monotonic=lambda: seconds[0])
    queue.put(due(1, 2, 3))
    seconds[0] = 500
    queue.moved(1)
    queue.moved(2)
    queue.moved(1)  # a redirect: asked again, but it began before
    seconds[0] = 1000
    queue.moved(1)
    assert queue.overdue(500) == []
    seconds[0] = 1001
    assert [each.id for each in queue.overdue(500)] == [1, 2]
    queue.goes_on(1)
    assert [each.id for each in queue.overdue(500)] == [2]
    queue.done(2)
    assert queue.overdue(500) == []


def test_a_crawl_stands_still_only_while_it_has_something_to_do() -> None:
    seconds = [0.0]
    queue = DueQueue(monotonic=lambda: seconds[0])
    seconds[0] = 5000
    assert queue.still() == 0
    queue.put(due(1, 2))
    seconds[0] = 5100
    assert queue.still() == 100
    queue.put(due(3))  # more to do is no progress
    assert queue.still() == 100
    queue.moved(None)
    assert queue.still() == 0
    seconds[0] = 5200
    queue.done(1)
    assert queue.still() == 0
    seconds[0] = 5300
    assert queue.still() == 100
    queue.done(2)
    queue.done(3)
    seconds[0] = 9000
    assert queue.still() == 0


def test_a_source_that_rests_neither_hangs_nor_keeps_the_crawl() -> None:
    async def main() -> None:
        seconds = [0.0]
        queue = DueQueue(monotonic=lambda: seconds[0])
        queue.put(due(1))
        queue.moved(1)
        queue.rest(1, 60)
        seconds[0] = 5000
        assert queue.overdue(1) == []
        assert queue.still() == 0
        assert queue.put(due(1)) == 0

    asyncio.run(main())


def test_what_the_crawl_before_asks_is_not_asked_by_the_next() -> None:
    async def main() -> None:
        first = DueQueue()
        first.put(due(1, 2, 3))
        walk = aiter(first)
        assert (await anext(walk)).id == 1
        first.close()
        second = DueQueue(first)
        assert second.put(due(1, 2)) == 1  # the first never took 2
        assert (await anext(aiter(second))).id == 2
        first.done(1)
        assert second.put(due(1)) == 1
        second.done(1)
        second.done(2)
        await asyncio.wait_for(first.idle(), 1)

    asyncio.run(main())


def test_what_a_crawl_that_broke_off_had_is_due_again() -> None:
    async def main() -> None:
        first = DueQueue()
        first.put(due(1, 2))
        assert (await anext(aiter(first))).id == 1
        first.rest(3, 60)
        first.forget()
        second = DueQueue(first)
        assert second.put(due(1, 2, 3)) == 2

    asyncio.run(main())
