"""Spellings that readers take for the same word are folded into one.

Case, apostrophes, stress marks, soft hyphens, ё and ґ, and the accents of Latin letters are spelling; й and ї are
letters of their own and stay.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

APOSTROPHES = "'’ʼ`‘´ʹ′"
"""Characters that stand for an apostrophe inside a word."""

INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
"""Soft hyphen, zero-width space, joiners and byte order mark: they break no word."""

_STRESS = "\u0301"
_DROP_INVISIBLE = dict.fromkeys(map(ord, INVISIBLE))
_UNIFY_APOSTROPHES = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))
_CYRILLIC_SPELLINGS = str.maketrans("ёґ", "ег")
# Latin letters that Unicode does not decompose into a letter and an accent.
_LATIN_SPELLINGS = {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}
_CACHED_WORDS = 65_536


@lru_cache(maxsize=_CACHED_WORDS)
def exact_form(word: str) -> str:
    """The form that ``=word`` compares: case, apostrophes, stress and invisible marks unified, accents kept."""
    if word.isascii():
        return word.lower().replace("`", "'")
    composed = unicodedata.normalize("NFC", word.translate(_DROP_INVISIBLE))
    lowered = unicodedata.normalize("NFC", composed.casefold())
    unstressed = unicodedata.normalize("NFC", lowered.replace(_STRESS, ""))
    return unstressed.translate(_UNIFY_APOSTROPHES)


@lru_cache(maxsize=_CACHED_WORDS)
def fold(word: str) -> str:
    """The word without regard to case and accents: ``Ґонґадзе’`` → ``гонгадзе'``, ``Élysée`` → ``elysee``.

    Idempotent. Accents are stripped from Latin letters only: in Cyrillic, й and ї are letters and not accents.
    """
    form = exact_form(word)
    if form.isascii():
        return form
    return _strip_latin_accents(form.translate(_CYRILLIC_SPELLINGS))


def _strip_latin_accents(form: str) -> str:
    kept: list[str] = []
    after_latin = False
    for char in unicodedata.normalize("NFD", form):
        if unicodedata.combining(char):
            if not after_latin:
                kept.append(char)
            continue
        after_latin = is_latin(char)
        kept.append(_LATIN_SPELLINGS.get(char, char))
    return unicodedata.normalize("NFC", "".join(kept))


def is_latin(char: str) -> bool:
    """Whether a character lies in Unicode's Latin blocks up to Latin Extended-B, or Latin Extended Additional."""
    return char < "\u0250" or "\u1e00" <= char <= "\u1eff"


def is_cyrillic(char: str) -> bool:
    """Whether a character lies in Unicode's Cyrillic blocks."""
    return "\u0400" <= char <= "\u052f"
