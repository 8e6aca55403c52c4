"""Russian: a dictionary, Snowball's stems for words that it does not know, names by paradigm, aspect by rules."""

from __future__ import annotations

import re
from collections.abc import Iterable

from crawler.text.folding import is_cyrillic
from crawler.text.languages.base import Language, replaced, rules, snowball
from crawler.text.languages.slavic import Best, Declensions, endings

_snowball = snowball("russian")
# Case endings of surnames in -ов, -ев, -ин, which Snowball takes for those of nouns and cuts together with the suffix.
_SURNAME = re.compile("(?<=..[оеи][вн])(?:ым|ой|ых|ыми|а|у|е|ы)$")
_NAME_CASE = re.compile("(?<=...[^оеи])(?:ом|ем)$")
_FLEETING = re.compile("(?<=..)е(?=ц$)")  # Лубинец, Лубинца
_PARTICIPLE = re.compile("(?P<root>.{2,})(?P<vowel>[аяеё])н(?:н(?:ый|ая|ое|ые|ого|ой|ому|ых|ым|ыми|ую|ом))?[аоы]?$")
_SOFTENED = {"щ": "т", "жд": "д", "ж": "д", "ш": "с", "ч": "т", "пл": "п", "бл": "б", "вл": "в", "мл": "м"}
_AGENT = re.compile("(?P<base>.{3,}(?:ист|ент|ант|тор|лог|ер|ат|ар))(?:ка|ки|ке|ку|кой|кою|ок|кам|ками|ках)$")
_MEMBER = re.compile("(?P<base>.{3,})ниц(?:а|ы|е|у|ей|ею|ам|ами|ах)?$")

# Imperfective → perfective by ending; what comes out counts only if it is in the dictionary.
_ASPECT = rules(
    "атывать>атить ывать>ать ивать>ить ивать>ать ивать>ять ывать>ыть евать>еть авать>ать "
    "лять>ить влять>вить млять>мить плять>пить блять>бить ять>ить ать>ить ждать>дить щать>стить щать>тить "
    "скать>стить чать>тить чать>чить шать>сить шать>шить жать>зить жать>дить жать>жить кать>тить кать>кнуть гать>гнуть "
    "бать>бнуть хать>хнуть ать>нуть адать>асть огать>очь ирать>ереть ирать>рать инать>ать нимать>нять имать>ять "
    "ылать>лать "
    "ходить>йти езжать>ехать возить>везти водить>вести носить>нести сать>сти тать>сти регать>речь екать>ечь жигать>жечь"
)
# Participles in -т-.
_PASSIVES = rules(
    "т>ть та>ть то>ть ты>ть тый>ть тая>ть тое>ть тые>ть того>ть тому>ть той>ть тых>ть тым>ть тыми>ть тую>ть"
)
_VOWEL = re.compile("а(?=[бвгджзклмнпрстфхцчшщ]{1,2}[ыи]вать$)")  # останавливать, остановить
_HARDENED = {"щ": "ст т", "жд": "д", "ж": "з д", "ш": "с", "ч": "т", "вл": "в", "пл": "п", "бл": "б", "мл": "м"}
_PAIRS = """
говорить сказать; брать взять; ловить поймать; возвращать вернуть; возвращаться вернуться; класть положить; садиться
сесть; ложиться лечь; становиться стать; давать дать; бить побить; вставать встать; идти пойти; ехать поехать; делать
сделать; писать написать; читать прочитать; строить построить; видеть увидеть; слышать услышать; просить попросить;
требовать потребовать; обещать пообещать; благодарить поблагодарить; гибнуть погибнуть; умирать умереть; терять
потерять; красть украсть; платить заплатить; готовить подготовить; проводить провести; убивать убить; искать найти;
звонить позвонить;
грабить ограбить; карать покарать; рушить разрушить; стрелять выстрелить
"""
_PARTNERS: dict[str, list[str]] = {}
for _pair in _PAIRS.split(";"):
    _one, _other = _pair.split()
    _PARTNERS.setdefault(_one, []).append(_other)
    _PARTNERS.setdefault(_other, [])

_IRREGULAR = {
    "имя": "имени именем имена имен именам именами именах",
    "время": "времени временем времена времен временам временами временах",
    "суд": "судов",
    "год": "лет",
    "начать": "начал начала начало начали",
    "село": "сел села селам селами селах",
    "большой": "большого большому большая большую большие больших большим большими",
    "человек": "люди людей людям людьми людях",
    "ребенок": "дети детей детям детьми детях",
}


