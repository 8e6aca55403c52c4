"""Stories as a stream and pairs of reports of one event: B-cubed and F1."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from crawler.stories import threading
from crawler.stories.threading import Outline, join, keys_of, score
from crawler.text import Document, detect_language
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


def thread(stream: Sequence[Piece], seen: Sequence[tuple[Features, Vector]]) -> list[int]:
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
        joined = join(each, vector, piece.when, {story: outlines[story] for story in near})
        story = number if joined is None else joined.story
        outline = outlines.setdefault(story, Outline(piece.when))
        for other in () if joined is None else joined.merges:
            outline.merge(outlines.pop(other))
            merged[other] = story
        outline.add(vector, piece.when)
        for key in keys:
            if story not in found_by.setdefault(key, [])[-40:]:
                found_by[key].append(story)
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
