"""Stories as a stream and pairs of reports of one event: B-cubed and F1."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import mul
from pathlib import Path

from crawler.stories import threading
from crawler.stories.threading import Meant, Outline, Place, join, keys_of, score
from crawler.text import Document, detect_language
from crawler.text.embedding import mean, unit
from crawler.topics.following import Features, Frequencies, counted, features
from crawler.topics.following.weights import Vector, weigh
from tests.quality.following import Piece, shared_stream
from tests.quality.shared import DATA, OWN, lines, needed

PAIRS = DATA / "stories" / "pairs-telegram.dev.jsonl.gz"
OWN_STREAM = OWN / "stories" / "stream.jsonl"
_LINES = [number / 100 for number in range(1, 100)]
_FOLDS = 5


@dataclass(frozen=True)
class BCubed:
    """How well clusters agree with the stories that people see."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Of both, the harmonic mean."""
        return 2 * self.precision * self.recall / max(1e-9, self.precision + self.recall)


def b_cubed(gold: Sequence[str], found: Sequence[int]) -> BCubed:
    """B-cubed precision and recall (Bagga and Baldwin 1998)."""
    both = Counter(zip(gold, found, strict=True))
    stories, clusters = Counter(gold), Counter(found)
    precision = sum(count * count / clusters[cluster] for (_, cluster), count in both.items()) / len(gold)
    recall = sum(count * count / stories[story] for (story, _), count in both.items()) / len(gold)
    return BCubed(precision, recall)


def read(stream: Sequence[Piece]) -> list[tuple[Features, Vector]]:
    """Features and terms of each article, weighed by what came before it."""
    counts: Counter[str] = Counter()
    found = []
    for piece in stream:
        each = features(piece.document)
        found.append((each, weigh(each, Frequencies(counts))))
        counts.update(counted(each))
    return found


def own_stream() -> list[Piece]:
    """The small stream that the tests carry."""
    return [
        Piece(Document(row["title"], row["text"], row["language"]), datetime.fromisoformat(row["time"]), row["story"])
        for row in lines(OWN_STREAM)
    ]


class Placed:
    """Where the latest articles of a stream lie by meaning, as ``crawler.joining`` looks at them."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._places = places
        self._latest: list[tuple[datetime, int, int]] = []

    def near(self, number: int, when: datetime, root: Callable[[int], int]) -> list[int]:
        """The stories whose latest articles lie nearest."""
        self._latest = [each for each in self._latest[-200:] if when - each[0] <= timedelta(days=4)]
        found: dict[int, float] = {}
        for _, began, other in self._latest:
            story = root(began)
            found[story] = max(found.get(story, -1.0), sum(map(mul, self._places[number], self._places[other])))
        return sorted(found, key=lambda story: -found[story])[:8]

    def meant(self, number: int, stories: Iterable[int], root: Callable[[int], int]) -> Meant:
        """The article's place and the stories'."""
        by_story: dict[int, list[Place]] = {}
        for _, story, other in reversed(self._latest):
            by_story.setdefault(root(story), []).append(self._places[other])
        centres = {story: unit(mean(by_story[story][:8])) for story in stories if story in by_story}
        return Meant(self._places[number], centres)

    def add(self, number: int, when: datetime, story: int) -> None:
        """Remember an article."""
        self._latest.append((when, story, number))


def thread(stream: Sequence[Piece], seen: Sequence[tuple[Features, Vector]], placed: Placed | None = None) -> list[int]:
    """The story of each article, as they come; merged stories are one in the end."""
    outlines: dict[int, Outline] = {}
    found_by: dict[str, list[int]] = {}
    merged: dict[int, int] = {}
    story_of = []
    for number, (piece, (each, vector)) in enumerate(zip(stream, seen, strict=True)):
        keys = keys_of(vector)
        shared: Counter[int] = Counter()
        for rank, key in enumerate(keys):
            shared.update(dict.fromkeys(found_by.get(key, [])[-40:], 100 - rank))
        near = [story for story, _ in shared.most_common() if story in outlines][: threading.MOST_CANDIDATES]
        root = partial(_root, merged=merged)
        if placed is not None:
            near = list(dict.fromkeys([*near, *placed.near(number, piece.when, root)]))
        meant = None if placed is None else placed.meant(number, near, root)
        joined = join(each, vector, piece.when, {story: outlines[story] for story in near}, meant)
        story = number if joined is None else joined.story
        outline = outlines.setdefault(story, Outline(piece.when))
        for other in () if joined is None else joined.merges:
            outline.merge(outlines.pop(other))
            merged[other] = story
        outline.add(vector, piece.when)
        for key in keys:
            if story not in found_by.setdefault(key, [])[-40:]:
                found_by[key].append(story)
        if placed is not None:
            placed.add(number, piece.when, story)
        story_of.append(story)
    return [_root(story, merged) for story in story_of]


def _root(story: int, merged: dict[int, int]) -> int:
    while story in merged:
        story = merged[story]
    return story


def pairs(path: Path = PAIRS) -> list[tuple[float, bool]]:
    """For each pair its score and whether both report the same event."""
    with gzip.open(needed(path), "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    texts = [[_features(text) for text in (row["a"], row["b"])] for row in rows]
    known = Frequencies(Counter(term for both in texts for each in both for term in counted(each)))
    return [(_alike(one, other, known), row["same"]) for (one, other), row in zip(texts, rows, strict=True)]


def _features(text: str) -> Features:
    title, _, rest = text.partition("\n")
    return features(Document(title, rest, detect_language(text)))


def _alike(one: Features, other: Features, known: Frequencies) -> float:
    """How much two reports are like each other when they come at once, as a story of one article is compared."""
    when = datetime(2026, 5, 4, tzinfo=UTC)
    outline = Outline(when)
    outline.add(weigh(one, known), when)
    return score(outline, weigh(other, known), when)


def folded_f1(scored: Sequence[tuple[float, bool]]) -> float:
    """F1 of *same*, each fifth judged by the line that is best on the others."""
    hits = false = missed = 0
    for fold in range(_FOLDS):
        learn = [each for number, each in enumerate(scored) if number % _FOLDS != fold]
        line = max(_LINES, key=lambda at: _f1(learn, at))
        for found, same in scored[fold::_FOLDS]:
            hits += found >= line and same
            false += found >= line and not same
            missed += found < line and same
    return 2 * hits / max(1, 2 * hits + false + missed)


def _f1(scored: Sequence[tuple[float, bool]], line: float) -> float:
    hits = sum(found >= line and same for found, same in scored)
    false = sum(found >= line and not same for found, same in scored)
    missed = sum(found < line and same for found, same in scored)
    return 2 * hits / max(1, 2 * hits + false + missed)


def report() -> Iterator[str]:
    """Lines of figures."""
    for name, stream in (("own stream", own_stream), ("OG2021 headlines", shared_stream)):
        pieces = stream()
        found = thread(pieces, read(pieces))
        gold = [piece.story for piece in pieces]
        half = len(gold) // 2
        for part, cut in (("all", slice(None)), ("second half", slice(half, None))):
            each = b_cubed(gold[cut], found[cut])
            told = f"precision {each.precision:.3f}, recall {each.recall:.3f}, F1 {each.f1:.3f}"
            yield f"  {name}, {part}: B-cubed {told}"
    scored = pairs()
    yield f"  the same event, {len(scored)} pairs: F1 {folded_f1(scored):.3f}"
