"""What an article says that no earlier article of its story said.

A sentence is new as far as no single earlier sentence has its words: one minus the greatest share of its words' weight
that one earlier sentence holds, words that the story says often weighing little; pairs of words count besides. This is
what did best in our measurements (decision 0037) and in TREC's Novelty tracks. A neighbour lends a little of its own
newness, because what is new stands together. Earlier sentences in other languages are compared by the figures, dates
and names that both hold; a sentence that has none of these cannot be told known from new across languages, and is then
not announced: better none than wrong.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from crawler.stories.facts import Fact, Reading, Said
from crawler.stories.memory import Index, Memory

ANNOUNCED_FROM = 0.65
"""Newness from which a sentence is announced; see decision 0037 for what it was set by."""

_FIGURE_FROM = 0.12
"""Newness from which a sentence with a new figure is announced: "8 children" after "7 children" changes one word."""

_PAIRS = 0.4
_NEIGHBOURS = 0.2
_LEAST_FREE = 2
_UNTOLD = 0.4
_SAME_QUOTE = 0.6
_FACT = 0.08
_MOST_FACTS = 2
_FEW = 0.15

Similarity = Callable[[Sequence[tuple[str, int, int]]], Sequence[float]]
"""Spans (field, start, end) of an article → for each the greatest similarity, 0 to 1, to what the story said before."""


class NewSentence(NamedTuple):
    """A sentence of an article with how new it is."""

    field: str
    """``title`` or ``text``."""
    start: int
    end: int
    newness: float
    """0 (said before) to 1."""
    announced: bool
    closest: int | None
    """The article whose sentence comes closest; ``None`` where none shares a word."""


@dataclass(frozen=True, slots=True)
class News:
    """What is new in an article."""

    sentences: tuple[NewSentence, ...]
    """All its sentences in order."""
    facts: tuple[Fact, ...]
    """Its new facts in order, each once."""

    def ranked(self) -> list[NewSentence]:
        """The announced sentences, the newest first; those of the text before the title's."""
        told = [one for one in self.sentences if one.announced]
        return sorted(told, key=lambda one: (one.field == "title", -one.newness, one.start))


NOTHING = News((), ())
"""What a copy adds."""


def news(
    reading: Reading,
    memory: Memory,
    *,
    recurring: Container[int] = frozenset(),
    similarity: Similarity | None = None,
) -> News:
    """What an article adds to a story.

    Args:
        reading: The article. That it is a copy is for the caller to know: it adds ``NOTHING``.
        memory: What the story's earlier articles said.
        recurring: Fingerprints (``Said.fingerprint``) of sentences that the outlet prints under many articles.
        similarity: Embedded comparison where the extra ``[semantic]`` is there.
    """
    index = memory.index(reading)
    facts = _new_facts(reading, memory, index)
    judged = [_judged(said, reading.language, memory, index) for said in reading.sentences]
    own = [score for score, _ in judged]
    if similarity is not None:
        close = similarity([(said.field, said.start, said.end) for said in reading.sentences])
        own = [min(score, 1 - near) if near > _SAME_QUOTE else score for score, near in zip(own, close, strict=True)]
    told = [said.told and said.fingerprint not in recurring for said in reading.sentences]
    scores = _lent(reading.sentences, own)
    sentences = tuple(
        _weighed(said, score, alone, closest, facts if tells else None)
        for said, score, alone, (_, closest), tells in zip(reading.sentences, scores, own, judged, told, strict=True)
    )
    kept = [(one.field, one.start, one.end) for one, tells in zip(sentences, told, strict=True) if tells]
    return News(sentences, tuple(fact for fact in facts if _within(fact, kept)))


def _weighed(said: Said, score: float, own: float, closest: int | None, facts: list[Fact] | None) -> NewSentence:
    """A sentence with its verdict; ``facts`` are the article's new ones, ``None`` where the sentence tells nothing."""
    if facts is None:
        return NewSentence(said.field, said.start, said.end, 0.0, announced=False, closest=closest)
    held = [fact for fact in facts if fact.field == said.field and said.start <= fact.start < said.end]
    newness = min(1.0, score + _FACT * min(len(held), _MOST_FACTS) * score)
    figure = any(fact.kind == "figure" and fact.about for fact in held)
    announced = newness >= ANNOUNCED_FROM or (figure and own >= _FIGURE_FROM)
    return NewSentence(said.field, said.start, said.end, newness, announced, closest)


