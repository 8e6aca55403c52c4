"""What finding copies costs in a big archive: ``python tests/bench/copies_archive.py [ARTICLES …]``.

Fills a real database with the fingerprints of so many articles (10,000, 100,000 and 1,000,000 unless said), as texts
of 400 words have them, and lets texts come: half of them new, half copies of stored ones. Prints the CPU time of
finding (credited, fingerprinted, looked up, compared) and of storing its fingerprints, and the database's growth.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from crawler.deciding import CopyFinder
from crawler.dedupe.fingerprints import LEAD, SHINGLE, words
from crawler.items import Draft
from crawler.model import Entry
from crawler.storage import ArticleIntent, Store
from tests.quality.edits import abridged, sentences
from tests.stored import NOW, poll, sources

_ASKED = 300
_BATCH = 20_000
_UNSCRAMBLE = pow(0x9E3779B1, -1, 1 << 32)


def marks(dice: random.Random) -> Iterator[int]:
    """Fingerprints as 400 words have them: a headline's, the 4 smallest of a lead's, the 12 smallest of the text's."""
    yield dice.getrandbits(32) - (1 << 31)
    for chosen, of in ((4, LEAD - SHINGLE + 1), (12, 397)):
        smallest = sorted(dice.random() for _ in range(of))[:chosen] if of < 100 else _smallest(dice, chosen, of)
        for value in smallest:
            yield int(value * (1 << 32)) * _UNSCRAMBLE % (1 << 32) - (1 << 31)


def _smallest(dice: random.Random, chosen: int, of: int) -> list[float]:
    """The smallest of many random numbers, by their gaps: a fiftieth of the work."""
    value, found = 0.0, []
    for _ in range(chosen):
        value += dice.expovariate(of)
        found.append(min(value, 0.999999))
    return found


def fill(store: Store, dice: random.Random, first: int, last: int) -> int:
    """Add articles ``first`` to ``last`` with their fingerprints; the bytes that the fingerprints took."""
    db, taken = store._db, 0
    columns = (
        "id, url, link, title, text, text_from, page_error, summary, author, language, first_seen, outlet, guid,"
        " categories, enclosures, story_id"
    )
    for start in range(first, last + 1, _BATCH):
        numbers = range(start, min(start + _BATCH, last + 1))
        with db.conn:
            db.conn.executemany(
                f"INSERT INTO articles ({columns})"
                " VALUES (?, '', ?, '', '', 'feed', '', '', '', 'en', ?, 'o', '', '[]', '[]', 1)",
                [(number, str(number), NOW.strftime("%Y-%m-%dT%H:%M:%SZ")) for number in numbers],
            )
        before = pages(store)
        rows = sorted((mark, number) for number in numbers for mark in marks(dice))
        with db.conn:
            db.conn.executemany("INSERT OR IGNORE INTO shingles (shingle, article_id) VALUES (?, ?)", rows)
        taken += pages(store) - before
    return taken


def written(dice: random.Random) -> tuple[str, str]:
    """A title and 400 words, as often as words of a language are (Zipf): few sequences of four come twice."""
    drawn = [f"w{int(20_000 ** dice.random())}" for _ in range(410)]
    body = " ".join(" ".join(drawn[at : at + 18]).capitalize() + "." for at in range(10, 410, 18))
    return " ".join(drawn[:10]), body


def pages(store: Store) -> int:
    """The database's size in bytes."""
    return int(
        store._db.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()[0]
    )


def ask(store: Store, dice: random.Random) -> tuple[float, float, int]:
    """CPU seconds an article for finding and for storing, and how many of the copies were found."""
    finding = storing = 0.0
    found = 0
    others = [one for _ in range(20) for one in sentences(written(dice)[1])]
    for _ in range(_ASKED // 2):
        title, text = written(dice)
        for outlet, (head, body) in (("a.example", (title, text)), ("b.example", abridged(dice, title, text, others))):
            draft = Draft(Entry(), 0, ArticleIntent(head, body, outlet=outlet, first_seen=NOW))
            words.cache_clear()
            words(body)  # whether the article is known was asked before, and of the same words
            began = time.process_time()
            CopyFinder(store, NOW).judge(draft)
            finding += time.process_time() - began
            fingerprints, draft.article.shingles = draft.article.shingles, ()
            store.save_poll(poll(1, draft.article))
            began = time.process_time()
            store._db.conn.executemany(
                "INSERT OR IGNORE INTO shingles (shingle, article_id) VALUES (?, ?)",
                [(mark, draft.article.stored_id) for mark in fingerprints],
            )
            storing += time.process_time() - began
            store._db.conn.commit()
            found += draft.article.copy_of is not None
    return finding / _ASKED, storing / _ASKED, found


def main(sizes: list[int]) -> None:
    """Fill to each size in turn, and ask."""
    dice = random.Random(3)
    with tempfile.TemporaryDirectory() as folder, Store.writer(Path(folder) / "tidings.db") as store:
        store.sources.sync(sources(1), NOW)
        store._db.execute("PRAGMA synchronous = OFF")
        store._db.execute("INSERT INTO stories VALUES (1, 'T', '', '', 0)")
        store._db.conn.commit()
        last = taken = 0
        for size in sizes:
            taken += fill(store, dice, last + 1, size)
            last = store.articles.newest_id()
            finding, storing, found = ask(store, dice)
            last = store.articles.newest_id()
            print(
                f"{size:9,} articles: {taken / size:.0f} bytes an article; {finding * 1e3:.2f} ms to find, "
                f"{storing * 1e3:.2f} ms to store; {found} of {_ASKED // 2} copies found",
                flush=True,
            )


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [10_000, 100_000, 1_000_000])
