"""What a faster parser before feedparser would bring, and what it would read otherwise.

    python -m tests.bench.first_tier [--made 20] [FOLDER]

Every document of the folder (it lies beside the project and not in it), or made feeds where there is none, is read by
``crawler.sources`` (feedparser, the reference) and by fastfeedparser with its contents cleaned by nh3. Neither of the
two is a dependency of Tidings: where they are missing (``pip install fastfeedparser nh3``) this is skipped.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.errors import SourceError
from crawler.model import Entry, SourceDocument
from crawler.sources import fields, read
from tests.bench.feed_server import feed

_FEEDS = Path(__file__).parents[3] / "shared" / "data" / "feeds"
_URL = "https://outlet.example/rss"


def documents(folder: Path, made: int) -> Iterator[bytes]:
    """The folder's documents, or made ones."""
    if folder.is_dir():
        yield from (path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix not in (".md", ".jsonl"))
    else:
        yield from (feed(number, 0, 0, 1_770_000_000.0) for number in range(made))


def fast(body: bytes) -> list[dict[str, Any]]:
    """Entries as fastfeedparser reads them, cleaned; raises whatever it raises."""
    parser, cleaner = importlib.import_module("fastfeedparser"), importlib.import_module("nh3")
    found = []
    for entry in parser.parse(body).entries:
        contents = [part.get("value") or "" for part in entry.get("content") or ()]
        found.append(
            {
                "link": fields.web_link(_URL, entry.get("link")),
                "title": fields.line(cleaner.clean(entry.get("title") or ""), fields.MAX_TITLE),
                "published": entry.get("published") or entry.get("updated"),
                "text": fields.text(cleaner.clean(max([*contents, entry.get("description") or ""], key=len))),
            }
        )
    return found


def compare(reference: SourceDocument, entries: Sequence[dict[str, Any]]) -> set[str]:
    """What differs."""
    if len(reference.entries) != len(entries):
        return {"number of entries"}
    pairs = list(zip(reference.entries, entries, strict=True))
    found = {
        "link": any(one.link != other["link"] for one, other in pairs),
        "title": any(_plain(one.title) != _plain(other["title"]) for one, other in pairs),
        "date": any(_moment(one) != _read(other["published"]) for one, other in pairs),
        "text": any(_plain(_text(one)) != _plain(other["text"]) for one, other in pairs),
    }
    return {name for name, differs in found.items() if differs}


def _text(entry: Entry) -> str:
    return max(entry.content, entry.summary, key=len)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _moment(entry: Entry) -> datetime | None:
    return entry.published or entry.updated


def _read(moment: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(moment) if moment else None
    except ValueError:
        return None


def measure(bodies: Iterable[bytes]) -> None:
    """Read each document both ways, and print what it cost and what differs."""
    seconds: defaultdict[str, float] = defaultdict(float)
    differ: Counter[str] = Counter()
    number = alike = 0
    for body in bodies:
        began = time.process_time()
        try:
            reference = read(_URL, body)
        except SourceError:
            continue
        ended = time.process_time()
        number += 1
        seconds["feedparser"] += ended - began
        try:
            entries = fast(body)
        except Exception:  # noqa: BLE001  (it raises whatever its parts raise)
            differ["it raised" if reference.entries else "it raised on a feed without entries"] += 1
            continue
        finally:
            seconds["fastfeedparser and nh3"] += time.process_time() - ended
        found = compare(reference, entries)
        differ.update(found)
        alike += not found
    print(f"{number} documents are read; {alike} alike by both")
    for what, count in differ.most_common():
        print(f"  {count} differ: {what}")
    print("CPU, ms a document: " + "; ".join(f"{name} {took / number * 1000:.2f}" for name, took in seconds.items()))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--made", type=int, default=20, help="feeds that are made where there is no folder")
    parser.add_argument("folder", type=Path, nargs="?", default=_FEEDS)
    options = parser.parse_args(arguments)
    missing = [name for name in ("fastfeedparser", "nh3") if importlib.util.find_spec(name) is None]
    if missing:
        print(f"SKIPPED: {' and '.join(missing)} is not installed")
        return 0
    measure(documents(options.folder, options.made))
    return 0


if __name__ == "__main__":
    sys.exit(main())
