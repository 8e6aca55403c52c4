"""What others do, to measure ourselves beside: exact keywords, prefixes, Snowball's stems, and whole libraries.

A baseline says whether a word of a query is met by a word of a text in a language. ``None`` stands for a language that
the library does not have.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache
from typing import Any

import simplemma
import snowballstemmer

from crawler.text import fold

Baseline = Callable[[str, str, str], bool | None]
"""Language, word of the query, word of the text → whether they meet."""

_SNOWBALL = {
    "en": "english", "ru": "russian", "pl": "polish", "de": "german", "fr": "french", "es": "spanish", "it": "italian",
    "nl": "dutch",
}  # fmt: skip


def exact(language: str, query: str, form: str) -> bool | None:
    """Equal but for case."""
    return query.casefold() == form.casefold()


def prefix(language: str, query: str, form: str) -> bool | None:
    """What a person would write with a wildcard: the word without its last two letters, four at least, and ``*``."""
    wanted = query.casefold()
    return form.casefold().startswith(wanted[: max(4, len(wanted) - 2)])


@cache
def _stemmer(algorithm: str) -> Any:  # noqa: ANN401 - untyped library
    return snowballstemmer.stemmer(algorithm)


def snowball(language: str, query: str, form: str) -> bool | None:
    """Equal stems; Ukrainian has none."""
    algorithm = _SNOWBALL.get(language)
    if algorithm is None:
        return None
    stem = _stemmer(algorithm).stemWord
    return bool(stem(query.casefold()) == stem(form.casefold()))


@cache
def _lemmas(language: str, word: str) -> frozenset[str]:
    spellings = {word, word.lower(), word.capitalize()}
    return frozenset(simplemma.lemmatize(one, lang=language).casefold() for one in spellings)


def dictionary(language: str, query: str, form: str) -> bool | None:
    """simplemma asked for the word as written, lower-case and capitalised: a lemma in common."""
    return bool(_lemmas(language, query) & _lemmas(language, form))


@cache
def _analyser(language: str) -> Any:  # noqa: ANN401 - untyped, and may not be there
    try:
        return importlib.import_module("pymorphy3").MorphAnalyzer(lang=language)
    except (ImportError, ValueError):
        return None


@cache
def _parses(language: str, word: str) -> frozenset[str]:
    return frozenset(fold(parse.normal_form) for parse in _analyser(language).parse(word))


def pymorphy(language: str, query: str, form: str) -> bool | None:
    """pymorphy3, any reading: a normal form in common. Only Ukrainian and Russian, where it is installed."""
    if language not in {"uk", "ru"} or _analyser(language) is None:
        return None
    return bool(_parses(language, query) & _parses(language, form))


BASELINES: dict[str, Baseline] = {
    "exact": exact,
    "prefix": prefix,
    "Snowball": snowball,
    "simplemma": dictionary,
    "pymorphy3": pymorphy,
}
"""Name in reports → baseline."""
