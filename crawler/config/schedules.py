"""When alerts go out, as text: ``now``, ``hourly``, ``daily HH:MM``, ``weekly mon HH:MM``, cron fields; quiet hours.

Only checked here; ``scheduler`` and ``crawler.alerts`` give these texts their meaning. The cron fields are those of
POSIX crontab(5): minute, hour, day of the month, month, day of the week (0 and 7 are Sunday, names may be used), with
lists, ranges and steps.
"""

from __future__ import annotations

import re

from crawler.config.values import parse_line, shown

_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d", re.ASCII)
_MONTHS = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9}
_MONTHS |= {"oct": 10, "nov": 11, "dec": 12}
_DAYS = {"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}
_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of the month", 1, 31, {}),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 7, _DAYS),
)
_ALERTS = 'write "now", "hourly", "daily 08:00", "weekly mon 08:00" or five cron fields such as "0 8 * * mon-fri"'
_QUIET = 'write two different times of day, such as "22:00-07:00", or "" for none'


def parse_alert(value: object) -> str:
    """The text of ``alert``, checked."""
    text = " ".join(parse_line(value).split())
    words = text.split(" ")
    if text in {"now", "hourly"}:
        return text
    if words[0] == "daily":
        if len(words) == 2 and _CLOCK.fullmatch(words[1]):  # noqa: PLR2004 - "daily" and its time
            return text
        raise ValueError(f'{shown(text)} needs a time of day with two figures each, such as "daily 08:00"')
    if words[0] == "weekly":
        if len(words) == 3 and words[1] in _DAYS and _CLOCK.fullmatch(words[2]):  # noqa: PLR2004 - its day and time
            return text
        days = ", ".join(_DAYS)
        raise ValueError(f'{shown(text)} needs a day ({days}) and a time, such as "weekly mon 08:00"')
    if len(words) != len(_FIELDS):
        raise ValueError(f"{shown(text)} is not a time to alert at; {_ALERTS}")
    _check_cron(text, words)
    return text


def parse_summary(value: object) -> str:
    """The text of ``summary``, checked: ``daily HH:MM`` or ``weekly mon HH:MM``; empty for none."""
    if not parse_line(value):
        return ""
    text = parse_alert(value)
    if text.split(" ")[0] not in {"daily", "weekly"}:
        raise ValueError(
            f'{shown(text)} is no time for a summary; write "daily 08:00", "weekly mon 08:00", or "" for none'
        )
    return text


def _check_cron(text: str, words: list[str]) -> None:
    sets = [_cron_field(word, *field) for word, field in zip(words, _FIELDS, strict=True)]
    days, months = sets[2], sets[3]
    every_week_day = words[4] == "*"
    if every_week_day and not any(min(days) <= _LONGEST_MONTH[month - 1] for month in months):
        raise ValueError(f"{shown(text)} never comes: no such month has a day {min(days)}")


def _cron_field(word: str, name: str, low: int, high: int, names: dict[str, int]) -> set[int]:
    """The numbers that one cron field stands for."""
    numbers: set[int] = set()
    for part in word.split(","):
        span, slash, step_text = part.partition("/")
        step = int(step_text) if re.fullmatch(r"[0-9]{1,3}", step_text) else 0
        first, dash, last = span.partition("-")
        begin = low if span == "*" else _cron_number(first, names)
        end = high if span == "*" or (slash and not dash) else _cron_number(last if dash else first, names)
        if begin is None or end is None or (slash and not step) or not low <= begin <= end <= high:
            allowed = f"{low} to {high}" + (f" or {', '.join(names)}" if names else "")
            raise ValueError(
                f"{shown(part)} cannot stand for the {name}, which goes from {allowed}, with *, lists (1,2), ranges "
                f"(1-5) and steps (*/2); {_ALERTS}"
            )
        numbers.update(range(begin, end + 1, step or 1))
    return numbers


def _cron_number(word: str, names: dict[str, int]) -> int | None:
    if re.fullmatch(r"[0-9]{1,2}", word):
        return int(word)
    return names.get(word.lower())


def parse_quiet(value: object) -> str:
    """The text of ``quiet``, checked: ``HH:MM-HH:MM``, over midnight when the first is later."""
    text = parse_line(value)
    if not text:
        return ""
    start, _, end = text.partition("-")
    start, end = start.strip(), end.strip()
    if not (_CLOCK.fullmatch(start) and _CLOCK.fullmatch(end)) or start == end:
        raise ValueError(f"{shown(text)} is not a span of quiet hours; {_QUIET}")
    return f"{start}-{end}"
