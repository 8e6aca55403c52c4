"""Many raw items to entries, whatever the kind: a bad one costs itself only, too many cost the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from crawler.model import Entry
from crawler.sources.fields import MAX_ENTRIES, is_cut, is_empty


def gather(items: Sequence[Any], entry: Callable[[Any], Entry]) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """The entries of ``items`` in order, and what was wrong, each as a sentence."""
    problems: list[str] = []
    entries: list[Entry] = []
    for number, item in enumerate(items[:MAX_ENTRIES], 1):
        try:
            found = entry(item)
        except Exception as error:  # noqa: BLE001 parsers raise whatever their parts raise; one item must not cost all
            problems.append(f"entry {number} was left out: {type(error).__name__}: {error}"[:300])
            continue
        if is_empty(found):
            problems.append(f"entry {number} was left out: it is empty, without title, link and text")
            continue
        if is_cut(found):
            problems.append(f"entry {number} was shortened: its title or text is longer than any article's")
        entries.append(found)
    if len(items) > MAX_ENTRIES:
        problems.append(f"{len(items) - MAX_ENTRIES} entries were left out: only the first {MAX_ENTRIES} are read")
    return tuple(entries), tuple(problems)
