"""Did another outlet publish this text before? Word for word, shortened, edited or under another headline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from crawler.dedupe.agencies import publishes
from crawler.dedupe.fingerprints import TEASER, Shingle, containment, headline_mark, sample, shingles, words

COPY = 0.6
"""Containment of 4-word shingles from which a text is a copy."""
ADDED = 0.4
"""… and from which it is a copy with additions, if ``ADDED_SHINGLES`` are shared. Texts abridged by 30 % with 8 % of
their words changed stand above .42; below, in 2.5 million pairs, stood reports that quote one press release."""
ADDED_SHINGLES = 30
TEMPLATE = 0.8
"""… and from which even another date in the title does not speak against it: below, it is a report that comes every
day ("Situation on 3 May", "Situation on 4 May")."""
FORM = 0.95
"""… and from which even headlines about others do not: below, it is one form filled in anew (earnings, matches)."""
ENOUGH_WORDS = 25
"""Words of the shorter text from which ``COPY`` is enough …"""
FEW_WORDS = 12
"""… and from which ``TEMPLATE`` is. Of 1.2 million pairs of feed entries of 2023 about different things, none stood
above either."""
HEADLINE_WORDS = 6
"""Words of an identical headline from which ``ADDED`` is enough, however short the text …"""
LONE_HEADLINE_WORDS = 8
"""… and from which the headline decides alone, where one of the two has no more text than a teaser: that is written by
each outlet for itself, the article behind it is not."""
NEAR = timedelta(days=3)
"""Between two articles that are one by their headlines alone: these come again."""
COMPARED = 40_000
"""Characters of a text that are compared: longer ones are transcripts and lists, and each costs 10 comparisons."""
_STEM = 4
"""Letters that two forms of a word share in most inflections."""
_SAME_WORDS = 0.8
"""Share of the shorter headline's words from which two headlines are one, changed."""
_TELLING_WORDS = 6
"""Words that say something (``_telling``) that two changed headlines have in common."""
_TELLING_LETTERS = 4
_PARAPHRASE, _PARAPHRASED_PAIRS, _PARAPHRASED_WORDS = 0.75, 0.4, 8
"""Of two teasers: the share of the shorter one's telling words and of its pairs of words, and how many words, that
make them one sentence lightly edited."""
_HINT = 0.2
"""Containment of teasers below which a headline that was changed may as well be another reporter's."""
_DATED = 15
"""Words at the beginning of a text that may say which day it is about."""
_CAPITAL = re.compile(r"\b[A-ZА-ЯЁЇІЄҐÀ-ÖØ-ÞŁŚŻŹĆ][^\W\d_]{2,}")
_OUTLET_NAME = re.compile(r"\s+[|–—-]\s+[^|–—]{2,40}$")
_RUNNING = re.compile(
    r"\b(?:live|updates?|liveblog|as it happened|what we know|ticker|newsticker|en direct|en directo|morning briefing"
    r"|horoscopes?|weather|lottery|онлайн|наживо|хроника|хроніка|прямая трансляция"
    r"|текстовая трансляция|гороскоп|погод[аыиу]|зведення|сводка|wetter|horoskop|pogoda|météo)\b",
    re.IGNORECASE,
)
"""Headlines that many outlets, or one every day, give to texts of their own."""
_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|янв|фев|март|апр|мая|май|июн|июл|авг|сен|окт|ноя|дек|січ|лют"
    r"|берез|квіт|трав|черв|лип|серп|верес|жовт|листоп|груд|mär|mai|juni|juli|okt|dez|janv|févr|avr|juin|juil|août|déc"
    r"|stycz|lut|marc|kwie|maj|czerw|lip|sier|wrze|paźd|list|grud)[^\W\d]*"
)
_DAY = re.compile(
    rf"\b(?P<a>\d{{1,2}})\.? (?:de )?(?P<b>{_MONTH})|\b(?P<c>{_MONTH})\.? (?P<d>\d{{1,2}})\b"
    r"|\b(?P<e>\d{1,2})[./](?P<f>\d{1,2})(?:[./]\d{2,4})?\b|\b(?:day|день|tag|jour|dzień|week|round|тур)\W+(?P<g>\d+)\b"
    r"|\b(?P<h>\d+)[-–]?\w{0,3} (?:day|день|доба|тур)\b|\b(?P<i>(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.IGNORECASE,
)
"""A day of the calendar, or the number of one in a row."""


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
    credit: str = ""
    """The agency or outlet that the text is credited to (``credits``); empty when to none."""

    @property
    def since(self) -> datetime:
        """When it stood there at the latest: a publication date after the first sight is no date."""
        return min(self.published, self.first_seen) if self.published else self.first_seen

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The folded words of the text, as far as it is compared."""
        return words(self.text[:COMPARED])

    @cached_property
    def shingles(self) -> frozenset[Shingle]:
        """All 4-word shingles of the text."""
        return shingles(self.words)

    @cached_property
    def headline(self) -> tuple[str, ...]:
        """The folded words of the title without the outlet's name behind a dash."""
        return headline(self.title)

    @cached_property
    def mark(self) -> int | None:
        """The fingerprint of the headline, where one says enough to find a copy by it alone."""
        telling = len(self.headline) >= HEADLINE_WORDS and not _RUNNING.search(self.title)
        return headline_mark(self.headline) if telling else None

    @cached_property
    def sample(self) -> tuple[int, ...]:
        """The fingerprints it is stored and found by."""
        return sample(self.headline, self.words)


