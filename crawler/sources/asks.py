"""What a feed asks of those who poll it: RSS ``ttl`` and ``skipHours`` (RSS 2.0), the syndication module of RSS 1.0."""

from __future__ import annotations

import re
from typing import Any

_PERIODS = {"hourly": 3_600.0, "daily": 86_400.0, "weekly": 604_800.0, "monthly": 2_592_000.0, "yearly": 31_536_000.0}
_LOOKED_AT = 65_536
"""Bytes: the head of a feed stands before its entries."""
_HOURS = re.compile(rb"<skipHours>(.{0,2000}?)</skipHours>", re.DOTALL | re.IGNORECASE)
_HOUR = re.compile(rb"<hour>\s{0,20}(\d{1,2})\s{0,20}</hour>", re.IGNORECASE)
_DAY = 24


def fresh_for(head: Any) -> float | None:  # noqa: ANN401 feedparser has no types
    """Seconds between two changes, as the feed's head (feedparser's) announces them; ``None`` where it does not."""
    minutes = _number(head.get("ttl"))
    if minutes:
        return minutes * 60
    period = _PERIODS.get(str(head.get("sy_updateperiod") or "").strip().lower())
    return None if period is None else period / (_number(head.get("sy_updatefrequency")) or 1)


def closed_hours(body: bytes) -> tuple[int, ...]:
    """Hours (UTC) in which the feed asks not to be polled, in order; feedparser loses all but the last of them."""
    found = _HOURS.search(body[:_LOOKED_AT])
    if found is None:
        return ()
    # Hour 24 is 0 (RSS 0.91 counted from 1).
    return tuple(sorted({int(hour) % _DAY for hour in _HOUR.findall(found[1]) if int(hour) <= _DAY}))


def _number(text: object) -> int:
    digits = str(text or "").strip()
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 8 else 0  # noqa: PLR2004