def bases(form: str) -> list[str]:
    """Verbs of a passive participle, ``похищен`` → ``похитить``, and men of a woman's name, ``студентка``."""
    found = replaced(form, _PASSIVES)
    found += [met["base"] for met in [_AGENT.match(form)] if met]
    found += [f"{met['base']}ник" for met in [_MEMBER.match(form)] if met]
    if not (participle := _PARTICIPLE.match(form)):
        return found
    root, vowel = participle["root"], participle["vowel"]
    if vowel in "ая":
        return [*found, f"{root}{vowel}ть"]
    softened = [root[: -len(end)] + base for end, base in _SOFTENED.items() if root.endswith(end)]
    return [*found, *(f"{one}ить" for one in (root, *softened)), f"{root}еть", f"{root}ти"]


def partners(lemma: str) -> list[str]:
    """The perfective of an imperfective verb, as far as its ending tells: ``захватывать`` → ``захватить``."""
    reflexive = "ся" if lemma.endswith("ться") else ""
    verb = lemma.removesuffix("ся") if reflexive else lemma
    found = [*_PARTNERS.get(lemma, ())]
    if verb.endswith(("ать", "ять", "ить")):
        for one in dict.fromkeys((verb, _VOWEL.sub("о", verb))):
            found += [f"{other}{reflexive}" for other in (*replaced(one, _ASPECT), *_softened(one))]
    return found


def _softened(verb: str) -> Iterable[str]:
    """``выбрасывать`` has its consonant; ``спрашивать`` and ``расплачивать`` have it softened."""
    for ending in ("ивать", "ать", "ять"):
        root = verb.removesuffix(ending)
        for soft, hard in _HARDENED.items():
            if root != verb and root.endswith(soft):
                yield from (
                    f"{root.removesuffix(soft)}{one}{after}" for one in hard.split() for after in ("ить", "ать")
                )


def stem(word: str) -> str:
    """Snowball's stem, with participles and surnames brought to what they share."""
    bare = _SURNAME.sub("", word)
    bare = _NAME_CASE.sub("", bare)
    return _FLEETING.sub("", _snowball(bare))


def roots(root: str, mark: str) -> list[str]:
    """A name's root as it is in other cases: fleeting vowels, soft signs."""
    bare = root.removesuffix("ь")
    found = [bare]
    if mark == "c":
        if bare.endswith("ей"):
            found += [bare[:-1], bare[:-2]]  # Воробей, Воробья; Сергей, Сергея
        elif bare.endswith("й"):
            found.append(bare[:-1])
        elif met := re.search("(?<=..)[еоё](?=[цкнлр]$)", bare):
            found.append(bare[: met.start()] + bare[met.end() :])
    return found


DECLENSIONS = Declensions(
    endings=(
        endings("c", "- а я у ю ом ем е и"),
        endings("a", "а я ы и е у ю ой ей ою ею"),
        endings("o", "о е а я у ю ом ем"),
        endings("p", "ы и - ов ев ей ам ям ами ями ах ях"),
        endings("j", "ый ий ой ого его ому ему ым им ом ем"),
        endings("i", "ая яя ой ей ую юю ою ею"),
        endings("j", "ые ие ых их ыми ими"),
    ),
    possessive=re.compile("(?P<root>.{2,}(?:ов|ев|ин|ын))(?P<ending>|а|у|е|ы|ым|ом|ой|ою|ых|ыми)$"),
    masculine=frozenset({"", "ым", "ом"}),
    feminine=frozenset({"ой", "ою"}),
    roots=roots,
)

LANGUAGE = Language(
    code="ru",
    lexicon=Best("ru"),
    stem=stem,
    writes=is_cyrillic,
    bases=bases,
    partners=partners,
    names=DECLENSIONS.keys,
    surname=re.compile(".{2,}(?:ов|ев)(?:|а|у|е|ы|ым|ом|ой|ою|ых|ыми)$"),
    stem_also=re.compile("(?:[оеё]в|ин|ова|ева|ина|[нт]+(?:ый|ий|ой|ого|ому|ых|ым|ыми|ая|ую|ые|ое|о|а|ы))$"),
    irregular={form: lemma for lemma, forms in _IRREGULAR.items() for form in forms.split()},
)
