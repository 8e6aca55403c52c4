"""Topics with examples, asked about one article at once: which it is like, how surely, and why."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from crawler.model import Evidence, Match
from crawler.topics.following.features import Features
from crawler.topics.following.profile import Centre, Example, Likeness, Meaning, Profile, centre, like
from crawler.topics.following.weights import Frequencies, Vector, weigh

LINES = {"strict": 0.5, "balanced": 0.3, "wide": 0.15}
"""The word in settings.toml → the score from which on an article is taken. Recall and precision together (F1) are best
near 0.3: what is taken scores far more than that on average."""
MOST_EVIDENCE = 8
"""Shared terms that are told."""
_NEAR = 0.05
"""Likeness below which no topic takes an article: what cannot reach it is not compared."""
_NEAR_BY_MEANING = 0.03
"""The same where meaning can make up for words."""
_STEEP, _MIDDLE = 2.0, 0.27
_STEEP_BY_MEANING, _MIDDLE_BY_MEANING = 3.0, 0.33
_MOVES_FROM = 0.5
"""The least score of an article that moves its profile …"""
_MOVES_WITHIN = 0.15
"""… and its least score against what the person chose alone, without drift."""


def calibrated(likeness: float, *, by_meaning: bool) -> float:
    """The share of articles so alike that belong to the story: 0.5 means half.

    A logistic curve over the logarithm of likeness, chosen by all that followed 93 stories' first one and first four
    articles (OG2021, titles alone), where 44 to 47 in 100 near a score of 0.5 belong. Chosen on half of these stories
    and judged on the other, shares lie 0.07 to 0.09 off on average (decision 0034). In another archive it is a guide.
    """
    if likeness <= 0:
        return 0.0
    steep, middle = (_STEEP_BY_MEANING, _MIDDLE_BY_MEANING) if by_meaning else (_STEEP, _MIDDLE)
    return 1 / (1 + math.exp(-steep * math.log(likeness / middle)))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a topic's examples say of an article."""

    topic: str
    score: float
    taken: bool
    moves: bool
    """Sure and near enough to the examples to pull the profile after it."""
    evidence: tuple[Evidence, ...] = ()

    def match(self) -> Match:
        """As a match."""
        return Match(self.topic, round(self.score, 3), self.evidence)


class Follower:
    """Profiles, ready to be compared with articles; it changes as articles move them."""

    def __init__(self, profiles: Iterable[Profile] = (), frequencies: Frequencies | None = None) -> None:
        known = Frequencies() if frequencies is None else frequencies
        self._centres = {each.topic: centre(each, known) for each in profiles if each.examples}
        self._index: dict[str, dict[str, float]] = {}
        for found in self._centres.values():
            self._enter(found)

    def __bool__(self) -> bool:
        return bool(self._centres)

    @property
    def profiles(self) -> list[Profile]:
        """The profiles as they stand."""
        return [each.profile for each in self._centres.values()]

    def profile(self, topic: str) -> Profile | None:
        """A topic's profile as it stands."""
        found = self._centres.get(topic)
        return None if found is None else found.profile

    def near(self, features: Features, *, by_meaning: bool = False) -> list[str]:
        """Topics that an article may be like.

        The cosine of an article cannot be greater than the length of what it shares with the profile (Cauchy and
        Schwarz): where that is too short nothing more is looked at, and nothing is lost.
        """
        shared: dict[str, float] = {}
        for key in self._index.keys() & features.counts.keys():
            for topic, weight in self._index[key].items():
                shared[topic] = shared.get(topic, 0.0) + weight * weight
        least = (_NEAR_BY_MEANING if by_meaning else _NEAR) ** 2
        return sorted(topic for topic, length in shared.items() if length >= least)

    def judge(
        self,
        topic: str,
        features: Features,
        frequencies: Frequencies,
        when: datetime,
        meaning: Meaning = (),
        *,
        explained: bool = False,
    ) -> Verdict:
        """Compare an article with a topic's profile; ``frequencies`` of its own terms.

        What is not taken has evidence only if it is to be ``explained``.
        """
        found = self._centres[topic]
        vector = weigh(features, frequencies)
        alike = like(found, vector, when, meaning)
        by_meaning = bool(meaning and found.meaning)
        score = calibrated(alike.now, by_meaning=by_meaning)
        taken = score >= found.profile.line
        evidence = _evidence(found, vector, features) if taken or explained else ()
        return Verdict(topic, score, taken, _moves(score, alike, by_meaning=by_meaning), evidence)

    def move(self, topic: str, example: Example, frequencies: Frequencies) -> None:
        """Let an article that was taken pull its topic's profile after it; ``frequencies`` of the profile's terms."""
        self._leave(self._centres[topic])
        self._centres[topic] = moved = centre(self._centres[topic].profile.with_taken(example), frequencies)
        self._enter(moved)

    def _enter(self, found: Centre) -> None:
        for key, weight in _both(found).items():
            self._index.setdefault(key, {})[found.profile.topic] = weight

    def _leave(self, found: Centre) -> None:
        for key in _both(found):
            self._index[key].pop(found.profile.topic, None)


def _both(found: Centre) -> dict[str, float]:
    """Every term with the greatest of its weights, so that the bound of ``near`` holds for each comparison."""
    weights: dict[str, float] = {}
    for terms in (found.whole, found.free):
        for key, weight in terms.items():
            weights[key] = max(weight, weights.get(key, 0.0))
    return weights


def _moves(score: float, alike: Likeness, *, by_meaning: bool) -> bool:
    return score >= _MOVES_FROM and calibrated(alike.chosen, by_meaning=by_meaning) >= _MOVES_WITHIN


def _evidence(found: Centre, vector: Vector, features: Features) -> tuple[Evidence, ...]:
    """What an article shares with a profile, the weightiest first, each place once."""
    same = vector.language in found.languages
    mine, its = (found.whole, vector.whole) if same else (found.free, vector.free)
    shared = sorted(((weight * mine[key], key) for key, weight in its.items() if key in mine), reverse=True)
    told: dict[tuple[str, int, int], Evidence] = {}
    seen: set[str] = set()
    for weight, key in shared:
        field, start, end, kind, form = features.places[key]
        term = _form_of(found.profile, key) or form
        if (field, start, end) in told or term.casefold() in seen:
            continue
        seen.add(term.casefold())
        told[field, start, end] = Evidence(field, start, end, form, term, kind, round(weight, 3))
        if len(told) == MOST_EVIDENCE:
            break
    return tuple(told.values())


def _form_of(profile: Profile, key: str) -> str:
    """How the examples write a term; what came since where they do not have it."""
    for each in (*profile.chosen, *reversed(profile.drifted)):
        if key in each.features.places:
            return each.features.places[key][4]
    return ""
