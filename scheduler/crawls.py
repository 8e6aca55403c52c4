"""The one crawl: started, watched, started again when it breaks, renewed when its pace changes, ended.

A crawl that is renewed is not cut off: it ends what it began beside the new one, and the new one's queue knows of it,
so that no source is asked by both.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from crawler import run
from crawler.runtime import DueQueue, Runtime

_log = logging.getLogger(__name__)
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0
"""Seconds before a crawl that broke is started again: doubled each time …"""
_HEALTHY = 600.0
"""… and counted from the first again once one held for so long."""
_STILL = 600.0
"""Seconds without a request sent or answered, with sources waiting, after which the crawl counts as dead."""
_DEADLINE = 600.0
"""Seconds from a source's request to the end of its poll, and the pauses before as many pages as one poll fetches."""
_PAGES = 50
_MOST_GIVEN_UP = 8
"""Polls without an end, each of which holds a place of the crawl for ever, after which another crawl takes over."""


class Crawls:
    """Keeps one crawl going."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._current: asyncio.Task[None] | None = None
        self._former: set[asyncio.Task[None]] = set()
        self._restart: asyncio.TimerHandle | None = None
        self._wait = _FIRST_WAIT
        self._given_up = 0
        self._began = 0.0

    def start(self) -> None:
        """Start a crawl on a queue of its own, which follows the one before."""
        if self._restart is not None:
            self._restart.cancel()
            self._restart = None
        self._given_up = 0
        self._began = asyncio.get_running_loop().time()
        self._runtime.queue = DueQueue(self._runtime.queue)
        self._current = asyncio.ensure_future(run.crawl(self._runtime))
        self._current.add_done_callback(self._ended)

    def alive(self) -> bool:
        """Whether the crawl lives and moves; lets go of polls that come to no end."""
        self._let_go()
        pauses = 2 * self._runtime.config.crawl.pace
        return self._current is not None and not self._current.done() and self._runtime.queue.still() < _STILL + pauses

    def renew(self) -> None:
        """Let another crawl take over; the one before ends what it has begun."""
        if self._current is not None:
            self._former.add(self._current)
            self._current.add_done_callback(self._former.discard)
        self._runtime.queue.close()
        self.start()

    async def end(self, patience: float) -> None:
        """Let what runs be finished, and cut off what does not within so many seconds."""
        if self._restart is not None:
            self._restart.cancel()
        crawls = {*self._former, *([self._current] if self._current else [])}
        self._current = None
        self._runtime.queue.close()
        if not crawls:
            return
        _, hanging = await asyncio.wait(crawls, timeout=patience)
        if hanging:
            # Never wait for Scrapy's own stop: within a crawl's first milliseconds it hangs (ecosystem.md, finding 2).
            _log.warning("polls that would not end were cut off; they are due again")
            for crawl in hanging:
                crawl.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await asyncio.wait(hanging, timeout=1)

    def _ended(self, crawl: asyncio.Task[None]) -> None:
        """The crawl ends only when its queue is closed; if it did by itself, say why and start another."""
        error = None if crawl.cancelled() else crawl.exception()
        if crawl is not self._current:
            return
        loop = asyncio.get_running_loop()
        if loop.time() - self._began >= _HEALTHY:
            self._wait = _FIRST_WAIT
        _log.error("the crawl ended by itself and is started again in %.0f s", self._wait, exc_info=error)
        self._runtime.queue.forget()
        self._restart = loop.call_later(self._wait, self.start)
        self._wait = min(2 * self._wait, _LONGEST_WAIT)

    def _let_go(self) -> None:
        deadline = _DEADLINE + _PAGES * self._runtime.config.crawl.pace
        for due in self._runtime.queue.overdue(deadline):
            minutes = f"{deadline / 60:.0f} minutes"
            self._runtime.give_up_on(due, f"its poll did not come to an end within {minutes} and was given up")
            self._given_up += 1
        if self._given_up >= _MOST_GIVEN_UP:
            _log.error("%d polls did not come to an end; another crawl takes over", self._given_up)
            self.renew()
