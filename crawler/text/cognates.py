"""What a word sounds like in the rough: international words meet across languages and scripts.

President, prezydent and президент share most of their consonants. The key keeps the first few of them and what a vowel
at the beginning is like, so that endings and the vowels between, which each language chooses for itself, do not matter.
It is coarse: good for weighing many words together, too coarse for taking one word for another.
"""

from __future__ import annotations

import re
from functools import lru_cache

from crawler.text.folding import fold, is_cyrillic, is_latin

SIGN = "&"
"""What a key begins with: no word holds it, so that a key never meets a word."""
_LEAST_LETTERS = 4
_LEAST_SOUNDS = 3
_MOST_SOUNDS = 5
"""Sounds kept: stems of international words agree so far, endings (-tion, -ция, -cja) do not."""

_LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєўјљњћђџ'"
_CYRILLIC = dict(zip(_LETTERS, "abvhdessejklmnoprstofhshss-e-eoaeeevelnhds-", strict=True))
_LATIN = (
    (re.compile("sch|sh|sz|cz"), "s"),
    (re.compile("ph"), "f"),
    (re.compile("th"), "t"),
    (re.compile("kh|ch|g"), "h"),
    (re.compile("ck|q"), "k"),
    (re.compile("c(?=[eiy])"), "s"),
    (re.compile("c"), "k"),
    (re.compile("x"), "ks"),
    (re.compile("z"), "s"),
    (re.compile("w"), "v"),
)
_INITIAL = {"a": "a", "e": "e", "i": "e", "y": "e", "j": "e", "o": "o", "u": "o"}
_VOWELS = re.compile("[aeiouyj'-]")
_DOUBLED = re.compile(r"(.)\1+")


@lru_cache(maxsize=65_536)
def cognate_key(form: str) -> str:
    """The rough sound of a word, such as ``&prsdn`` of Президентом; empty where that would say nothing.

    Nothing is told of words under four letters, with fewer than three sounds, with digits, or in another script than
    Latin and Cyrillic.
    """
    word = fold(form)
    if len(word) < _LEAST_LETTERS or any(char.isdigit() for char in word):
        return ""
    if is_cyrillic(word[0]):
        heard = "".join(_CYRILLIC.get(char, "") for char in word)
    elif is_latin(word[0]):
        heard = word
        for spelled, sound in _LATIN:
            heard = spelled.sub(sound, heard)
    else:
        return ""
    first = _INITIAL.get(heard[:1], heard[:1])
    sounds = _DOUBLED.sub(r"\1", first + _VOWELS.sub("", heard[1:]))[:_MOST_SOUNDS]
    return SIGN + sounds if len(sounds) >= _LEAST_SOUNDS else ""
