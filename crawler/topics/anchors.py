"""What an article must hold at least one of, for a query to be able to take it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from crawler.text import query_keys
from crawler.topics.nodes import And, Lang, Near, Node, Or, Phrase, Prefix, Within, Word

_PREFIX_COST = 4.0
"""A beginning of words is met about as often as several words."""
_COMPARED = 12
"""Operands of a long AND whose keys are looked up, the longest words first: more would only cost time."""

Rarity = Callable[[str], float]
"""How often articles hold a key, as far as is known; ``guess`` before any were read."""


@dataclass(frozen=True, slots=True)
class Anchors:
    """Normal forms and beginnings of words; ``cost`` guesses how often articles hold one of them."""

    words: frozenset[str] = frozenset()
    prefixes: frozenset[str] = frozenset()
    cost: float = 0.0


NEVER = Anchors()
"""No article of the language can be taken."""


def guess(key: str) -> float:
    """How often articles hold a word, by its length alone."""
    # Long words are rare (Zipf's law of abbreviation); a factor of two every two letters is near enough to choose by.
    return float(2.0 ** (-min(len(key), 20) / 2))


def anchors(node: Node, language: str, rarity: Rarity = guess) -> Anchors | None:
    """A query's anchors in articles of one language; ``None`` when the query has to be asked about every article."""
    match node:
        case Word():
            keys = frozenset(query_keys(language, node.form, spelled=node.spelled))
            return Anchors(words=keys, cost=sum(map(rarity, keys)))
        case Prefix():
            return Anchors(prefixes=frozenset({node.stem}), cost=_PREFIX_COST * guess(node.stem))
        case Phrase():
            return _rarest(list(node.words), language, rarity)
        case Near() | And():
            return _rarest(list(node.operands), language, rarity)
        case Or():
            return _all([anchors(operand, language, rarity) for operand in node.operands])
        case Within():
            return anchors(node.operand, language, rarity)
        case Lang():
            return None if node.code == language else NEVER
        case _:
            return None


def _rarest(operands: list[Node], language: str, rarity: Rarity) -> Anchors | None:
    if len(operands) > _COMPARED:
        singles = [operand for operand in operands if isinstance(operand, Word | Prefix)]
        if len(singles) > _COMPARED:
            never = [operand for operand in operands if isinstance(operand, Lang)]
            operands = [*sorted(singles, key=_length, reverse=True)[:_COMPARED], *never]
    found = [anchors(operand, language, rarity) for operand in operands]
    return min((one for one in found if one is not None), key=lambda one: one.cost, default=None)


def _length(single: Node) -> int:
    return len(single.written)


def _all(found: list[Anchors | None]) -> Anchors | None:
    known = [one for one in found if one is not None]
    if len(known) < len(found):
        return None
    return Anchors(
        words=frozenset().union(*(one.words for one in known)),
        prefixes=frozenset().union(*(one.prefixes for one in known)),
        cost=sum(one.cost for one in known),
    )
