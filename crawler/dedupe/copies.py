"""Did another outlet publish this text before? Word for word, shortened, edited or under another headline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from crawler.dedupe.fingerprints import containment, sample, shingles, words

COPY = 0.6
"""Containment of 4-word shingles from which a text is a copy."""
ADDED = 0.31
"""… and from which it is a copy with additions, if ``ADDED_SHINGLES`` are shared: above it no two different texts of
3.64 million pairs stood."""
ADDED_SHINGLES = 30
TEMPLATE = 0.8
"""… and from which even titles with other figures do not speak against it: below, it is the same form filled in anew
("Situation on 3 May", "Situation on 4 May"; earnings tables; horoscopes)."""
ENOUGH_WORDS = 25
"""Words of the shorter text from which ``COPY`` is enough …"""
FEW_WORDS = 12
"""… and from which ``TEMPLATE`` is. Of 1.2 million pairs of feed entries of 2023 about different things, none stood
above either."""
HEADLINE_WORDS = 6
"""Words of an identical headline from which ``ADDED`` is enough, however short the text …"""
LONE_HEADLINE_WORDS = 8
"""… and from which the headline decides alone, where one of the two came without text."""
_BOILERPLATE = 60
"""Words below which a text may be an outlet's standing phrase and has to be about its headline."""
_COMPARED = 40_000
"""Characters of a text that are compared: longer ones are transcripts and lists, and each costs 20 comparisons."""
_STEM = 4
"""Letters that two forms of a word share in most inflections."""
_OUTLET_NAME = re.compile(r"\s+[|–—-]\s+[^|–—]{2,40}$")
_RUNNING = re.compile(
    r"\b(?:live|updates?|liveblog|as it happened|what we know|ticker|newsticker|en direct|en directo|morning briefing"
    r"|horoscope|weather|онлайн|наживо|хроника|хроніка|прямая трансляция|текстовая трансляция|гороскоп|погода)\b",
    re.IGNORECASE,
)
"""Headlines that many outlets, or one every day, give to texts of their own."""


@dataclass(frozen=True)
class Piece:
    """An article as far as copying goes."""

    id: int
    """What names it; a negative number for one that is not stored yet."""
    outlet: str
    title: str
    text: str
    first_seen: datetime
    published: datetime | None = None
    copy_of: int | None = None

    @property
    def since(self) -> datetime:
        """When it stood there at the latest: a publication date after the first sight is no date."""
        return min(self.published, self.first_seen) if self.published else self.first_seen

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The folded words of the text, as far as it is compared."""
        return words(self.text[:_COMPARED])

    @cached_property
    def shingles(self) -> frozenset[int]:
        """All 4-word shingles of the text."""
        return shingles(self.words)

    @cached_property
    def sample(self) -> tuple[int, ...]:
        """The fingerprints it is stored and found by."""
        return sample(words(self.title), self.words)

    @cached_property
    def headline(self) -> tuple[str, ...]:
        """The folded words of the title without the outlet's name behind a dash."""
        short = words(_OUTLET_NAME.sub("", self.title))
        return short if len(short) >= HEADLINE_WORDS else words(self.title)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How two texts are one."""

    score: float
    """Containment, 0…1: how much of the shorter text is in the longer."""
    additions: bool = False
    """One of them adds text of its own."""


@dataclass(frozen=True, slots=True)
class Copy:
    """An article's text was published before."""

    origin: int
    """The id of the earliest known article with the text; never itself a copy."""
    score: float
    additions: bool


def alike(one: Piece, other: Piece) -> Likeness | None:
    """How two articles carry one text, whoever had it first; ``None`` when they do not.

    Texts decide by containment, whatever the headlines say; the shorter they are, the more of it. An identical
    headline asks for less, and where one has no text it may decide alone. Independent reports of one event share names
    and figures, not word sequences.
    """
    least = min(len(one.words), len(other.words))
    score = containment(one.shingles, other.shingles)
    if _same_headline(one, other):
        enough = score >= ADDED if least else len(one.headline) >= LONE_HEADLINE_WORDS
        return Likeness(score if least else 1.0, additions=bool(least) and score < COPY) if enough else None
    if score < TEMPLATE and _other_figures(one.title, other.title):
        return None
    if least < _BOILERPLATE and not (_is_about(one, other) or _is_about(other, one)):
        return None
    if score >= (COPY if least >= ENOUGH_WORDS else TEMPLATE) and least >= FEW_WORDS:
        return Likeness(score)
    if score >= ADDED and len(one.shingles & other.shingles) >= ADDED_SHINGLES:
        return Likeness(score, additions=True)
    return None


def _same_headline(one: Piece, other: Piece) -> bool:
    same = one.headline == other.headline and len(one.headline) >= HEADLINE_WORDS
    return same and not _RUNNING.search(one.title)


def _is_about(one: Piece, other: Piece) -> bool:
    """The headline of one shares a longer word with the other's headline or text; True where it has no such word."""
    stems = {word[:_STEM] for word in one.headline if len(word) >= _STEM}
    return not stems or any(word[:_STEM] in stems for word in (*other.headline, *other.words))


def _other_figures(one: str, other: str) -> bool:
    """Each title has a figure that the other lacks."""
    mine, theirs = set(re.findall(r"\d+", one)), set(re.findall(r"\d+", other))
    return bool(mine - theirs) and bool(theirs - mine)


def judge(candidate: Piece, others: Iterable[Piece]) -> Copy | None:
    """The earliest article that had the candidate's text no later, if another outlet's; ``None`` when it is original.

    ``others`` are the articles found by shared fingerprints, with the articles their ``copy_of`` names where these are
    at hand. The result points at the origin itself, also when the outlet repeats its own copy; an outlet that repeats
    its own text, or gets it back from a copy, copies nobody.
    """
    known = {piece.id: piece for piece in others}
    found = [
        (piece, likeness)
        for piece in known.values()
        if piece.since <= candidate.since and (likeness := alike(candidate, piece))
    ]
    if not found:
        return None
    piece, likeness = min(found, key=lambda pair: (pair[0].since, pair[0].id))
    origin = _root(piece, known)
    if origin in known and known[origin].outlet == candidate.outlet:
        return None
    return Copy(origin, likeness.score, likeness.additions)


def _root(piece: Piece, known: dict[int, Piece]) -> int:
    """Where ``copy_of`` leads; a circle ends where it closes."""
    passed = {piece.id}
    while piece.copy_of is not None and piece.copy_of not in passed:
        passed.add(piece.copy_of)
        if piece.copy_of not in known:
            return piece.copy_of
        piece = known[piece.copy_of]
    return piece.id


def later_copies(candidate: Piece, others: Sequence[Piece]) -> list[Copy]:
    """Known articles that turn out to be copies of the candidate, which was published before them but seen after.

    ``origin`` of each is the id of the *known* article; only ones that are not copies of something else.
    """
    return [
        Copy(piece.id, likeness.score, likeness.additions)
        for piece in others
        if piece.copy_of is None
        and piece.outlet != candidate.outlet
        and piece.since > candidate.since
        and (likeness := alike(candidate, piece))
    ]
