"""The shipped topic on labelled headlines and teasers."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

from crawler.text import Document, detect_language
from crawler.topics import Matcher, compile_topic
from tests.quality.floors import floors
from tests.quality.scores import Score
from tests.quality.shared import DATA, SETTINGS, lines, needed

SHARED = DATA / "deported_children.dev.jsonl"


def headlines() -> list[dict[str, Any]]:
    """Labelled headlines: ``title``, ``desc``, ``lang``, ``source``, ``label``."""
    return lines(SHARED)


def shipped_query() -> str:
    """The query of the topic that ``tidings init`` writes."""
    settings = tomllib.loads(needed(SETTINGS).read_text("utf-8"))
    return str(settings["topics"][0]["query"])


@cache
def judged() -> dict[str, Counter[tuple[bool, bool]]]:
    """Language → counts of (labelled as belonging, taken)."""
    matcher = Matcher([compile_topic("shipped", shipped_query())])
    counts: dict[str, Counter[tuple[bool, bool]]] = {}
    for row in headlines():
        document = Document(row["title"], row["desc"], detect_language(f"{row['title']} {row['desc']}"))
        taken = bool(matcher.match(document, source=row["source"], host=row["source"]))
        counts.setdefault(row["lang"], Counter())[bool(row["label"]), taken] += 1
    return counts


def score(languages: str) -> Score:
    """The topic's score over the headlines in some languages, told with blanks between."""
    return Score.of(sum((judged().get(language, Counter()) for language in languages.split()), Counter()))


def report() -> Iterator[str]:
    """Precision and recall per language and over all."""
    for languages in dict.fromkeys((*judged(), *floors("topic.shipped"))):
        one = score(languages)
        belong = one.hits + one.missed
        yield f"  {languages:26} precision {one.precision:.3f}  recall {one.recall:.3f}  ({belong} belong)"
