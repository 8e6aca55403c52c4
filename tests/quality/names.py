"""Spellings of one name across scripts, and names that look like it: labelled pairs of a query and a form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from crawler.text import Document, query_keys, tokenize
from tests.quality.scores import Score
from tests.quality.shared import DATA, OWN, table

SHARED = DATA / "name-variants.dev.tsv"
_UKRAINIAN = frozenset("іїєґ")

Pair = tuple[str, str, bool]
"""Query, form, and whether they are one name."""


def language_of(form: str) -> str:
    """The language that a form by itself may be read as: the tables name none."""
    lowered = form.lower()
    if _UKRAINIAN & set(lowered):
        return "uk"
    return "ru" if any("а" <= char <= "я" for char in lowered) else "en"


def meets(query: str, form: str) -> bool:
    """Whether every word of a query finds the word at its place in a form."""
    language = language_of(form)
    asked = [query_keys(language, token.form) for token in tokenize(query, language)]
    positions = Document("", form, language).positions
    places = [{at for key in keys for at in positions.get(key, ())} for keys in asked]
    starts = [{at - offset for at in found} for offset, found in enumerate(places)]
    return bool(set.intersection(*starts)) and len(tokenize(form, language)) == len(asked)


def shared_pairs(*, hard: bool) -> list[Pair]:
    """The pairs of the shared table, either those marked hard or the others."""
    rows = [row for row in table(SHARED) if ("hard" in row["note"]) == hard]
    return [(row["a"], row["b"], row["match"] == "1") for row in rows]


def own_pairs() -> list[Pair]:
    """Our own table: every two spellings, each spelling with each case form, and with each other name."""
    found: list[Pair] = []
    for row in table(OWN / "names.tsv"):
        spellings = row["spellings"].split()
        for one in spellings:
            same = [*spellings, *(row["inflected"] or "").split()]
            found += [(one, other, True) for other in same if other != one]
            found += [(one, other, False) for other in (row["others"] or "").split()]
    return found


def score(pairs: list[Pair]) -> Score:
    """How we do on pairs."""
    return Score.of(Counter((wanted, meets(query, form)) for query, form, wanted in pairs))


def wrong(pairs: list[Pair]) -> list[str]:
    """The pairs that we judge wrongly."""
    found = [(query, form, wanted) for query, form, wanted in pairs if meets(query, form) != wanted]
    return [f"{'missed' if wanted else 'FALSE'} {query} / {form}" for query, form, wanted in found]


def report() -> Iterator[str]:
    """Recall and false rate on our own pairs and on the shared ones."""
    yield f"tests/data: {_shown(score(own_pairs()))} on {len(own_pairs())} pairs"
    for title, hard in (("not hard", False), ("hard", True)):
        pairs = shared_pairs(hard=hard)
        yield f"shared/data, {title}: {_shown(score(pairs))} on {len(pairs)} pairs"


def _shown(found: Score) -> str:
    return f"recall {found.recall:.3f}, false {found.false_rate:.3f}"
