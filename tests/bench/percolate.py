"""What does it cost to ask many topics about an article? No test.

Usage: python tests/bench/percolate.py [--topics N …] [--articles N] [--patterns] [FILE.jsonl]; the queries are made of
the articles' own words, in the mix that was measured before this was built: 35 % (A OR B OR "p") (C OR D), 20 % with
NOT, 15 % NEAR, 10 % phrases, 10 % begin*, 10 % title:. Nobody follows "with": words are drawn that stand in at most one
article in fifty. FILE holds dated updates of events (``event``, ``annotator``,
``update``, ``known``); without it the articles are generated, with words as frequent as in English (Zipf's law).

Printed is the CPU time of matching one article that was read before (its words, keys and positions), evidence included.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path

from crawler.text import Document, Token
from crawler.topics import CompiledTopic, Matcher, compile_topic
from crawler.topics.matcher import LEARNING

DEFAULT = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "updates" / "updates.dev.jsonl"
COMMON = 0.02
"""The greatest share of the articles that has a word of a query."""
WORDS = 380
"""Of an article, as in the news that the method was first measured on."""


def from_file(path: Path) -> Iterator[Document]:
    """Articles put together from an event's updates, as one writer told them."""
    told: dict[tuple[str, str], list[str]] = defaultdict(list)
    with path.open(encoding="utf-8") as rows:
        for line in rows:
            row = json.loads(line)
            told[row["event"], row["annotator"]] += str(row["update"]).replace("\\n", " ").split()
    for words in told.values():
        for at in range(0, len(words) - WORDS, WORDS):
            piece = words[at : at + WORDS]
            yield Document(" ".join(piece[:10]), " ".join(piece[10:]), "en")


def generated(random_: random.Random) -> Iterator[Document]:
    """Articles of made-up words; the word of rank r comes in proportion to 1 / r."""
    syllables = [a + b for a in "bdfghklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er")]
    words = ["".join(random_.choices(syllables, k=1 + rank.bit_length() // 4)) for rank in range(1, 30_000)]
    weights = list(accumulate(1 / rank for rank in range(1, 30_000)))
    for _ in range(500):
        piece = random_.choices(words, cum_weights=weights, k=WORDS)
        yield Document(" ".join(piece[:10]), " ".join(piece[10:]), "und")


def queries(documents: list[Document], random_: random.Random) -> Iterator[str]:  # noqa: C901 - a maker for each kind
    """Queries of the articles' words, without end."""

    spread = Counter(key for document in documents for key in {token.folded for token in document.text_tokens})

    def telling(tokens: Sequence[Token]) -> list[str]:
        return [
            token.form
            for token in tokens
            if spread[token.folded] <= max(2, len(documents) * COMMON) and token.form.isalpha()
        ]

    def near(count: int, within: int) -> list[str]:
        while True:
            tokens = random_.choice(documents).text_tokens
            at = random_.randrange(max(1, len(tokens) - within))
            if found := telling(tokens[at : at + within]):
                return random_.choices(found, k=count)

    def words(count: int) -> list[str]:
        return [near(1, 40)[0] for _ in range(count)]

    def phrase() -> str:
        while True:
            tokens = random_.choice(documents).text_tokens
            at = random_.randrange(max(1, len(tokens) - 2))
            if telling(tokens[at : at + 2]):
                return '"' + " ".join(token.form for token in tokens[at : at + 2]) + '"'

    def stem() -> str:
        return next(word for _ in range(1_000) if len(word := words(1)[0]) >= len("deport"))[:6] + "*"

    def title() -> str:
        return next(found[0] for _ in range(1_000) if (found := telling(random_.choice(documents).title_tokens)))

    makers: list[tuple[int, Callable[[], str]]] = [
        (35, lambda: "({} OR {} OR {}) ({} OR {})".format(*words(2), phrase(), *words(2))),
        (20, lambda: "{} {} NOT {}".format(*near(2, 40), words(1)[0])),
        (15, lambda: "{} NEAR/8 {}".format(*near(2, 12))),
        (10, phrase),
        (10, lambda: f"{stem()} {words(1)[0]}"),
        (10, lambda: f"title:{title()}"),
    ]
    while True:
        yield random_.choices([make for _, make in makers], [share for share, _ in makers])[0]()


def pattern(random_: random.Random, documents: list[Document]) -> str:
    """A topic that is a regular expression and nothing else: asked about every article."""
    word = random_.choice(random_.choice(documents).text_tokens).form
    return rf"/\b{word}\w* \w+(?:ing|ed)\b/"


def measure(topics: list[CompiledTopic], documents: list[Document]) -> str:
    """Match all articles after the index has learned, and say what one costs."""
    matcher = Matcher(topics)
    for number in range(LEARNING[-1]):
        matcher.match(documents[number % len(documents)], source="s", host="h")
    started = time.process_time()
    taken = sum(len(matcher.match(document, source="s", host="h")) for document in documents)
    spent = (time.process_time() - started) / len(documents)
    index = matcher._index(documents[0].language)
    asked = sum(len(index.candidates(document)) for document in documents) / len(documents)
    return f"{spent * 1000:8.3f} ms, {asked:7.1f} topics asked, {taken / len(documents):6.2f} take it"


def main() -> None:
    """Print the cost of an article for each number of topics."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=DEFAULT)
    parser.add_argument("--topics", nargs="+", type=int, default=[10, 100, 1_000, 10_000])
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--patterns", action="store_true", help="topics that are regular expressions")
    options = parser.parse_args()
    random_ = random.Random(7)
    documents = list(from_file(options.file) if options.file.exists() else generated(random_))
    random_.shuffle(documents)
    documents = documents[: options.articles]
    for document in documents:
        # Read before, as the other stages have read it.
        assert document.positions
        assert document.folded_words
        assert document.exact_positions is not None
    words = sum(len(document.words) for document in documents) // len(documents)
    origin = f"from {options.file.name}" if options.file.exists() else "generated"
    print(f"{len(documents)} articles of {words} words, {origin}")
    made = queries(documents, random_)
    for count in options.topics:
        started = time.process_time()
        texts = [pattern(random_, documents) if options.patterns else next(made) for _ in range(count)]
        topics = [compile_topic(str(number), text) for number, text in enumerate(texts)]
        read = time.process_time() - started
        print(f"{count:6} topics: {measure(topics, documents)}; read in {read:.2f} s")


if __name__ == "__main__":
    main()
