"""How late the event loop is: a timer that says by how much it fired too late.

Whatever computes in the loop keeps everything else waiting: answers that have come, the endpoint, the proof of life.
Each firing is one look at a random moment, so the share of firings that were late by so much is the share of time in
which anything would have been; a piece of work of 50 ms that comes once a second is seen by one firing in twenty.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable

EVERY = 0.25
"""Seconds between two firings: 10 µs of computing each."""
_SPAN = 300.0
"""Seconds; the longest of the last five to ten minutes is kept."""


def settle() -> None:
    """Take what is there for good (code, settings, dictionaries) out of the garbage collector's sight.

    Each full collection would look through it, 70 to 200 ms in which nothing else goes on (measured); what dies of it
    later is let go by its count of references, as most is. Called seldom: cycles among it would never be collected.
    """
    gc.collect()
    gc.freeze()


class Longest:
    """The longest lateness of the last five to ten minutes: pure, in monotonic seconds."""

    def __init__(self) -> None:
        self._began = 0.0
        self._now = self._before = 0.0

    def heard(self, late: float, now: float) -> None:
        """A timer fired so late."""
        self._turn(now)
        self._now = max(self._now, late)

    def get(self, now: float) -> float:
        """The longest, in seconds."""
        self._turn(now)
        return max(self._now, self._before)

    def _turn(self, now: float) -> None:
        if now - self._began < _SPAN:
            return
        self._before = self._now if now - self._began < 2 * _SPAN else 0.0
        self._began, self._now = now, 0.0


class Sampler:
    """The timer, in the running event loop, from ``start`` to ``stop``."""

    def __init__(self, told: Callable[[float], None]) -> None:
        self._told = told
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Look every quarter of a second from now on."""
        self._set()

    def stop(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set(self) -> None:
        loop = asyncio.get_running_loop()
        planned = loop.time() + EVERY
        self._timer = loop.call_at(planned, self._fire, planned)

    def _fire(self, planned: float) -> None:
        self._told(max(asyncio.get_running_loop().time() - planned, 0.0))
        self._set()
