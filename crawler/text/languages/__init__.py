"""Inflection, a file per language: which forms belong to one word.

``KINDS`` registers them. A further language is one file with a ``LANGUAGE`` and one line here; a text in any other
language is matched by its folded words alone.
"""

from __future__ import annotations

from functools import lru_cache

from crawler.text.languages import de, en, es, fr, it, nl, pl, ru, uk
from crawler.text.languages.base import Language, Nothing

KINDS: dict[str, Language] = {
    "en": en.LANGUAGE,
    "uk": uk.LANGUAGE,
    "ru": ru.LANGUAGE,
    "pl": pl.LANGUAGE,
    "de": de.LANGUAGE,
    "fr": fr.LANGUAGE,
    "es": es.LANGUAGE,
    "nl": nl.LANGUAGE,
    "it": it.LANGUAGE,
}

_UNKNOWN = Language(code="und", lexicon=Nothing(), stem=str, writes=lambda _: False)
"""Words of a language that is not here stay as they are, folded."""

_CACHED_QUERY_WORDS = 32_768
_CACHED_WORDS = 131_072  # about 60 MB when full; a day's news in three languages holds fewer distinct forms


@lru_cache(maxsize=_CACHED_WORDS)
def text_keys(language: str, word: str) -> tuple[str, ...]:
    """The keys that a word of a text in a language answers to (``base`` tells their marks); the folded one is first."""
    kind = KINDS.get(language, _UNKNOWN)
    return kind.text_keys(word)


@lru_cache(maxsize=_CACHED_QUERY_WORDS)
def query_keys(language: str, word: str) -> tuple[str, ...]:
    """The keys that a word of a query asks for in texts of a language: it is met by words that answer to any."""
    kind = KINDS.get(language, _UNKNOWN)
    return kind.query_keys(word)
