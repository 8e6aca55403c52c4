"""Telling the language of a headline and its teaser."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.text import detect_language
from tests.quality.floors import floors
from tests.quality.topic import headlines


def share(language: str) -> float:
    """Of the headlines in a language, the share that is told to be in it with nothing declared."""
    texts = [f"{row['title']} {row['desc']}" for row in headlines() if row["lang"] == language]
    return sum(detect_language(text) == language for text in texts) / len(texts)


def report() -> Iterator[str]:
    """The share per language."""
    for language in floors("languages.shared"):
        yield f"  {language} {share(language):.3f}"
