"""Copies seen through the feeds' own text: entries of 2023 with the same title in several outlets.

The titles are kept, changed as outlets change them (a word replaced, cut, turned round, another name behind it), or
hidden. Entries of other groups within the same 72 hours are no copies. Who has no text and no title cannot be found:
with titles hidden only pairs with texts are asked, and most teasers are each outlet's own.
"""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import combinations

from crawler.dedupe.copies import NEAR, Piece, alike
from crawler.dedupe.urls import outlet
from crawler.sources.markup import to_line, to_text
from tests.quality.shared import DATA, needed

FILE = DATA / "copies" / "rss-2023.dev.jsonl.gz"
Groups = list[list[Piece]]


def load() -> Groups:
    """The entries, group by group."""
    with gzip.open(needed(FILE), "rt", encoding="utf-8") as rows:
        groups = [json.loads(row)["docs"] for row in rows]
    numbers = iter(range(1, 1 << 30))
    return [[_piece(next(numbers), doc) for doc in docs] for docs in groups]


def _piece(number: int, doc: dict[str, str]) -> Piece:
    seen = datetime.fromtimestamp(int(doc["t"]), UTC)
    return Piece(number, outlet(doc["url"]), to_line(doc["title"]), to_text(doc["desc"] or ""), seen)


def _changed(groups: Groups) -> Groups:
    """Every entry but the first of its group has its title changed in one of four ways."""
    dice = random.Random(4)
    vocabulary = [word for group in groups for word in group[0].title.split() if len(word) > 3]

    def change(title: str) -> str:
        words = title.split()
        way = dice.randrange(4)
        if way == 0:
            words[dice.randrange(len(words))] = dice.choice(vocabulary)
        elif way == 1:
            words = [*words[: max(6, int(len(words) * 0.8))], "…"]
        elif way == 2:
            middle = len(words) // 2
            words = [*words[middle:], *words[:middle]]
        return " ".join(words) + (" | The Daily Example" if way == 3 else "")

    return [[group[0], *(replace(one, title=change(one.title)) for one in group[1:])] for group in groups]


def _hidden(groups: Groups) -> Groups:
    return [[replace(one, title="") for one in group if one.words] for group in groups]


TITLES: dict[str, Callable[[Groups], Groups]] = {
    "kept": lambda groups: groups,
    "changed": _changed,
    "hidden": _hidden,
}


@dataclass(frozen=True)
class Seen:
    """What was found, end to end: met by fingerprints, and judged alike."""

    pairs: int
    hits: int
    false: list[tuple[Piece, Piece]]

    @property
    def recall(self) -> float:
        """Of the pairs of a group in two outlets, the share that was found."""
        return self.hits / max(1, self.pairs)

    @property
    def precision(self) -> float:
        """Of what was taken for a copy, the share within a group."""
        return self.hits / max(1, self.hits + len(self.false))


def look(groups: Groups) -> Seen:
    """Find the copies among all entries."""
    pairs = hits = 0
    for group in groups:
        for one, other in combinations(group, 2):
            if one.outlet != other.outlet:
                pairs += 1
                hits += _meet(one, other) and alike(one, other) is not None
    return Seen(pairs, hits, list(_false(groups)))


def _meet(one: Piece, other: Piece) -> bool:
    shared = set(one.sample) & set(other.sample)
    return len(shared) > 1 or (one.mark is not None and one.mark in shared)


def _false(groups: Groups) -> Iterator[tuple[Piece, Piece]]:
    index: dict[int, list[tuple[int, Piece]]] = defaultdict(list)
    met: Counter[tuple[int, int]] = Counter()
    by_id = {piece.id: piece for group in groups for piece in group}
    for number, group in enumerate(groups):
        for piece in group:
            for mark in piece.sample:
                for other_number, other in index[mark]:
                    if other_number != number and other.outlet != piece.outlet:
                        met[other.id, piece.id] += 1
                index[mark].append((number, piece))
    for first, second in met:
        one, other = by_id[first], by_id[second]
        if abs(one.first_seen - other.first_seen) <= NEAR and _meet(one, other) and alike(one, other):
            yield one, other


def report_lines() -> Iterator[str]:
    """A line for each treatment of the titles."""
    groups = load()
    yield f" feeds: {len(groups)} groups of entries with one title"
    for name, change in TITLES.items():
        seen = look(change(groups))
        yield (
            f"  titles {name:8} {seen.pairs} pairs: recall {seen.recall:.3f}, precision {seen.precision:.3f}"
            f" ({len(seen.false)} false)"
        )
    teasers = [kept for group in groups if (kept := [one for one in group if one.words])]
    for name, change in TITLES.items():
        seen = look(change(teasers))
        yield f"  of {seen.pairs} pairs with text on both sides, titles {name:8} recall {seen.recall:.3f}"
