"""Numbers written as words, a table per language: ``восьмеро`` and ``eight`` are 8, ``тис.`` and ``thousand`` 1,000.

Own tables, because no library on PyPI knows the cases and the collective numerals of Ukrainian, Russian and Polish
(number-parser and text2num looked at in 2026-11). Words are folded as ``folding.fold`` does. German, Dutch and Italian
write numbers in one word, which are made here up to 999 and as thousands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from crawler.text.folding import fold


class Numeral(NamedTuple):
    """What a number word does to the number that it stands in."""

    value: float
    role: str
    """``add`` (twenty, двісті), ``hundred`` (English and French, which multiply), or ``scale`` (thousand and above)."""
    alone: bool
    """Whether it is a number when no number stands before it: ``тисяча`` is, ``тисячі`` and ``thousands`` are not."""


_EN: dict[float, str] = {
    2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine", 10: "ten", 11: "eleven",
    12: "twelve", 13: "thirteen", 14: "fourteen", 15: "fifteen", 16: "sixteen", 17: "seventeen", 18: "eighteen",
    19: "nineteen", 20: "twenty", 30: "thirty", 40: "forty", 50: "fifty", 60: "sixty", 70: "seventy", 80: "eighty",
    90: "ninety",
}  # fmt: skip
_UK: dict[float, str] = {
    1: "один одна одне одного одному одну одним однієї одній однією",
    1.5: "півтора півтори",
    2: "два дві двох двом двома двоє двійко",
    3: "три трьох трьом трьома троє",
    4: "чотири чотирьох чотирьом чотирма четверо",
    5: "п'ять п'яти п'ятьох п'ятьом п'ятьма п'ятьома п'ятеро",
    6: "шість шести шістьох шістьом шістьма шістьома шестеро",
    7: "сім семи сімох сімом сьома сімома семеро",
    8: "вісім восьми вісьмох вісьмом вісьма вісьмома восьмеро",
    9: "дев'ять дев'яти дев'ятьох дев'ятьом дев'ятьма дев'ятьома дев'ятеро",
    10: "десять десяти десятьох десятьом десятьма десятьома десятеро",
    40: "сорок сорока", 50: "п'ятдесят п'ятдесяти п'ятдесятьох", 60: "шістдесят шістдесяти шістдесятьох",
    70: "сімдесят сімдесяти сімдесятьох", 80: "вісімдесят вісімдесяти вісімдесятьох", 90: "дев'яносто дев'яноста",
    100: "сто ста", 200: "двісті двохсот двомстам двохстах", 300: "триста трьохсот трьомстам трьохстах",
    400: "чотириста чотирьохсот чотирьомстам чотирьохстах", 500: "п'ятсот п'ятисот п'ятистам п'ятистах",
    600: "шістсот шестисот шестистам шестистах", 700: "сімсот семисот семистам семистах",
    800: "вісімсот восьмисот восьмистам восьмистах", 900: "дев'ятсот дев'ятисот дев'ятистам дев'ятистах",
}  # fmt: skip
_UK_TEENS = {
    11: "одинадцят", 12: "дванадцят", 13: "тринадцят", 14: "чотирнадцят", 15: "п'ятнадцят", 16: "шістнадцят",
    17: "сімнадцят", 18: "вісімнадцят", 19: "дев'ятнадцят", 20: "двадцят", 30: "тридцят",
}  # fmt: skip
_RU: dict[float, str] = {
    1: "один одна одно одного одному одну одним одной",
    1.5: "полтора полторы полутора",
    2: "два две двух двум двумя двое двоих двоим двоими",
    3: "три трех трем тремя трое троих троим троими",
    4: "четыре четырех четырем четырьмя четверо четверых четверым",
    5: "пять пяти пятью пятеро пятерых пятерым",
    6: "шесть шести шестью шестеро шестерых шестерым",
    7: "семь семи семеро семерых семерым",
    8: "восемь восьми восемью восьмью восьмеро восьмерых восьмерым",
    9: "девять девяти девятью девятеро девятерых",
    10: "десять десяти десятью десятеро десятерых",
    40: "сорок сорока", 50: "пятьдесят пятидесяти", 60: "шестьдесят шестидесяти", 70: "семьдесят семидесяти",
    80: "восемьдесят восьмидесяти", 90: "девяносто девяноста",
    100: "сто ста", 200: "двести двухсот двумстам двухстах", 300: "триста трехсот тремстам трехстах",
    400: "четыреста четырехсот четыремстам", 500: "пятьсот пятисот пятистам", 600: "шестьсот шестисот шестистам",
    700: "семьсот семисот семистам", 800: "восемьсот восьмисот восьмистам", 900: "девятьсот девятисот девятистам",
}  # fmt: skip
_RU_TEENS = {
    11: "одиннадцат", 12: "двенадцат", 13: "тринадцат", 14: "четырнадцат", 15: "пятнадцат", 16: "шестнадцат",
    17: "семнадцат", 18: "восемнадцат", 19: "девятнадцат", 20: "двадцат", 30: "тридцат",
}  # fmt: skip
_PL: dict[float, str] = {
    1: "jeden jedna jedno jednego jednej jednym",
    1.5: "półtora półtorej",
    2: "dwa dwie dwaj dwóch dwoma dwu dwoje dwojga dwojgu", 3: "trzy trzej trzech trzem trzema troje trojga",
    4: "cztery czterej czterech czterem czworo czworga", 5: "pięć pięciu pięcioro pięciorga",
    6: "sześć sześciu sześcioro sześciorga", 7: "siedem siedmiu siedmioro siedmiorga",
    8: "osiem ośmiu ośmioro ośmiorga",
    9: "dziewięć dziewięciu dziewięcioro", 10: "dziesięć dziesięciu dziesięcioro", 11: "jedenaście jedenastu",
    12: "dwanaście dwunastu", 13: "trzynaście trzynastu", 14: "czternaście czternastu", 15: "piętnaście piętnastu",
    16: "szesnaście szesnastu", 17: "siedemnaście siedemnastu", 18: "osiemnaście osiemnastu",
    19: "dziewiętnaście dziewiętnastu", 20: "dwadzieścia dwudziestu", 30: "trzydzieści trzydziestu",
    40: "czterdzieści czterdziestu", 50: "pięćdziesiąt pięćdziesięciu", 60: "sześćdziesiąt sześćdziesięciu",
    70: "siedemdziesiąt siedemdziesięciu", 80: "osiemdziesiąt osiemdziesięciu",
    90: "dziewięćdziesiąt dziewięćdziesięciu", 100: "sto stu", 200: "dwieście dwustu", 300: "trzysta trzystu",
    400: "czterysta czterystu", 500: "pięćset pięciuset", 600: "sześćset sześciuset", 700: "siedemset siedmiuset",
    800: "osiemset ośmiuset", 900: "dziewięćset dziewięciuset",
}  # fmt: skip
_FR: dict[float, str] = {
    1: "un une", 2: "deux", 3: "trois", 4: "quatre", 5: "cinq", 6: "six", 7: "sept", 8: "huit", 9: "neuf", 10: "dix",
    11: "onze", 12: "douze", 13: "treize", 14: "quatorze", 15: "quinze", 16: "seize", 20: "vingt vingts",
    30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante",
}  # fmt: skip
_ES: dict[float, str] = {
    1: "un uno una", 2: "dos", 3: "tres", 4: "cuatro", 5: "cinco", 6: "seis", 7: "siete", 8: "ocho", 9: "nueve",
    10: "diez", 11: "once", 12: "doce", 13: "trece", 14: "catorce", 15: "quince", 16: "dieciséis", 17: "diecisiete",
    18: "dieciocho", 19: "diecinueve", 20: "veinte", 21: "veintiuno veintiún veintiuna", 22: "veintidós",
    23: "veintitrés", 24: "veinticuatro", 25: "veinticinco", 26: "veintiséis", 27: "veintisiete", 28: "veintiocho",
    29: "veintinueve", 30: "treinta", 40: "cuarenta", 50: "cincuenta", 60: "sesenta", 70: "setenta", 80: "ochenta",
    90: "noventa", 100: "cien ciento", 200: "doscientos doscientas", 300: "trescientos trescientas",
    400: "cuatrocientos cuatrocientas", 500: "quinientos quinientas", 600: "seiscientos seiscientas",
    700: "setecientos setecientas", 800: "ochocientos ochocientas", 900: "novecientos novecientas",
}  # fmt: skip
_DE_UNITS = "ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn"
_DE_TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig"
_NL_UNITS = "een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien"
_NL_TENS = "twintig dertig veertig vijftig zestig zeventig tachtig negentig"
_IT_UNITS = "uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici"
_IT_TENS = "venti trenta quaranta cinquanta sessanta settanta ottanta novanta"

# Value → words that are a number by themselves | words that only multiply.
_SCALES: Mapping[str, Mapping[float, str]] = {
    "en": {
        12: "dozen|dozens", 1e3: "thousand|thousands", 1e6: "million|millions mln", 1e9: "billion|billions bn bln",
        1e12: "trillion|trillions tn trn",
    },
    "uk": {
        12: "дюжина дюжину|", 1e3: "тисяча тисячу|тисячі тисяч тисячам тисячами тисячах тис",
        1e6: "мільйон|мільйона мільйони мільйонів мільйонам мільйонами мільйону млн",
        1e9: "мільярд|мільярда мільярди мільярдів мільярдам млрд", 1e12: "трильйон|трильйона трильйони трильйонів трлн",
        5e5: "півмільйона|", 500: "півтисячі|",
    },
    "ru": {
        12: "дюжина дюжину|", 1e3: "тысяча тысячу|тысячи тысяч тысячам тысячами тысячах тыс",
        1e6: "миллион|миллиона миллионы миллионов миллионам миллионами млн",
        1e9: "миллиард|миллиарда миллиарды миллиардов миллиардам млрд",
        1e12: "триллион|триллиона триллионы триллионов трлн",
        5e5: "полмиллиона полумиллиона|", 500: "полтысячи|",
    },
    "pl": {
        12: "tuzin|", 1e3: "tysiąc|tysiące tysięcy tysiącami tys", 1e6: "milion|miliony miliona milionów mln",
        1e9: "miliard|miliardy miliarda miliardów mld", 1e12: "bilion|biliony bilionów bln",
    },
    "de": {
        12: "|dutzend", 1e3: "tausend|tsd", 1e6: "million|millionen mio mill", 1e9: "milliarde|milliarden mrd",
        1e12: "billion|billionen",
    },
    "nl": {
        12: "dozijn|", 1e3: "duizend|duizenden", 1e6: "miljoen|mln", 1e9: "miljard|mrd mld", 1e12: "biljoen|",
    },
    "fr": {12: "|", 1e3: "mille|", 1e6: "|million millions mio", 1e9: "|milliard milliards mds md"},
    "es": {12: "|", 1e3: "mil|miles", 1e6: "|millón millones mill", 1e12: "|billón billones"},
    "it": {12: "|", 1e3: "mille|mila", 1e6: "|milione milioni mln", 1e9: "|miliardo miliardi mld mrd"},
}  # fmt: skip
_LAST_OF_UNDER_1000 = 999


@cache
def numerals(language: str) -> Mapping[str, Numeral]:
    """Folded word → numeral of a language, and of no other; empty for a language without a table."""
    found: dict[str, Numeral] = {}
    for value, words in _written(language):
        found.update(dict.fromkeys((fold(word) for word in words), Numeral(value, "add", alone=True)))
    for value, words_by_use in _SCALES.get(language, {}).items():
        alone, _, behind = words_by_use.partition("|")
        found.update(dict.fromkeys(map(fold, alone.split()), Numeral(value, "scale", alone=True)))
        found.update(dict.fromkeys(map(fold, behind.split()), Numeral(value, "scale", alone=False)))
    if language in ("en", "fr"):
        one, many = ("hundred", "hundreds") if language == "en" else ("cent", "cents")
        found |= {one: Numeral(100, "hundred", alone=True), many: Numeral(100, "hundred", alone=False)}
    return found


_COMPOUND_ENDS = {
    "uk": "річн|поверх|денн|місячн|тижнев|годинн|хвилинн|кімнатн|метров|кілометров|відсотков|мільйонн|тисячн|тонн",
    "ru": "летн|этаж|дневн|месячн|недельн|часов|минутн|комнатн|метров|километров|процентн|миллионн|тысячн|тонн",
}
_COMPOUND_STEMS = {
    "uk": {2: "дво двох", 3: "три трьох", 4: "чотири чотирьох"},
    "ru": {2: "двух", 3: "трех", 4: "четырех"},
}
_GENITIVE = re.compile("(?:и|а|ох)$")


@cache
def compounds(language: str) -> tuple[frozenset[str], re.Pattern[str]] | None:
    """How numbers begin that are part of an adjective (``восьмирічний``), and the pattern of these; ``None`` without.

    The first group of the pattern is the number, which ``compound_value`` reads.
    """
    if language not in _COMPOUND_ENDS:
        return None
    stems = "|".join(sorted(_compound_values(language), key=len, reverse=True))
    ends = _COMPOUND_ENDS[language]
    starts = frozenset(stem[:2] for stem in _compound_values(language))
    return starts, re.compile(rf"({stems})(?:{ends})\w{{1,6}}")


def compound_value(language: str, stem: str) -> float:
    """The value of a number that an adjective begins with. Raises ``KeyError`` for what is none."""
    return _compound_values(language)[stem]


@cache
def _compound_values(language: str) -> Mapping[str, float]:
    found = {word: float(value) for value, words in _COMPOUND_STEMS[language].items() for word in words.split()}
    for word, numeral in numerals(language).items():
        if numeral.role == "add" and 5 <= numeral.value <= 100 and _GENITIVE.search(word):  # noqa: PLR2004
            found[word] = numeral.value
    return found


def _written(language: str) -> Iterable[tuple[float, list[str]]]:
    tables: dict[str, dict[float, str]] = {
        "en": {1: "one", **_EN},
        "uk": _UK,
        "ru": _RU,
        "pl": _PL,
        "fr": _FR,
        "es": _ES,
    }
    yield from ((value, words.split()) for value, words in tables.get(language, {}).items())
    if language == "uk":
        yield from ((value, _with_endings(stem, "ь и ьох ьом ьома ьма еро")) for value, stem in _UK_TEENS.items())
    if language == "ru":
        yield from ((value, _with_endings(stem, "ь и ью")) for value, stem in _RU_TEENS.items())
    if language in ("de", "nl", "it"):
        yield from _in_one_word(language)


def _with_endings(stem: str, endings: str) -> list[str]:
    return [stem + ending for ending in endings.split()]


def _in_one_word(language: str) -> Iterable[tuple[float, list[str]]]:
    hundred, thousand, single = {
        "de": ("hundert", "tausend", "eins ein eine einen einer einem"),
        "nl": ("honderd", "duizend", "een één"),
        "it": ("cento", "mila", "uno un una"),
    }[language]
    below = _below_hundred(language)
    for value in range(1, _LAST_OF_UNDER_1000 + 1):
        hundreds, rest = divmod(value, 100)
        tail = below[rest] if rest else ""
        head = ("" if hundreds == 1 and language != "de" else below[hundreds]) if hundreds else ""
        words = [f"{head}{hundred}{tail}" if hundreds else tail]
        if language == "de" and hundreds == 1:
            words.append(f"{hundred}{tail}")
        yield value, single.split() if value == 1 else words
        if value > 1 or language == "de":
            yield value * 1000, [word + thousand for word in words]


def _below_hundred(language: str) -> dict[int, str]:
    units, tens, join = {
        "de": (_DE_UNITS + " achtzehn neunzehn", _DE_TENS, "und"),
        "nl": (_NL_UNITS + " achttien negentien", _NL_TENS, "en"),
        "it": (_IT_UNITS + " diciassette diciotto diciannove", _IT_TENS, ""),
    }[language]
    found = dict(enumerate(units.split(), 1))
    for number, ten in enumerate(tens.split(), 2):
        found[number * 10] = ten
        for unit in range(1, 10):
            if join:
                found[number * 10 + unit] = f"{found[unit]}{join}{ten}"
            else:  # Italian drops the vowel of the ten before uno and otto.
                found[number * 10 + unit] = (ten[:-1] if unit in (1, 8) else ten) + found[unit]
    return found
