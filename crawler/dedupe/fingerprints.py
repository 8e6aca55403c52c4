"""Texts as sets of hashed word sequences: few of them find candidates, all of them decide.

Exact containment of 4-word sequences tells copies from other texts; what finds the candidates is a sketch of at most
``MARKS`` of them (the smallest by a scrambled value: Broder 1997, "bottom-k"), which costs the same for every length
and meets whatever share of two texts is common: decision 0008 has the figures beside SimHash and MinHash.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from heapq import nsmallest
from zlib import crc32

from crawler.text import folded_words

SHINGLE = 4
"""Words in a row."""
TITLE_SHINGLE = 3
"""… of a headline, which is too short for more: with two of ten words changed, two sequences of three are left."""
LEAD = 24
"""Words that a teaser has of its article: they are sampled by themselves, a whole text's sketch has few of them."""
TEASER = 60
"""Words below which a text is a teaser, and the headline's words are sampled as well."""
_OF_LEAD, _OF_TEXT, _OF_TITLE = 4, 12, 5
MARKS = 1 + _OF_LEAD + _OF_TEXT + _OF_TITLE
"""At most so many fingerprints an article has; with a text that is no teaser, 17."""
_SCRAMBLE = 0x9E3779B1
"""Knuth's multiplier: a checksum's own order is not random enough to choose by."""
_SIGN = 1 << 31


@lru_cache(maxsize=64)
def words(text: str) -> tuple[str, ...]:
    """The folded words of a text in order: without case, accents and punctuation.

    Identity, sample and comparison each ask for the same text in turn; kept for that long, it is cut up once.
    """
    return tuple(folded_words(text))


def signed(digest: bytes) -> int:
    """Eight bytes as SQLite's signed 64-bit integer."""
    return int.from_bytes(digest, "big", signed=True)


def shingles(of: Sequence[str], length: int = SHINGLE) -> frozenset[int]:
    """Signed 32-bit hashes of all sequences of ``length`` words; of fewer words the one sequence of all of them.

    32 bits are enough: two texts of a thousand words meet by chance in one of 4,000 comparisons, and in one sequence.
    """
    if not of:
        return frozenset()
    if len(of) <= length:
        return frozenset((_hash(of),))
    rows = zip(*(of[start:] for start in range(length)), strict=False)
    return frozenset([crc32(" ".join(row).encode("utf-8", "replace")) - _SIGN for row in rows])


def _hash(sequence: Sequence[str]) -> int:
    return crc32(" ".join(sequence).encode("utf-8", "replace")) - _SIGN


def headline_mark(headline: Sequence[str]) -> int:
    """The fingerprint of a whole headline; no sequence of a text has it."""
    return _hash(("\n", *headline))


def sample(title: Sequence[str], text: Sequence[str]) -> tuple[int, ...]:
    """The fingerprints an article is found by, at most ``MARKS``, the whole headline's first (if it has words).

    A text keeps some of its beginning and some of everything; a teaser also some of its headline.
    """
    marks = [headline_mark(title)] if title else []
    if len(text) < TEASER:
        marks += _smallest(shingles(("\t", *title), TITLE_SHINGLE), _OF_TITLE) if title else []
    marks += _smallest(shingles(text[:LEAD]), _OF_LEAD)
    return tuple(dict.fromkeys(marks + _smallest(shingles(text), _OF_TEXT)))


def _smallest(hashes: Iterable[int], most: int) -> list[int]:
    return nsmallest(most, hashes, key=_scrambled)


def _scrambled(value: int) -> int:
    return value * _SCRAMBLE & 0xFFFFFFFF


def containment(one: AbstractSet[int], other: AbstractSet[int]) -> float:
    """How much of the smaller set is in the larger, 0…1; 0 when either is empty."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0
