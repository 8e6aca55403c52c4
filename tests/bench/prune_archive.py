"""How long retention's steps take in a big archive: ``python tests/bench/prune_archive.py [ARTICLES]``.

Each step is one transaction, in which the service's event loop stands still. Half of the articles are old enough to
go; one in twenty was taken by a topic and stays.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

from crawler.storage import Store
from tests.stored import ANNA, DAY, NOW, news, save, sources, taken

_KEEP = 400 * 86_400.0
_TEXT = "The council repaired the bridge over the river behind the market. " * 45  # 3 kB, as articles have


def main(articles: int) -> None:
    """Build an archive, prune it, print the steps' times."""
    dice = random.Random(1)
    with tempfile.TemporaryDirectory() as folder, Store.writer(Path(folder) / "tidings.db") as store:
        store.sources.sync(sources(1), NOW)
        store._db.execute("PRAGMA synchronous = OFF")
        for first in range(1, articles, 500):
            made = [
                news(
                    number,
                    text=_TEXT,
                    shingles=tuple(dice.getrandbits(62) for _ in range(20)),
                    matches=[taken(ANNA)] if number % 20 == 0 else [],
                )
                for number in range(first, first + 500)
            ]
            save(
                store, *made, at=NOW - (450 - 449 * first / articles) * DAY if first > articles / 2 else NOW - 500 * DAY
            )
        store._db.execute("PRAGMA synchronous = FULL")
        store.checkpoint()
        steps, began = [], time.perf_counter()
        deleted = 0
        for some in store.pruning(NOW, _KEEP):
            deleted += some
            steps.append(time.perf_counter() - began)
            began = time.perf_counter()
        size = (Path(folder) / "tidings.db").stat().st_size >> 20
    steps.sort()
    print(
        f"{articles:,} articles, {size} MiB: {deleted:,} deleted in {len(steps)} steps, {sum(steps):.1f} s;"
        f" a step {steps[len(steps) // 2] * 1000:.0f} ms in the middle, {steps[-1] * 1000:.0f} ms at most"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
