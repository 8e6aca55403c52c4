"""Whose turn it is to decide and store: one poll, look or job at a time, however often it lets the loop go on.

What is decided of an article (is it known, a copy of what, told to whom) rests on what is stored, and must still hold
when it is stored itself. Were all of it one piece of work, the loop would stand still for a second where a new source
brings thirty articles. So whoever decides holds the turn, and gives the loop a moment between two articles.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turn:
    """A lock that knows who holds it, so that it can be given back from whatever place notices the end."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._holder: object = None

    async def take(self, holder: object) -> None:
        """Wait for the turn, in the order of asking; it ends with ``leave``, at the latest with the running task."""
        await self._lock.acquire()
        self._holder = holder
        task = asyncio.current_task()
        if task is not None:
            task.add_done_callback(lambda _: self.leave(holder))

    def leave(self, holder: object) -> None:
        """Give the turn back, if it is this one's."""
        if self._holder is holder and holder is not None:
            self._holder = None
            self._lock.release()

    @asynccontextmanager
    async def hold(self) -> AsyncIterator[None]:
        """The turn for a block."""
        holder = object()
        await self.take(holder)
        try:
            yield
        finally:
            self.leave(holder)


async def breathe() -> None:
    """Let everything go on that is ready, for a moment."""
    await asyncio.sleep(0)
