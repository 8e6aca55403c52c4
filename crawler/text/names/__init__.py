"""Names across spellings and scripts: Zelensky, Selenskyj, Zełenski and Зеленського meet.

A word that is written as a name is read aloud, in every way that its spelling may mean, and each reading is a key. What
an article's word answers to also covers the cases that it may stand in; a query's word is taken as a nominative.
Keys begin with ``@``, which no word holds, so that a name's reading never meets a word.
"""

from __future__ import annotations

from functools import lru_cache

from crawler.text.folding import exact_form, is_cyrillic, is_latin
from crawler.text.names import cyrillic, latin
from crawler.text.names.cases import cyrillic_nominatives, latin_nominatives
from crawler.text.names.sounds import LEAST_SOUNDS, arabic, levelled, palatal

__all__ = ["asked_name_keys", "is_name", "name_keys"]

MOST_KEYS = 12
"""Keys kept of a name, the likeliest first."""

_SOFTENED = 6
"""Sounds from which on an i before a vowel may only soften; in shorter names it is heard (Maria, Mara)."""
_CACHED_NAMES = 32_768  # about 20 MB when full; a month's news names fewer people


def is_name(form: str) -> bool:
    """Whether a word is written as a name: its first letter is a capital, and it has nothing but letters."""
    return form[:1].isupper() and not any(char.isdigit() for char in form)


@lru_cache(maxsize=_CACHED_NAMES)
def name_keys(language: str, form: str) -> tuple[str, ...]:
    """The names that a word of an article may stand for, ``form`` as it stands there: ``("@zelenski", …)``.

    Empty for what is not written as a name, is too short to tell, or is neither Latin nor Cyrillic. Two articles that
    share a key of a name speak of the same name, whatever language each is in.
    """
    if not is_name(form):
        return ()
    return _keys(nominatives(language, form))


@lru_cache(maxsize=_CACHED_NAMES)
def asked_name_keys(form: str) -> tuple[str, ...]:
    """The names that a word of a query asks for, taken as a nominative; see ``name_keys``."""
    if not is_name(form):
        return ()
    return _keys((exact_form(form),))


def nominatives(language: str, form: str) -> tuple[str, ...]:
    """What a name in any case may be called in the nominative, in small letters, the form itself first."""
    word = exact_form(form)
    if is_cyrillic(word[0]):
        return cyrillic_nominatives(word)
    return latin_nominatives(word, language)


def _keys(words: tuple[str, ...]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for word in words:
        for reading in _readings(word):
            if len(reading) >= LEAST_SOUNDS:
                found[f"@{reading}"] = None
            if spoken := arabic(reading):
                found[f"@{spoken}"] = None
    return tuple(found)[:MOST_KEYS]


def _readings(word: str) -> list[str]:
    if all(is_cyrillic(char) or char == "'" for char in word):
        return [levelled(reading) for reading in cyrillic.read(word)]
    if not all(is_latin(char) for char in word):
        return []
    found = []
    for reading in latin.read(word):
        found.append(levelled(reading))
        softened = palatal(reading)
        if softened != reading and (len(reading) >= _SOFTENED or "je" in softened):
            found.append(levelled(softened))
    return found
