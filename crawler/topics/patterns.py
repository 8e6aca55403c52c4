r"""Regular expressions of a query, run by RE2.

RE2 reads a text once whatever the pattern is: no pattern can hang, as 6 of 16 that people write do in Python's ``re``
(docs/decisions/0009). What it lacks is put right here: ``\w`` and ``\s`` mean the letters and blanks of every alphabet
and not of English alone, and ``\b`` at either end means the edge of such a word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import re2

LONGEST = 300
"""Characters of a pattern."""
_MEMORY = 4 << 20
"""Bytes that RE2 may take for one pattern, read and at work."""
_LARGEST = 1_500
"""RE2's instructions of a pattern read: the cost of a text is at worst its length × these. Measured (2026-11): 480 kB,
two hundred times an article, took 1.3 s with 6,365 of them and 1 ms with the usual hundred."""

_PIECES = re.compile(
    r"\\(?P<escaped>.)|(?P<named>\[:\^?[a-z]+:\])|(?P<other>.)",
    re.DOTALL,
)
# Whole blocks of letters: \\p{L} and its like are exact, and make 600 instructions of one \\w where these make 30.
_WORD = (
    r"0-9A-Za-z_\x{AA}\x{B5}\x{BA}\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{2C1}\x{300}-\x{1FFF}\x{2C00}-\x{2DFF}"
    r"\x{3040}-\x{D7FF}\x{F900}-\x{FDFF}\x{10000}-\x{1EFFF}\x{20000}-\x{3FFFF}"
)
_BLANK = r"\s\x{A0}\x{2000}-\x{200A}\x{202F}\x{3000}"
_CLASSES = {"w": f"[{_WORD}]", "W": f"[^{_WORD}]", "s": f"[{_BLANK}]", "S": f"[^{_BLANK}]"}
_INSIDE = {"w": _WORD, "s": _BLANK}
"""The same between brackets, where a class cannot be taken back."""
_EDGE = r"\b"
_COMMON = "aeinorstаеиіонрт0123 .,"
"""Signs of which every article has some."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A pattern that was read."""

    pattern: Any
    """RE2's."""
    group: int
    """Which of its groups is the match: 0, or 1 where an edge of a word stands around it."""

    def spans(self, text: str, most: int) -> list[tuple[int, int]]:
        """Where the pattern is met in a text, from the beginning: at most ``most`` places, none of them empty."""
        encoded = text.encode("utf-8", "surrogatepass")
        found: list[tuple[int, int]] = []
        characters = at = 0
        while len(found) < most and (match := self.pattern.search(encoded, at)):
            start, end = match.span(self.group)
            if start == end:
                # One character on: the next byte that does not continue a character of UTF-8.
                end += 1
                while end < len(encoded) and encoded[end] & 0xC0 == 0x80:  # noqa: PLR2004
                    end += 1
                if end > len(encoded):
                    break
            else:
                first = characters + _length(encoded[at:start])
                found.append((first, first + _length(encoded[start:end])))
            characters += _length(encoded[at:end])
            at = end  # and not the match's end: an edge shared with the next word belongs to both
        return found

    def meets(self, text: str) -> bool:
        """Whether the pattern is met anywhere in a text."""
        return bool(self.spans(text, 1))


def _length(encoded: bytes) -> int:
    return len(encoded.decode("utf-8", "surrogatepass"))


class PatternError(ValueError):
    """A pattern cannot be used: the sentence, then what to write instead."""

    def __init__(self, says: str, suggestion: str) -> None:
        super().__init__(says)
        self.says = says
        self.suggestion = suggestion


