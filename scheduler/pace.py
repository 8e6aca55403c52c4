"""Why a source is asked when it is asked, in sentences."""

from __future__ import annotations

from datetime import datetime, tzinfo

from crawler.config.durations import show_duration
from crawler.polling import Pace
from crawler.push import Subscription
from crawler.rhythm import Habits, rates
from scheduler.show import count, moment

_HOURS, _FEW = 24, 2.0
_BUSY_SHARE = 0.8
"""Share of a working day's entries that its busy hours hold."""


def explain(habits: Habits | None, pace: Pace, every: float | None, now: datetime, zone: tzinfo) -> list[str]:
    """What a source's pace follows from: a sentence on its rhythm, on its document's wishes, on the limits.

    ``every`` is the pace that settings.toml fixes, in seconds; hours are told in the person's zone.
    """
    if every is not None:
        return [f"settings.toml fixes its pace: every {show_duration(every)}"]
    if habits is None:
        return [f"nothing is known of its rhythm yet: it is asked after {show_duration(pace.every)}"]
    found = [_rhythm(habits, now, zone)]
    if habits.window:
        found.append(
            f"its document holds {count(habits.window, 'entry', 'entries')}; half of that may come between two polls"
        )
    if habits.fresh_for:
        asked = show_duration(max(habits.fresh_for, 1))
        found.append(
            f"it asks to be left alone for {asked}: kept for an hour at most, and not where it publishes more often"
        )
    if habits.closed:
        hours = ", ".join(f"{hour:02d}" for hour in sorted(habits.closed))
        found.append(f"it asks not to be polled in the hours {hours} (UTC)")
    found.append(f"never sooner than {show_duration(pace.fastest)}, nor later than {show_duration(pace.slowest)}")
    return found


def of_hub(known: Subscription | None, now: datetime, zone: tzinfo) -> list[str]:
    """Whether it is pushed: a sentence where its document names a hub, and hubs can reach us."""
    if known is None:
        return []
    hub = known.offer.hub
    if not known.holds(now):
        return [f"its hub {hub} does not push it{': ' + known.says if known.says else ' yet'}"]
    if not known.delivers(now):
        return [
            f"pushed by {hub} until {moment(known.until, zone)}, but polls found more than it sent: it is asked as ever"
        ]
    return [f"pushed by {hub} until {moment(known.until, zone)}; it is asked every six hours all the same"]


def of_server(lied: datetime | None, zone: tzinfo) -> list[str]:
    """Whether its server is believed: a sentence where it is not, and since when."""
    if lied is None:
        return []
    return [f'its server said "unchanged" when it was not ({moment(lied, zone)}): it is asked for all of the document']


def _rhythm(habits: Habits, now: datetime, zone: tzinfo) -> str:
    rhythm = habits.rhythm
    if sum(rhythm.hours) < _FEW:
        return f"it has published next to nothing in the last weeks: {rhythm.a_day:.1f} entries a day are reckoned with"
    working, weekend = (_of_a_day(habits, kind) for kind in (0, 1))
    says = f"it publishes about {working:.0f} entries on a working day and {weekend:.0f} on a day of the weekend"
    if max(working, weekend) < _FEW:
        says = f"it publishes about {7 * rhythm.a_day:.0f} entries a week"
    if hours := _busy_hours(habits, now, zone):
        says += f", most of them {hours}"
    if minutes := rates(rhythm).busy:
        says += f", often at minute {', '.join(map(str, minutes[:4]))} of the hour"
    return says


def _of_a_day(habits: Habits, kind: int) -> float:
    return sum(rates(habits.rhythm).hours[kind * _HOURS : (kind + 1) * _HOURS]) * 3600


def _busy_hours(habits: Habits, now: datetime, zone: tzinfo) -> str:
    """The shortest stretch of a working day with most of its entries; empty when it is nearly the whole day."""
    hourly = rates(habits.rhythm).hours[:_HOURS]
    wanted = _BUSY_SHARE * sum(hourly)
    for length in range(1, 17):
        best = max(range(_HOURS), key=lambda start: _stretch(hourly, start, length))
        if _stretch(hourly, best, length) >= wanted:
            shift = round((now.astimezone(zone).utcoffset() or now - now).total_seconds() / 3600)
            return f"between {(best + shift) % _HOURS:02d}:00 and {(best + length + shift) % _HOURS:02d}:00"
    return ""


def _stretch(hourly: tuple[float, ...], start: int, length: int) -> float:
    return sum(hourly[(start + step) % _HOURS] for step in range(length))
