"""Dutch: simplemma's dictionary, Snowball's stems for words that it does not know, compounds by their head."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.text.folding import is_latin
from crawler.text.languages.base import Language, Lexicon, Simplemma, snowball, words

_SHORTEST_ROOT = 3
_SHORTEST_PART = 3
_LINKS = ("", "s", "en", "e", "n", "er")
_ENDINGS_ONLY = words(
    """
ing heid lijk ische isch aar aars den der ren ten ste sten erij iteit atie ant ent ist tie age
"""
)

SEPARABLE = words(
    """
aan af bij binnen door in mee na neer om onder op over rond samen tegen terug toe uit vast voor voorbij weg
"""
)

_PARTICIPLE = re.compile("ge(?P<root>.{2,}?)(?:d|t)e?$")
_PARTED = re.compile(f"(?P<part>{'|'.join(SEPARABLE)})ge(?P<root>.{{2,}}?)(?:den|ten|d|t|en|de|te)$")


def bases(form: str) -> list[str]:
    """Words that a form may come from: participles, and plurals with their vowel doubled or consonant single."""
    found = []
    if met := _PARTICIPLE.match(form):
        found += [f"{met['root']}en", f"{_single(met['root'])}en"]
    if apart := _PARTED.match(form):
        found += [f"{apart['part']}{apart['root']}en", f"{apart['part']}{_single(apart['root'])}en"]
    for ending in ("en", "e", "s", "'s", "ën", "n"):
        root = form.removesuffix(ending)
        if root != form and len(root) >= _SHORTEST_ROOT:
            found += [root, _double(root), _single(root)]
    if form.endswith(("in", "innen", "ster", "sters")):
        found.append(re.sub("(?:in|innen)$", "", form))
    return [*dict.fromkeys(found)]


def _double(root: str) -> str:
    return re.sub("(?<=[^aeiou])([aeou])(?=[bdfgklmnprstvz]$)", r"\1\1", root)


def _single(root: str) -> str:
    return re.sub("([bdfgklmnprst])\1$", r"\1", root)


def heads(lexicon: Lexicon, form: str) -> Iterator[str]:
    """The nouns that a compound ends with: ``vredesoverleg`` → ``overleg``; what stands before is known too."""
    for at in range(_SHORTEST_PART, len(form) - _SHORTEST_PART + 1):
        head = form[at:]
        if head in _ENDINGS_ONLY or not lexicon.lemmas(head):
            continue
        for link in _LINKS:
            bare = form[:at].removesuffix(link)
            if len(bare) >= _SHORTEST_PART and (not link or bare != form[:at]) and lexicon.lemmas(bare):
                yield head
                break


LANGUAGE = Language(
    code="nl",
    lexicon=Simplemma("nl"),
    stem=snowball("dutch"),
    writes=is_latin,
    bases=bases,
    heads=heads,
    ending=re.compile("'s?$"),
    separable=SEPARABLE,
)
