"""How a mail and a terminal name what is watched and what is not: one line, and a few words for each source."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from crawler.alerts.lines import clean_line, some
from crawler.alerts.wording import count, day
from crawler.model import Condition, Coverage, CoverageNote

_NAME_LIMIT = 60
_NAMES = 10
_SAYS_LIMIT = 300
_ADVICE_LIMIT = 300
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WORDS = {Condition.CERTIFICATE: "without a valid certificate", Condition.PAGE: "turned into a page"}


def summary(coverage: Coverage, timezone: tzinfo) -> str:
    """``41 sources: 38 well, 2 blocked since Tuesday (A, B), 1 rolled over: up to 14 entries unseen (C)``."""
    groups = [f"{coverage.well} well"] if coverage.well or not coverage.troubled else []
    for condition, names, began in coverage.troubled:
        told = some([clean_line(name, _NAME_LIMIT) for name in names], _NAMES)
        groups.append(f"{len(names)} {_group(coverage, condition, began, timezone)} ({told})")
    line = f"{count(coverage.sources, 'source', 'sources')}: {', '.join(groups)}"
    well_again = [note.source for note in coverage.notes if _is_over(note)]
    if not well_again:
        return line
    names_again = dict.fromkeys(clean_line(name, _NAME_LIMIT) for name in well_again)
    return f"{line}. Well again: {some(list(names_again), _NAMES)}"


def note_line(note: CoverageNote, at: datetime, timezone: tzinfo) -> str:
    """``A: blocked since Tuesday. HTTP 403 …. What you can do: …`` (how a mail tells one source)."""
    name, advice = clean_line(note.source, _NAME_LIMIT), clean_line(note.advice, _ADVICE_LIMIT)
    if _is_over(note):
        return f"{name}: well again, was {word(note.condition)} since {since(note.since, at, timezone)}."
    if note.condition is Condition.ROLLED_OVER:
        return f"{name}: rolled over, {unseen(note.missed)}. What you can do: {advice}."
    says = clean_line(note.says, _SAYS_LIMIT).rstrip(".")
    said = f" It says: {says}." if says else ""
    began = since(note.since, at, timezone)
    return f"{name}: {word(note.condition)} since {began}.{said} What you can do: {advice}."


def word(condition: Condition) -> str:
    """A condition as a mail calls it."""
    return _WORDS.get(condition, condition.value)


def unseen(missed: int) -> str:
    """``up to 14 entries unseen``."""
    return f"up to {count(missed, 'entry', 'entries')} unseen" if missed else "some entries unseen"


def since(began: datetime, at: datetime, timezone: tzinfo) -> str:
    """``14:05`` for the same day, ``Tuesday`` within a week, ``3 Nov 2026`` before that."""
    local, now = began.astimezone(timezone), at.astimezone(timezone)
    if local.date() == now.date():
        return f"{local:%H:%M}"
    return _DAYS[local.weekday()] if now.date() - local.date() < timedelta(days=7) else day(local)


def _group(coverage: Coverage, condition: Condition, began: datetime, timezone: tzinfo) -> str:
    if condition is not Condition.ROLLED_OVER:
        return f"{word(condition)} since {since(began, coverage.at, timezone)}"
    missed = [note.missed for note in coverage.notes if note.condition is Condition.ROLLED_OVER]
    return f"{word(condition)}: {unseen(sum(missed))}"


def _is_over(note: CoverageNote) -> bool:
    return note.ended_at is not None and note.condition is not Condition.ROLLED_OVER
