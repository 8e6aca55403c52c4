"""When a source publishes, learned from what it published; and when it is worth asking again.

Pure: data and ``now`` in, moments out. A source's **rhythm** is its rate of entries by hour, apart for working days and
weekends, times a profile of the minutes within the hour, because editors' systems publish on the full and half hour.
Counts decay, so that it follows the source.

A poll is worth its **price** when what waits unseen costs as much: an entry that waits a second costs a second. For a
constant rate λ that gives the interval √(2·price/λ), the optimum of Cho and Garcia-Molina's budgeted polling in the
form of performance.md, section 4; one price for all sources spends a budget where it saves most waiting. For a rhythm,
the next poll is the first of the best sequence over the coming few polls, found backwards (dynamic programming): it
waits for the full hour where that pays. Measured on the publication times of 91 feeds: docs/reference/sources.md.
"""

from __future__ import annotations

import math
import struct
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import accumulate

_HALF_LIFE = timedelta(days=14)
"""After which an entry counts half. From 7 to 21 days the delay on real traces differs by 2 %."""
_LONGEST_PAST = timedelta(days=28)
"""A first document is believed to show this much of a source's past at most."""
_PRIOR_ENTRIES, _PRIOR_DAYS = 0.3, 0.5
"""What a source that is not known yet is taken to have shown."""
_POOLED_DAYS, _KIND_DAYS, _MINUTE_ENTRIES = 3.0, 3.0, 20.0
"""Strength of the beliefs that all hours are alike, that weekends are like working days, and minutes alike."""
_NEIGHBOUR = 0.1
"""Share of an hour's entries that counts for the hour before, and for the hour behind."""
_HOURS, _MINUTES, _KINDS = 24, 60, 2
_FORM = struct.Struct(f"<{_KINDS * _HOURS + _MINUTES + _KINDS}f")

_POLLS_AHEAD = 6.0
"""Polls that a plan looks ahead: at 15 minutes between polls three cost 8 % more delay, seven save 1 %."""
_STEPS = 8.0
"""Moments per expected interval at which a poll is considered, beside those behind a busy minute."""
_BUSY = 1.8
"""A minute that publishes this many times the mean is worth waiting for."""
_FARTHEST = 172_800.0
"""Seconds; no plan looks farther."""
_SHORTEST_STEP = 60.0


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What is known of when a source publishes: decayed counts as of a moment."""

    at: datetime
    hours: tuple[float, ...]
    """Entries by hour (UTC): 24 of working days, then 24 of Saturdays and Sundays."""
    minutes: tuple[float, ...]
    """Entries by minute of the hour."""
    days: tuple[float, float]
    """For how long it was watched: working days, weekend days."""

    def to_bytes(self) -> bytes:
        """The counts, to be stored beside ``at``: 440 bytes."""
        return _FORM.pack(*self.hours, *self.minutes, *self.days)

    @classmethod
    def from_bytes(cls, at: datetime, counts: bytes) -> Rhythm | None:
        """What ``to_bytes`` made; ``None`` for anything else."""
        if len(counts) != _FORM.size:
            return None
        found = _FORM.unpack(counts)
        if not all(0 <= value < math.inf for value in found):
            return None
        hours, minutes = found[: _KINDS * _HOURS], found[_KINDS * _HOURS : -_KINDS]
        return cls(at, hours, minutes, (found[-2], found[-1]))

    @property
    def a_day(self) -> float:
        """Entries a day."""
        return (sum(self.hours) + _PRIOR_ENTRIES) / (sum(self.days) + _PRIOR_DAYS)


@dataclass(frozen=True, slots=True)
class Habits:
    """What is known of a source: when it publishes, and what its document holds and asks."""

    rhythm: Rhythm
    window: int = 0
    """Entries that its document held last; 0 when none was read yet."""
    fresh_for: float | None = None
    """Seconds for which its document asks to be left alone (RSS ``ttl``, ``sy:updatePeriod``)."""
    closed: frozenset[int] = frozenset()
    """Hours (UTC) in which it asks not to be polled (RSS ``skipHours``)."""

    @property
    def demand(self) -> float:
        """What it is worth of a budget of polls: the week's mean of the square root of its entries a second."""
        roots = [math.sqrt(rate) for rate in rates(self.rhythm).hours]
        return (5 * sum(roots[:_HOURS]) + 2 * sum(roots[_HOURS:])) / 7 / _HOURS


# -- learning -----------------------------------------------------------------------------------------------------


