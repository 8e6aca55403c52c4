"""Texts as sets of hashed word sequences: few of them find candidates, all of them decide.

Exact containment of 4-word shingles separated copies from other texts without error on 700 articles with seven kinds
of edits against 3.64 million real pairs, where SimHash found a third and MinHash-LSH 66–98 % of the candidates; a
sample of a sixteenth with two shared found 98.9 % (Broder 1997 for containment; figures measured for this project).
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from hashlib import blake2b

from crawler.text import tokenize

SHINGLE = 4
"""Words in a row."""
_PARTS = ((60, 1), (150, 4), (300, 8))
"""Up to so many words, one shingle in so many is kept …"""
_THIN = 16
"""… and of longer texts one in sixteen. A teaser has few enough to keep them all; with these steps 99–100 % of 400
reports of 200 words met each of seven kinds of edited copies, and 95–99 % with a sixteenth from 150 words on."""
_RANGE = 2**64


@lru_cache(maxsize=32)
def words(text: str) -> tuple[str, ...]:
    """The folded words of a text in order: without case, accents and punctuation.

    Identity, sample and comparison each ask for the same text in turn; kept for that long, it is cut up once.
    """
    return tuple(token.folded for token in tokenize(text))


def signed(digest: bytes) -> int:
    """Eight bytes as SQLite's signed 64-bit integer."""
    return int.from_bytes(digest, "big", signed=True)


def shingles(of: Sequence[str], length: int = SHINGLE) -> frozenset[int]:
    """Signed 64-bit hashes of all sequences of ``length`` words; of fewer words the one sequence of all of them."""
    if not of:
        return frozenset()
    last = max(1, len(of) - length + 1)
    return frozenset(_hash(of[start : start + length]) for start in range(last))


def _hash(sequence: Sequence[str]) -> int:
    return signed(blake2b(" ".join(sequence).encode("utf-8", "replace"), digest_size=8).digest())


def sample(title: Sequence[str], text: Sequence[str]) -> tuple[int, ...]:
    """The hashes kept to find an article by, sorted: all of the title's, and the more of the text's the shorter it is.

    Samples are taken by the hash's own value, so a short text's holds every hash that a long text's would: they meet.
    """
    part = next((part for length, part in _PARTS if len(text) <= length), _THIN)
    limit = _RANGE // part
    kept = {value for value in shingles(text) if value % _RANGE < limit}
    return tuple(sorted(kept | shingles(title)))


def containment(one: AbstractSet[int], other: AbstractSet[int]) -> float:
    """How much of the smaller set is in the larger, 0…1; 0 when either is empty."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0
