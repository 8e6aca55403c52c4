"""Where in an article the parts of a query stand, and whether the query holds.

``places`` answers for what stands in a text (words, phrases, ``NEAR``), ``holds`` for every part. Each part of a query
is looked at a bounded number of times per article, each list of places is sorted once and searched by bisection: the
cost grows with query × article, never faster. What a text repeats without end is looked at only so often.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from crawler.text import Document, exact_form, fold, query_keys, tokenize
from crawler.topics.nodes import And, Lang, Near, Node, Not, Or, Phrase, Prefix, Source, Term, Title, Word

MOST_PLACES = 300
"""Places of a term or group that are looked at, from the article's beginning; no article but a hostile one has more."""
_MOST_POSITIONS = 2_000
"""Positions of a single word that are looked at within a phrase."""


class Place(NamedTuple):
    """Where a term was met: positions of its first and last word in the document."""

    first: int
    last: int
    term: Term


@dataclass(frozen=True, slots=True)
class Article:
    """A document together with where it comes from."""

    document: Document
    source: str
    """The outlet's name for people."""
    host: str


def holds(node: Node, article: Article, *, title: bool = False) -> bool:
    """Whether a part of a query is true of an article; with ``title``, of its title alone."""
    match node:
        case And():
            return all(holds(operand, article, title=title) for operand in node.operands)
        case Or():
            return any(holds(operand, article, title=title) for operand in node.operands)
        case Not():
            return not holds(node.operand, article, title=title)
        case Title():
            return holds(node.operand, article, title=True)
        case Lang():
            return article.document.language == node.code
        case Source():
            return comes_from(node.name, article.source, article.host)
        case _:
            return bool(places(node, article.document, title=title))


def evidence_places(node: Node, article: Article, *, title: bool = False) -> list[Place]:
    """Where the terms stand that make a part of a query hold; nothing of what is excluded."""
    match node:
        case And() | Or():
            found: list[Place] = []
            for operand in node.operands:
                if holds(operand, article, title=title):
                    found += evidence_places(operand, article, title=title)
            return found
        case Title():
            return evidence_places(node.operand, article, title=True)
        case Not() | Lang() | Source():
            return []
        case _:
            return places(node, article.document, title=title)


def places(node: Node, document: Document, *, title: bool = False) -> list[Place]:
    """Where a part of a query stands, by position.

    A group joined by ``AND`` stands where its words stand, if all of them do; one joined by ``OR`` wherever any does.
    """
    match node:
        case Word() | Prefix():
            met = _within(_positions(node, document), document, title=title)
            return [Place(at, at, node) for at in met[:MOST_PLACES]]
        case Phrase():
            return _phrase(node, document, title=title)
        case Near():
            return _near(node, document, title=title)
        case And() | Or():
            found = [places(operand, document, title=title) for operand in node.operands]
            return _together(found) if isinstance(node, Or) or all(found) else []
        case Title():
            return places(node.operand, document, title=True)
        case _:
            return []


def _positions(word: Word | Prefix, document: Document) -> list[int]:
    if isinstance(word, Prefix):
        return _beginning_with(word.stem, document)
    if word.exact:
        return _exactly(word, document)
    index = document.positions
    wanted = query_keys(document.language, word.form, spelled=word.spelled)
    found = [met for key in wanted if (met := index.get(key))]
    return found[0][:_MOST_POSITIONS] if len(found) == 1 else sorted(set().union(*found))[:_MOST_POSITIONS]


def _exactly(word: Word, document: Document) -> list[int]:
    # Read as the article's words were: French texts lose l' and d'.
    read = tokenize(word.form, document.language)
    return document.exact_positions.get(exact_form(read[0].form), [])[:_MOST_POSITIONS]


def _beginning_with(stem: str, document: Document) -> list[int]:
    words = document.folded_words
    found: list[int] = []
    for at in range(bisect_left(words, stem), len(words)):
        if not words[at].startswith(stem):
            break
        found += document.folded_positions[words[at]][:_MOST_POSITIONS]
    return sorted(found)[:_MOST_POSITIONS]


def _within(positions: list[int], document: Document, *, title: bool) -> list[int]:
    return positions[: bisect_left(positions, document.text_starts)] if title else positions


def _phrase(phrase: Phrase, document: Document, *, title: bool) -> list[Place]:
    starts: set[int] | None = None
    for offset, word in enumerate(phrase.words):
        met = {at - offset for at in _positions(word, document)}
        starts = met if starts is None else starts & met
        if not starts:
            return []
    length = len(phrase.words) - 1
    return [Place(at, at + length, phrase) for at in _within(sorted(starts or ())[:MOST_PLACES], document, title=title)]


def _near(near: Near, document: Document, *, title: bool) -> list[Place]:
    met = places(near.operands[0], document, title=title)
    for operand, distance in zip(near.operands[1:], near.distances, strict=True):
        if not met:
            return []
        other = places(operand, document, title=title)
        met = _together([_close_to(other, met, distance), _close_to(met, other, distance)])
    return met


def _close_to(those: list[Place], others: list[Place], distance: int) -> list[Place]:
    """Those places that have one of the others at most ``distance`` positions before or behind them."""
    firsts = sorted(place.first for place in others)
    lasts = sorted(place.last for place in others)
    close = []
    for place in those:
        behind = bisect_right(firsts, place.last)
        before = bisect_left(lasts, place.first) - 1
        if (behind < len(firsts) and firsts[behind] - place.last <= distance) or (
            before >= 0 and place.first - lasts[before] <= distance
        ):
            close.append(place)
    return close


def _together(found: Iterable[list[Place]]) -> list[Place]:
    """Lists of places as one, each place once, by position."""
    unique = {(place.first, place.last, place.term.start): place for some in found for place in some}
    return sorted(unique.values(), key=attrgetter("first", "last"))[:MOST_PLACES]


def comes_from(name: str, source: str, host: str) -> bool:
    """Whether ``source:name`` means the outlet: its host or one above it, a label of the host, words of its name.

    ``name`` is folded. ``bbc.co.uk`` takes ``www.bbc.co.uk`` and ``news.bbc.co.uk``; ``bbc`` takes every host with the
    label ``bbc`` and every name with the word.
    """
    bare = fold(host)
    if bare == name or bare.endswith(f".{name}") or name in bare.split("."):
        return True
    wanted = [token.folded for token in tokenize(name)]
    words = [token.folded for token in tokenize(source)]
    return any(words[at : at + len(wanted)] == wanted for at in range(len(words) - len(wanted) + 1))