def learn(rhythm: Rhythm | None, published: Iterable[datetime], now: datetime) -> Rhythm:
    """The rhythm after a look at the source: what it published since the last look, and that it published no more.

    ``published`` are the moments of entries that were not there before. Of a source's first document they reach into
    its past; later, one outside the time since the last look is taken to be of its nearest end: it was not there then.
    """
    moments = sorted(min(moment, now) for moment in published)
    if rhythm is None:
        oldest = now - _LONGEST_PAST
        moments = [moment for moment in moments if moment >= oldest]
        rhythm = Rhythm(min(moments, default=now), (0.0,) * (_KINDS * _HOURS), (0.0,) * _MINUTES, (0.0, 0.0))
    since = min(rhythm.at, now)
    kept = _weight(now - since)
    hours, minutes = [kept * count for count in rhythm.hours], [kept * count for count in rhythm.minutes]
    for moment in moments:
        seen = max(moment, since)
        weight = _weight(now - seen)
        hours[_kind(seen) * _HOURS + seen.hour] += weight
        minutes[seen.minute] += weight
    working, weekend = (kept * days for days in rhythm.days)
    for kind, days in _watched(since, now):
        working, weekend = (working + days, weekend) if kind == 0 else (working, weekend + days)
    return Rhythm(now, tuple(hours), tuple(minutes), (working, weekend))


def _weight(age: timedelta) -> float:
    return float(0.5 ** (age / _HALF_LIFE))


def _kind(moment: datetime) -> int:
    return int(moment.weekday() >= 5)  # noqa: PLR2004  (Saturday)


def _watched(since: datetime, now: datetime) -> Iterable[tuple[int, float]]:
    """The time from one moment to another as (kind of day, decayed days), cut at midnight."""
    oldest = max(since, now - 10 * _HALF_LIFE)
    while oldest < now:
        midnight = datetime(oldest.year, oldest.month, oldest.day, tzinfo=UTC) + timedelta(days=1)
        until = min(midnight, now)
        middle = oldest + (until - oldest) / 2
        yield _kind(oldest), (until - oldest) / timedelta(days=1) * _weight(now - middle)
        oldest = until


# -- the rate that follows from it --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rates:
    """Expected entries a second, as a rate by hour times a profile of the minutes."""

    hours: tuple[float, ...]
    """Entries a second by hour (UTC): 24 of working days, then 24 of weekends."""
    before: tuple[float, ...]
    """Share of an hour's entries that come before its minute 0, 1, … 60, in hours."""
    waited: tuple[float, ...]
    """The same, each entry times its second of the hour."""
    busy: tuple[int, ...]
    """Minutes of the hour that are worth waiting for."""

    def at(self, moment: datetime) -> float:
        """Entries a second in a moment's hour."""
        return self.hours[_kind(moment) * _HOURS + moment.hour]


@lru_cache(maxsize=2048)
def rates(rhythm: Rhythm) -> Rates:
    """The rates that a rhythm leads to expect: shrunk towards evenness, the more the less is known."""
    profile = _profile(rhythm.minutes)
    return Rates(
        hours=tuple(entries / 3600 for entries in _by_hour(rhythm)),
        before=(0.0, *accumulate(60 * share for share in profile)),
        waited=(0.0, *accumulate(60 * share * (60 * minute + 30) for minute, share in enumerate(profile))),
        busy=tuple(minute for minute, share in enumerate(profile) if share >= _BUSY),
    )


def _by_hour(rhythm: Rhythm) -> list[float]:
    """Entries by hour of a working day and of a weekend's."""
    smooth = [_smoothed(rhythm.hours[kind * _HOURS : (kind + 1) * _HOURS]) for kind in range(_KINDS)]
    watched, even = sum(rhythm.days), rhythm.a_day / _HOURS
    pooled = [
        (one + other + _POOLED_DAYS * even) / (watched + _POOLED_DAYS) for one, other in zip(*smooth, strict=True)
    ]
    total = sum(pooled)
    found: list[float] = []
    for counts, days in zip(smooth, rhythm.days, strict=True):
        level = (sum(counts) + _KIND_DAYS * total) / (days + _KIND_DAYS) / total
        known = zip(counts, pooled, strict=True)
        found += [(count + _KIND_DAYS * like * level) / (days + _KIND_DAYS) for count, like in known]
    return found


def _smoothed(counts: Sequence[float]) -> list[float]:
    kept = 1 - 2 * _NEIGHBOUR
    return [
        kept * counts[hour] + _NEIGHBOUR * (counts[hour - 1] + counts[(hour + 1) % _HOURS]) for hour in range(_HOURS)
    ]


def _profile(minutes: Sequence[float]) -> list[float]:
    """How many times the mean each minute publishes."""
    total = sum(minutes) + _MINUTE_ENTRIES
    return [(count + _MINUTE_ENTRIES / _MINUTES) / total * _MINUTES for count in minutes]


# -- when to ask again --------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Ahead:
    """Moments at which the next polls may be, as seconds from now, and what came before each."""

    moments: list[float]
    entries: list[float]
    """Expected until then …"""
    at: list[float]
    """… each times its second."""
    smooth: list[float]
    """What waiting and polls cost until then when polls follow the rate by hour alone."""
    open: list[bool]
    """Whether a poll may be then."""


