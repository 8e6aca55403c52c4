"""Counts of verdicts and what is read off them."""

from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True)
class Score:
    """How many were rightly taken, wrongly taken, rightly left and wrongly left."""

    hits: int
    false: int
    left: int
    missed: int

    @classmethod
    def of(cls, verdicts: Counter[tuple[bool, bool]]) -> "Score":
        """From counts of (should be taken, was taken)."""
        return cls(verdicts[True, True], verdicts[False, True], verdicts[False, False], verdicts[True, False])

    @property
    def recall(self) -> float:
        """Of what should be taken, the share that was."""
        return self.hits / max(1, self.hits + self.missed)

    @property
    def precision(self) -> float:
        """Of what was taken, the share that should be."""
        return self.hits / max(1, self.hits + self.false)

    @property
    def false_rate(self) -> float:
        """Of what should be left, the share that was taken."""
        return self.false / max(1, self.false + self.left)
