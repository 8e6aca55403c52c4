"""By how much a query missed an article: what held, what was lacking, and how near it came.

A query that does not hold is taken apart: what it requires and the article lacks, words that are there but too far
apart or out of order, a word that stands in the text where the title was asked, an exclusion that struck. Each costs a
share of the way, so that articles can be ranked by how nearly they were taken. Pure: a query and a document in, a
record out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from crawler.model import Evidence
from crawler.text import Document
from crawler.topics.nodes import (
    And,
    Author,
    Lang,
    Near,
    Node,
    Not,
    Or,
    Part,
    Phrase,
    Query,
    Site,
    Source,
    Url,
    Within,
    children,
)
from crawler.topics.places import Article, Place, Plan, make_plan

NEARLY = 0.5
"""The largest distance that still counts as nearly taken: all but one of two, three … things asked for are there."""

_STRUCK = 0.15
"""An exclusion alone stood in the way: everything that was asked for is there."""
_ELSEWHERE = 0.4
"""In the text, where the title was asked."""
_SCATTERED = 0.5
"""The words of a phrase are there, not side by side; of a NEAR, one in the title and one in the text."""
_APART, _FURTHER = 0.2, 0.3
"""A NEAR just missed costs the first, one with the words at two ends of a long text nearly both."""
_TERMS_TOLD = 3
_FORMS_TOLD = 6
_WRITTEN_TOLD = 60
"""Characters of a part of the query."""


class Kind(StrEnum):
    """What kind of thing was lacking."""

    ABSENT = "absent"
    """Nothing of it is there."""
    APART = "apart"
    """The words of a NEAR are there, too far from each other."""
    SCATTERED = "scattered"
    """The words of a phrase are there, not side by side."""
    ELSEWHERE = "elsewhere"
    """It stands in the text, and was asked of the title."""
    LEFT_OUT = "left out"
    """An exclusion struck."""
    LANGUAGE = "language"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that kept a query from holding."""

    kind: Kind
    wanted: str
    """The part of the query, as the person wrote it."""
    column: int
    """Where that part begins in the query, counted from 1."""
    says: str
    """The same for people, as half a sentence."""
    evidence: tuple[Evidence, ...] = ()
    """What is there of it: the words that stand apart, the word that was excluded."""
    apart: int | None = None
    """Words from one to the other, where a NEAR was missed within one field."""
    asked: int | None = None
    """How many the NEAR allows."""


@dataclass(frozen=True, slots=True)
class Miss:
    """A query did not take an article."""

    distance: float
    """0…1: 0 would be taken, 1 has nothing of what was asked for."""
    lacks: tuple[Lack, ...]
    evidence: tuple[Evidence, ...]
    """Of what did hold: each term once in each field, at most as many as a match keeps."""

    @property
    def nearly(self) -> bool:
        """Near enough to be shown: some words were met, and not much else was lacking."""
        return self.distance <= NEARLY and bool(self.evidence)

    @property
    def says(self) -> str:
        """``has deport* (deported), Ukraine; none of child, kid, boy``."""
        lacking = "; ".join(lack.says for lack in self.lacks)
        if not self.evidence:
            return lacking
        forms: dict[str, str] = {}
        for piece in self.evidence:
            forms.setdefault(piece.term, piece.form)
        told = [_met(term, form) for term, form in list(forms.items())[:_FORMS_TOLD]]
        more = f" and {len(forms) - _FORMS_TOLD} more" if len(forms) > _FORMS_TOLD else ""
        return f"has {', '.join(told)}{more}; {lacking}"


def _met(term: str, form: str) -> str:
    short = _cut(term)
    return short if form.casefold() == term.strip('="').casefold() else f"{short} ({_cut(form)})"


def _cut(text: str) -> str:
    joined = " ".join(text.split())
    return joined if len(joined) <= _WRITTEN_TOLD else joined[: _WRITTEN_TOLD - 1].rstrip() + "…"


def miss(query: Query, document: Document, *, source: str, host: str, author: str = "", url: str = "") -> Miss | None:
    """By how much a query missed an article; ``None`` when it takes it. What else is given is as for ``Matcher``."""
    read = _Reading(Article(document, source, host, author, url))
    short = _short(query.root, read, "")
    if not short.lacks:
        return None
    held = _each_once(_held(query.root, read, ""), document)
    return Miss(round(min(short.cost, 1.0), 3), short.lacks, held)


