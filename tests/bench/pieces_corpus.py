"""Whether every entry of real feeds reads alike with and without the others, and what it costs.

    python -m tests.bench.pieces_corpus [FOLDER]

Each entry of each document is read alone, with the document's head, and compared with what the whole document gives.
The folder of feeds lies beside the project and not in it.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from crawler.errors import SourceError
from crawler.sources import read
from crawler.sources.pieces import cut

_FEEDS = Path(__file__).parents[3] / "shared" / "data" / "feeds"
_URL = "https://outlet.example/rss"


def main() -> None:
    """Print the counts, the documents that read otherwise, and the CPU time of each way."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else _FEEDS
    readable = were_cut = entries = 0
    seconds = {"whole": 0.0, "cutting and hashing": 0.0, "one entry": 0.0}
    unlike: list[str] = []
    for path in sorted(path for path in folder.iterdir() if path.suffix not in (".md", ".jsonl")):
        body = path.read_bytes()
        began = time.process_time()
        try:
            whole = read(_URL, body)
        except SourceError:
            continue
        ended = time.process_time()
        pieces = cut(body)
        hashes = () if pieces is None else pieces.hashes
        readable += 1
        if pieces is None:
            continue
        seconds["whole"] += ended - began
        seconds["cutting and hashing"] += time.process_time() - ended
        were_cut += 1
        for place, number in enumerate(hashes):
            reduced, _ = pieces.without(set(hashes) - {number})
            began = time.process_time()
            alone = read(_URL, reduced)
            seconds["one entry"] += time.process_time() - began
            entries += 1
            if len(whole.entries) != len(hashes) or hashes.count(number) > 1:
                same = all(entry in whole.entries for entry in alone.entries)
            else:
                same = alone.entries == (whole.entries[place],)
            if not same or (alone.title, alone.link, alone.language) != (whole.title, whole.link, whole.language):
                unlike.append(f"{path.name} entry {place + 1}")
    print(f"{readable} documents are read, {were_cut} of them cut into {entries} entries; {len(unlike)} read otherwise")
    for name in unlike[:20]:
        print(f"  {name}")
    each = {"whole": were_cut, "cutting and hashing": were_cut, "one entry": entries}
    print("CPU, ms: " + "; ".join(f"{what} {took / each[what] * 1000:.2f}" for what, took in seconds.items()))


if __name__ == "__main__":
    main()
