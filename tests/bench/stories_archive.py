"""What finding stories costs in a big archive: ``python tests/bench/stories_archive.py [ARTICLES …]``.

Fills a real database with what the stories of so many articles are found by (1,000, 10,000 and 100,000 unless said; two
articles in three begin one), as texts of 400 words have them, and lets texts come: half of them begin a story, half
tell an earlier one in other words with something new. Prints the CPU time of joining (read, weighed, looked up,
compared, and what is new told) and of storing the article whole, how many joined rightly, what the tables take, and the
memory of the process. The forms of words are known before: whatever reads an article first pays for these, and most
words were met.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import tempfile
import time
from pathlib import Path
from zlib import crc32

from crawler.items import Draft
from crawler.joining import Joiner
from crawler.model import Entry
from crawler.storage import ArticleIntent, Store
from crawler.stories.threading import MOST_KEYS
from crawler.text import text_keys
from tests.stored import NOW, poll, sources

_ASKED = 300
_BATCH = 5_000
_VOCABULARY = 15_000
_TERMS = 90
"""Different words among the first 150 of a text, which stories are known by."""
_STORIES = 2 / 3


def word(dice: random.Random) -> str:
    """A word of a language, as often as its words are (Zipf)."""
    return spelled(int(_VOCABULARY ** dice.random()))


def spelled(number: int) -> str:
    """The word of a number."""
    return "".join("bdfgklmnprstvz"[number // 14**at % 14] + "aeiou"[(number >> at) % 5] for at in range(4))


def fill(store: Store, dice: random.Random, first: int, last: int) -> None:
    """Add stories ``first`` to ``last`` with what they are found by, and count their terms."""
    db, at = store._db, NOW.strftime("%Y-%m-%dT%H:%M:%SZ")
    for start in range(first, last + 1, _BATCH):
        numbers = range(start, min(start + _BATCH, last + 1))
        known = {number: [word(dice) for _ in range(_TERMS)] for number in numbers}
        outlines = [
            (number, at, json.dumps({"en": dict.fromkeys(terms, 0.1), "": {}}, separators=(",", ":")))
            for number, terms in known.items()
        ]
        rarest = [(number, key) for number, terms in known.items() for key in sorted(terms)[:MOST_KEYS]]
        with db.conn:
            db.conn.executemany(
                "INSERT INTO stories (id, title, first_seen, last_seen, articles) VALUES (?, 'S', ?, ?, 1)",
                [(number, at, at) for number in numbers],
            )
            db.conn.executemany("INSERT INTO outlines (story_id, last_at, terms) VALUES (?, ?, ?)", outlines)
            db.conn.executemany(
                "INSERT OR IGNORE INTO story_keys (key, story_id) VALUES (?, ?)",
                sorted((crc32(f"en:{key}".encode()), number) for number, key in rarest),
            )
        store.following.count_all([":", "en:", *(f"en:{term}" for term in set(terms))] for terms in known.values())


def written(dice: random.Random) -> list[str]:
    """Sentences of 400 words in all, the first a headline."""
    drawn = [word(dice) for _ in range(410)]
    return [" ".join(drawn[:10]), *(" ".join(drawn[at : at + 18]).capitalize() + "." for at in range(10, 410, 18))]


def retold(dice: random.Random, said: list[str]) -> list[str]:
    """The same in other words: every third is another, the order is, and a sentence is new."""
    changed = [" ".join(word(dice) if dice.random() < 1 / 3 else one for one in each.split()) for each in said]
    rest = changed[1:]
    dice.shuffle(rest)
    return [changed[0], *rest, written(dice)[1]]


def ask(store: Store, dice: random.Random) -> tuple[float, float, int]:
    """CPU seconds an article for joining and for storing, and how many of the retold joined their story."""
    joining = storing = 0.0
    right = 0
    for _ in range(_ASKED // 2):
        said = written(dice)
        articles = []
        for title, *text in (said, retold(dice, said)):
            article = ArticleIntent(title, " ".join(text), outlet="a.example", language="en", first_seen=NOW)
            draft = Draft(Entry(), 0, article)
            began = time.process_time()
            Joiner(store, NOW).join(draft)
            joining += time.process_time() - began
            began = time.process_time()
            store.save_poll(poll(1, article))
            storing += time.process_time() - began
            articles.append(article)
        first, second = (store.articles.story_of(each.stored_id or 0) for each in articles)
        right += first == second
    return joining / _ASKED, storing / _ASKED, right


def size(store: Store) -> int:
    """The database's size in bytes."""
    query = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    return int(store._db.execute(query).fetchone()[0])


def main(sizes: list[int]) -> None:
    """Fill to each size in turn, and ask."""
    dice = random.Random(5)
    with tempfile.TemporaryDirectory() as folder, Store.writer(Path(folder) / "tidings.db") as store:
        store.sources.sync(sources(1), NOW)
        store._db.execute("PRAGMA synchronous = OFF")
        for number in range(1, _VOCABULARY):
            for form in (spelled(number), spelled(number).capitalize()):
                text_keys("en", form)
        last = articles = 0
        for wanted in sizes:
            before, added = size(store), wanted - articles
            fill(store, dice, last + 1, last + int(added * _STORIES))
            taken, articles = (size(store) - before) / added, wanted
            joining, storing, right = ask(store, dice)
            last = store._db.execute("SELECT max(id) FROM stories").fetchone()[0]
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{wanted:9,} articles: {joining * 1e3:.2f} ms to join, {storing * 1e3:.2f} ms to store; {right} of "
                f"{_ASKED // 2} joined; {taken:.0f} bytes an article; {memory:.0f} MiB",
                flush=True,
            )


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [1_000, 10_000, 100_000])
