"""How many syndicated copies are seen through the feeds' own text, and what is taken for one falsely? No test.

Usage: python tests/bench/copies_rss.py [FILE.jsonl.gz] [--show N]; a line of FILE is a group of entries with the same
title on several domains: ``docs[url, title, t, desc]``. Nobody labelled the groups; see the README beside the file.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

from crawler.dedupe.copies import ENOUGH_WORDS, Piece, alike
from crawler.dedupe.urls import outlet
from crawler.sources.markup import to_line, to_text

DEFAULT = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "copies" / "rss-2023.dev.jsonl.gz"
WINDOW = 72 * 3600
AT_LEAST = 2
"""Shared fingerprints of a candidate, as storage asks for."""


def load(path: Path) -> Iterator[tuple[int, Piece]]:
    """(group, piece) of every entry."""
    number = 0
    with gzip.open(path, "rt") as rows:
        for group, row in enumerate(rows):
            for doc in json.loads(row)["docs"]:
                number += 1
                seen = datetime.fromtimestamp(doc["t"], UTC)
                title, text = to_line(doc["title"]), to_text(doc["desc"] or "")
                yield group, Piece(number, outlet(doc["url"]), title, text, seen)


def hidden(piece: Piece) -> Piece:
    """The piece without its title."""
    return Piece(piece.id, piece.outlet, "", piece.text, piece.first_seen)


def recall(groups: dict[int, list[Piece]], *, titles: bool) -> None:
    """Print the share of pairs within a group that are found, by how much text they have."""
    seen: Counter[str] = Counter()
    hits: Counter[str] = Counter()
    met: Counter[str] = Counter()
    for group in groups.values():
        pieces = group if titles else [hidden(piece) for piece in group]
        for one, other in combinations(pieces, 2):
            if one.outlet == other.outlet:
                continue
            least = min(len(one.words), len(other.words))
            kind = "no text" if not least else "short" if least < ENOUGH_WORDS else "enough"
            marks = [set(piece.sample) for piece in (one, other)]
            for name in (kind, "all"):
                seen[name] += 1
                hits[name] += alike(one, other) is not None
                met[name] += len(marks[0] & marks[1]) >= AT_LEAST
    print(f"titles {'kept' if titles else 'hidden'}:")
    for name, total in sorted(seen.items()):
        print(
            f"  {name:8} {total:6} pairs: recall {hits[name] / total:.3f}, met by fingerprints {met[name] / total:.3f}"
        )


def false_pairs(pieces: list[tuple[int, Piece]], show: int) -> None:
    """Print how often entries of different groups within 72 hours are taken for copies, and a sample of them."""
    index: dict[int, list[tuple[int, Piece]]] = defaultdict(list)
    shared: Counter[tuple[int, int]] = Counter()
    by_id = {piece.id: (group, piece) for group, piece in pieces}
    for group, piece in pieces:
        for mark in piece.sample:
            for other_group, other in index[mark]:
                if other_group != group and other.outlet != piece.outlet:
                    shared[other.id, piece.id] += 1
            index[mark].append((group, piece))
    candidates = [(by_id[one][1], by_id[other][1]) for (one, other), count in shared.items() if count >= AT_LEAST]
    found = [pair for pair in candidates if near(*pair) and alike(*pair)]
    times = sorted(piece.first_seen.timestamp() for _, piece in pieces)
    print(f"different groups: {len(candidates)} candidate pairs, {len(found)} taken for copies", end=" ")
    print(f"among {len(pieces)} entries ({near_pairs(times)} pairs within 72 h)")
    for pair in random.Random(5).sample(found, min(show, len(found))):
        print("  ---", alike(*pair))
        for piece in pair:
            print(f"  {piece.outlet}: {piece.title} | {piece.text[:220]!r}")


def near(one: Piece, other: Piece) -> bool:
    """At most 72 hours apart."""
    return abs((one.first_seen - other.first_seen).total_seconds()) <= WINDOW


def near_pairs(times: list[float]) -> int:
    """How many pairs of sorted times are at most 72 hours apart."""
    total = start = 0
    for end, time in enumerate(times):
        while time - times[start] > WINDOW:
            start += 1
        total += end - start
    return total


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=DEFAULT)
    parser.add_argument("--show", type=int, default=0)
    options = parser.parse_args()
    pieces = list(load(options.file))
    groups: dict[int, list[Piece]] = defaultdict(list)
    for group, piece in pieces:
        groups[group].append(piece)
    recall(groups, titles=True)
    recall(groups, titles=False)
    false_pairs(pieces, options.show)


if __name__ == "__main__":
    main()