def _lent(sentences: Sequence[Said], own: Sequence[float]) -> list[float]:
    """Each sentence's score with a part of its neighbours' in the same field."""
    scores = []
    for at, score in enumerate(own):
        beside = [
            own[other]
            for other in (at - 1, at + 1)
            if 0 <= other < len(own) and sentences[other].field == sentences[at].field and sentences[other].told
        ]
        mean = sum(beside) / len(beside) if beside else score
        scores.append((1 - _NEIGHBOURS) * score + _NEIGHBOURS * mean)
    return scores


def _judged(said: Said, language: str, memory: Memory, index: Index) -> tuple[float, int | None]:
    """A sentence's own newness and the closest earlier sentence's article."""
    if not memory.count or not said.units:
        return 1.0, None
    known, closest = _contained(said, memory, index)
    crossed, other = _contained_freely(said, language, memory, index)
    if crossed is not None and crossed > known:
        known, closest = crossed, other
    if crossed is None and memory.share(language) < _FEW:
        return min(1 - known, _UNTOLD), closest
    return 1 - known, closest


def _contained(said: Said, memory: Memory, index: Index) -> tuple[float, int | None]:
    """The greatest share of a sentence that one earlier sentence holds, and whose it is."""
    held = [index.holding(unit) for unit in said.units]
    most = memory.count + 2
    weights = [math.log(most / (len(sentences) + 1)) + _FLOOR for sentences in held]
    scores: dict[int, float] = defaultdict(float)
    for sentences, weight in zip(held, weights, strict=True):
        for sentence in sentences:
            scores[sentence] += weight
    if not scores:
        return 0.0, None
    best = max(scores, key=scores.__getitem__)
    words = min(1.0, scores[best] / sum(weights))
    total = met = 0.0
    for at in range(len(weights) - 1):
        both = weights[at] + weights[at + 1]
        total += both
        if index.has_pair(said.units[at], said.units[at + 1]):
            met += both
    pairs = met / total if total else words
    return (words + _PAIRS * pairs) / (1 + _PAIRS), memory.article_of(best)


_FLOOR = 0.05


def _contained_freely(said: Said, language: str, memory: Memory, index: Index) -> tuple[float | None, int | None]:
    """The same by figures, dates and names in other languages' sentences; ``None`` where there are too few to tell."""
    if len(said.free) < _LEAST_FREE:
        return None, None
    scores: Counter[int] = Counter()
    for keys in said.free:
        scores.update({one for key in keys for one in index.freely_holding(key)})
    others = [(count, one) for one, count in scores.items() if memory.language_of(one) != language]
    if not others:
        return (0.0, None) if memory.share(language) < 1 else (None, None)
    count, best = max(others)
    return count / len(said.free), memory.article_of(best)


def _new_facts(reading: Reading, memory: Memory, index: Index) -> list[Fact]:
    """The facts that the story has not stated, each once."""
    found: list[Fact] = []
    seen: set[int] = set()
    foreign = memory.count > 0 and memory.share(reading.language) < _FEW
    stated = [fact for fact in reading.facts if fact.sure]
    known = [_known(fact, memory, index, foreign=foreign) for fact in stated]
    # "On the night of 5 to 6 March" is known as one of its days.
    spans = {(fact.field, fact.start) for fact, there in zip(stated, known, strict=True) if there}
    for fact in stated:
        if (fact.field, fact.start) in spans:
            continue
        asked = fact.keys if fact.kind == "name" else fact.keys[:1]
        if fact.kind != "quote" and any(key in seen for key in asked):
            continue
        seen.update(asked)
        found.append(fact)
    return found


def _known(fact: Fact, memory: Memory, index: Index, *, foreign: bool) -> bool:
    if fact.kind == "quote":
        return foreign or not fact.keys or memory.quoted(fact.keys) >= _SAME_QUOTE
    if fact.kind != "name":
        return memory.states(fact.keys[0])
    if foreign and not fact.besides:
        return True  # a body or something short, which sounds and tables do not tell alike in two languages
    keys = (*fact.keys, *fact.besides) if foreign else fact.keys
    return any(memory.states(key) or index.holding(key) for key in keys)


def _within(fact: Fact, kept: Iterable[tuple[str, int, int]]) -> bool:
    return any(fact.field == field and start <= fact.start < end for field, start, end in kept)
