"""What an article adds to its story, as a mail tells it: new sentences, marked facts, figures against the last ones.

Pure: ``joining.as_json``'s record and the story's counts in, a ``model.Addition`` out. The title's own sentence is left
out, because the mail has the headline anyway.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from crawler.model import Addition, Figure, NewFact
from crawler.stories.counts import Count

_PLURALS: Mapping[str, str] = {"child": "children", "person": "people", "family": "families", "country": "countries"}
_SCOPES: Mapping[str, str] = {"report": "", "more": " in addition", "total": " in all"}
_BOUNDS: Mapping[str, str] = {"more": "more than ", "less": "up to ", "about": "about "}


def addition(news: Sequence[Mapping[str, Any]] | None, mine: Iterable[Count], before: Iterable[Count]) -> Addition:
    """What an article adds.

    Args:
        news: its announced sentences as stored, the newest first; ``None`` where it began its story.
        mine: what it counts.
        before: what earlier articles of the story counted.
    """
    if news is None:
        return Addition()
    told = [each for each in news if each["field"] == "text"]
    facts = [NewFact(fact["kind"], fact["form"]) for each in told for fact in each["facts"]]
    sentences = tuple(str(each["text"]) for each in told)
    return Addition(sentences, changed_figures(mine, before), tuple(dict.fromkeys(facts)), asked=True)


def changed_figures(mine: Iterable[Count], before: Iterable[Count]) -> tuple[Figure, ...]:
    """An article's figures of what its story counted before, where they are no longer the last one's.

    The last figure of a day not after the article's own is compared. A figure that the story gave before, even if not
    last, is left out: its outlet is late.
    """
    earlier: dict[tuple[str, str, str], list[Count]] = {}
    for count in before:
        earlier.setdefault((count.what, count.happened, count.scope), []).append(count)
    found: dict[tuple[str, str, str], Figure] = {}
    for count in mine:
        kind = (count.what, count.happened, count.scope)
        known = [one for one in earlier.get(kind, ()) if one.day <= count.day]
        if kind in found or not known or count.value in {one.value for one in known}:
            continue
        last = max(known, key=lambda one: (one.day, one.article, one.start))
        found[kind] = Figure(about(*kind), stated(count), stated(last), last.day)
    return tuple(found.values())


def about(what: str, happened: str, scope: str) -> str:
    """What is counted, in words: ``children returned``, ``people killed in all``."""
    return f"{_PLURALS.get(what, what + 's')} {happened}{_SCOPES[scope]}"


def stated(count: Count) -> str:
    """A figure in words: ``more than 1,600``."""
    value = f"{count.value:,.0f}" if count.value == int(count.value) else f"{count.value:,g}"
    return f"{_BOUNDS.get(count.bound, '')}{value}"
