"""How results look to people: aligned tables, times in their zone, and strangers' words made harmless."""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Sequence
from datetime import datetime, tzinfo

from crawler.alerts.lines import clean_line, scrub
from crawler.model import Evidence

_GAP = "  "
_NARROWEST = 12
"""Columns that the last cell of a row keeps on a narrow terminal."""
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def width(text: str) -> int:
    """Columns that a text takes on a terminal: wide East Asian letters two, combining marks none (UAX #11)."""
    return sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def fit(text: str, columns: int) -> str:
    """A text cut to so many columns, with … where something is missing."""
    if width(text) <= columns:
        return text
    kept, taken = [], 1
    for char in text:
        taken += _columns(char)
        if taken > columns:
            break
        kept.append(char)
    return "".join(kept).rstrip() + "…"


def table(headings: Sequence[str], rows: Sequence[Sequence[object]], *, columns: int | None = None) -> str:
    """Rows under headings, aligned; the last cell is cut where the terminal ends.

    Cells are cleaned of everything that could move the cursor. ``columns`` is the terminal's width, found out when it
    is not given; into a pipe nothing is cut.
    """
    cells = [[clean_line(str(cell), 1000) for cell in row] for row in (headings, *rows)]
    widths = [max(width(row[number]) for row in cells) for number in range(len(headings))]
    room = terminal_columns() if columns is None else columns
    last = max(room - sum(widths[:-1]) - len(_GAP) * (len(widths) - 1), _NARROWEST) if room else widths[-1]
    return "\n".join(_line(row, widths, last) for row in cells)


def _line(row: Sequence[str], widths: Sequence[int], last: int) -> str:
    padded = [cell + " " * (widths[number] - width(cell)) for number, cell in enumerate(row[:-1])]
    return _GAP.join([*padded, fit(row[-1], last)]).rstrip()


def terminal_columns() -> int:
    """The width of the terminal that results go to; 0 when they go elsewhere."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 0


def line(text: str, limit: int = 300) -> str:
    """Strangers' words on one harmless line."""
    return clean_line(text, limit)


def wrapped(text: str, columns: int = 100) -> list[str]:
    """Strangers' words as harmless lines that are not too long to be read."""
    return textwrap.wrap(clean_line(text, 10_000), columns, break_on_hyphens=False)


def block(text: str) -> str:
    """Strangers' paragraphs, harmless, their line breaks kept."""
    return "\n".join(scrub(piece).rstrip() for piece in re.split(r"\r\n|\r|\n", text))


def count(number: int, one: str, many: str = "") -> str:
    """``1 topic``, ``2 topics``; ``many`` where an s does not make the plural."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def moment(when: datetime | None, zone: tzinfo) -> str:
    """``2026-11-22 21:57`` in the person's zone; – for never."""
    return "–" if when is None else f"{when.astimezone(zone):%Y-%m-%d %H:%M}"


def ago(when: datetime | None, now: datetime) -> str:
    """``5 min ago``; – for never."""
    if when is None:
        return "–"
    seconds = (now - when).total_seconds()
    if seconds < _MINUTE:
        return "just now"
    if seconds < 90 * _MINUTE:
        return f"{seconds // _MINUTE:.0f} min ago"
    if seconds < 2 * _DAY:
        return f"{seconds // _HOUR:.0f} h ago"
    return f"{seconds // _DAY:.0f} days ago"


def terms_met(evidence: Sequence[Evidence], most: int = 8) -> str:
    """``deport* → deported (title), children → children (text)``: each term once in each field."""
    met: dict[tuple[str, str], str] = {}
    if evidence and all(piece.kind != "term" for piece in evidence):
        return "like the examples: " + ", ".join(dict.fromkeys(line(piece.form, 60) for piece in evidence[:most]))
    for piece in evidence:
        met.setdefault((piece.term, piece.field), f"{line(piece.term, 60)} → {line(piece.form, 60)} ({piece.field})")
    found = list(met.values())
    rest = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(found[:most]) + rest
