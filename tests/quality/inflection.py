"""Forms of one word, and words that look like it: labelled pairs of a query and a form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from crawler.text import Document, query_keys, tokenize
from tests.quality.baselines import BASELINES, Baseline
from tests.quality.scores import Score
from tests.quality.shared import DATA, OWN, table

SHARED = DATA / "inflections.dev.tsv"
LANGUAGES = ("uk", "ru", "en", "pl", "de", "fr", "es", "nl", "it")

Pair = tuple[str, str, bool]
"""Query, form, and whether they are forms of one word."""


def shared_pairs(language: str) -> list[Pair]:
    """The pairs of the shared table."""
    return [(row["query"], row["form"], row["match"] == "1") for row in table(SHARED) if row["lang"] == language]


def own_pairs(language: str) -> list[Pair]:
    """The pairs that the tests carry."""
    path = OWN / "inflections" / f"{language}.tsv"
    if not path.exists():
        return []
    return [(row["query"], row["form"], row["match"] == "1") for row in table(path)]


def meets(language: str, query: str, form: str) -> bool:
    """Whether every word of a query finds a word of a text."""
    positions = Document("", form, language).positions
    wanted = [query_keys(language, token.form) for token in tokenize(query, language)]
    return all(any(key in positions for key in keys) for keys in wanted)


def by(baseline: Baseline) -> Callable[[str, str, str], bool | None]:
    """The same question asked of a baseline, word by word."""

    def asked(language: str, query: str, form: str) -> bool | None:
        verdicts = [[baseline(language, one, word) for word in form.split()] for one in query.split()]
        if any(verdict is None for row in verdicts for verdict in row):
            return None
        return all(any(row) for row in verdicts)

    return asked


def score(language: str, pairs: list[Pair], method: Callable[[str, str, str], bool | None]) -> Score | None:
    """How a method does on pairs; ``None`` where it does not have the language."""
    verdicts = [(wanted, method(language, query, form)) for query, form, wanted in pairs]
    if not verdicts or any(found is None for _, found in verdicts):
        return None
    return Score.of(Counter((wanted, bool(found)) for wanted, found in verdicts))


def wrong(language: str, pairs: list[Pair]) -> list[str]:
    """The pairs that we judge wrongly, missed ones and false ones."""
    return [
        f"{'missed' if wanted else 'FALSE'} {query} / {form}"
        for query, form, wanted in pairs
        if meets(language, query, form) != wanted
    ]


def report() -> Iterator[str]:
    """Recall and false rate per language, ours and the baselines', on the shared pairs and on our own."""
    for title, source in (("shared/data", shared_pairs), ("tests/data", own_pairs)):
        if title == "shared/data" and not Path(SHARED).exists():
            yield f"{SHARED.name} is not there"
            continue
        yield f"{title}: recall / false matches"
        yield "      pairs  " + "".join(f"{name:>14}" for name in ("ours", *BASELINES))
        for language in LANGUAGES:
            if pairs := source(language):
                scores = [score(language, pairs, meets)]
                scores += [score(language, pairs, by(baseline)) for baseline in BASELINES.values()]
                yield f"  {language} {len(pairs):6}  " + "".join(f"{_shown(one):>14}" for one in scores)


def _shown(one: Score | None) -> str:
    return f"{one.recall:.3f} / {one.false_rate:.3f}" if one else "–"
