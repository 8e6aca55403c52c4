"""Where in an article the parts of a query stand, and whether the query holds.

A query is made into a plan once per language: functions of an article that know their keys, fields and neighbours, so
that nothing of the query is looked at again for each article. The least costly question is asked first. Where a
word stands is found once per article, whichever topics ask.

Each part of a query is looked at a bounded number of times per article, each list of places is sorted once and searched
by bisection: the cost grows with query × article, never faster. What a text repeats without end is looked at only so
often.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from crawler.text import Document, Token, exact_form, fold, query_keys, tokenize
from crawler.topics.nodes import (
    And,
    Author,
    Lang,
    Near,
    Node,
    Not,
    Or,
    Pattern,
    Phrase,
    Prefix,
    Site,
    Source,
    Term,
    Url,
    Within,
    Word,
)
from crawler.topics.patterns import read_pattern

MOST_PLACES = 300
"""Places of a term or group that are looked at, from the article's beginning; no article but a hostile one has more."""
LEAD = 80
"""Words of the text that are its lead: the first paragraph or two of news (methods of Meltwater and Factiva)."""
_MOST_POSITIONS = 2_000
"""Positions of a single word that are looked at within a phrase."""
_ENDLESS = 1 << 60


class Place(NamedTuple):
    """Where a term was met: positions of its first and last word in the document."""

    first: int
    last: int
    term: Term
    characters: tuple[int, int] | None = None
    """Of a pattern: where in its field, which need not be at the edge of a word."""


@dataclass(frozen=True)
class Article:
    """A document together with where it comes from, and what was found in it so far."""

    document: Document
    source: str
    """The outlet's name for people."""
    host: str
    author: str = ""
    url: str = ""

    @cached_property
    def positions(self) -> dict[str, list[int]]:
        """Normal form → ascending positions, of the document."""
        return self.document.positions

    @cached_property
    def found(self) -> dict[object, list[int]]:
        """Positions that were looked up, by what was asked for."""
        return {}

    def bounds(self, field: str) -> tuple[int, int]:
        """The positions of a field: from the first up to, and without, the second."""
        starts = self.document.text_starts
        if field == "title":
            return 0, starts
        return starts, starts + LEAD if field == "lead" else _ENDLESS


@dataclass(frozen=True, slots=True)
class Plan:
    """A part of a query, ready to be asked about the articles of one language."""

    holds: Callable[[Article], bool]
    places: Callable[[Article], list[Place]]
    """Where it stands, by position; all of it."""
    evidence: Callable[[Article], list[Place]]
    """Where the terms stand that make it hold; nothing of what is excluded. Asked only where it holds."""
    effort: int
    """How costly it is to ask: a look-up 1, a list of positions 2, lists compared 3, the text read again 4."""
    keys: tuple[str, ...] = ()
    """It holds just when the article has one of these; empty where more has to be asked."""


Positions = Callable[[Article], list[int]]


def make_plan(node: Node, language: str, field: str = "") -> Plan:
    """The plan of a part of a query for articles in a language; with ``field``, for that part of them alone."""
    match node:
        case Word() | Prefix():
            return _single(node, language, field)
        case Phrase():
            return _of_places(_phrase(node, language, field), 3)
        case Pattern():
            return _of_places(_pattern(node, field), 4)
        case Near():
            return _near(node, language, field)
        case And() | Or():
            return _joined(node, [make_plan(operand, language, field) for operand in node.operands])
        case Not():
            operand = make_plan(node.operand, language, field)
            return Plan(lambda article: not operand.holds(article), _nowhere, _nowhere, operand.effort)
        case Within():
            return make_plan(node.operand, language, "lead" if field == "lead" else node.field)
        case _:
            return Plan(_about(node, language), _nowhere, _nowhere, 1)


def _nowhere(_article: Article) -> list[Place]:
    return []


def _of_places(places: Callable[[Article], list[Place]], effort: int) -> Plan:
    return Plan(lambda article: bool(places(article)), places, places, effort)


def _about(node: Lang | Source | Site | Author | Url, language: str) -> Callable[[Article], bool]:
    match node:
        case Lang():
            same = node.code == language
            return lambda _article: same
        case Source():
            return lambda article: comes_from(node.name, article.source, article.host)
        case Site():
            return lambda article: stands_at(node.host, article.host)
        case Author():
            return lambda article: has_words(node.name, article.author)
        case Url():
            return lambda article: node.piece in article.url.casefold()


# -- single words --------------------------------------------------------------------------------------------------


def _single(word: Word | Prefix, language: str, field: str) -> Plan:
    positions = _positions(word, language)
    if field:
        whole = positions

        def positions(article: Article) -> list[int]:
            return _cut(whole(article), article.bounds(field))

    def places(article: Article) -> list[Place]:
        return [Place(at, at, word) for at in positions(article)[:MOST_PLACES]]

    if field or not isinstance(word, Word) or word.exact:
        return Plan(lambda article: bool(positions(article)), places, places, 2)
    keys = query_keys(language, word.form, spelled=word.spelled)
    return Plan(_has_any(keys), places, places, 1, keys)


