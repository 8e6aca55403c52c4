"""German: simplemma's dictionary, Snowball's stems for words that it does not know, compounds by their head."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.text.folding import is_latin
from crawler.text.languages.base import Language, Lexicon, Simplemma, snowball, words

_PARTICIPLE = re.compile("((?:be|ent|er|ge|ver|zer).{2,}?)e?t(?:e[nmrs]?)?$")
_WOMAN = re.compile(
    "(?P<man>.{3,}(?:er|ist|ent|ant|or|at|ot|eur|oge|olog|graf|ling))in(?:nen)?$|(?P<other>.{4,})in(?:nen)?$"
)
_GENITIVE = re.compile("(?P<name>.{3,}?)(?:es|s|')$")
_PLAIN = re.compile("ae|oe|ue")
_UMLAUTS = {"ae": "ä", "oe": "ö", "ue": "ü"}
_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})

_NO_UMLAUTS = str.maketrans("äöü", "aou")

_SHORTEST_HEAD = 3
_SHORTEST_MODIFIER = 3
_SHORT_MODIFIERS = frozenset({"öl", "ei", "eu", "ur", "tv", "it"})
_LINKS = ("", "s", "es", "n", "en", "er", "e", "ens", "ns")
"""What may stand between the parts of a compound."""
_ENDINGS_ONLY = words(
    """
ung ungs heit keit lich isch chen lein tum ion ionen ist isten ismus mus ling ner ler nis ent ente ant anten tät eur
ate schaften rate ale alen ern erin innen ert ester orts ein eine elt ahr ill and ang enden end erei rei ade age
agen igen ige rie tie sen sehen iert ert erte enz anz ärin ör öse
"""
)
"""Endings that are also words, and nearly never the head of a compound."""

SEPARABLE = words(
    """
ab an auf aus bei ein fest fort frei her heraus herein hin hinaus los mit nach nieder statt teil um unter vor voran
vorbei weg weiter zu zurück zusammen durch über fern hoch vorher herunter heim gegenüber bekannt
"""
)

# Participles that the dictionary has as adjectives or not at all, with their verbs.
_STRONG = {
    form: verb
    for verb, forms in {
        "fahren": "gefahren",
        "verlieren": "verloren",
        "schließen": "geschlossen",
        "beschließen": "beschlossen",
        "gewinnen": "gewonnen",
        "beginnen": "begonnen",
        "fliehen": "geflohen",
        "fliegen": "geflogen",
        "sterben": "gestorben",
        "töten": "getötet",
        "verbieten": "verboten",
        "verletzen": "verletzt verletzte verletzten",
        "erschießen": "erschossen",
        "entscheiden": "entschieden",
        "verschwinden": "verschwunden verschwand",
        "finden": "gefunden",
        "brechen": "gebrochen",
        "werfen": "geworfen",
        "treffen": "getroffen",
        "helfen": "geholfen",
        "tragen": "getragen",
        "schlagen": "geschlagen",
        "laden": "geladen",
        "fallen": "gefallen",
        "lassen": "gelassen",
        "halten": "gehalten",
        "fangen": "gefangen",
        "heben": "gehoben",
        "ziehen": "gezogen",
        "biegen": "gebogen",
        "bleiben": "geblieben",
        "schreiben": "geschrieben",
        "unterschreiben": "unterschrieben",
        "steigen": "gestiegen",
        "leiden": "gelitten",
        "greifen": "gegriffen",
        "sprechen": "gesprochen",
        "versprechen": "versprochen",
        "betreffen": "betroffen",
        "erhalten": "erhalten",
        "überfallen": "überfallen",
        "vertreiben": "vertrieben",
        "festnehmen": "festgenommen",
        "springen": "sprang gesprungen",
    }.items()
    for form in forms.split()
}


def bases(form: str) -> list[str]:
    """Words that a form may come from: participles without ge-, women's names of trades, genitives of names."""
    found = []
    if met := _PARTICIPLE.match(form):
        found.append(f"{met[1]}en")
    if woman := _WOMAN.match(form):
        man = woman["man"] or woman["other"]
        plain = man.translate(_NO_UMLAUTS)
        found += [man.capitalize()] if woman["man"] else [f"{man}e".capitalize(), f"{plain}e".capitalize()]
        found += [plain.capitalize()] if plain != man else []
    if genitive := _GENITIVE.match(form):
        found.append(genitive["name"].capitalize())
    return found


def heads(lexicon: Lexicon, form: str) -> Iterator[str]:
    """The nouns that a compound ends with: ``bundestagswahl`` → ``wahl``; what stands before them is known as well."""
    for at in range(2, len(form) - _SHORTEST_HEAD + 1):
        head = form[at:]
        if head in _ENDINGS_ONLY or not lexicon.lemmas(head.capitalize()):
            continue
        if _modifies(lexicon, form[:at]):
            yield head


def _modifies(lexicon: Lexicon, part: str) -> bool:
    if len(part) < _SHORTEST_MODIFIER:
        return part in _SHORT_MODIFIERS
    for link in _LINKS:
        bare = part.removesuffix(link)
        if len(bare) < _SHORTEST_MODIFIER or (link and bare == part):
            continue
        if (
            lexicon.lemmas(bare.capitalize())
            or lexicon.lemmas(bare)
            or (not link and lexicon.lemmas(f"{bare}e".capitalize()))
        ):
            return True
    return False


def spellings(form: str) -> list[str]:
    """The form with its umlauts written out, ``köln`` → ``koeln``, or with umlauts for what may be them."""
    if not form.isascii():
        plain = form.translate(_WRITTEN_OUT)
        return [plain] if plain != form else []
    return [_PLAIN.sub(lambda met: _UMLAUTS[met[0]], form)] if _PLAIN.search(form) else []


def stem(word: str) -> str:
    """Snowball's stem, without the genitive's ``s`` that it leaves behind vowels: ``Melanias``."""
    found = _snowball(word)
    return found[:-1] if len(found) > 4 and re.search("[^s]s$", found) and word.endswith("s") else found  # noqa: PLR2004


_snowball = snowball("german")

LANGUAGE = Language(
    code="de",
    lexicon=Simplemma("de"),
    stem=stem,
    writes=is_latin,
    bases=bases,
    heads=heads,
    spellings=spellings,
    irregular=_STRONG,
    nouns_capitalised=True,
    separable=SEPARABLE,
)
