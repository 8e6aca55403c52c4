"""From a name's case form to what it may be called in the nominative, by its ending.

Several answers are usual: Russian ``Белова`` is Belov in the genitive and Belova in the nominative. The endings are
those of names in the singular; a language's own dictionary (``text.languages``) knows the nouns.
"""

from __future__ import annotations

import re

_VOWELS = "аеёиоуыэюяєії"
_LEAST_STEM = 3
_MOST = 5
"""Nominatives that are worth keeping: no ending has more."""

# Ending → what may stand in its place. А stem that ends in a vowel takes й where another takes nothing.
_SLAVIC_NOUNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ові", ("",)),
    ("еві", ("",)),
    ("єві", ("",)),
    ("ою", ("а",)),
    ("ею", ("я", "а")),
    ("єю", ("я",)),
    ("ью", ("",)),
    ("ой", ("а",)),
    ("ої", ("а",)),
    ("ій", ("а",)),
    ("ей", ("я", "а")),
    ("ом", ("",)),
    ("ем", ("",)),
    ("ём", ("",)),
    ("єм", ("",)),
    ("а", ("",)),
    ("я", ("",)),
    ("у", ("", "а")),
    ("ю", ("", "я")),
    ("і", ("", "а", "я")),
    ("ї", ("", "я")),
    ("е", ("", "а", "я")),
    ("и", ("а", "я")),
    ("ы", ("а",)),
)
_POSSESSIVE = re.compile(r"^(.+(?:[оеєё]в|[иіїы]н))[иы]м$")
_ADJECTIVE = re.compile(r"^(.+(?:[сзц]ь?к|[нтвр]|ь?н))(ого|ому|им|ым|ім|ом)$")
_ADJECTIVE_FEMININE = re.compile(r"^(.+(?:[сзц]ь?к|ьн))(ой|ої|ій|ою|ую|у)$")
_FLEETING = (
    (re.compile(r"(?<=[^аеёиоуыэюяєіїьй])ц$"), "ец"),
    (re.compile(r"(?<=[аеёиоуыэюяєії])йц$"), "єць"),
    (re.compile(r"вл$"), "вел"),
)
_NEUTER = re.compile(r"[нчйл]к$|[сц]ьк$")
_POLISH_ADJECTIVE = re.compile(r"^(.+(?:[sc]|dz)k)(?:iego|iemu|im)$")
_POLISH_FEMININE = re.compile(r"^(.+(?:[sc]|dz)k)(?:iej|ą)$")
_POLISH_MARKED = ("owi", "iem", "em")
_POLISH_NOUNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ie", ("", "a")),
    ("a", ("",)),
    ("u", ("",)),
    ("y", ("a",)),
    ("i", ("a",)),
    ("ę", ("a",)),
    ("ą", ("a",)),
    ("o", ("a",)),
)
_HUNGARIAN = re.compile("[áéó][^aeiou]a$")
"""A Polish genitive of a name with a foreign accent: Orbána."""
_UNINFLECTED = frozenset({"fr", "es", "it", "pt"})
_WEST_SLAVIC = frozenset({"pl", "cs", "sk"})
_GENITIVE_S = frozenset({"de", "nl", "sv", "da", "no", "nb"})


def cyrillic_nominatives(word: str) -> tuple[str, ...]:
    """What a lower-case Cyrillic name may be called in the nominative, the word itself first."""
    found = [word]
    if match := _ADJECTIVE.match(word):
        found.append(match[1] + "ий")
        if match[1][-1] in "нтв" and match[2][-1] != "м":
            found.append(match[1] + "ой")
    if match := _ADJECTIVE_FEMININE.match(word):
        found.append(match[1] + "а")
    if match := _POSSESSIVE.match(word):
        found.append(match[1])
    for ending, replacements in _SLAVIC_NOUNS:
        if word.endswith(ending):
            found += _declined(word[: -len(ending)], replacements)
            break
    return tuple(dict.fromkeys(found))[:_MOST]


def _declined(stem: str, replacements: tuple[str, ...]) -> list[str]:
    if len(stem) < _LEAST_STEM:
        return []
    found = []
    for replacement in replacements:
        if replacement:
            found.append(stem + replacement)
            continue
        found.append(stem + "й" if stem[-1] in _VOWELS else stem)
        found += [pattern.sub(full, stem) for pattern, full in _FLEETING if pattern.search(stem)]
        if _NEUTER.search(stem):
            found.append(stem + "о")
    return found


def latin_nominatives(word: str, language: str) -> tuple[str, ...]:
    """What a lower-case Latin name may be called in the nominative, the word itself first.

    Polish endings that no other language has are undone everywhere but where names have no cases; the others, and the
    German genitive, in their own languages. The English possessive goes always.
    """
    bare = re.sub(r"'s?$|'s$", "", word)
    found = [bare]
    if match := _POLISH_ADJECTIVE.match(bare):
        found.append(match[1] + "i")
    if match := _POLISH_FEMININE.match(bare):
        found.append(match[1] + "a")
    if language not in _UNINFLECTED:
        found += next((_without(bare, ending) for ending in _POLISH_MARKED if bare.endswith(ending)), [])
    if language in _WEST_SLAVIC or re.search(r"[łżźśćńęą]", bare):
        found += next((_replaced(bare, *rule) for rule in _POLISH_NOUNS if bare.endswith(rule[0])), [])
    if language not in _UNINFLECTED and _HUNGARIAN.search(bare):
        found.append(bare[:-1])
    if language in _GENITIVE_S and bare.endswith("s") and not bare.endswith("ss"):
        found += _without(bare, "s")
    return tuple(dict.fromkeys(found))[:_MOST]


def _without(word: str, ending: str) -> list[str]:
    stem = word[: -len(ending)]
    return [stem] if len(stem) > _LEAST_STEM else []


def _replaced(word: str, ending: str, replacements: tuple[str, ...]) -> list[str]:
    stem = word[: -len(ending)]
    return [stem + replacement for replacement in replacements] if len(stem) >= _LEAST_STEM else []
