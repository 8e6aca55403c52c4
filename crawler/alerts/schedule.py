"""When an alert may go out: digest hours and quiet hours in the person's own time zone.

Pure: every function takes the moment and the zone. Cron text is read by cronsim, which treats the nights when the
clocks change as Debian's cron does: a time of day that is skipped comes right after the gap, one that happens twice
comes once. So a digest is due once a day on both nights.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, tzinfo

from cronsim import CronSim, CronSimError

_LONGEST = timedelta(days=8)
"""Longer than a week in which the clocks change."""


def cron_text(alert: str) -> str:
    """A topic's rhythm (``hourly``, ``daily HH:MM``, ``weekly mon HH:MM`` or five cron fields) as cron text.

    Raises:
        ValueError: a sentence that says what stands there and what may stand there.
    """
    text = alert.strip()
    if text == "hourly":
        text = "0 * * * *"
    elif text.startswith("daily "):
        clock = parse_time(text.removeprefix("daily "))
        text = f"{clock.minute} {clock.hour} * * *"
    elif text.startswith("weekly "):
        day, _, rest = text.removeprefix("weekly ").partition(" ")
        clock = parse_time(rest)
        text = f"{clock.minute} {clock.hour} * * {day}"
    try:
        next(CronSim(text, datetime(2026, 1, 1, tzinfo=UTC)))
    except (CronSimError, StopIteration) as error:
        raise ValueError(
            f'{alert!r} is no rhythm for alerts; "now", "hourly", "daily 08:00", "weekly mon 08:00" or five cron fields'
            f" may stand here ({error or 'it never comes'})"
        ) from error
    return text


def next_digest(alert: str, now: datetime, zone: tzinfo) -> datetime:
    """The first moment (UTC) after ``now`` at which a topic's digest is due; raises as ``cron_text``."""
    # In the second of two hours of one name, cronsim's next may lie in the first, which is past.
    times = (found.astimezone(UTC) for found in CronSim(cron_text(alert), now.astimezone(zone)))
    return next(found for found in times if found > now)


def last_summary(summary: str, now: datetime, zone: tzinfo) -> datetime:
    """The last moment (UTC) up to ``now`` at which a daily or weekly summary was due; raises as ``cron_text``."""
    due = next_digest(summary, now - _LONGEST, zone)
    while (following := next_digest(summary, due, zone)) <= now:
        due = following
    return due


def quiet_until(quiet: str, moment: datetime, zone: tzinfo) -> datetime | None:
    """When the quiet hours that hold at a moment end (UTC); ``None`` outside of them. ``quiet`` is ``HH:MM-HH:MM``."""
    if not quiet:
        return None
    start, _, end = quiet.partition("-")
    first, last = parse_time(start), parse_time(end)
    local = moment.astimezone(zone)
    clock = local.time()
    inside = first <= clock < last if first < last else clock >= first or clock < last
    if not inside:
        return None
    if local.fold and clock < last:
        # The hour comes twice and the end of the first is past; a digest would wait a day, quiet hours end again.
        return local.replace(hour=last.hour, minute=last.minute, second=0, microsecond=0).astimezone(UTC)
    return next_digest(f"daily {last:%H:%M}", moment, zone)


def parse_time(text: str) -> time:
    """``HH:MM`` as a time of day.

    Raises:
        ValueError: it is none.
    """
    hours, colon, minutes = text.strip().partition(":")
    if not colon:
        raise ValueError(f"{text!r} is no time of day; HH:MM may stand here")
    return time(int(hours), int(minutes))
