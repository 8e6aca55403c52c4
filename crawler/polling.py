"""When to look at a source again.

Pure: data and ``now`` in, a moment out. A source starts at the settings' pace; each poll that brings something new
shortens its interval and each that brings nothing lengthens it, between ``fastest`` and ``slowest``. A document that
rolled over shortens it at once, to half of the time that the document spans. A failed poll backs off exponentially, to
an hour at most where no answer came, and by a jitter that sources which failed together do not return together. What
the server asks for (Retry-After, Cache-Control) is kept, within bounds.

Here too stands when an address that moved is followed for good.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from crawler.model import DueSource, Fetched, Outcome, Trouble

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
ASKED_OFF = frozenset({429, 503})
"""Answers whose Retry-After is about us or the whole server, and not about one document (RFC 6585, RFC 9110)."""
_ASKED_ONCE_MORE = 86_400.0
"""Seconds after a first 410; the second ends polling."""
_BACKOFF_JITTER = 0.25
"""Up to this share is taken off a back-off, another for each source and each failure."""
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""The next poll of a source that is gone for good; only the settings, or ``once --all``, ask it again."""

_LASTING_POLLS, _LASTING = 3, timedelta(days=1)
"""As many polls, over so long, have to be led to the same place before a move is followed for good."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The settings' ``[crawl]`` pace, in seconds."""

    every: float
    fastest: float
    slowest: float


def next_poll(
    now: datetime,
    due: DueSource,
    fetched: Fetched,
    pace: Pace,
    *,
    new: int,
    over: bool = False,
    within: float | None = None,
) -> tuple[datetime, float]:
    """The moment to look again, and the interval to remember (seconds).

    Args:
        now: the moment of this poll.
        due: the source as it was asked.
        fetched: what came.
        pace: the settings' limits.
        new: how many new articles this poll brought.
        over: polling is over: the source is gone for good.
        within: the document rolled over; seconds in which it is to be asked again, so that the next one overlaps it.
    """
    if over:
        return NEVER, due.interval
    if fetched.outcome is Outcome.FAILED:
        return now + timedelta(seconds=_after_failure(due, fetched, pace)), due.interval
    settled = _settle(due, pace, new)
    if within is None:
        wait = max(settled, min(fetched.fresh_for or 0.0, _FRESH_CAP), _asked_for(fetched))
        return now + timedelta(seconds=wait * _spread(due.id)), settled
    if due.source.every is None:
        settled = max(min(settled, within), pace.fastest)
    # What the server says stays fresh did not.
    return now + timedelta(seconds=max(settled, _asked_for(fetched)) * _spread(due.id)), settled


def rest(fetched: Fetched) -> float:
    """Seconds that every source of the host is to be left alone after this answer; 0 for none.

    Retry-After speaks for the server (RFC 9110, section 10.2.3), so a host that said it to one source said it to all.
    """
    return _asked_for(fetched) if fetched.status in ASKED_OFF else 0.0


def _settle(due: DueSource, pace: Pace, new: int) -> float:
    if due.source.every is not None:
        return due.source.every
    if not due.interval or due.first_poll:
        return pace.every
    return min(max(due.interval * (_FASTER if new else _SLOWER), pace.fastest), pace.slowest)


def _after_failure(due: DueSource, fetched: Fetched, pace: Pace) -> float:
    if fetched.trouble is Trouble.ENDED:
        return _ASKED_ONCE_MORE
    base = due.source.every or pace.every
    slowest = pace.slowest if fetched.status is not None else min(pace.slowest, _UNANSWERED_CAP)
    backed_off = min(base * 2.0 ** min(due.failures, 16), max(slowest, base))
    return max(backed_off * _jitter(due.id, due.failures), base * _spread(due.id), _asked_for(fetched))


def believed(retry_after: float | None) -> float:
    """Seconds of a Retry-After that are kept to: a minute to a day; 0 where there was none."""
    return 0.0 if retry_after is None else min(max(retry_after, _RETRY_FLOOR), _RETRY_CAP)


def _asked_for(fetched: Fetched) -> float:
    return believed(fetched.retry_after)


def _spread(source_id: int) -> float:
    """A factor of 1.00 to 1.05, the source's own, so that sources of one host do not march in step."""
    return 1.0 + (source_id * 7919 % 50) / 1000


def _jitter(source_id: int, failures: int) -> float:
    """A factor of 0.75 to 1.00 that no two sources and no two failures share; the same again for the same."""
    digest = hashlib.blake2b(f"{source_id}:{failures}".encode(), digest_size=4).digest()
    return 1.0 - _BACKOFF_JITTER * int.from_bytes(digest, "big") / 2**32


# -- addresses that moved -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Move:
    """Where a source's address leads by permanent redirects alone, and for how long it has."""

    url: str
    since: datetime
    polls: int = 1
    followed_at: datetime | None = None
    """When it had proved lasting, and was asked instead of the address in settings.toml from then on."""


def moved(move: Move | None, due: DueSource, fetched: Fetched, now: datetime) -> Move | None:
    """What is known of a source's move after a poll; ``None`` when it stands where settings.toml says.

    A move is followed once three polls over a day or more were led to the same place and found the feed there: a
    captive portal, a maintenance page or a hijacked redirect is over by then. Never from https to http. When the new
    place fails, the address in settings.toml is asked again and the move has to prove itself anew.
    """
    if due.address:
        return None if fetched.outcome is Outcome.FAILED else move
    if fetched.outcome is Outcome.FAILED:
        return move
    target = fetched.moved_to
    if not target or _is_downgrade(due.source.url, target):
        return None
    if move is None or move.url != target:
        return Move(target, since=now)
    polls = move.polls + 1
    lasting = polls >= _LASTING_POLLS and now - move.since >= _LASTING
    return Move(target, move.since, polls, now if lasting else None)


def _is_downgrade(url: str, target: str) -> bool:
    return urlsplit(url).scheme == "https" and urlsplit(target).scheme != "https"
