"""Inflection, a file per language: which forms belong to one word.

``KINDS`` registers them. A further language is one file with a ``LANGUAGE`` and one line here; a text in any other
language is matched by its folded words alone.
"""

from __future__ import annotations

from functools import lru_cache

from crawler.text.folding import fold
from crawler.text.languages import de, en, es, fr, pl, ru, uk
from crawler.text.languages.base import Language

KINDS: dict[str, Language] = {
    "en": en.LANGUAGE,
    "uk": uk.LANGUAGE,
    "ru": ru.LANGUAGE,
    "pl": pl.LANGUAGE,
    "de": de.LANGUAGE,
    "fr": fr.LANGUAGE,
    "es": es.LANGUAGE,
}

_CACHED_WORDS = 131_072  # about 40 MB when full; a day's news in three languages holds fewer distinct forms


@lru_cache(maxsize=_CACHED_WORDS)
def keys(language: str, word: str) -> tuple[str, ...]:
    """The normal forms of a word in a language: two words are forms of one when they share any.

    The folded word is always the first. Lemmas stand as they are, stems behind a ``~``, so that a stem never meets
    another word's lemma.
    """
    kind = KINDS.get(language)
    return kind.keys(word) if kind else (fold(word),)