def headline(title: str) -> tuple[str, ...]:
    """The folded words of a title without the outlet's name behind a dash."""
    short = words(_OUTLET_NAME.sub("", title))
    return short if len(short) >= HEADLINE_WORDS else words(title)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How two texts are one."""

    score: float
    """Containment, 0…1: how much of the shorter text is in the longer."""
    additions: bool = False
    """One of them adds text of its own."""
    shared: int = 0
    """How many word sequences they share."""


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
    headline asks for less, and where one has no more than a teaser it may decide alone. Independent reports of one
    event share names and figures, not word sequences; a form filled in anew shares all but these.
    """
    shared = len(one.shingles & other.shingles)
    score = shared / (min(len(one.shingles), len(other.shingles)) or 1)
    found = _by_headline(one, other, score, shared) or _by_text(one, other, score, shared)
    if found is None:
        return None
    if (score < TEMPLATE and _another_day(one, other)) or (score < FORM and _somebody_else(one, other)):
        return None
    return found


def _by_text(one: Piece, other: Piece, score: float, shared: int) -> Likeness | None:
    """Whether two articles are one by their texts; the shorter these are, the more of it they have to share."""
    least = min(len(one.words), len(other.words))
    if least < TEASER and not (_is_about(one, other) or _is_about(other, one)):
        return None
    if score >= (COPY if least >= ENOUGH_WORDS else TEMPLATE) and least >= FEW_WORDS:
        return Likeness(score, shared=shared)
    if score >= ADDED and shared >= ADDED_SHINGLES:
        running = _RUNNING.search(one.title) or _RUNNING.search(other.title)
        return None if running else Likeness(score, additions=True, shared=shared)
    return Likeness(score, additions=True, shared=shared) if least < TEASER and _paraphrased(one, other) else None


def _by_headline(one: Piece, other: Piece, score: float, shared: int) -> Likeness | None:
    """Whether two articles are one by their headlines, with little or nothing from the texts."""
    least = min(len(one.words), len(other.words))
    shorter = min(len(one.headline), len(other.headline))
    if shorter < HEADLINE_WORDS or _RUNNING.search(one.title) or _RUNNING.search(other.title):
        return None
    same = one.headline == other.headline
    if same and least and score >= ADDED:
        return Likeness(score, additions=score < COPY, shared=shared)
    if least >= TEASER or abs(one.since - other.since) > NEAR:
        return None
    changed = not same and (not least or score >= _HINT) and _same_changed(one.headline, other.headline)
    if changed or (same and shorter >= LONE_HEADLINE_WORDS):
        return Likeness(score if least else 1.0, additions=bool(least) and score < COPY, shared=shared)
    return None


def _same_changed(one: Sequence[str], other: Sequence[str]) -> bool:
    """A headline, and the same one cut, turned round or with a word or two replaced; figures must be the same."""
    mine, theirs = set(one), set(other)
    if {word for word in mine ^ theirs if word.isdecimal()}:
        return False
    telling = _telling(mine & theirs)
    return len(telling) >= _TELLING_WORDS and len(mine & theirs) >= _SAME_WORDS * min(len(mine), len(theirs))


def _telling(those: Iterable[str]) -> set[str]:
    return {word for word in those if len(word) >= _TELLING_LETTERS or word.isdecimal()}


