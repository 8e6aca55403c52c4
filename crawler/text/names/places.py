"""Places across languages, by a table: Київ, Kiev, Kijów; Россия, Russia, Rosja.

How a place is called elsewhere is no matter of sound, so it is looked up. ``places.tsv`` is built from CLDR and
GeoNames by ``tools/build_places.py``; it is read into one string of bytes when first asked for and searched by
bisection, so that it takes its size on disk and no more.

Keys begin with ``#``, which no word holds: ``#cc:RU`` a country, ``#geo:703448`` a city by its number in GeoNames,
``#re:crimea`` a region. A word of a name of several has its place in it: ``#geo:703845.1/2`` is Кривий of Кривий Ріг.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib import resources

from crawler.text.folding import exact_form, fold, is_cyrillic
from crawler.text.languages import KINDS
from crawler.text.languages.base import words
from crawler.text.names.cases import cyrillic_nominatives, latin_nominatives

LEAST_LETTERS = 3
_LEAST_SMALL = 4
_BEGINNING = 2
"""Letters that a word keeps in every case: Київ, Києва."""
_CACHED_NAMES = 32_768

# Words of everyday speech that are also called like a place, in the languages that say them at the start of a sentence.
_EVERYDAY = {"uk": frozenset({"того", "мали", "малі", "чад"}), "ru": frozenset({"того", "чад", "мали"})}
# Capitals that share a form with a common word in the dictionaries, and are meant nevertheless (кий is a billiard cue).
_MEANT_SMALL = frozenset({"київ", "києві"})
# Common words that are countries or capitals with a capital alone: the hat and the papers, a fraud.
_NEVER_SMALL = words("панама панамі панаме панами панамы панаму панамою панамой оман")

# French Italien is a man from where German Italien is.
_FRENCH_PERSON = re.compile("ien(?:s|nes?)?$")

_VOWELS = "аеёиоуыэюяєії"
_CLOSED = re.compile(rf"[оеє](?=[^{_VOWELS}ьй]{{1,2}}$)")
_OPENED = {"о": "і", "е": "і", "є": "ї"}
_PLURAL = re.compile("(?:ах|ам|ами|ях|ям|ями|ів|їв|ов|ев)$")
_ADJECTIVE = re.compile("(?:ого|ому|ом|ым|им)$")
_POLISH = (("ce", "ka"), ("dze", "ga"), ("rze", "ra"), ("rze", "r"), ("że", "ga"), ("ach", "y"), ("om", "y"))
# Polish papers quoted elsewhere, and texts whose language is not told: Charkowa. German and Romance names end so too.
_POLISH_ENDINGS = ("owi", "em", "ie", "a", "u")
_UNINFLECTED = frozenset({"fr", "es", "it", "pt", "de", "nl"})
_LEAST_POLISH = 6


@lru_cache(maxsize=_CACHED_NAMES)
def place_keys(language: str, form: str) -> tuple[str, ...]:
    """The places that a word of an article may name, ``form`` as it stands there: ``("#geo:703448",)``.

    Only words with a capital do, and in Ukrainian and Russian countries and capitals that are written small on purpose
    (``росії``, ``москва``) where the dictionary knows no other word of that form.
    """
    if len(form) < LEAST_LETTERS or not form[0].isalpha():
        return ()
    if not form[0].isupper():
        return _small_keys(language, form)
    word = exact_form(form)
    if is_everyday(language, word) or (language == "fr" and _FRENCH_PERSON.search(word)):
        return ()
    if found := _keys(fold(word)):
        return found
    common = _is_common(language, word)
    for one in _nominatives(language, word):
        if found := _keys(fold(one), large=common):
            return found
    return ()


@lru_cache(maxsize=_CACHED_NAMES)
def asked_place_keys(form: str) -> tuple[str, ...]:
    """The places that a word of a query asks for; it has a capital, and stands in the nominative as a rule."""
    if len(form) < LEAST_LETTERS or not form[0].isupper():
        return ()
    word = exact_form(form)
    if found := _keys(fold(word)):
        return found
    if not is_cyrillic(word[0]):
        return ()
    return next((found for one in _declined(word) if (found := _keys(fold(one)))), ())


def is_everyday(language: str, form: str) -> bool:
    """Whether a word of everyday speech is spelled like a place: ``Того`` at the start of a Ukrainian sentence."""
    return form.lower() in _EVERYDAY.get(language, ())


def written_small(language: str, form: str) -> bool:
    """Whether a word in small letters is a country's or a capital's name and nothing else: Ukrainian ``росією``."""
    return not form[:1].isupper() and bool(place_keys(language, form))


def _small_keys(language: str, form: str) -> tuple[str, ...]:
    if language not in _EVERYDAY or len(form) < _LEAST_SMALL or form in _NEVER_SMALL:
        return ()
    if form[:_BEGINNING] not in _beginnings():  # asking the dictionary about every word would cost too much
        return ()
    lexicon = KINDS[language].lexicon
    # The dictionary of the base install has most names with a capital only.
    lemmas = [lemma.lower() for lemma in lexicon.lemmas(form) or lexicon.lemmas(form.capitalize())]
    if form in _MEANT_SMALL:
        lemmas = ["київ"]
    if not lemmas or any(len(lemma) < _LEAST_SMALL or lemma in _EVERYDAY[language] for lemma in lemmas):
        return ()
    told = {_line(fold(lemma)) for lemma in lemmas}
    if len(told) > 1 or not told.pop().startswith("*"):
        return ()
    return _keys(fold(lemmas[0]))


def _is_common(language: str, word: str) -> bool:
    kind = KINDS.get(language)
    if kind is None or kind.nouns_capitalised or kind.lexicon.named(word):
        return False
    lemmas = kind.lexicon.lemmas(word)
    return bool(lemmas) and not any(_line(fold(lemma)) for lemma in lemmas)


def _nominatives(language: str, word: str) -> list[str]:
    kind = KINDS.get(language)
    lemmas = kind.lexicon.lemmas(word.capitalize()) + kind.lexicon.lemmas(word) if kind else []
    if is_cyrillic(word[0]):
        return [*lemmas, *_declined(word)]
    found = [*lemmas, *latin_nominatives(word, language)]
    if language not in _UNINFLECTED and not (kind and kind.lexicon.lemmas(word)) and len(word) > _LEAST_POLISH:
        found += [word.removesuffix(end) for end in _POLISH_ENDINGS if word.endswith(end)]
    if language == "pl":
        found += [word.removesuffix(end) + other for end, other in _POLISH if word.endswith(end)]
    return found


def _declined(word: str) -> list[str]:
    """What a Cyrillic place may be called in the nominative: Харкова, Маріуполя, Черкасах."""
    found: dict[str, None] = {}
    singular = list(cyrillic_nominatives(word))
    if word.endswith("ям"):
        singular.append(word[:-1])
    if met := _ADJECTIVE.search(word):
        singular += [f"{word[: met.start()]}{ending}" for ending in ("ой", "ый", "ий", "ое", "е")]
    for one in singular:
        found[one] = None
        if one[-1] not in f"{_VOWELS}ьй":
            found[f"{one}ь"] = None
            if closed := _CLOSED.search(one):
                found[one[: closed.start()] + _OPENED[closed[0]] + one[closed.end() :]] = None
    stems = [word[: met.start()]] if (met := _PLURAL.search(word)) else [word] if word[-1] not in _VOWELS else []
    for stem in stems:
        found.update(dict.fromkeys(f"{stem}{ending}" for ending in "иіы"))
    return list(found)


def _keys(word: str, *, large: bool = False) -> tuple[str, ...]:
    """The keys of a folded word; with ``large``, of small places only their part in a name of several words."""
    line = _line(word)
    keys = line.lstrip("*!").split()
    return tuple(f"#{key}" for key in keys if not large or line[0] in "*!" or "." in key)


@cache
def _table() -> bytes:
    return resources.files("crawler.text.names").joinpath("places.tsv").read_bytes()


@cache
def _beginnings() -> frozenset[str]:
    """How the words begin that countries and capitals are called by in Ukrainian and Russian."""
    return frozenset(met.decode()[:_BEGINNING] for met in re.findall(rb"(?m)^([^\t\n]+)\t\*", _table()))


def _line(word: str) -> str:
    """What the table says of a folded word; empty for what it does not have."""
    table, wanted = _table(), f"{word}\t".encode()
    low, high = 0, len(table)
    while low < high:
        start = table.rfind(b"\n", 0, (low + high) // 2) + 1
        end = table.find(b"\n", start)
        if table.startswith(wanted, start):
            return table[start + len(wanted) : end].decode()
        # The word and not the line is compared: what begins alike goes by its letters.
        if table[start : table.find(b"\t", start, end)] < wanted[:-1]:
            low = end + 1
        else:
            high = start
    return ""
