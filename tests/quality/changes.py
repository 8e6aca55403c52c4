"""Material changes told from cosmetic ones, on pairs of versions of our own writing (tests/data/changes)."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.dedupe.changes import kinds, material
from crawler.text import Document

DATA = Path(__file__).parents[1] / "data" / "changes"
LANGUAGES = ("en", "uk", "ru")


@dataclass(frozen=True)
class Versions:
    """Two versions of an article, and what kind of change lies between them."""

    before: Document
    after: Document
    kind: str
    """Empty for a cosmetic one."""


@dataclass(frozen=True)
class Told:
    """How the pairs of a language were judged."""

    precision: float
    """Share of cosmetic and material pairs called material that are."""
    recall: float
    """Share of material pairs called material."""
    kinds: float
    """Share of material pairs of which the labelled kind was named."""
    wrong: tuple[str, ...]
    pairs: int


def versions(language: str) -> list[Versions]:
    """The labelled pairs of a language."""
    data = json.loads((DATA / f"{language}.json").read_text(encoding="utf-8"))
    return [_pair(data["texts"][pair["of"]], pair, language) for pair in data["pairs"]]


def _pair(base: dict[str, str], pair: dict[str, Any], language: str) -> Versions:
    before = _edited(base["text"], pair.get("was", []))
    after = _edited(base["text"], pair.get("text", []))
    after = "\n".join(part for part in (pair.get("lead"), after, pair.get("append")) if part)
    title = _edited(base["title"], [pair["title"]] if "title" in pair else [])
    return Versions(Document(base["title"], before, language), Document(title, after, language), pair["kind"])


def _edited(text: str, edits: list[list[str]]) -> str:
    for find, put in edits:
        assert find in text, f"{find!r} does not stand in the text it is to be replaced in"
        text = text.replace(find, put, 1)
    return text


def measure(language: str) -> Told:
    """Judge every pair of a language."""
    told = real = right = named = 0
    wrong = []
    found = versions(language)
    for pair in found:
        changes = material(pair.before, pair.after)
        told += bool(changes)
        real += bool(pair.kind)
        right += bool(changes) and bool(pair.kind)
        named += bool(pair.kind) and pair.kind in kinds(changes)
        if bool(changes) != bool(pair.kind) or (pair.kind and pair.kind not in kinds(changes)):
            wrong.append(_mistake(pair, [f"{change.kind}: {change.says}" for change in changes]))
    return Told(right / max(told, 1), right / max(real, 1), named / max(real, 1), tuple(wrong), len(found))


def _mistake(pair: Versions, said: list[str]) -> str:
    old = set(pair.before.text.split("\n"))
    come = [
        line
        for line in (pair.after.title, *pair.after.text.split("\n"))
        if line not in old and line != pair.before.title
    ]
    return f"{pair.kind or 'cosmetic'} was called {'; '.join(said) or 'nothing'} | {come}"


def report() -> Iterator[str]:
    """The figures, a line for each language, and every pair that was judged otherwise than labelled."""
    began = time.process_time()
    judged = {language: measure(language) for language in LANGUAGES}
    each = (time.process_time() - began) / sum(told.pairs for told in judged.values())
    for language, told in judged.items():
        yield (
            f"  {language} {told.pairs} pairs: precision {told.precision:.3f} recall {told.recall:.3f}"
            f" kind named {told.kinds:.3f}"
        )
        yield from (f"    {each_wrong}" for each_wrong in told.wrong)
    yield f"  {each * 1000:.2f} ms of CPU a pair"
