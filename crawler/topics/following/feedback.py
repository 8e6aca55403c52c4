"""What a person says of articles, yes or no: it moves a topic's line and its ranking, and drops nothing by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from crawler.topics.following.features import Features
from crawler.topics.following.follower import calibrated
from crawler.topics.following.profile import Profile
from crawler.topics.following.weights import Frequencies, Vector, likeness, weigh

_STEP = 0.5
"""How far towards a wrongly judged article's score the line goes, shared by all of them."""
_FARTHEST = 0.2
"""The line never goes farther than this from where the settings put it: five clicks must not silence a topic."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One answer, with what the article scored when it was given."""

    yes: bool
    score: float


def line_after(line: float, judgements: Iterable[Judgement]) -> float:
    """Where a topic's line is after answers: down towards a yes that lay below it, up towards a no above.

    Half way to the mean of those that the line had wrong, at most 0.2 from where it stood.
    """
    wrong = [each.score - line for each in judgements if each.yes is not (each.score >= line)]
    if not wrong:
        return line
    moved = _STEP * sum(wrong) / len(wrong)
    return line + max(-_FARTHEST, min(_FARTHEST, moved))


class Taught:
    """What was said of the articles that a query takes: it ranks them, and takes none away."""

    def __init__(self, profile: Profile, frequencies: Frequencies) -> None:
        self._groups = {
            yes: [weigh(each.features, frequencies) for each in (profile.yes if yes else profile.no)]
            for yes in (True, False)
        }

    def rank(self, features: Features, frequencies: Frequencies) -> float:
        """From 0.5 to 1: below 1 as far as an article is more like one that was refused than like any other."""
        vector = weigh(features, frequencies)
        refused, liked = self._like(vector, yes=False), self._like(vector, yes=True)
        return 1.0 - 0.5 * max(0.0, refused - liked)

    def _like(self, vector: Vector, *, yes: bool) -> float:
        found = [
            likeness(one.whole, vector.whole) if one.language == vector.language else likeness(one.free, vector.free)
            for one in self._groups[yes]
        ]
        return calibrated(max(found, default=0.0), by_meaning=False)
