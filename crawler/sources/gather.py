"""Many raw items to entries, whatever the kind: a bad one costs itself only, too many cost the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from crawler.model import Entry
from crawler.sources.fields import MAX_ENTRIES, is_cut, is_empty

_NAMED = 5
"""Numbers of entries that a sentence gives before it says how many more there are."""


def gather(items: Sequence[Any], entry: Callable[[Any], Entry]) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """The entries of ``items`` in order, and what was wrong, a sentence for each reason."""
    entries: list[Entry] = []
    reasons: defaultdict[str, list[int]] = defaultdict(list)
    for number, item in enumerate(items[:MAX_ENTRIES], 1):
        try:
            found = entry(item)
        except Exception as error:  # noqa: BLE001 parsers raise whatever their parts raise; one item must not cost all
            reasons[f"left out: {type(error).__name__}: {error}"[:300]].append(number)
            continue
        if is_empty(found):
            reasons["left out: empty, without title, link and text"].append(number)
            continue
        if is_cut(found):
            reasons["shortened: a title or text longer than any article's"].append(number)
        entries.append(found)
    if len(items) > MAX_ENTRIES:
        reasons[f"left out: only the first {MAX_ENTRIES} are read"] += range(MAX_ENTRIES + 1, len(items) + 1)
    return tuple(entries), tuple(_sentence(reason, numbers) for reason, numbers in reasons.items())


def _sentence(reason: str, numbers: list[int]) -> str:
    if len(numbers) == 1:
        return f"entry {numbers[0]} was {reason}"
    named = ", ".join(map(str, numbers[:_NAMED])) + (" …" if len(numbers) > _NAMED else "")
    return f"{len(numbers)} entries ({named}) were {reason}"
