"""Why an article was never seen: what the sources that cover its outlet were doing when it should have come.

Pure but for the look-ups in the database: polls, troubles and settings in, sentences out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from itertools import pairwise
from statistics import median
from urllib.parse import urlsplit

from crawler import coverage
from crawler.dedupe import urls
from crawler.model import Condition
from crawler.polling import NEVER
from crawler.storage import PollTrace, SourceTrace, Store, TroubleTrace
from scheduler import show

_DATED = re.compile(r"(?<!\d)(20\d\d)[/-]?(\d\d)[/-]?(\d\d)(?!\d)")
_BEFORE, _AFTER, _LATELY = timedelta(days=1), timedelta(days=2), timedelta(days=30)
"""Around the day of an address or of ``--published``; without either, the last month."""
_LONG, _TIMES = timedelta(hours=2), 3
"""A source was left unasked where that lasted so long, and so many times its usual pace."""
_STILL_THERE = timedelta(days=1)
"""What came out so shortly before a source was read for the first time was probably in its feed still."""
_MOST = 5
_TELLING = 8
"""Characters of an address's last part that tell one article from the others."""


class Reason(StrEnum):
    """Why a source did not bring an article; the first that holds for any source is the answer."""

    ROLLED_OVER = "rolled over"
    NOT_WELL = "not well"
    NOT_ASKED = "not asked"
    NEW = "new"
    PAUSED = "paused"
    REMOVED = "removed"
    NOT_CARRIED = "not carried"
    """It was read all the time, and did not have it."""


@dataclass(frozen=True, slots=True)
class Why:
    """One thing that may have kept an article from being seen."""

    reason: Reason
    says: str
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class SourceAnswer:
    """What a source that covers the outlet was doing."""

    url: str
    name: str
    state: str
    whys: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """The time in which an article should have come."""

    since: datetime
    until: datetime
    dated: bool
    """From a date that was given or stands in the address; else the last month."""


def window(url: str, published: datetime | None, now: datetime) -> Window:
    """When an article should have come: by its date, by the date in its address, or in the last month."""
    day = published or _date_in(url, now)
    if day is None:
        return Window(now - _LATELY, now, dated=False)
    return Window(day - _BEFORE, min(day + _AFTER, now), dated=True)


def _date_in(url: str, now: datetime) -> datetime | None:
    for year, month, day in _DATED.findall(urls.canonical(url)):
        try:
            found = datetime(int(year), int(month), int(day), tzinfo=UTC)
        except ValueError:
            continue
        if found <= now:
            return found
    return None


def telling_part(url: str) -> str:
    """The part of an address that tells an article from the others of its outlet; empty where none does."""
    parts = [part for part in urlsplit(urls.canonical(url)).path.split("/") if part]
    last = re.sub(r"\.\w{2,5}$", "", parts[-1]) if parts else ""
    return last if len(last) >= _TELLING or (last.isdecimal() and len(last) > len("2026")) else ""


def covering(store: Store, url: str) -> list[SourceTrace]:
    """The sources of an address's outlet, those first that settings.toml names: by address, or by what they carried."""
    outlet = urls.outlet(url)
    carriers = store.traces.carriers(outlet)
    found = [each for each in store.traces.sources() if urls.outlet(each.url) == outlet or each.id in carriers]
    return sorted(found, key=lambda each: (each.state == "removed", each.id))


def answer_of(store: Store, source: SourceTrace, when: Window, now: datetime, zone: tzinfo) -> SourceAnswer:
    """What a source was doing when an article should have come."""
    troubles = store.traces.troubles(source.id, when.since, when.until)
    polls = store.traces.polls(source.id, when.since, when.until)
    whys = weigh(source, polls, troubles, when, now=now, zone=zone)
    return SourceAnswer(source.url, source.name, source.state, tuple(whys))


def weigh(
    source: SourceTrace,
    polls: list[PollTrace],
    troubles: list[TroubleTrace],
    when: Window,
    *,
    now: datetime,
    zone: tzinfo,
) -> list[Why]:
    """Everything that may have kept a source from bringing an article, or that nothing did."""
    if source.last_poll is None:
        if source.state == "paused":
            return [Why(Reason.PAUSED, "it is paused in settings.toml, and was never asked")]
        due = "is not asked any more" if source.state == "removed" else f"is due {show.moment(source.next_poll, zone)}"
        return [Why(Reason.NOT_ASKED, f"it was never asked yet, and {due}")]
    whys = [_trouble(source, each, zone) for each in troubles if each.certain or each.ended_at is None]
    whys += _failed(source, polls, zone) if not any(why.reason is Reason.NOT_WELL for why in whys) else []
    whys += _unasked(source, polls, when, now, zone)
    whys += _followed_later(source, when, zone)
    if source.state != "active":
        whys.append(_not_active(source, zone))
    return whys or [_well(polls, source, zone)]


