"""What does it cost to read an article of 400 words: tokens, keys, positions? Run it by hand, it is no test.

Usage: python tests/bench/read_article.py [LANGUAGE…]. Texts are put together from the headlines and teasers of
shared/data/deported_children.dev.jsonl in their order. Cold: every article once, in a process that has seen none.
Warm: the same articles again. CPU, not wall.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from crawler.text import Document, detect_language
from crawler.text.languages import KINDS

DEFAULT = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "deported_children.dev.jsonl"
WORDS = 400


def articles(language: str) -> list[str]:
    """Texts of 400 words of one language."""
    rows = [json.loads(line) for line in DEFAULT.read_text("utf-8").splitlines()]
    written = [word for row in rows if row["lang"] == language for word in f"{row['title']}. {row['desc']}".split()]
    return [" ".join(written[at : at + WORDS]) for at in range(0, len(written) - WORDS + 1, WORDS)]


def cost(texts: list[str], language: str, *parts: Callable[[Document], object]) -> float:
    """CPU milliseconds an article."""
    started = time.process_time()
    for text in texts:
        document = Document("", text, language)
        for part in parts:
            part(document)
    return (time.process_time() - started) * 1000 / len(texts)


def memory() -> float:
    """The most memory that the process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(languages: list[str]) -> None:
    """Print a line per language."""
    for language in languages:
        if not (texts := articles(language)):
            print(f"{language}: too few words")
            continue
        before, started = memory(), time.process_time()
        Document("", "x " + texts[0][:20], language).positions  # noqa: B018 - loads the dictionary
        loading, loaded = time.process_time() - started, memory() - before
        cold = cost(texts, language, lambda one: one.positions)
        warm = cost(texts, language, lambda one: one.positions)
        everything = cost(
            texts, language, lambda one: one.positions, lambda one: one.folded_words, lambda one: one.exact_positions
        )
        told = cost(texts, language, lambda one: detect_language(one.text))
        print(
            f"{language} {len(texts):3} articles: cold {cold:.2f} ms, warm {warm:.2f} ms, "
            f"with folded and exact positions {everything:.2f} ms, language {told:.2f} ms; "
            f"dictionary {loading:.2f} s, {loaded:.0f} MB"
        )


if __name__ == "__main__":
    main(sys.argv[1:] or list(KINDS))
