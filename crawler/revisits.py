"""When the page of a known article is looked at again, and when it counts as taken away: pure, with ``now`` handed in.

Edits come early: most of what is corrected is corrected on the first day, some after days. So the looks lie wider and
wider apart, and end; only articles that a topic took and told are looked at, which is a handful a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

LOOKS = (
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=8),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(days=10),
)
"""After an article was first seen."""
_TAKEN_AWAY_AFTER = timedelta(days=1)
"""For so long a page has to be missing, at two looks at least: sites have bad hours, and moved pages get redirects."""
_ASKED_AGAIN = timedelta(hours=6)
"""Between two looks at a page that is missing."""
_SPREAD = 0.1
"""Share of its time by which a look comes later, by the article's address: what came together is not asked together."""
_NUMBERS = 101
MISSING = frozenset((404, 410))


@dataclass(frozen=True, slots=True)
class NextLook:
    """What a look leads to."""

    at: datetime | None
    """When the page is looked at next; ``None``: never again."""
    missing_since: datetime | None = None
    gone: bool = False
    """The article was taken away."""


def after(first_seen: datetime, now: datetime, *, link: str = "") -> datetime | None:
    """The next look at an article, ``None`` when there is none left; looks that were missed are not made up for.

    Args:
        first_seen: when the article was.
        now: the moment.
        link: the article's address.
    """
    share = 1 + _SPREAD * (crc32(link.encode()) % _NUMBERS) / _NUMBERS
    return next((first_seen + share * wait for wait in LOOKS if first_seen + share * wait > now), None)


def found(first_seen: datetime, now: datetime, *, link: str = "") -> NextLook:
    """The page was there, or could not be asked for: the next look is by the plan."""
    return NextLook(after(first_seen, now, link=link))


def missing(first_seen: datetime, since: datetime | None, now: datetime, *, link: str = "") -> NextLook:
    """The page was not there; ``since`` is when that was seen first, ``None`` for this time."""
    if since is None:
        return NextLook(now + _ASKED_AGAIN, now)
    if now - since >= _TAKEN_AWAY_AFTER:
        return NextLook(None, since, gone=True)
    planned = after(first_seen, now, link=link)
    return NextLook(max(since + _TAKEN_AWAY_AFTER, min(planned or now, now + _ASKED_AGAIN)), since)