def _paraphrased(one: Piece, other: Piece) -> bool:
    """Two teasers are one sentence in which words were changed."""
    mine, theirs = _telling(one.words), _telling(other.words)
    least = min(len(mine), len(theirs))
    if least < _PARAPHRASED_WORDS or len(mine & theirs) < _PARAPHRASE * least:
        return False
    return containment(shingles(one.words, 2), shingles(other.words, 2)) >= _PARAPHRASED_PAIRS


def _another_day(one: Piece, other: Piece) -> bool:
    """A report that comes every day, of two days."""
    if _other_days(_days(one.title), _days(other.title)):
        return True
    mine, theirs = _days(_beginning(one)), _days(_beginning(other))
    return _other_days(mine, theirs) and _other_days(mine, _days(other.text)) and _other_days(theirs, _days(one.text))


def _beginning(piece: Piece) -> str:
    return " ".join(piece.text[: _DATED * 12].split()[:_DATED])


def _other_days(mine: set[tuple[str, ...]], theirs: set[tuple[str, ...]]) -> bool:
    """Both name days, and none the same."""
    return bool(mine) and bool(theirs) and mine.isdisjoint(theirs)


def _days(text: str) -> set[tuple[str, ...]]:
    return {tuple(sorted(part.casefold()[:3] for part in found.groups() if part)) for found in _DAY.finditer(text)}


def _somebody_else(one: Piece, other: Piece) -> bool:
    """Each headline has a name that the other article has nowhere: one form, filled in about two subjects."""
    return bool(_names_unknown_to(one, other)) and bool(_names_unknown_to(other, one))


def _names_unknown_to(other: Piece, one: Piece) -> set[str]:
    """Names in the headline of ``one`` that ``other`` has nowhere.

    A name is written with a capital in the headline and inside a sentence of its own text: of a headline in Title
    Case alone nobody can tell.
    """
    inside = {
        word for word in set(_CAPITAL.findall(one.title)) if re.search(rf"[^\W\d_],? {re.escape(word)}\b", one.text)
    }
    elsewhere = {word[:_STEM] for word in (*words(other.title), *other.words)}
    return {word for word in inside if words(word) and words(word)[0][:_STEM] not in elsewhere}


def _is_about(one: Piece, other: Piece) -> bool:
    """The headline of one shares a longer word with the other's headline or text; True where it has no such word."""
    stems = {word[:_STEM] for word in one.headline if len(word) >= _STEM}
    return not stems or any(word[:_STEM] in stems for word in (*other.headline, *other.words))


def had_it_first(one: Piece, other: Piece) -> bool:
    """Whether ``one`` had the text before ``other``: it is the outlet that the other credits, or else by time."""
    if publishes(one.outlet, other.credit) and not publishes(one.outlet, one.credit):
        return not (publishes(other.outlet, one.credit) and one.since > other.since)
    if publishes(other.outlet, one.credit):
        return False
    return one.since <= other.since


def judge(candidate: Piece, others: Iterable[Piece]) -> Copy | None:
    """The article that had the candidate's text first, if another outlet's; ``None`` when it is original.

    ``others`` are the articles found by shared fingerprints, with the articles their ``copy_of`` names where these are
    at hand. The result points at the origin itself, also when the outlet repeats its own copy; an outlet that repeats
    its own text, or gets it back from a copy, copies nobody; nor does the outlet that the others credit the text to.
    Of several texts that are found in the candidate it is a copy of the one it has most of.
    """
    known = {piece.id: piece for piece in others}
    found = [
        (piece, likeness)
        for piece in known.values()
        if had_it_first(piece, candidate) and (likeness := alike(candidate, piece))
    ]
    if not found:
        return None
    most = max(likeness.shared for _, likeness in found)
    piece, likeness = min(
        (pair for pair in found if 2 * pair[1].shared >= most),
        key=lambda pair: (not publishes(pair[0].outlet, candidate.credit), pair[0].since, pair[0].id),
    )
    origin = _root(piece, known)
    if origin in known and (known[origin].outlet == candidate.outlet or not had_it_first(known[origin], candidate)):
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
    """Known articles that turn out to be copies of the candidate.

    It was published before them but seen after, or it is the article of the outlet that they credit. ``origin`` of each
    is the id of the *known* article; only ones that are not copies of something else.
    """
    return [
        Copy(piece.id, likeness.score, likeness.additions)
        for piece in others
        if piece.copy_of is None
        and piece.outlet != candidate.outlet
        and not had_it_first(piece, candidate)
        and (likeness := alike(candidate, piece))
    ]
