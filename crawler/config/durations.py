"""Lengths of time and rates as people write them: ``"15m"``, ``"1h30m"``, ``"400d"``; ``"200/min"``."""

from __future__ import annotations

import re

UNITS = {"d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0}
LONGEST = 36_500 * UNITS["d"]
"""A hundred years: longer is a slip of the finger, and far longer overflows ``timedelta``."""

_SHAPE = re.compile(r"(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?", re.ASCII)
_HINT = 'write a number and a unit (s, m, h or d), such as "30s", "15m", "2h", "1h30m" or "400d"'


def parse_duration(value: object) -> float:
    """Seconds of a text such as ``"1h30m"``; days, hours, minutes, seconds in that order, each once.

    Raises:
        ValueError: with a sentence that says what stands there and what may.
    """
    if not isinstance(value, str):
        raise ValueError(f"{value} is not a length of time in quotes; {_HINT}")  # noqa: TRY004 - pydantic collects these
    text = value.strip().lower()
    found = _SHAPE.fullmatch(text)
    if not text or found is None:
        raise ValueError(f'"{value[:60]}" is not a length of time; {_HINT}')
    seconds = sum(int(number or 0) * unit for number, unit in zip(found.groups(), UNITS.values(), strict=True))
    if seconds > LONGEST:
        raise ValueError(f'"{value[:60]}" is longer than a hundred years; {_HINT}')
    return seconds


def show_duration(seconds: float) -> str:
    """The text that ``parse_duration`` reads as these whole seconds: ``5400.0`` → ``"1h30m"``."""
    parts = []
    left = int(seconds)
    for letter, unit in UNITS.items():
        count, left = divmod(left, int(unit))
        if count:
            parts.append(f"{count}{letter}")
    return "".join(parts) or "0s"


_RATE = re.compile(r"(\d{1,9})\s*/\s*([a-z]+)", re.ASCII)
_EACH = {"s": 1.0, "sec": 1.0, "second": 1.0, "m": 60.0, "min": 60.0, "minute": 60.0, "h": 3_600.0, "hour": 3_600.0,
         "d": 86_400.0, "day": 86_400.0}  # fmt: skip


def parse_budget(value: object) -> float | None:
    """Polls a second of a text such as ``"200/min"``; ``None`` for an empty one.

    Raises:
        ValueError: with a sentence that says what stands there and what may.
    """
    hint = 'write a number of polls and a time, such as "200/min", "3/s" or "10000/h"; empty for no budget'
    if not isinstance(value, str):
        raise ValueError(f"{value} is not a number of polls in a time; {hint}")  # noqa: TRY004 - pydantic collects these
    text = value.strip().lower()
    if not text:
        return None
    found = _RATE.fullmatch(text)
    if found is None or found[2] not in _EACH or not int(found[1]):
        raise ValueError(f'"{value[:60]}" is not a number of polls in a time; {hint}')
    return int(found[1]) / _EACH[found[2]]
