"""Texts as sets of hashed word sequences: few of them find candidates, all of them decide.

Exact containment of 4-word shingles separated copies from other texts without error on 700 articles with seven kinds
of edits against 3.64 million real pairs, where SimHash found a third and MinHash-LSH 66–98 % of the candidates; a
sample of a sixteenth with two shared found 98.9 % (Broder 1997 for containment; figures measured for this project).
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from hashlib import blake2b

from crawler.text import tokenize

SHINGLE = 4
"""Words in a row."""
_LONG = 150
"""Words from which a text is sampled thinly."""
_SHORT = 60
"""Words up to which every shingle is kept: a feed's teaser has few enough."""
_THIN = 16
_DENSE = 4
_RANGE = 2**64


def words(text: str) -> tuple[str, ...]:
    """The folded words of a text in order: without case, accents and punctuation."""
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

    A sixteenth of a long text's, a quarter below ``_LONG`` words, all up to ``_SHORT``. Samples are taken by the hash's
    own value, so a short text's holds every hash that a long text's would: they meet.
    """
    part = 1 if len(text) <= _SHORT else _DENSE if len(text) < _LONG else _THIN
    limit = _RANGE // part
    kept = {value for value in shingles(text) if value % _RANGE < limit}
    return tuple(sorted(kept | shingles(title)))


def containment(one: AbstractSet[int], other: AbstractSet[int]) -> float:
    """How much of the smaller set is in the larger, 0…1; 0 when either is empty."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0
