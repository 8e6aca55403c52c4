"""Whom to tell of a match, and when: pure, with everything it needs to know handed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from crawler.alerts.schedule import next_digest, quiet_until
from crawler.model import AlertKind, Topic

MESSAGES_AN_HOUR = 12
"""Messages of their own that one person gets for one topic in an hour; what comes beyond is told together when the
hour is over. A burst of fifty mails is read less than one mail of fifty lines (reliability.md, rule 5)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One person is to be told: as what, and not before when."""

    recipient: str
    kind: AlertKind
    due_at: datetime


def plan(
    topic: Topic,
    recipients: Sequence[str],
    *,
    archived: bool,
    told: Callable[[str], bool],
    recent: Callable[[str], int],
    closed: Callable[[str, datetime], bool] = lambda _person, _due: False,
    now: datetime,
    zone: tzinfo,
) -> tuple[Plan, ...]:
    """Plan the alerts for one article that a topic takes.

    Args:
        topic: the topic, with its rhythm and quiet hours.
        recipients: who is told of it.
        archived: the article was there before the topic or source was followed: it is counted, not told by itself.
        told: whether a person was told of this development before (of the article this one is a copy of).
        recent: how many messages of their own a person got for this topic in the last hour.
        closed: whether a person's digest of a moment takes no more; the article then waits for the next.
        now: the moment, UTC.
        zone: the person's time zone.
    """
    if archived:
        due = quiet_until(topic.quiet, now, zone) or now
        return tuple(Plan(person, AlertKind.ARCHIVE, due) for person in recipients)
    return tuple(
        _plan_one(topic, person, recent, closed, now=now, zone=zone) for person in recipients if not told(person)
    )


def next_due(topic: Topic, after: datetime, zone: tzinfo, *, closed: Callable[[datetime], bool]) -> datetime:
    """When the digest is due that an article of ``after`` joins; for topics told at once, the next full hour.

    ``closed`` says of a moment whether its digest takes no more: so it is when the clock was set back after it went.
    """
    due = after
    while True:
        due = _full_hour(due) if topic.alert == "now" else next_digest(topic.alert, due, zone)
        due = quiet_until(topic.quiet, due, zone) or due
        if not closed(due):
            return due


CHANGES_A_DAY = 3
"""Messages about changes of one article that one person gets for one topic in a day; a live report changes all day."""


def change_due(topic: Topic, lately: int, now: datetime, zone: tzinfo) -> datetime | None:
    """When a person is told what changed in an article they were told of; ``None``: not, it was told often enough.

    At the moments at which the topic tells news; ``lately`` counts the messages about changes of the last day.
    """
    if lately >= CHANGES_A_DAY:
        return None
    if topic.alert == "now":
        return quiet_until(topic.quiet, now, zone) or now
    return next_due(topic, now, zone, closed=lambda _: False)


def _plan_one(
    topic: Topic,
    person: str,
    recent: Callable[[str], int],
    closed: Callable[[str, datetime], bool],
    *,
    now: datetime,
    zone: tzinfo,
) -> Plan:
    def is_closed(due: datetime) -> bool:
        return closed(person, due)

    if topic.alert == "now":
        quiet_end = quiet_until(topic.quiet, now, zone)
        if quiet_end is not None and not is_closed(quiet_end):
            return Plan(person, AlertKind.DIGEST, quiet_end)
        if quiet_end is None and recent(person) < MESSAGES_AN_HOUR:
            return Plan(person, AlertKind.NEWS, now)
    return Plan(person, AlertKind.DIGEST, next_due(topic, now, zone, closed=is_closed))


def _full_hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
