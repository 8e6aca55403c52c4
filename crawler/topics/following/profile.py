"""What a topic follows by example: the examples, what it took since, and what the person said of it."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crawler.topics.following.features import Features
from crawler.topics.following.weights import Frequencies, Terms, Vector, likeness, total, unit, weigh

DRIFT = 20
"""Articles taken last that move a profile."""
_DRIFT_WEIGHT = 0.5
"""What the topic took, against its examples at 1: the examples keep the greater part whatever comes."""
_NO_WEIGHT = 0.35
"""What the person said no to (Rocchio's gamma, here as in methods.md, section 4)."""
_FOREIGN = 0.6
"""How far likeness by names, figures and sounds alone is believed, in a language that no example is in: two articles
share these more easily than words."""
_FADES = timedelta(days=7)
_FADED = 0.4
"""A story that was silent for long is still followed, by articles that are more alike."""
Meaning = tuple[float, ...]
"""An article's place by meaning, at length 1; empty where there is none."""
MOST_TERMS = 300
"""Terms kept of a profile, the weightiest."""


@dataclass(frozen=True, slots=True)
class Example:
    """An article that a topic is made of, by what it is known by in settings or archive."""

    features: Features
    when: datetime | None = None
    """When it was published, as far as that is known."""
    meaning: Meaning = ()
    """Its place by meaning (``crawler.text.embedding``), centred; empty without a model."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A topic's examples and what has become of them.

    ``drifted`` are the articles taken last with certainty. They pull the profile after the story, but all of them
    together weigh half of what the examples do, and only what is like the examples themselves is let in
    (``moves``): so the profile stays within sight of what the person chose.
    """

    topic: str
    line: float
    """Articles that score at least this are taken."""
    examples: tuple[Example, ...]
    drifted: tuple[Example, ...] = ()
    yes: tuple[Example, ...] = ()
    no: tuple[Example, ...] = ()

    def with_taken(self, example: Example) -> Profile:
        """The profile after one more article moved it."""
        return replace(self, drifted=(*self.drifted, example)[-DRIFT:])

    @property
    def chosen(self) -> tuple[Example, ...]:
        """What the person chose: the examples, and what was said yes to."""
        return (*self.examples, *self.yes)

    @property
    def everything(self) -> tuple[Example, ...]:
        """Every article that the profile is made of."""
        return (*self.chosen, *self.drifted, *self.no)

    def last(self) -> datetime | None:
        """When the story was last heard of."""
        return max((each.when for each in (*self.chosen, *self.drifted) if each.when is not None), default=None)


@dataclass(frozen=True, slots=True)
class Centre:
    """A profile as articles are compared with it, weighed with the archive of the moment."""

    profile: Profile
    whole: Terms
    free: Terms
    chosen_whole: Terms
    chosen_free: Terms
    languages: frozenset[str]
    last: datetime | None
    meaning: Meaning = ()
    chosen_meaning: Meaning = ()


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much an article is like a profile, as cosines."""

    now: float
    """Like the profile as it stands, faded by how long the story was silent."""
    chosen: float
    """Like what the person chose, drift left out."""


def centre(profile: Profile, frequencies: Frequencies) -> Centre:
    """Weigh a profile."""
    chosen = [weigh(each.features, frequencies) for each in profile.chosen]
    taken = [weigh(each.features, frequencies) for each in profile.drifted]
    refused = [weigh(each.features, frequencies) for each in profile.no]
    chosen_whole, chosen_free = (_sum(chosen, free=free) for free in (False, True))
    whole, free = (
        _moved(_sum(chosen, free=free), _sum(taken, free=free), _sum(refused, free=free)) for free in (False, True)
    )
    by_choice = _mean([each.meaning for each in profile.chosen])
    return Centre(
        profile,
        whole,
        free,
        chosen_whole,
        chosen_free,
        frozenset(each.language for each in (*chosen, *taken)),
        profile.last(),
        _moved_meaning(by_choice, profile),
        by_choice,
    )


def like(centre: Centre, vector: Vector, when: datetime, meaning: Meaning = ()) -> Likeness:
    """Compare an article of a moment with a profile; by meaning too where both have it."""
    if vector.language in centre.languages:
        now, chosen = likeness(centre.whole, vector.whole), likeness(centre.chosen_whole, vector.whole)
    else:
        now = _FOREIGN * likeness(centre.free, vector.free)
        chosen = _FOREIGN * likeness(centre.chosen_free, vector.free)
    if meaning and centre.meaning:
        now = _together(now, centre.meaning, meaning)
        chosen = _together(chosen, centre.chosen_meaning, meaning)
    return Likeness(now * faded(centre.last, when), chosen)


MEANING_SHARE = 0.6
"""Of likeness by meaning in the whole; 0.4 and 0.6 differ by 0.02 of F1 (OG2021, 2026-11)."""


def _together(by_words: float, one: Meaning, other: Meaning) -> float:
    by_meaning = max(0.0, math.fsum(map(operator.mul, one, other)))
    return (1 - MEANING_SHARE) * by_words + MEANING_SHARE * by_meaning


def faded(last: datetime | None, when: datetime) -> float:
    """What is left of likeness after a story was silent: 1 at once, 0.4 at the least."""
    if last is None or when <= last:
        return 1.0
    return max(_FADED, math.exp(-((when - last) / _FADES)))


def _sum(vectors: list[Vector], *, free: bool) -> Terms:
    return unit(total((1.0, each.free if free else each.whole) for each in vectors))


def _moved(chosen: Terms, taken: Terms, refused: Terms) -> Terms:
    """What the person chose, pulled by what was taken since and pushed by what was refused."""
    moved = total(((1.0, chosen), (_DRIFT_WEIGHT, taken), (-_NO_WEIGHT, refused)))
    kept = sorted(((weight, key) for key, weight in moved.items() if weight > 0), reverse=True)[:MOST_TERMS]
    return unit({key: weight for weight, key in kept})


def _moved_meaning(chosen: Meaning, profile: Profile) -> Meaning:
    taken, refused = (_mean([each.meaning for each in group]) for group in (profile.drifted, profile.no))
    return _unit(_plus(_plus(chosen, _DRIFT_WEIGHT, taken), -_NO_WEIGHT, refused))


def _mean(vectors: Sequence[Meaning]) -> Meaning:
    found: Meaning = ()
    for vector in vectors:
        found = _plus(found, 1.0, vector)
    return _unit(found)


def _plus(one: Meaning, factor: float, other: Meaning) -> Meaning:
    if not other:
        return one
    if not one:
        return tuple(factor * each for each in other)
    return tuple(mine + factor * its for mine, its in zip(one, other, strict=True))


def _unit(vector: Meaning) -> Meaning:
    length = math.sqrt(sum(each * each for each in vector))
    return tuple(each / length for each in vector) if length else ()
