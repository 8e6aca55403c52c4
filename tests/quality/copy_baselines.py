"""Five other ways to find copies, small and honest: each tells how alike two texts are, and gets its best threshold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from crawler.dedupe.fingerprints import shingles, words

_BINS = 128


@dataclass(frozen=True)
class Way:
    """A way to compare two articles."""

    read: Callable[[str, str], Any]
    """From title and text to what is compared."""
    likeness: Callable[[Any, Any], float]
    fixed: float | None = None
    """The threshold that the rule itself names; ``None`` for the best one."""


@lru_cache(maxsize=1 << 18)
def _hash(row: tuple[str, ...]) -> int:
    return int.from_bytes(blake2b(" ".join(row).encode("utf-8", "replace"), digest_size=8).digest(), "big")


def _simhash(_title: str, text: str) -> int:
    counts = [0] * 64
    rows = shingles(words(text), 3)
    for row in rows:
        value = _hash(row)
        for bit in range(64):
            counts[bit] += value >> bit & 1
    return sum(1 << bit for bit in range(64) if 2 * counts[bit] > len(rows))


def _minhash(_title: str, text: str) -> dict[int, int]:
    """128 minima, from one permutation in 128 bins (Li, Owen, Zhang 2012)."""
    least: dict[int, int] = {}
    for row in shingles(words(text), 3):
        place, value = _hash(row) % _BINS, _hash(row) // _BINS
        least[place] = min(value, least.get(place, value))
    return least


def _same_minima(one: dict[int, int], other: dict[int, int]) -> float:
    places = one.keys() | other.keys()
    return sum(one.get(place) == other.get(place) for place in places) / len(places) if places else 0.0


def _overlap(one: Counter[str], other: Counter[str]) -> float:
    """Share of the longer text's words that are in the other: the rule "85 % of the words are the same"."""
    longer = max(one.total(), other.total())
    return (one & other).total() / longer if longer else 0.0


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0


WAYS = {
    "exact hash": Way(lambda title, text: (words(title), words(text)), lambda one, other: float(one == other), 1.0),
    "SimHash 64, 3 bits": Way(_simhash, lambda one, other: 1 - (one ^ other).bit_count() / 64, 1 - 3 / 64),
    "SimHash 64, best": Way(_simhash, lambda one, other: 1 - (one ^ other).bit_count() / 64),
    "MinHash 128, best": Way(_minhash, _same_minima),
    "85 % overlap": Way(lambda _, text: Counter(words(text)), _overlap, 0.85),
    "titles, Jaccard 0.5": Way(lambda title, _: frozenset(words(title)), _jaccard, 0.5),
    "titles, best": Way(lambda title, _: frozenset(words(title)), _jaccard),
}