@lru_cache(maxsize=4_096)
def read_pattern(expression: str) -> Expression:
    """The pattern, ready to be met in texts. Raises ``PatternError``."""
    if len(expression) > LONGEST:
        says = f"the pattern has {len(expression)} characters; at most {LONGEST} are possible"
        raise PatternError(says, "make it two")
    body, opens, closes = _without_edges(expression)
    inner = _translated(body)
    if opens or closes:
        if _has_alternatives(body):
            raise PatternError(r"\b beside | would belong to one alternative only", r"write /\b(?:a|b)\b/")
        inner = f"{rf'(?:^|[^{_WORD}])' * opens}({inner}){rf'(?:[^{_WORD}]|$)' * closes}"
    pattern = _compiled(inner)
    if pattern.search("") is not None or _compiled(_translated(body)).search("") is not None:
        raise PatternError("the pattern is met by nothing at all, and would take every article", "leave out a * or ?")
    if any(pattern.search(sign) for sign in _COMMON):
        says = "the pattern is met by a single common sign, and would take nearly every article"
        raise PatternError(says, "write more of what has to stand there")
    return Expression(pattern, int(opens or closes))


def _compiled(expression: str) -> Any:  # noqa: ANN401 - google-re2 has no types
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    options.case_sensitive = False
    try:
        pattern = re2.compile(expression, options)
    except re2.error as error:
        raise _refusal(error) from None
    if pattern.programsize > _LARGEST:
        raise PatternError("the pattern is too large: it repeats too much", "write + instead of large {numbers}")
    return pattern


def _refusal(error: re2.error) -> PatternError:
    told = error.args[0] if error.args else ""
    told = told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
    if "too large" in told or "repetition size" in told:
        return PatternError("the pattern is too large: it repeats too much", "write + instead of large {numbers}")
    if told.startswith("invalid perl operator"):
        says = "the pattern looks ahead or behind, which RE2 does not do"
        return PatternError(says, "leave it out, and say the rest with AND and NOT")
    if told.startswith("invalid escape sequence"):
        says = f"the pattern cannot be read ({told})"
        return PatternError(says, r"what was matched before (\1) and other signs of Perl are not known to RE2")
    return PatternError(f"the pattern cannot be read ({told})", "https://github.com/google/re2/wiki/Syntax")


def _without_edges(expression: str) -> tuple[str, bool, bool]:
    r"""The pattern without a ``\b`` at its beginning and end, and whether they stood there."""
    opens = expression.startswith(_EDGE)
    body = expression.removeprefix(_EDGE)
    # An even number of backslashes before b would make it a backslash and a b.
    backslashes = len(body) - 1 - len(body[:-1].rstrip("\\")) if body.endswith("b") else 0
    closes = backslashes % 2 == 1
    return body[: -len(_EDGE)] if closes else body, opens, closes


def _translated(body: str) -> str:
    """The pattern as RE2 reads it, with classes that know every alphabet."""
    written: list[str] = []
    inside = False
    pieces = list(_PIECES.finditer(body))
    for before, piece in pairwise([None, *pieces]):
        assert piece is not None  # noqa: S101  (only the first is)
        if piece["escaped"] is not None:
            written.append(_escape(piece["escaped"], inside=inside))
            continue
        written.append(piece[0])
        if not inside and piece[0] == "[":
            inside = True
        elif inside and piece[0] == "]" and not _opened_by(before, body):
            inside = False
    return "".join(written)


def _opened_by(before: re.Match[str] | None, body: str) -> bool:
    """Whether a ] follows the [ or [^ that opened its class, and so is a letter of it."""
    if before is None:
        return False
    return before[0] == "[" or (before[0] == "^" and body[: before.start()].endswith("["))


def _escape(letter: str, *, inside: bool) -> str:
    if letter in "bB":
        says = rf"\{letter} stands only at the beginning and end of a pattern" if letter == "b" else r"\B is not known"
        raise PatternError(says, r"write /\bword\b/, or leave it out")
    if letter == "/":
        return "/"
    if inside and letter in "WS":
        raise PatternError(rf"\{letter} cannot stand between brackets", r"write [^\w…] or \W outside of them")
    return (_INSIDE if inside else _CLASSES).get(letter, f"\\{letter}")


def _has_alternatives(body: str) -> bool:
    """Whether a ``|`` stands outside of every parenthesis and bracket."""
    depth = 0
    inside = False
    for piece in _PIECES.finditer(body):
        sign = piece["other"]
        if sign is None:
            continue
        if inside:
            inside = sign != "]"
        elif sign == "[":
            inside = True
        elif sign == "|" and depth == 0:
            return True
        else:
            depth += {"(": 1, ")": -1}.get(sign, 0)
    return False