def _has_any(keys: Sequence[str]) -> Callable[[Article], bool]:
    if len(keys) == 1:
        only = keys[0]
        return lambda article: only in article.positions

    def holds(article: Article) -> bool:
        positions = article.positions
        for key in keys:  # noqa: SIM110 - a generator would cost more than the question
            if key in positions:
                return True
        return False

    return holds


def _positions(word: Word | Prefix, language: str) -> Positions:
    """Where a word stands in title and text: ascending, not to be changed."""
    if isinstance(word, Prefix):
        stem = word.stem
        return lambda article: _beginning_with(stem, article)
    if word.exact:
        # Read as the article's words are: French texts lose l' and d'.
        form = exact_form(tokenize(word.form, language)[0].form)
        return lambda article: article.document.exact_positions.get(form, [])[:_MOST_POSITIONS]
    keys = query_keys(language, word.form, spelled=word.spelled)
    return lambda article: _having(keys, article)


def _having(keys: tuple[str, ...], article: Article) -> list[int]:
    found = article.found.get(keys)
    if found is None:
        met = [positions for key in keys if (positions := article.positions.get(key))]
        together = met[0] if len(met) == 1 else sorted(set().union(*met))
        found = article.found[keys] = together[:_MOST_POSITIONS]
    return found


def _beginning_with(stem: str, article: Article) -> list[int]:
    found = article.found.get(stem)
    if found is None:
        words, at = article.document.folded_words, article.document.folded_positions
        met: list[int] = []
        for word in words[bisect_left(words, stem) :]:
            if not word.startswith(stem):
                break
            met += at[word][:_MOST_POSITIONS]
        found = article.found[stem] = sorted(met)[:_MOST_POSITIONS]
    return found


def _cut(positions: list[int], bounds: tuple[int, int]) -> list[int]:
    return positions[bisect_left(positions, bounds[0]) : bisect_left(positions, bounds[1])]


# -- phrases and patterns --------------------------------------------------------------------------------------------


def _phrase(phrase: Phrase, language: str, field: str) -> Callable[[Article], list[Place]]:
    words = [_positions(word, language) for word in phrase.words]
    plain = [word for word in phrase.words if isinstance(word, Word) and not word.exact]
    present = [_has_any(query_keys(language, word.form, spelled=word.spelled)) for word in plain]
    starts = _side_by_side if not phrase.slop else _in_order(phrase.slop)

    def places(article: Article) -> list[Place]:
        for is_there in present:
            if not is_there(article):
                return []
        met: list[list[int]] = []
        for word in words:
            found = word(article)
            if not found:
                return []
            met.append(_cut(found, article.bounds(field)) if field else found)
        return [Place(first, last, phrase) for first, last in starts(met)[:MOST_PLACES]]

    return places


def _side_by_side(met: list[list[int]]) -> list[tuple[int, int]]:
    rarest = min(range(len(met)), key=lambda n: len(met[n]))
    starts = {at - rarest for at in met[rarest]}
    for offset, positions in enumerate(met):
        if offset != rarest:
            starts.intersection_update([at - offset for at in positions])
            if not starts:
                return []
    return [(at, at + len(met) - 1) for at in sorted(starts)]


def _in_order(slop: int) -> Callable[[list[list[int]]], list[tuple[int, int]]]:
    def spans(met: list[list[int]]) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        for first in met[0]:
            last = first
            for positions in met[1:]:
                behind = bisect_right(positions, last)
                if behind == len(positions):
                    return found  # nor has any later beginning this word behind it
                last = positions[behind]
            if last - first - (len(met) - 1) <= slop:
                found.append((first, last))
        return found

    return spans


def _pattern(pattern: Pattern, field: str) -> Callable[[Article], list[Place]]:
    expression = read_pattern(pattern.expression)

    def places(article: Article) -> list[Place]:
        document = article.document
        found: list[Place] = []
        if field in ("", "title"):
            found += _met(pattern, expression.spans(document.title, MOST_PLACES), document.title_tokens, 0)
        if field != "title":
            tokens = document.text_tokens
            read = document.text[: tokens[-1].end + 1] if tokens else ""
            found += _met(pattern, expression.spans(read, MOST_PLACES), tokens, document.text_starts)
        end = article.bounds("lead")[1] if field == "lead" else _ENDLESS
        return [place for place in found if place.first < end][:MOST_PLACES]

    return places


def _met(pattern: Pattern, spans: list[tuple[int, int]], tokens: Sequence[Token], offset: int) -> list[Place]:
    """The places of spans of characters: the words that they touch, or the one before where they touch none."""
    found = []
    starts, ends = ([token.start for token in tokens], [token.end for token in tokens]) if spans else ([], [])
    for start, end in spans:
        first, last = bisect_right(ends, start), bisect_left(starts, end) - 1
        if first > last:
            first = last = max(last, 0)
        if tokens:
            found.append(Place(offset + first, offset + last, pattern, (start, end)))
    return found


# -- groups ------------------------------------------------------------------------------------------------------------


