"""Texts as sets of hashed word sequences: few of them find candidates, all of them decide.

Exact containment of 4-word sequences tells copies from other texts; what finds the candidates is a sketch of at most
``MARKS`` of them (the smallest by a scrambled value: Broder 1997, "bottom-k"), which costs the same for every length
and meets whatever share of two texts is common: decision 0008 has the figures beside SimHash and MinHash.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from itertools import accumulate
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
_MASK = 0xFFFFFFFF
_UNSCRAMBLE = pow(_SCRAMBLE, -1, 1 << 32)
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


Shingle = tuple[str, ...]
"""Words in a row; comparing them as they are costs half of hashing them first."""


def shingles(of: Sequence[str], length: int = SHINGLE) -> frozenset[Shingle]:
    """All sequences of ``length`` words; of fewer words the one sequence of all of them."""
    if len(of) <= length:
        return frozenset((tuple(of),)) if of else frozenset()
    return frozenset(zip(*(of[start:] for start in range(length)), strict=False))


def _hash(sequence: Sequence[str]) -> int:
    """A signed 32-bit integer, which SQLite stores in four bytes.

    That is enough: two articles meet by chance in one of them rarely, and in the two that it takes hardly ever.
    """
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
        marks += _smallest(("\t", *title), _OF_TITLE, TITLE_SHINGLE) if title else []
    if not text:
        return tuple(dict.fromkeys(marks))
    marks += _smallest(text[:LEAD], _OF_LEAD)
    return tuple(dict.fromkeys(marks + _smallest(text, _OF_TEXT)))


def _smallest(of: Sequence[str], most: int, length: int = SHINGLE) -> list[int]:
    scrambled = sorted({value * _SCRAMBLE & _MASK for value in _checksums(of, length)})
    return [(value * _UNSCRAMBLE & _MASK) - _SIGN for value in scrambled[:most]]


def _checksums(of: Sequence[str], length: int) -> list[int]:
    """What ``_hash`` says of every sequence, cut from one string of bytes: half the cost of joining each."""
    joined = " ".join(of)
    data = joined.encode("utf-8", "replace")
    if len(of) <= length:
        return [crc32(data)]
    sizes = map(len, of) if len(data) == len(joined) else (len(word.encode("utf-8", "replace")) for word in of)
    starts = [0, *accumulate(size + 1 for size in sizes)]
    return [crc32(data[start : end - 1]) for start, end in zip(starts, starts[length:], strict=False)]


def containment(one: AbstractSet[Shingle], other: AbstractSet[Shingle]) -> float:
    """How much of the smaller set is in the larger, 0…1; 0 when either is empty."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0
