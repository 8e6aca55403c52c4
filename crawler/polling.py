"""When to look at a source again.

Pure: data and ``now`` in, a moment out. A source starts at the settings' pace; each poll that brings something new
shortens its interval and each that brings nothing lengthens it, between ``fastest`` and ``slowest``. A failed poll
backs off exponentially, to an hour at most where no answer came. What the server or the feed asks for (Retry-After,
Cache-Control, ttl) is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.model import DueSource, Fetched, Outcome

_FASTER = 0.6
_SLOWER = 1.25
"""Shorten quickly, lengthen slowly: a missed rush costs more than a few idle 304s (performance.md, section 4: AIMD)."""
_FRESH_CAP = 3600.0
"""Seconds; a feed that claims to stay fresh for longer than an hour is asked anyway."""
_UNANSWERED_CAP = 3600.0
"""Seconds; where no answer came at all it may be our own network that is away. Doubled without this limit, eight hours
without a network would be followed by eight more without news."""
_RETRY_FLOOR, _RETRY_CAP = 60.0, 86_400.0
"""Seconds within which Retry-After is believed (reliability.md, rule 20)."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The settings' ``[crawl]`` pace, in seconds."""

    every: float
    fastest: float
    slowest: float


def next_poll(now: datetime, due: DueSource, fetched: Fetched, pace: Pace, *, new: int) -> tuple[datetime, float]:
    """The moment to look again, and the interval to remember (seconds).

    ``new`` is how many new articles this poll brought.
    """
    if fetched.outcome is Outcome.FAILED:
        return now + timedelta(seconds=_after_failure(due, fetched, pace)), due.interval
    settled = _settle(due, pace, new)
    wait = max(settled, min(fetched.fresh_for or 0.0, _FRESH_CAP), _asked_for(fetched))
    return now + timedelta(seconds=wait * _spread(due.id)), settled


def _settle(due: DueSource, pace: Pace, new: int) -> float:
    if due.source.every is not None:
        return due.source.every
    if not due.interval or due.first_poll:
        return pace.every
    return min(max(due.interval * (_FASTER if new else _SLOWER), pace.fastest), pace.slowest)


def _after_failure(due: DueSource, fetched: Fetched, pace: Pace) -> float:
    base = due.source.every or pace.every
    slowest = pace.slowest if fetched.status is not None else min(pace.slowest, _UNANSWERED_CAP)
    backed_off = min(base * 2.0 ** min(due.failures, 16), max(slowest, base))
    return max(backed_off * _spread(due.id), _asked_for(fetched))


def _asked_for(fetched: Fetched) -> float:
    if fetched.retry_after is None:
        return 0.0
    return min(max(fetched.retry_after, _RETRY_FLOOR), _RETRY_CAP)


def _spread(source_id: int) -> float:
    """A factor of 1.00 to 1.05, the source's own, so that sources of one host do not march in step."""
    return 1.0 + (source_id * 7919 % 50) / 1000