def _joined(node: And | Or, operands: list[Plan]) -> Plan:
    everyone = isinstance(node, And)
    asked = operands if everyone else _words_as_one(operands)
    # The answer does not depend on the order, the cost does.
    cheapest_first = [plan.holds for plan in sorted(asked, key=attrgetter("effort"))]

    def holds_all(article: Article) -> bool:
        for holds in cheapest_first:  # noqa: SIM110
            if not holds(article):
                return False
        return True

    def holds_any(article: Article) -> bool:
        for holds in cheapest_first:  # noqa: SIM110
            if holds(article):
                return True
        return False

    def places(article: Article) -> list[Place]:
        found = [operand.places(article) for operand in operands]
        return _together(found) if not everyone or all(found) else []

    effort, evidence = max(plan.effort for plan in operands), _shown(operands, everyone=everyone)
    if not everyone and len(asked) == 1:
        return Plan(asked[0].holds, places, evidence, effort, asked[0].keys)
    return Plan(holds_all if everyone else holds_any, places, evidence, effort)


def _shown(operands: list[Plan], *, everyone: bool) -> Callable[[Article], list[Place]]:
    """The evidence of the operands that hold."""
    # A term's evidence is where it stands: nowhere, where it does not hold. Of a group more has to be asked.
    asked = [(None if everyone or plan.evidence is plan.places else plan.holds, plan.evidence) for plan in operands]

    def evidence(article: Article) -> list[Place]:
        found: list[Place] = []
        for holds, evidence_of in asked:
            if holds is None or holds(article):
                found += evidence_of(article)
        return found

    return evidence


def _words_as_one(operands: list[Plan]) -> list[Plan]:
    """The alternatives of an OR, those that are met by a key put together: there are often dozens."""
    keys = tuple(dict.fromkeys(key for plan in operands for key in plan.keys))
    if not keys:
        return operands
    return [Plan(_has_any(keys), _nowhere, _nowhere, 1, keys), *(plan for plan in operands if not plan.keys)]


def _near(near: Near, language: str, field: str) -> Plan:
    operands = [make_plan(operand, language, field) for operand in near.operands]
    steps = list(zip(operands[1:], near.distances, near.ordered, strict=True))
    simple = [operand.holds for operand in operands if operand.effort == 1]

    def places(article: Article) -> list[Place]:
        for holds in simple:
            if not holds(article):
                return []
        met = operands[0].places(article)
        for operand, distance, ordered in steps:
            other = operand.places(article) if met else []
            if not other:
                return []
            met = _pairs(met, other, distance, ordered=ordered)
        return met

    return _of_places(places, 3)


def _pairs(those: list[Place], others: list[Place], distance: int, *, ordered: bool) -> list[Place]:
    """The places of both lists that have one of the other at most ``distance`` positions away."""
    return _together(
        [
            _close_to(those, others, distance, before=not ordered, behind=True),
            _close_to(others, those, distance, before=True, behind=not ordered),
        ]
    )


def _close_to(those: list[Place], others: list[Place], distance: int, *, before: bool, behind: bool) -> list[Place]:
    """Those places that have one of the others before or behind them, at most ``distance`` positions away."""
    firsts = sorted([place.first for place in others]) if behind else []
    lasts = sorted([place.last for place in others]) if before else []
    close = []
    for place in those:
        next_one = bisect_right(firsts, place.last)
        one_before = bisect_left(lasts, place.first) - 1
        if (next_one < len(firsts) and firsts[next_one] - place.last <= distance) or (
            one_before >= 0 and place.first - lasts[one_before] <= distance
        ):
            close.append(place)
    return close


def _together(found: Iterable[list[Place]]) -> list[Place]:
    """Lists of places as one, each place once, by position."""
    unique = {(place.first, place.last, place.term.start, place.characters): place for place in chain(*found)}
    return sorted(unique.values(), key=_order)[:MOST_PLACES]


def _order(place: Place) -> tuple[int, int, int]:
    return place.first, place.last, place.term.start


# -- where an article comes from -------------------------------------------------------------------------------------


def comes_from(name: str, source: str, host: str) -> bool:
    """Whether ``source:name`` means the outlet: its host or one above it, a label of the host, words of its name.

    ``name`` is folded. ``bbc.co.uk`` takes ``www.bbc.co.uk`` and ``news.bbc.co.uk``; ``bbc`` takes every host with the
    label ``bbc`` and every name with the word.
    """
    return stands_at(name, host) or name in fold(host).split(".") or has_words(name, source)


def stands_at(wanted: str, host: str) -> bool:
    """Whether a host is the folded one that is wanted, or below it."""
    bare = fold(host)
    return bare == wanted or bare.endswith(f".{wanted}")


def has_words(wanted: str, name: str) -> bool:
    """Whether the folded words that are wanted stand side by side in a name."""
    asked = [token.folded for token in tokenize(wanted)]
    words = [token.folded for token in tokenize(name)]
    return any(words[at : at + len(asked)] == asked for at in range(len(words) - len(asked) + 1))
