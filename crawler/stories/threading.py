"""Which story an article belongs to: one pass, as articles come, in one language or several.

A story is known by its *outline*, the weighted terms of its articles so far. An article joins the story whose outline
it is most like, if it is like it enough, and begins one otherwise; likeness fades while a story is silent, so that
an old one comes back for a strong likeness alone. Words count within a language; names, figures and the rough sound of
international words across all. This is single-pass clustering by tf-idf centroids with decay, which did as well as
anything learned in our measurements (research/methods.md, section 4; decision 0038). Pure: outlines in, a decision out.
"""

from __future__ import annotations

import json
import math
import operator
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crawler.text.cognates import SIGN as COGNATE
from crawler.topics.following.features import Features
from crawler.topics.following.weights import Terms, Vector, stored_key

JOINS_FROM = 0.19
"""Likeness from which an article joins a story; see decision 0038 for what it was set by."""
MERGES_FROM = 0.4
"""Likeness of two stories, told in one language at least, from which they are one; an article must be near both."""
MERGES_FREELY_FROM = 0.2
"""The same of stories that share no language, by names, figures and sounds: what two outlines share says more than
what one article shares with an outline. Between 0.15 and 0.4 B-cubed F1 changes by 0.01 (OG2021, 2026-11)."""
_BY_MEANING, _BY_WORDS = 0.56, 0.3
"""What meaning and words make of the likeness of an article and a story that both have a place …"""
_LINE_BY_MEANING = 0.24
"""… and from which one joins the other. Chosen on the first half of OG2021 (2026-11; decision 0039)."""
MERGES_BY_MEANING_FROM = 0.7
"""Cosine of two stories' places from which they are one."""
_NEAR = 0.08
"""Likeness of an article to a further story from which that may be the same story."""
_AT_ONCE = timedelta(days=2)
"""Stories that are told further apart are not merged."""
SILENT = timedelta(days=60)
"""A story that was silent for longer does not come back."""
MOST_TERMS = 250
"""Terms kept of an outline for each language, the weightiest."""
MOST_KEYS = 12
"""Terms of an article by which stories are looked up, the weightiest."""
MOST_CANDIDATES = 24
"""Stories that are compared with an article: those that share the weightiest terms with it."""
_FADES = timedelta(days=3)
_FADED = 0.3
_FOREIGN = 0.6
"""How far names, figures and sounds alone are believed, in a language that the story was not told in."""
_TOLD = 6
_FREE = ""
"""What an outline has the terms under that no language changes."""


Place = tuple[float, ...]


