"""A query as a tree of frozen records, each knowing where in the query it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crawler.text import fold


@dataclass(frozen=True, slots=True)
class Part:
    """What every part of a query has: ``query[start:end] == written``."""

    start: int
    """Characters from the query's beginning, counted from 0."""
    end: int
    written: str
    """As the person typed it."""

    @property
    def column(self) -> int:
        """Where the part begins, counted from 1, as messages count."""
        return self.start + 1


@dataclass(frozen=True, slots=True)
class Word(Part):
    """One word: any of its inflected forms, or with ``exact`` this form only."""

    form: str
    exact: bool = False
    spelled: bool = False
    """A name is met in this spelling and script only (``spelled:``)."""

    @property
    def folded(self) -> str:
        """Without regard to case and accents."""
        return fold(self.form)


@dataclass(frozen=True, slots=True)
class Prefix(Part):
    """``word*``: every word whose folded form begins so."""

    stem: str
    """Folded."""


@dataclass(frozen=True, slots=True)
class Phrase(Part):
    """Words that stand in this order, side by side or with at most ``slop`` other words between them in all."""

    words: tuple[Word | Prefix, ...]
    slop: int = 0


@dataclass(frozen=True, slots=True)
class Pattern(Part):
    """``/…/``: what a regular expression finds in title or text."""

    expression: str
    """As it stands between the slashes; ``patterns.read_pattern`` knows its syntax."""


@dataclass(frozen=True, slots=True)
class Near(Part):
    """Operands that stand near each other; ``distances[i]`` is between operands i and i + 1."""

    operands: tuple[Node, ...]
    distances: tuple[int, ...]
    """In positions: 1 means side by side."""
    ordered: tuple[bool, ...]
    """Whether operand i has to come before operand i + 1 (``PRE``), or may stand on either side (``NEAR``)."""


@dataclass(frozen=True, slots=True)
class And(Part):
    """Every operand holds."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or(Part):
    """At least one operand holds."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not(Part):
    """The operand does not hold."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Within(Part):
    """The operand holds within one part of the article."""

    field: str
    """``title``, ``text`` or ``lead``."""
    operand: Node


@dataclass(frozen=True, slots=True)
class Lang(Part):
    """The article is written in this language."""

    code: str
    """BCP 47 primary language."""


@dataclass(frozen=True, slots=True)
class Source(Part):
    """The article comes from this outlet."""

    name: str
    """Folded: the outlet's name, some of its words, its host, or a label of its host."""


@dataclass(frozen=True, slots=True)
class Site(Part):
    """The article stands at this host or one below it."""

    host: str
    """Folded."""


@dataclass(frozen=True, slots=True)
class Author(Part):
    """These words stand side by side in the author's name."""

    name: str
    """Folded."""


@dataclass(frozen=True, slots=True)
class Url(Part):
    """The article's address holds these characters."""

    piece: str
    """Without regard to case."""


Term = Word | Prefix | Phrase | Pattern
About = Lang | Source | Site | Author | Url
"""What is asked of the article as a whole: it stands at no place of title or text."""
Node = Term | Near | And | Or | Not | Within | About


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was read."""

    text: str
    root: Node


def children(node: Node) -> tuple[Node, ...]:
    """The parts that a part is made of; a phrase's words are its own business."""
    match node:
        case And() | Or() | Near():
            return node.operands
        case Not() | Within():
            return (node.operand,)
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """The part and everything below it, without recursion, in the order of the query."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(reversed(children(current)))