def wait(
    found: Rates,
    now: datetime,
    price: float,
    *,
    shortest: float,
    longest: float,
    most: float = math.inf,
    closed: AbstractSet[int] = frozenset(),
) -> float:
    """Seconds until the source is worth asking again after a poll at ``now``.

    Args:
        found: its rates.
        now: the moment of this poll, in UTC.
        price: what a poll costs, in seconds that one entry waits.
        shortest: seconds that lie between two polls at least …
        longest: … and at most.
        most: entries that may be expected to come before the next poll, so that none rolls over.
        closed: hours (UTC) in which the source asks to be left alone (skipHours); no plan is made of all 24.
    """
    kept = frozenset() if len(closed) >= _HOURS else closed
    ahead = _look_ahead(found, now, price, shortest=shortest, farthest=min(longest, _FARTHEST), closed=kept)
    best = _first_of_best(ahead, price, shortest)
    chosen = ahead.moments[best]
    if ahead.entries[best] > most:
        chosen = _when(ahead, most)
    return min(max(chosen, shortest), longest)


def _when(ahead: _Ahead, entries: float) -> float:
    """Seconds until so many entries are expected to have come."""
    behind = bisect_right(ahead.entries, entries)
    before, more = ahead.moments[behind - 1], ahead.entries[behind] - ahead.entries[behind - 1]
    return before + (ahead.moments[behind] - before) * (entries - ahead.entries[behind - 1]) / more


def _look_ahead(
    found: Rates, now: datetime, price: float, *, shortest: float, farthest: float, closed: AbstractSet[int]
) -> _Ahead:
    """Cut the time ahead at hours, behind busy minutes and into steps; few where little is published."""
    ahead = _Ahead([0.0], [0.0], [0.0], [0.0], [False])
    second, passed, polls = now.minute * 60 + now.second + now.microsecond / 1e6, 0.0, 0.0
    hour = now
    while passed < farthest and polls < _POLLS_AHEAD:
        rate = found.at(hour)
        interval = max(math.sqrt(2 * price / rate), shortest)
        step = max(interval / _STEPS, _SHORTEST_STEP)
        cost = rate * interval / 2 + price / interval
        begins = passed - second
        for ends in _cuts(found.busy, second, step):
            if polls >= _POLLS_AHEAD or passed >= farthest:
                break
            until = min(begins + ends, farthest)
            _extend(ahead, found, rate, until, begins)
            ahead.smooth.append(ahead.smooth[-1] + cost * (until - passed))
            ahead.open.append(hour.hour not in closed)
            polls += (until - passed) / interval
            passed = until
        second = 0.0
        hour += timedelta(hours=1)
    return ahead


def _cuts(busy: Sequence[int], second: float, step: float) -> list[float]:
    """Seconds of an hour behind ``second`` at which a poll may be: every step, behind each busy minute, at its end."""
    steps = [second + number * step for number in range(1, int((3600 - second) / step) + 1)]
    behind = [60.0 * (minute + 1) for minute in busy if 60 * (minute + 1) > second]
    return sorted({*steps, *behind, 3600.0})


def _extend(ahead: _Ahead, found: Rates, rate: float, until: float, begins: float) -> None:
    """Add a moment, ``until``, with what is expected since the one before; the hour ``begins`` at that second."""
    passed = ahead.moments[-1]
    first, last = (passed - begins) / 60, (until - begins) / 60
    entries = rate * (_between(found.before, last) - _between(found.before, first))
    seconds = rate * (_between(found.waited, last) - _between(found.waited, first))
    ahead.moments.append(until)
    ahead.entries.append(ahead.entries[-1] + entries)
    ahead.at.append(ahead.at[-1] + seconds + begins * entries)


def _between(sums: Sequence[float], minute: float) -> float:
    whole = min(int(minute), _MINUTES - 1)
    return sums[whole] + (minute - whole) * (sums[whole + 1] - sums[whole])


def _first_of_best(ahead: _Ahead, price: float, shortest: float) -> int:
    """The first poll of the sequence that costs least, found from the end backwards."""
    moments, entries, at, smooth = ahead.moments, ahead.entries, ahead.at, ahead.smooth
    last = len(moments) - 1
    costs = [smooth[last] - before for before in smooth]
    costs[0] = math.inf  # the first poll is always one of the moments
    chosen = last
    for start in range(last - 1, -1, -1):
        least, earliest = costs[start], moments[start] + shortest
        chosen = last
        for stop in range(start + 1, last + 1):
            if moments[stop] < earliest or not ahead.open[stop]:
                continue
            waited = moments[stop] * (entries[stop] - entries[start]) - (at[stop] - at[start])
            if waited > least:
                break
            if (cost := waited + price + costs[stop]) < least:
                least, chosen = cost, stop
        costs[start] = least
    return chosen