class _Reading:
    """An article, asked about the parts of a query; ``field`` is the part of it that is meant, or empty.

    A query is asked part by part, and each part again by what stands around it: the answers are kept.
    """

    def __init__(self, article: Article) -> None:
        self.article = article
        self.document = article.document
        self._held: dict[tuple[int, str], bool] = {}

    def holds(self, node: Node, field: str) -> bool:
        """Whether a part of the query is true."""
        key = (id(node), field)
        if key not in self._held:
            self._held[key] = self._holds(node, field)
        return self._held[key]

    def _holds(self, node: Node, field: str) -> bool:
        match node:
            case And():
                return all(self.holds(operand, field) for operand in node.operands)
            case Or():
                return any(self.holds(operand, field) for operand in node.operands)
            case Not():
                return not self.holds(node.operand, field)
            case Within():
                return self.holds(node.operand, "lead" if field == "lead" else node.field)
            case _:
                return self._plan(node, field).holds(self.article)

    def places(self, node: Node, field: str) -> list[Place]:
        """Where a part stands."""
        return self._plan(node, field).places(self.article)

    def proof(self, node: Node, field: str) -> list[Place]:
        """Where the terms stand that make a part hold."""
        plan = self._plan(node, field)
        return plan.evidence(self.article) if self.holds(node, field) else []

    def _plan(self, node: Node, field: str) -> Plan:
        return _planned(node, self.document.language, field)


_planned = lru_cache(maxsize=4_096)(make_plan)  # one query is asked about every article of the archive


@dataclass(frozen=True, slots=True)
class _Short:
    """What a part of a query falls short of: 0 is nothing, 1 all of it."""

    cost: float
    lacks: tuple[Lack, ...]


_HOLDS = _Short(0.0, ())


def _short(node: Node, read: _Reading, field: str) -> _Short:
    if read.holds(node, field):
        return _HOLDS
    match node:
        case And():
            return _of_all(node, read, field)
        case Or():
            return _of_any(node, read, field)
        case Near():
            return _of_near(node, read, field)
        case Not():
            return _struck(node, read, field)
        case Within():
            return _of_field(node, read)
        case Phrase():
            return _of_phrase(node, read, field)
        case Lang():
            found = read.document.language
            known = "of no known language" if found == "und" else f"written in {found}"
            return _Short(1.0, (_lack(Kind.LANGUAGE, node, f"it is {known}, not {node.code}"),))
        case Source() | Site() | Author() | Url():
            verb = "is not of" if isinstance(node, Source | Site) else "does not have"
            return _Short(1.0, (_lack(Kind.SOURCE, node, f"it {verb} {_cut(node.written)}"),))
        case _:
            below = children(node)
            return _short(below[0], read, field) if len(below) == 1 else _absent(node)


def _of_all(node: And, read: _Reading, field: str) -> _Short:
    asked = [operand for operand in node.operands if not isinstance(operand, Not)]
    shorts = [(_short(operand, read, field), _weight(operand)) for operand in asked]
    cost = sum(short.cost * weight for short, weight in shorts) / max(sum(weight for _, weight in shorts), 1)
    struck = [_short(operand, read, field) for operand in node.operands if isinstance(operand, Not)]
    for each in struck:
        cost = 1 - (1 - cost) * (1 - each.cost)
    lacks = [lack for short in (*(short for short, _ in shorts), *struck) for lack in short.lacks]
    return _Short(cost, tuple(lacks))


def _weight(node: Node) -> int:
    """How many things a part asks for."""
    match node:
        case And() | Near():
            return sum(_weight(operand) for operand in node.operands)
        case Within():
            return _weight(node.operand)
        case Not():
            return 0
        case _:
            return 1


def _of_any(node: Or, read: _Reading, field: str) -> _Short:
    # A single word is there or not: only what is made of several can be nearly there.
    parts = [operand for operand in node.operands if children(operand) or isinstance(operand, Phrase)]
    shorts = (_short(operand, read, field) for operand in parts)
    best = min(shorts, key=lambda short: short.cost, default=None)
    return best if best is not None and best.cost < 1 else _absent(node)


def _of_field(node: Within, read: _Reading) -> _Short:
    asked = node.field
    if read.holds(node.operand, ""):
        found = _each_once(read.proof(node.operand, ""), read.document)
        where = " and the ".join(sorted({piece.field for piece in found}))
        forms = ", ".join(f"“{_cut(piece.form)}”" for piece in found[:_TERMS_TOLD]) or _cut(node.operand.written)
        says = f"{forms} in the {where or 'text'}, not in the {asked}"
        return _Short(_ELSEWHERE, (_lack(Kind.ELSEWHERE, node, says, found),))
    short = _short(node.operand, read, asked)
    return short if short.cost < 1 else _absent(node, f"in the {asked}")


def _of_phrase(node: Phrase, read: _Reading, field: str) -> _Short:
    found = [read.places(word, field) for word in node.words]
    if not all(found):
        return _absent(node)
    evidence = _each_once([some[0] for some in found], read.document)
    so = "in this order and so near" if node.slop else "side by side"
    says = f"the words of {_cut(node.written)} do not stand {so}"
    return _Short(_SCATTERED, (_lack(Kind.SCATTERED, node, says, evidence),))


def _of_near(node: Near, read: _Reading, field: str) -> _Short:
    shorts = [_short(operand, read, field) for operand in node.operands]
    if any(short.lacks for short in shorts):
        total = sum(_weight(operand) for operand in node.operands)
        cost = sum(short.cost * _weight(operand) for short, operand in zip(shorts, node.operands, strict=True)) / total
        return _Short(cost, tuple(lack for short in shorts for lack in short.lacks))
    for upto in range(1, len(node.operands)):
        # The part of the chain that still holds, against the operand that is too far from it.
        met = read.places(_chain(node, upto) if upto > 1 else node.operands[0], field)
        other = read.places(node.operands[upto], field)
        if met and not read.places(_chain(node, upto + 1), field):
            return _too_far(node, _nearest(met, other, read.document), upto - 1, read.document)
    return _absent(node)


