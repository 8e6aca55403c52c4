"""Polish: simplemma's dictionary and Snowball's stems together, names by their endings, aspect by rules."""

from __future__ import annotations

import re

from crawler.text.folding import is_latin
from crawler.text.languages.base import Language, Simplemma, replaced, rules, snowball, words

_ENDINGS = rules(
    "ito>ić yto>yć ęto>ąć uto>uć arto>rzeć ano>ać ono>ić iono>ić zono>zić eziono>eźć dzono>dzić cono>cić "
    "szono>sić żono>zić żono>żyć "
    "ono>yć ony>ić ony>yć any>ać eni>ić ona>ić one>ić onych>ić onych>yć anych>ać ana>ać ane>ać "
    "zona>zić zeni>zić zonych>zić ieziony>ieźć iezieni>ieźć"
)
_AGENT = re.compile(
    "(?P<base>.{2,}(?:iel|ar|or|ent|ant|ist|yst|log|er|at|nt))k(?:a|i|ę|ą|o|om|ami|ach)$|"
    "(?P<plural>.{2,}(?:iel|ar|or|ent|ant|ist|yst|log|er))(?:ce|ek)$"
)
_MEMBER = re.compile("(?P<base>.{3,})ni(?:czka|czki|czkę|czką|czce|czek|czkami|czkach|czkom)$")

# Imperfective → perfective by ending; what comes out counts only if it is in the dictionary.
_ASPECT = rules(
    "ywać>ać iwać>ać ywać>yć iwać>ić ewać>ać awać>ać ować>ić ować>yć pować>pić mować>mić bować>bić wować>wić "
    "jmować>jąć "
    "ijać>ić yjać>yć uwać>uć ewać>ać niać>nić lniać>lnić wiać>wić piać>pić biać>bić miać>mić lać>lić rzać>rzyć "
    "rzać>rzeć "
    "szać>sić szać>szyć żać>zić żać>żyć czać>czyć szczać>ścić ścić>ścić cać>cić dzać>dzić dzać>dać żdżać>ździć "
    "jać>ić jać>oić łać>łać ynać>ąć inać>ąć ierać>rzeć ierać>rać yrać>rać ykać>knąć kać>knąć gać>gnąć "
    "magać>móc padać>paść ekać>ec tykać>tknąć wać>ć stawać>stać chodzić>jść jeżdżać>jechać wozić>wieźć wodzić>wieść "
    "nosić>nieść bierać>brać syłać>słać mawiać>mówić pominać>pomnieć siadać>siąść gryzać>gryźć kradać>kraść"
)
_PAIRS = """
mówić powiedzieć; brać wziąć; kłaść położyć; widzieć zobaczyć; oglądać obejrzeć; robić zrobić; pisać napisać; czytać
przeczytać; budować zbudować; słyszeć usłyszeć; prosić poprosić; żądać zażądać; obiecywać obiecać; dziękować
podziękować; ginąć zginąć; tracić stracić; kraść ukraść; płacić zapłacić; iść pójść; jechać pojechać; szukać znaleźć;
dzwonić zadzwonić; wracać wrócić; zabijać zabić; łapać złapać; atakować zaatakować; kończyć skończyć; porywać porwać;
znajdować znaleźć; informować poinformować;
niszczyć zniszczyć; ranić zranić; grozić zagrozić; karać ukarać; ratować uratować; strzelać strzelić
"""
_PARTNERS: dict[str, list[str]] = {}
for _pair in _PAIRS.split(";"):
    _one, _other = _pair.split()
    _PARTNERS.setdefault(_one, []).append(_other)


def bases(form: str) -> list[str]:
    """Verbs of a passive, ``zabito`` → ``zabić``, and men of a woman's name, ``nauczycielka`` → ``nauczyciel``."""
    found = replaced(form, _ENDINGS)
    if met := _AGENT.match(form):
        man = met["base"] or met["plural"]
        found += [man, f"{man}a", f"{man}z"]
    if member := _MEMBER.match(form):
        found.append(f"{member['base']}nik")
    return found


def partners(lemma: str) -> list[str]:
    """The perfective of an imperfective verb, as far as its ending tells: ``podpisywać`` → ``podpisać``."""
    found = [*_PARTNERS.get(lemma, ())]
    if lemma.endswith("ć"):
        perfective = replaced(lemma, _ASPECT)
        found += perfective
        found += [one for other in perfective for one in _opened(other)]
    return found


def _opened(verb: str) -> list[str]:
    """The verb with the vowel it may have in the perfective: ``uwalniać``, ``uwolnić``; ``wracać``, ``wrócić``."""
    met = re.search("a(?=[^aeiouyąęó]{1,3}ić$)", verb)
    return [f"{verb[: met.start()]}{vowel}{verb[met.end() :]}" for vowel in "oó"] if met else []


_TOWARDS = rules(
    "dzie>da cie>ta ście>sta rze>ra ce>ka dze>ga sze>cha le>ła nie>na mie>ma pie>pa bie>ba wie>wa zie>za sie>sa "
    "dzie>d cie>t ście>st rze>r le>ł nie>n mie>m pie>p bie>b wie>w zie>z sie>s"
)


def names(form: str, asked: bool) -> list[str]:  # noqa: ARG001, FBT001 - the signature of Language.names
    """The readings of a name: its root without endings, with the consonant that the locative has changed."""
    found = [f"n{form}"]
    for ending in _CASES:
        root = form.removesuffix(ending)
        if root != form and len(root) >= _SHORTEST_ROOT:
            found.append(f"n{root}")
    found += [f"n{other.removesuffix('a')}" for other in replaced(form, _TOWARDS)]
    if met := re.search("(?<=..)i?e(?=[cklnr]$)", form):  # Żurek, Żurka; Niemiec, Niemca
        found.append(f"n{form[: met.start()]}{form[met.end() :]}")
    return [re.sub("(?<=..)i$", "", re.sub("(?<=..)j$", "i", one)) for one in found]


_SHORTEST_ROOT = 3
_CASES = words("""
a ą ę e em iem ie owi u y i o ego emu im ym iej ej ich ych imi ymi ami ach om ów ia ią ię io iego iemu ii ją ję ji
ja
""")

_IRREGULAR = {
    "ojciec": "ojcowie ojców ojcom ojcami ojcach",
    "brat": "bracia braci braciom braćmi braciach",
    "rok": "lata lat latom latami latach",
    "człowiek": "ludzie ludzi ludziom ludźmi ludziach",
    "dziecko": "dzieci dzieciom dziećmi dzieciach",
    "ksiądz": "księża księży księżom księżmi",
    "przyjaciel": "przyjaciół przyjaciołom przyjaciółmi przyjaciołach",
    "tydzień": "tygodnia tygodnie tygodni tygodniu tygodniom",
}

LANGUAGE = Language(
    code="pl",
    lexicon=Simplemma("pl"),
    stem=snowball("polish"),
    writes=is_latin,
    bases=bases,
    partners=partners,
    stem_also=re.compile("$"),
    names=names,
    irregular={form: lemma for lemma, forms in _IRREGULAR.items() for form in forms.split()},
)
