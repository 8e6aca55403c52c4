"""Politeness, measured where it counts: at the server."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from statistics import median

import pytest

from crawler import settings
from crawler.run import crawl, sync
from crawler.storage import Store
from tests.feeds import RSS, Item, page, rss, story
from tests.program import Program
from tests.site import Answer, Host, Site

PACE = 0.2
_CLOCKS = 0.03
"""Seconds by which a request's way to the server may differ from the next one's."""


async def until(holds: Callable[[], bool], within: float = 10.0) -> bool:
    """Wait until something holds; whether it did in time."""
    end = time.monotonic() + within
    while not holds() and time.monotonic() < end:  # noqa: ASYNC110  (the servers live in other threads)
        await asyncio.sleep(0.02)
    return holds()


def connections() -> int:
    """Connections that the hosts of this process hold open: the server has a thread for each."""
    return sum("process_request_thread" in thread.name for thread in threading.enumerate())


def starts(host: Host) -> list[float]:
    return sorted(asked.began for asked in host.requests)


def test_a_host_is_asked_one_thing_at_a_time_with_a_pause(program: Program, site: Site) -> None:
    host, other = site.host(), site.host()
    sources = [host.serve(f"/{name}", rss([]), headers=RSS) for name in "ab"]
    program.settings([*sources, other.serve("/rss", rss([]), headers=RSS)])
    program.once()
    program.pace = PACE
    for name in "ab":
        items = []
        for number in range(2):
            link = host.serve(f"/{name}/{number}", page("A page", story(f"{name}{number}")), delay=0.05)
            items.append(Item(link, f"{name}{number}"))
        host.serve(f"/{name}", rss(items), headers=RSS)
    host.requests.clear()
    other.requests.clear()
    program.once()
    assert sorted(host.paths()) == ["/a", "/a/0", "/a/1", "/b", "/b/0", "/b/1", "/robots.txt"]
    assert host.most_in_flight() == 1
    gaps = [later - earlier for earlier, later in pairwise(starts(host))]
    # A request that a busy machine sees late makes one gap shorter and the one before it longer.
    assert median(gaps) >= PACE - _CLOCKS
    assert min(gaps) >= PACE / 2
    # The other host did not wait for this one's seven requests.
    assert starts(other)[-1] - starts(host)[0] < 3 * PACE


def test_with_no_pause_a_host_is_still_asked_one_thing_at_a_time(program: Program, site: Site) -> None:
    host = site.host()
    program.settings([host.serve(f"/{number}", rss([]), headers=RSS, delay=0.02) for number in range(6)])
    program.once()
    assert len(host.requests) == 7
    assert host.most_in_flight() == 1


def test_a_slow_host_holds_up_no_other(program: Program, site: Site) -> None:
    slow, quick = site.host(), site.host()
    urls = [slow.serve("/rss", rss([]), headers=RSS, delay=1.0), quick.serve("/rss", rss([]), headers=RSS)]
    program.settings(urls)
    assert program.once().summary.failed == 0
    began = slow.asked("/rss")[0].began
    assert quick.asked("/rss")[0].began - began < 0.5


def test_a_large_feed_that_waits_for_its_pages_holds_up_no_other(program: Program, site: Site) -> None:
    slow, quick = site.host(), site.host()
    padding = f"<!-- {'x' * 6_000_000} -->"
    program.settings([slow.serve("/rss", rss([]), headers=RSS), quick.serve("/rss", rss([]), headers=RSS)])
    program.once()
    answered = threading.Event()
    slow.answers["/page"] = Answer(page("A page", story("salt")).encode(), until=answered)
    slow.serve("/rss", rss([Item(slow.url("/page"), "Salt")]) + padding, headers=RSS)
    quick.requests.clear()

    async def main() -> bool:
        with Store.writer(program.folder / "tidings.db") as store:
            runtime = program.runtime(store)
            large, other = store.sources.due(program.now, everything=True)
            running = asyncio.ensure_future(crawl(runtime))
            runtime.queue.put([large])
            await until(lambda: bool(slow.asked("/page")))
            runtime.queue.put([other])
            held_up = not await until(lambda: bool(quick.asked("/rss")), within=2.0)
            answered.set()
            runtime.queue.finish()
            await running
            return held_up

    assert not program.reactor.run(main)
    assert program.one("SELECT text_from FROM articles")[0] == "page"


def test_idle_connections_are_closed_while_the_crawl_goes_on(
    program: Program, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "KEEP_ALIVE", 0.3)
    program.settings([site.host().serve("/rss", rss([]), headers=RSS) for _ in range(5)])
    before = connections()

    async def main() -> tuple[bool, bool]:
        with Store.writer(program.folder / "tidings.db") as store:
            runtime = program.runtime(store)
            sync(runtime)
            running = asyncio.ensure_future(crawl(runtime))
            runtime.queue.put(store.sources.due(program.now))
            kept = await until(lambda: connections() >= before + 5)
            closed = await until(lambda: connections() <= before, within=3.0)
            runtime.queue.finish()
            await running
            return kept, closed

    assert program.reactor.run(main) == (True, True)
