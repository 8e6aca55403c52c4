"""A few sentences of an article around the first place where its topic was met."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crawler.alerts.lines import scrub

LENGTH = 320
"""Characters a snippet aims to stay under: three lines in a mail program, five on a phone."""
_SENTENCES = 3
_SHORT = 160
"""A snippet shorter than this takes the sentence before the evidence too."""
_REACH = 700
"""Characters read on either side: bounds the work on a hostile text without a full stop."""

Span = tuple[int, int]

_STOP = re.compile(r"[.!?…]+[\"»”’)\]]*\s+|[。！？]+\s*|\s*\n\s*")
_ENDS = ".!?…。！？"
_CLOSING = '"»”’)]'
_ABBREVIATIONS_EN = "jan feb mar apr jun jul aug sep sept oct nov dec mr mrs ms dr st gen col sgt lt prof gov sen rep"
_ABBREVIATIONS_UK_RU = "м вул ул г р рр ст тис тыс млн млрд грн руб им ім проф ген див напр обл см св"
_ABBREVIATIONS = frozenset(f"{_ABBREVIATIONS_EN} {_ABBREVIATIONS_UK_RU}".split())


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that is, or is not, the form that a term met."""

    text: str
    hit: bool = False


def snippet(text: str, spans: Sequence[Span], *, title: str = "") -> tuple[Piece, ...]:
    """One to three sentences of ``text`` around its first span, or the lead without one.

    ``spans`` are (start, end) in ``text``; those that do not fit it are ignored. A lead that only repeats
    ``title`` is skipped.
    """
    lead = _lead(text, title)
    usable = sorted({span for span in spans if lead <= span[0] < span[1] <= len(text)})
    anchor = usable[0] if usable else (lead, lead)
    start, end = _window(text, anchor, lead)
    if not text[start:end].strip():
        return ()
    pieces = list(pieces_of(text, start, end, usable))
    if start > 0 and not _starts_sentence(text, start):
        pieces.insert(0, Piece("… "))
    if text[end:].strip() and not _ends_clean(text, end):
        pieces.append(Piece(" …"))
    return tidy(pieces)


def pieces_of(text: str, start: int, end: int, spans: Sequence[Span]) -> Iterator[Piece]:
    """``text[start:end]`` cut at the (sorted) spans; where spans overlap, the first one holds."""
    at = start
    for left, right in spans:
        if left < at or right > end:
            continue
        if left > at:
            yield Piece(text[at:left])
        yield Piece(text[left:right], hit=True)
        at = right
    if at < end:
        yield Piece(text[at:end])


def tidy(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """The pieces scrubbed and on one line: single blanks, none at either end, no empty piece."""
    kept: list[Piece] = []
    for piece in pieces:
        line = re.sub(r"\s+", " ", scrub(piece.text))
        if not kept or kept[-1].text.endswith(" "):
            line = line.lstrip(" ")
        if line:
            kept.append(Piece(line, piece.hit))
    while kept and not (last := kept[-1].text.rstrip(" ")):
        kept.pop()
    if kept:
        kept[-1] = Piece(last, kept[-1].hit)
    return tuple(kept)


def _lead(text: str, title: str) -> int:
    """Where the text begins to say more than its headline."""
    head = title.strip()
    at = len(text) - len(text.lstrip())
    if head and text.startswith(head, at):
        at += len(head)
        while at < len(text) and (text[at].isspace() or text[at] in ".:!–—-"):
            at += 1
    return at


def _window(text: str, anchor: Span, lead: int) -> Span:
    """Start and end of the sentences to show around ``anchor``, none before ``lead``."""
    low, high = max(lead, anchor[0] - _REACH), min(len(text), anchor[1] + _REACH)
    ends = [low, *_stops(text, low, high), high]
    first = max(index for index, at in enumerate(ends[:-1]) if at <= anchor[0])
    last = first + 1
    if ends[last] - ends[first] > LENGTH or anchor[1] > ends[last]:
        return _around(text, (ends[first], max(ends[last], anchor[1])), anchor)
    while last + 1 < len(ends) and last - first < _SENTENCES and ends[last + 1] - ends[first] <= LENGTH:
        last += 1
    alone = first == 0 or last - first >= _SENTENCES or ends[last] - ends[first] >= _SHORT
    if not alone and ends[last] - ends[first - 1] <= LENGTH:
        first -= 1
    return ends[first], ends[last]


def _around(text: str, sentence: Span, anchor: Span) -> Span:
    """A part of a long sentence around ``anchor``, cut at words."""
    start, end = sentence
    left = start if anchor[1] - start <= LENGTH * 2 // 3 else max(start, anchor[0] - LENGTH // 2)
    right = min(end, max(left + LENGTH, min(anchor[1], left + 2 * LENGTH)))
    if left > start and (blank := text.find(" ", left, anchor[0])) >= 0:
        left = blank + 1
    if right < end and (blank := text.rfind(" ", anchor[1], right)) > left:
        right = blank
    return left, right


def _stops(text: str, low: int, high: int) -> Iterator[int]:
    """Where sentences begin after the first one, inside ``low`` and ``high``."""
    for stop in _STOP.finditer(text, low, high):
        if _ends_sentence(text, stop) and stop.end() < high:
            yield stop.end()


def _ends_sentence(text: str, stop: re.Match[str]) -> bool:
    if "\n" in stop[0] or not stop[0].startswith("."):
        return True
    if text[stop.end() : stop.end() + 1].islower():
        return False
    word = re.search(r"\w*$", text[max(0, stop.start() - 12) : stop.start()])
    before = word[0] if word else ""
    return not (len(before) == 1 and before.isalpha()) and before.casefold() not in _ABBREVIATIONS


def _starts_sentence(text: str, at: int) -> bool:
    before = text[max(0, at - 6) : at]
    return "\n" in before or not before.strip() or before.rstrip().rstrip(_CLOSING)[-1:] in _ENDS + ":–—-"


def _ends_clean(text: str, at: int) -> bool:
    """What ends at ``at`` is a whole sentence or paragraph."""
    before = text[max(0, at - 6) : at]
    return "\n" in before[len(before.rstrip()) :] or before.rstrip().rstrip(_CLOSING)[-1:] in tuple(_ENDS)
