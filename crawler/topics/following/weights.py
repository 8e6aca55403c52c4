"""How much a term tells an article from all others: what is rare in the archive weighs, what is everywhere does not."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from crawler.text.cognates import SIGN as COGNATE
from crawler.topics.following.features import FIGURE, NAME, Features

_FREE = (NAME, COGNATE, FIGURE)
_COGNATE_WEIGHT = 0.5
"""A rough sound against a word: between 0.5 and 1 nothing changes by more than 0.01 of F1 (OG2021, 2026-11)."""
_UNSEEN = 50
"""Articles that an archive is taken to have held before its first, in each language, so that idf does not jump at the
beginning, when every word is new."""
_LEAST_IDF = 0.2

Terms = dict[str, float]


@dataclass(frozen=True, slots=True)
class Frequencies:
    """In how many articles of the archive each term stands, as far as it was asked for."""

    articles: Mapping[str, int] = field(default_factory=dict)
    """``stored_key`` → articles; under ``uk:`` all articles of a language, under ``:`` all articles."""

    def idf(self, key: str, language: str) -> float:
        """The natural logarithm of one in how many articles has the term; 0 where nearly all have it."""
        total = self.articles.get(total_key("" if is_free(key) else language), 0)
        found = math.log((total + _UNSEEN + 1) / (self.articles.get(stored_key(key, language), 0) + 0.5))
        return found if found >= _LEAST_IDF else 0.0


@dataclass(frozen=True, slots=True)
class Vector:
    """An article's weighted terms at length 1: all of them, and those that no language changes."""

    language: str
    whole: Terms
    free: Terms


def is_free(key: str) -> bool:
    """Whether a term is the same in every language: a name, a figure, a rough sound."""
    return key.startswith(_FREE)


def stored_key(key: str, language: str) -> str:
    """A term as it is counted: a word belongs to its language, ``die`` of German is not ``die`` of English."""
    return key if is_free(key) else f"{language}:{key}"


def total_key(language: str) -> str:
    """What the articles of a language are counted under; of all languages where it is empty."""
    return f"{language}:"


def counted(features: Features) -> list[str]:
    """What an article adds one to."""
    totals = [total_key(""), total_key(features.language)]
    return totals + [stored_key(key, features.language) for key in features.counts]


def weigh(features: Features, frequencies: Frequencies) -> Vector:
    """An article's terms by tf-idf: ``1 + ln`` of how much it makes of each, times how rare that is."""
    whole: Terms = {}
    for key, count in features.counts.items():
        weight = (1 + math.log(max(count, 1.0))) * frequencies.idf(key, features.language)
        if weight > 0:
            whole[key] = weight * (_COGNATE_WEIGHT if key.startswith(COGNATE) else 1.0)
    return Vector(features.language, unit(whole), unit({key: each for key, each in whole.items() if is_free(key)}))


def unit(terms: Terms) -> Terms:
    """The same direction at length 1."""
    length = math.sqrt(sum(weight * weight for weight in terms.values()))
    return {key: weight / length for key, weight in terms.items()} if length else {}


def total(parts: Iterable[tuple[float, Terms]]) -> Terms:
    """The sum of weighted terms, each part times its factor."""
    found: Terms = {}
    for factor, terms in parts:
        for key, weight in terms.items():
            found[key] = found.get(key, 0.0) + factor * weight
    return found


def likeness(one: Terms, other: Terms) -> float:
    """The cosine of two at length 1."""
    if len(one) > len(other):
        one, other = other, one
    return sum(weight * other[key] for key, weight in one.items() if key in other)
