"""What an article must hold at least one of, for a query to be able to take it."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.text import query_keys
from crawler.topics.nodes import And, Lang, Near, Node, Or, Phrase, Prefix, Title, Word

_PREFIX_COST = 4.0
"""A beginning of words is met about as often as several words."""


@dataclass(frozen=True, slots=True)
class Anchors:
    """Normal forms and beginnings of words; ``cost`` guesses how often articles hold one of them."""

    words: frozenset[str] = frozenset()
    prefixes: frozenset[str] = frozenset()
    cost: float = 0.0


NEVER = Anchors()
"""No article of the language can be taken."""


def anchors(node: Node, language: str) -> Anchors | None:
    """A query's anchors in articles of one language; ``None`` when the query has to be asked about every article."""
    match node:
        case Word():
            return Anchors(
                words=frozenset(query_keys(language, node.form, spelled=node.spelled)), cost=_cost(node.form)
            )
        case Prefix():
            return Anchors(prefixes=frozenset({node.stem}), cost=_PREFIX_COST * _cost(node.stem))
        case Phrase():
            return _rarest([anchors(word, language) for word in node.words])
        case Near() | And():
            return _rarest([anchors(operand, language) for operand in node.operands])
        case Or():
            return _all([anchors(operand, language) for operand in node.operands])
        case Title():
            return anchors(node.operand, language)
        case Lang():
            return None if node.code == language else NEVER
        case _:
            return None


def _cost(word: str) -> float:
    # Long words are rare (Zipf's law of abbreviation); a factor of two every two letters is near enough to choose by.
    return float(2.0 ** (-min(len(word), 20) / 2))


def _rarest(found: list[Anchors | None]) -> Anchors | None:
    return min((one for one in found if one is not None), key=lambda one: one.cost, default=None)


def _all(found: list[Anchors | None]) -> Anchors | None:
    known = [one for one in found if one is not None]
    if len(known) < len(found):
        return None
    return Anchors(
        words=frozenset().union(*(one.words for one in known)),
        prefixes=frozenset().union(*(one.prefixes for one in known)),
        cost=sum(one.cost for one in known),
    )