def _trouble(source: SourceTrace, trouble: TroubleTrace, zone: tzinfo) -> Why:
    since = show.moment(trouble.since, zone)
    if trouble.condition is Condition.ROLLED_OVER:
        before = (
            f"between {show.moment(trouble.read_before, zone)} and {since}"
            if trouble.read_before
            else f"before {since}"
        )
        how_many = f"up to {show.count(trouble.missed, 'entry', 'entries')}" if trouble.missed else "some entries"
        says = f"{before} its feed rolled over: {how_many} came and went unseen, and this may have been one of them"
        return Why(Reason.ROLLED_OVER, says, trouble.read_before, trouble.since)
    means = coverage.MEANS[trouble.condition]
    until = f"from {since} to {show.moment(trouble.ended_at, zone)}" if trouble.ended_at else f"since {since}"
    says = f"{trouble.condition.value} {until}: {means}"
    if trouble.ended_at is None:
        said = show.line(source.last_error).rstrip(".")
        advice = coverage.ADVICE[trouble.condition]
        says += (f" (it says: {said})" if said else "") + (f"; {advice}" if advice else "")
    return Why(Reason.NOT_WELL, says, trouble.since, trouble.ended_at)


def _failed(source: SourceTrace, polls: list[PollTrace], zone: tzinfo) -> list[Why]:
    failed = [poll for poll in polls if poll.outcome == "failed"]
    if not failed:
        return []
    first, last = failed[0], failed[-1]
    how_often = f"{len(failed)} of {show.count(len(polls), 'poll')} failed"
    says = (
        f"{how_often}, the last on {show.moment(last.started_at, zone)}: {show.line(last.error or source.last_error)}"
    )
    return [Why(Reason.NOT_WELL, says, first.started_at, last.started_at)]


def _unasked(source: SourceTrace, polls: list[PollTrace], when: Window, now: datetime, zone: tzinfo) -> list[Why]:
    """Times in which the source was not asked, though it should have been: nothing ran, or it was paused."""
    times = [poll.started_at for poll in polls]
    if source.next_poll >= NEVER:
        return [
            Why(Reason.NOT_WELL, "it is gone for good by its own word, and is not asked any more", source.last_poll)
        ]
    gaps = list(pairwise(times))
    if times and source.state == "active" and when.until >= now and source.next_poll < now:
        gaps.append((times[-1], now))
    usual = median([(later - earlier).total_seconds() for earlier, later in pairwise(times)] or [0.0])
    allowed = max(_LONG, _TIMES * timedelta(seconds=usual))
    long = [gap for gap in gaps if gap[1] - gap[0] > allowed]
    return [
        Why(
            Reason.NOT_ASKED,
            f"it was not asked between {show.moment(earlier, zone)} and {show.moment(later, zone)}: nothing ran then,"
            " or it was paused",
            earlier,
            later,
        )
        for earlier, later in sorted(long, key=lambda gap: gap[0] - gap[1])[:_MOST]
    ]


def _followed_later(source: SourceTrace, when: Window, zone: tzinfo) -> list[Why]:
    first = source.first_read_at
    if first is None:
        return [Why(Reason.NOT_ASKED, f"it was followed on {show.moment(source.added_at, zone)} and never read yet")]
    if not when.dated or first <= when.since + _BEFORE + _STILL_THERE:
        return []
    began = f"it was read for the first time on {show.moment(first, zone)}"
    says = f"{began}; what its feed did not hold any more was not seen"
    return [Why(Reason.NEW, says, None, first)]


def _not_active(source: SourceTrace, zone: tzinfo) -> Why:
    last = f"it was last asked on {show.moment(source.last_poll, zone)}"
    if source.state == "paused":
        return Why(Reason.PAUSED, f"it is paused in settings.toml; {last}", source.last_poll)
    return Why(Reason.REMOVED, f"it stands no more in settings.toml; {last}", source.last_poll)


def _well(polls: list[PollTrace], source: SourceTrace, zone: tzinfo) -> Why:
    read = [poll for poll in polls if poll.outcome != "failed"]
    documents = [poll.entries for poll in polls if poll.entries]
    size = f" with {show.count(documents[-1], 'entry', 'entries')}" if documents else ""
    noted = next((show.line(poll.error) for poll in reversed(read) if poll.error), "")
    how_often = f"it was read {show.count(len(read), 'time')}, last on {show.moment(source.last_ok, zone)}{size}"
    advice = "feeds carry a part of what an outlet publishes, so look for a feed of that section"
    says = f"{how_often}, and did not have it; {advice}"
    return Why(Reason.NOT_CARRIED, says + (f" (its document was not whole: {noted})" if noted else ""))
