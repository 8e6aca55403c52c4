"""Reads every document of the shared feed corpus: are all its entries found? Run it by hand, it is no test.

Usage: python tests/bench/parse_corpus.py [FOLDER]; FOLDER holds index.jsonl (``file``, ``entries``) and the documents.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter
from pathlib import Path

from crawler.errors import SourceError
from crawler.sources import read

DEFAULT = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "feeds"


def main(folder: Path) -> int:
    """Print failures by reason and documents whose entries are not all accounted for; 1 when there are such."""
    rows = [json.loads(row) for row in (folder / "index.jsonl").read_text().splitlines()]
    found = left_out = expected = 0
    failures: Counter[str] = Counter()
    short: list[str] = []
    started = time.process_time()
    for row in rows:
        expected += row["entries"]
        try:
            document = read(f"https://feeds.example.org/{row['file']}", (folder / row["file"]).read_bytes())
        except SourceError as error:
            failures[error.says] += 1
            short.append(f"{row['file']}: {row['entries']} expected, refused: {error.says}")
            continue
        empty = sum(map(left, document.problems))
        found += len(document.entries)
        left_out += empty
        if len(document.entries) + empty < row["entries"]:
            short.append(f"{row['file']}: {row['entries']} expected, {len(document.entries)} found, {empty} left out")
    seconds = time.process_time() - started
    print(
        f"{len(rows)} documents, {expected} entries expected; {found} found, {left_out} left out, {seconds:.1f} s CPU"
    )
    print(f"{sum(failures.values())} failures: {dict(failures)}")
    print("\n".join(short) or "every entry is accounted for")
    return 1 if short else 0


def left(problem: str) -> int:
    """How many entries a problem says were left out for being empty."""
    told = re.match(r"(?:entry \d+ was|(\d+) entries \(.*\) were) left out: empty", problem)
    return int(told[1] or 1) if told else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT))