@dataclass(slots=True)
class Outline:
    """What a story is known by."""

    last: datetime
    """When its latest article came out."""
    parts: dict[str, Terms] = field(default_factory=dict)
    """Language → the sum of its articles' terms; under an empty text the terms of all that no language changes."""

    def add(self, vector: Vector, when: datetime) -> None:
        """Take an article in."""
        self._plus(vector.language, vector.whole)
        self._plus(_FREE, vector.free)
        self.last = max(self.last, when)

    def merge(self, other: Outline) -> None:
        """Take in a story that turned out to be this one."""
        for language, terms in other.parts.items():
            self._plus(language, terms)
        self.last = max(self.last, other.last)

    def _plus(self, language: str, terms: Mapping[str, float]) -> None:
        part = self.parts.setdefault(language, {})
        for key, weight in terms.items():
            part[key] = part.get(key, 0.0) + weight
        if len(part) > MOST_TERMS:
            kept = sorted(part.items(), key=lambda item: (-item[1], item[0]))[:MOST_TERMS]
            self.parts[language] = dict(kept)

    def dump(self) -> str:
        """The terms as JSON, for storage; the moment is stored beside."""
        rounded = {
            language: {key: round(weight, 3) for key, weight in part.items()} for language, part in self.parts.items()
        }
        return json.dumps(rounded, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def load(cls, stored: str, last: datetime) -> Outline:
        """An outline from what ``dump`` made."""
        return cls(last, json.loads(stored) if stored else {})


@dataclass(frozen=True, slots=True)
class Joined:
    """An article joins a story."""

    story: int
    score: float
    """Likeness, 0 to 1."""
    shared: tuple[str, ...]
    """What it shares with the story, as the article writes it, the weightiest first."""
    merges: tuple[int, ...] = ()
    """Stories that turn out to be this one."""


def keys_of(vector: Vector) -> list[str]:
    """The terms that an article's story is looked up by, and found by later; the weightiest first."""
    by_weight = sorted(vector.whole.items(), key=lambda item: (-item[1], item[0]))[:MOST_KEYS]
    return [stored_key(key, vector.language) for key, _ in by_weight]


def score(outline: Outline, vector: Vector, when: datetime) -> float:
    """How much an article is like a story, 0 to 1, faded by how long the story was silent."""
    same = _cosine(outline.parts.get(vector.language, {}), vector.whole)
    free = _FOREIGN * _cosine(outline.parts.get(_FREE, {}), vector.free)
    return max(same, free) * faded(outline.last, when)


def faded(last: datetime, when: datetime) -> float:
    """What is left of likeness after a story was silent: 1 at once, 0.3 at the least, and nothing after ``SILENT``."""
    silent = abs(when - last)
    return 0.0 if silent > SILENT else max(_FADED, math.exp(-(silent / _FADES)))


@dataclass(frozen=True, slots=True)
class Meant:
    """Where an article and the stories that it may join lie by meaning, as far as that is known."""

    place: Place = ()
    """The article's, centred, at length 1; empty: not known."""
    stories: Mapping[int, Place] = field(default_factory=dict)
    """Story → the direction of its articles' places, at length 1."""

    def near(self, story: int) -> float | None:
        """The cosine of the article's place and a story's, at least 0; ``None`` where one is not known."""
        other = self.stories.get(story)
        return max(0.0, _dot(self.place, other)) if self.place and other else None

    def alike(self, one: int, other: int) -> bool:
        """Whether two stories lie so near each other that they are one."""
        places = self.stories.get(one), self.stories.get(other)
        return all(places) and _dot(places[0] or (), places[1] or ()) >= MERGES_BY_MEANING_FROM


def join(
    features: Features, vector: Vector, when: datetime, stories: Mapping[int, Outline], meant: Meant | None = None
) -> Joined | None:
    """The story that an article joins, of those that it may join; ``None`` where it begins one.

    Args:
        features: the article.
        vector: the article, weighed with the archive of the moment.
        when: when it came out.
        stories: the candidates by their numbers.
        meant: where they lie by meaning, with the extra ``[semantic]``.
    """
    known = Meant() if meant is None else meant
    likeness = {number: _likeness(outline, vector, when, known.near(number)) for number, outline in stories.items()}
    scored = sorted(((found, -number) for number, found in likeness.items()), reverse=True)
    if not scored or scored[0][0] < JOINS_FROM:
        return None
    best = -scored[0][1]
    near = [-number for found, number in scored[1:] if found >= _NEAR]
    merged = {best}
    for number in near:
        by_meaning = known.alike(number, best) and _are_at_once(stories[number], stories[best])
        if by_meaning or are_one(stories[number], stories[best]):
            merged.add(number)
    root = min(merged)
    shared = told(stories[best], features, vector)
    return Joined(root, round(min(1.0, scored[0][0]), 3), shared, tuple(sorted(merged - {root})))


def are_one(one: Outline, other: Outline) -> bool:
    """Whether two stories, near both of which an article is, turn out to be the same."""
    if not _are_at_once(one, other):
        return False
    shared = (one.parts.keys() & other.parts.keys()) - {_FREE}
    if shared:
        return max(_cosine(one.parts[part], other.parts[part]) for part in shared) >= MERGES_FROM
    return _cosine(one.parts.get(_FREE, {}), other.parts.get(_FREE, {})) >= MERGES_FREELY_FROM


def _are_at_once(one: Outline, other: Outline) -> bool:
    return abs(one.last - other.last) <= _AT_ONCE


def _likeness(outline: Outline, vector: Vector, when: datetime, near: float | None) -> float:
    """Likeness by words, and by meaning where that is known, on the scale of ``JOINS_FROM``."""
    by_words = score(outline, vector, when)
    if near is None:
        return by_words
    both = _BY_WORDS * by_words + _BY_MEANING * near * faded(outline.last, when)
    return both * JOINS_FROM / _LINE_BY_MEANING


def _dot(one: Place, other: Place) -> float:
    return math.fsum(map(operator.mul, one, other))


def told(outline: Outline, features: Features, vector: Vector) -> tuple[str, ...]:
    """What an article shares with a story, as the article writes it: the weightiest first, names before sounds."""
    same = outline.parts.get(vector.language)
    mine, terms = (vector.whole, same) if same else (vector.free, outline.parts.get(_FREE, {}))
    shared = sorted(((weight * terms[key], key) for key, weight in mine.items() if key in terms), reverse=True)
    forms: dict[str, str] = {}
    for _, key in shared:
        if key in features.places and not (key.startswith(COGNATE) and same):
            form = features.places[key][4]
            forms.setdefault(form.casefold(), form)
    return tuple(forms.values())[:_TOLD]


def _cosine(one: Terms, other: Terms) -> float:
    if not one or not other:
        return 0.0
    shared = sum(weight * one[key] for key, weight in other.items() if key in one)
    return shared / (_length(one) * _length(other)) if shared else 0.0


def _length(terms: Terms) -> float:
    return math.sqrt(sum(weight * weight for weight in terms.values()))
