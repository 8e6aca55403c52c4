"""Watches the wall clock against the monotonic one: pure, with both readings handed in.

Everything that is due stands in the database by the wall clock, which may be set back, set far forward, or not be set
at all after a start without a battery. The monotonic clock only counts on, so the two together tell a jump from time.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

OLDEST = datetime(2026, 1, 1, tzinfo=UTC)
"""Before this program was written no clock that is set can be (reliability.md, rule 13)."""
SLACK = timedelta(seconds=30)
"""What the clock may be off without being called a jump. Adjustments by NTP move both clocks alike on Linux."""


def is_set(now: datetime) -> bool:
    """Whether the clock can be right at all; a machine without one that runs on begins in 1970."""
    return now >= OLDEST


class ClockWatch:
    """Remembers how the two clocks stood to each other."""

    def __init__(self, wall: datetime, monotonic: float) -> None:
        self._origin = wall - timedelta(seconds=monotonic)
        self._steady_since = monotonic

    def look(self, wall: datetime, monotonic: float) -> timedelta:
        """How far the wall clock jumped since the first look or the last jump; zero when it did not.

        A machine that slept counts as a jump forward: the monotonic clock stands still meanwhile.
        """
        origin = wall - timedelta(seconds=monotonic)
        jump = origin - self._origin
        if abs(jump) <= SLACK:
            return timedelta()
        self._origin = origin
        self._steady_since = monotonic
        return jump

    def steady(self, monotonic: float) -> float:
        """Seconds since the clock last jumped, or since the first look."""
        return monotonic - self._steady_since


def describe(jump: timedelta) -> str:
    """A jump in words: ``2 h forward``, ``3652 d back``."""
    seconds = abs(jump.total_seconds())
    direction = "forward" if jump > timedelta() else "back"
    for name, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.1f}".removesuffix(".0") + f" {name} {direction}"
    return f"{seconds:.0f} s {direction}"
