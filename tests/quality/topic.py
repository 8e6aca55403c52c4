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
from tests.quality.shared import DATA, OWN, SETTINGS, lines, needed

FILES = {"shipped": DATA / "deported_children.dev.jsonl", "own": OWN / "deported_children.jsonl"}
"""Floors' name → labelled headlines: those beside the project, and those written for it."""


def headlines(name: str = "shipped") -> list[dict[str, Any]]:
    """Labelled headlines: ``title``, ``desc``, ``lang``, ``label``, and ``source`` where it is known."""
    return lines(FILES[name])


def shipped_query() -> str:
    """The query of the topic that ``tidings init`` writes."""
    settings = tomllib.loads(needed(SETTINGS).read_text("utf-8"))
    return str(settings["topics"][0]["query"])


@cache
def verdicts(name: str = "shipped") -> list[tuple[dict[str, Any], bool]]:
    """Each headline, and whether the topic takes it."""
    matcher = Matcher([compile_topic("shipped", shipped_query())])
    found = []
    for row in headlines(name):
        document = Document(row["title"], row["desc"], detect_language(f"{row['title']} {row['desc']}"))
        source = row.get("source", "")
        found.append((row, bool(matcher.match(document, source=source, host=source))))
    return found


@cache
def judged(name: str = "shipped") -> dict[str, Counter[tuple[bool, bool]]]:
    """Language → counts of (labelled as belonging, taken)."""
    counts: dict[str, Counter[tuple[bool, bool]]] = {}
    for row, taken in verdicts(name):
        counts.setdefault(row["lang"], Counter())[bool(row["label"]), taken] += 1
    return counts


def score(languages: str, name: str = "shipped") -> Score:
    """The topic's score over the headlines in some languages, told with blanks between."""
    return Score.of(sum((judged(name).get(language, Counter()) for language in languages.split()), Counter()))


def wrong(languages: str, name: str = "shipped") -> list[str]:
    """The titles that were judged wrongly, each behind what was done with it."""
    judged_wrongly = [one for one in verdicts(name) if one[1] != bool(one[0]["label"])]
    asked = languages.split()
    return [f"{'taken' if taken else 'left'}: {row['title']}" for row, taken in judged_wrongly if row["lang"] in asked]


def report() -> Iterator[str]:
    """Precision and recall per language and over all, on each file that is there."""
    for name, path in FILES.items():
        if not path.exists():
            yield f"  {path.name} is not there"
            continue
        yield f"  {path.name}"
        for languages in dict.fromkeys((*judged(name), *floors(f"topic.{name}"))):
            one = score(languages, name)
            belong = one.hits + one.missed
            yield f"    {languages:26} precision {one.precision:.3f}  recall {one.recall:.3f}  ({belong} belong)"
