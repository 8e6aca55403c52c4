"""Where each key of a TOML text stands: dotted place → offsets and line.

``tomllib`` and pydantic give no lines, and tomlkit only those of syntax errors; a person needs them for every mistake.
The text must already have been read by ``tomllib`` without an error: this scanner only finds its way in valid TOML 1.0
(https://toml.io/en/v1.0.0) and does not check it again.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass

Loc = tuple[str | int, ...]
"""A place in the settings: ``("topics", 0, "query")``."""

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_KEY_PART = re.compile(r'"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|[A-Za-z0-9_-]+')
_BARE = re.compile(r"[^,\]}\n#]*[^,\]}\s#]")
_STRINGS = (
    re.compile(r'"""(?:\\.|[^\\])*?"""(?:"{0,2}(?!"))', re.DOTALL),
    re.compile(r"'''.*?'''(?:'{0,2}(?!'))", re.DOTALL),
    re.compile(r'"(?:\\.|[^"\\\n])*"'),
    re.compile(r"'[^'\n]*'"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a key or a table stands: offsets into the text, in characters."""

    start: int
    """Of the key, of the table's opening bracket, or of the list's item."""
    value: int
    """Where the value begins; for a table the end of its header."""
    end: int
    """Just behind the value; for a table just behind its header or, when written inline, its brace."""


class Places:
    """Every key, table and list item of one TOML text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found = _Scanner(text).scan()
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def line_at(self, offset: int) -> int:
        """The line, counted from 1, that holds the character at ``offset``."""
        return bisect_right(self._starts, offset)

    def line(self, loc: Loc) -> int:
        """The line of ``loc``, or of the nearest table around it; 1 when the text has neither."""
        while loc and loc not in self.found:
            loc = loc[:-1]
        return self.line_at(self.found[loc].start) if loc else 1

    def line_within(self, loc: Loc, newlines: int) -> int:
        """The line of a text value's part that comes after so many line breaks of the value."""
        place = self.found.get(loc)
        if place is None:
            return self.line(loc)
        begin = place.value
        opening = self.text[begin : begin + 3]
        # TOML drops a line break that directly follows the opening quotes.
        trimmed = opening in ('"""', "'''") and self.text[begin + 3 : begin + 5].lstrip("\r").startswith("\n")
        return min(self.line_at(begin) + trimmed + newlines, self.line_at(place.end))


class _Scanner:
    """One walk over a TOML text that has already been found valid."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[Loc, Place] = {}
        self._tables: dict[Loc, int] = {}
        """Index of the newest ``[[…]]`` table of each name."""

    def scan(self) -> dict[Loc, Place]:
        prefix: Loc = ()
        self._skip(_BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                prefix = self._header()
            else:
                self._pair(prefix)
            self._skip(_BLANK)
        return self.found

    def _skip(self, what: re.Pattern[str]) -> None:
        match = what.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _header(self) -> Loc:
        start = self.at
        many = self.text.startswith("[[", start)
        self.at += 1 + many
        names = self._key()
        self.at += 1 + many
        loc: Loc = ()
        for depth, name in enumerate(names, 1):
            loc = (*loc, name)
            if many and depth == len(names):
                self._tables[loc] = self._tables.get(loc, -1) + 1
            if loc in self._tables:
                loc = (*loc, self._tables[loc])
        self._note_around(loc, start, above=0)
        self._note(loc, start, self.at)
        return loc

    def _note(self, loc: Loc, start: int, value: int) -> None:
        self.found.setdefault(loc, Place(start, value, self.at))

    def _note_around(self, loc: Loc, start: int, above: int) -> None:
        """Tables that a dotted key or header only implies stand where it stands."""
        for depth in range(above + 1, len(loc)):
            self._note(loc[:depth], start, start)

    def _key(self) -> Loc:
        """The parts of a dotted key; leaves the position behind it and its blanks."""
        parts: list[str] = []
        while True:
            self._skip(_SPACE)
            match = _KEY_PART.match(self.text, self.at)
            if match is None:  # pragma: no cover - valid TOML always has a key here
                raise ValueError(f"no key at offset {self.at}")
            parts.append(_unquoted(match[0]))
            self.at = match.end()
            self._skip(_SPACE)
            if not self.text.startswith(".", self.at):
                return tuple(parts)
            self.at += 1

    def _pair(self, prefix: Loc) -> None:
        start = self.at
        loc = prefix + self._key()
        self._note_around(loc, start, above=len(prefix))
        self.at += 1  # the equals sign
        self._skip(_SPACE)
        value = self.at
        self._value(loc)
        self._note(loc, start, value)

    def _value(self, loc: Loc) -> None:
        opening = self.text[self.at]
        if opening in "[{":
            self._group(loc, closing="]" if opening == "[" else "}")
            return
        shapes = _STRINGS if opening in "\"'" else (_BARE,)
        for shape in shapes:
            if match := shape.match(self.text, self.at):
                self.at = match.end()
                return

    def _group(self, loc: Loc, *, closing: str) -> None:
        """A list or an inline table, whose items may span lines."""
        self.at += 1
        index = 0
        self._skip(_BLANK)
        while self.text[self.at] != closing:
            if closing == "}":
                self._pair(loc)
            else:
                start = self.at
                self._value((*loc, index))
                self._note((*loc, index), start, start)
            index += 1
            self._skip(_BLANK)
            self.at += self.text.startswith(",", self.at)
            self._skip(_BLANK)
        self.at += 1


def _unquoted(part: str) -> str:
    if part[0] not in "\"'":
        return part
    value: str = tomllib.loads(f"v = {part}")["v"]
    return value