def _chain(node: Near, operands: int) -> Near:
    """The first operands of a chain of NEAR."""
    distances, ordered = node.distances[: operands - 1], node.ordered[: operands - 1]
    return Near(node.start, node.end, node.written, node.operands[:operands], distances, ordered)


def _nearest(ones: list[Place], others: list[Place], document: Document) -> tuple[Place, Place] | None:
    """The two places, one of each, that stand nearest to each other; within title or text where that is possible."""
    tagged = sorted([*((place, 0) for place in ones), *((place, 1) for place in others)], key=lambda one: one[0][:2])
    pairs = [(first, second) for (first, one), (second, other) in pairwise(tagged) if one != other]

    def apart(pair: tuple[Place, Place]) -> tuple[bool, int]:
        fields = {document.field_at(place.first) for place in pair}
        return len(fields) > 1, pair[1].first - pair[0].last

    return min(pairs, key=apart, default=None)


def _too_far(node: Near, pair: tuple[Place, Place] | None, step: int, document: Document) -> _Short:
    asked, ordered = node.distances[step], node.ordered[step]
    name = f"{'PRE' if ordered else 'NEAR'}/{asked}"
    if pair is None:  # the same word stands for both sides
        return _absent(node)
    evidence = tuple(_evidence(place, document) for place in pair)
    first, second = (f"“{_cut(piece.form)}”" for piece in evidence)
    if evidence[0].field != evidence[1].field:
        says = f"{first} is in the title and {second} in the text, {name} joins words of one of them"
        return _Short(_SCATTERED, (_lack(Kind.APART, node, says, evidence, asked=asked),))
    apart = pair[1].first - pair[0].last
    says = f"{first} … {second} are {apart} words apart, {name} asks for {asked}" + ", its left side first" * ordered
    cost = _APART + _FURTHER * (1 - min(asked / max(apart, 1), 1))
    return _Short(cost, (_lack(Kind.APART, node, says, evidence, apart=apart, asked=asked),))


def _struck(node: Not, read: _Reading, field: str) -> _Short:
    found = _each_once(read.proof(node.operand, field), read.document)
    met = ", ".join(f"“{_cut(piece.form)}” in the {piece.field}" for piece in found[:_TERMS_TOLD])
    says = f"left out by {_cut(node.written)}" + (f": {met}" if met else "")
    return _Short(_STRUCK, (_lack(Kind.LEFT_OUT, node, says, found),))


def _absent(node: Node, where: str = "") -> _Short:
    terms = list(dict.fromkeys(leaf.written for leaf in _leaves(node)))
    told = ", ".join(_cut(term) for term in terms[:_TERMS_TOLD])
    more = f" and {len(terms) - _TERMS_TOLD} more" if len(terms) > _TERMS_TOLD else ""
    says = f"none of {told}{more}" if len(terms) > 1 else f"no {told}"
    return _Short(1.0, (_lack(Kind.ABSENT, node, f"{says} {where}".rstrip()),))


def _leaves(node: Node) -> Iterator[Part]:
    """The terms and fields that a part asks for; nothing of what it excludes."""
    if isinstance(node, Not):
        return
    below = children(node)
    if not below:
        yield node
    for child in below:
        yield from _leaves(child)


def _lack(
    kind: Kind,
    node: Part,
    says: str,
    evidence: tuple[Evidence, ...] = (),
    *,
    apart: int | None = None,
    asked: int | None = None,
) -> Lack:
    return Lack(kind, node.written, node.column, says, evidence, apart, asked)


def _held(node: Node, read: _Reading, field: str) -> list[Place]:
    """Where the parts stand that did hold."""
    if isinstance(node, Not):
        return []
    if read.holds(node, field):
        return read.proof(node, field)
    within = node.field if isinstance(node, Within) else field
    return [place for child in children(node) for place in _held(child, read, within)]


_MOST_EVIDENCE = 20


def _each_once(found: Iterable[Place], document: Document) -> tuple[Evidence, ...]:
    """Each term's first place in each field, by position."""
    kept: dict[tuple[str, str], Place] = {}
    for place in sorted(found, key=lambda place: (place.first, place.last)):
        kept.setdefault((place.term.written, document.field_at(place.first)), place)
    return tuple(_evidence(place, document) for place in list(kept.values())[:_MOST_EVIDENCE])


def _evidence(place: Place, document: Document) -> Evidence:
    where = document.field_at(place.first)
    characters = place.characters
    start, end = characters or (document.token_at(place.first).start, document.token_at(place.last).end)
    text = document.title if where == "title" else document.text
    return Evidence(where, start, end, text[start:end], place.term.written)
