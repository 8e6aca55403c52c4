"""What a look-up of a known entry costs when five million are known, beside ten thousand.

    python -m tests.bench.known_entries [--large 5000000] [--small 10000]

The archive's own table ``seen`` in a database on disk, filled in the order of its key; a look-up asks for the 30
entries of a feed at once, as a poll does, for sources chosen by chance. CPU time for an entry, the best of five rounds.
Ends with 1 when a look-up among the many takes over 3 µs or over 1.8 times as long as among the few.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from crawler.storage import Store

_ENTRIES = 30
_A_SOURCE = 500
"""Entries that a source has shown over the years."""
_MOST_MICROSECONDS = 3.0
_MOST_TIMES = 1.8
_ROUNDS = 5
_LOOK_UPS = 2000


def _hashes(source: int) -> list[int]:
    dice = random.Random(source)
    return sorted(dice.getrandbits(63) - (1 << 62) for _ in range(_A_SOURCE))


def look_up(path: Path, entries: int) -> float:
    """Microseconds of CPU for each entry looked up in a database that knows so many."""
    sources = max(entries // _A_SOURCE, 1)
    with Store.writer(path) as store:
        db = store.articles._db.conn
        with db:
            db.execute("BEGIN")
            rows = ((source, number) for source in range(1, sources + 1) for number in _hashes(source))
            db.executemany("INSERT OR IGNORE INTO seen (source_id, entry_hash) VALUES (?, ?)", rows)
        asked = list(_asked(sources))
        best = min(_round(store, asked) for _ in range(_ROUNDS))
    return best / (len(asked) * _ENTRIES) * 1e6


def _asked(sources: int) -> Iterator[tuple[int, list[int]]]:
    """A feed of each of many sources: entries that are known, and one that is not."""
    dice = random.Random(1)
    for _ in range(_LOOK_UPS):
        source = dice.randint(1, sources)
        yield source, [*dice.sample(_hashes(source), _ENTRIES - 1), dice.getrandbits(62)]


def _round(store: Store, asked: Sequence[tuple[int, list[int]]]) -> float:
    began = time.process_time()
    for source, hashes in asked:
        assert len(store.articles.seen(source, hashes)) == _ENTRIES - 1
    return time.process_time() - began


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--large", type=int, default=5_000_000)
    parser.add_argument("--small", type=int, default=10_000)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="tidings-known-") as folder:
        few = look_up(Path(folder) / "small.db", options.small)
        many = look_up(Path(folder) / "large.db", options.large)
        size = (Path(folder) / "large.db").stat().st_size / (1 << 20)
    print(f"a look-up: {few:.2f} µs among {options.small}, {many:.2f} µs among {options.large} "
          f"({many / few:.2f} times; {size:.0f} MiB)")  # fmt: skip
    wrong = many > _MOST_MICROSECONDS or many > _MOST_TIMES * few
    print("NOT well" if wrong else "well")
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
