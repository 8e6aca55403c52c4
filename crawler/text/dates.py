"""Dates in running text, with keys that no language decides: ``12 травня``, ``May 12`` and ``12.05.2024`` are one day.

Words for the day of writing and weekdays are resolved against the day of publication. Times of day are no dates.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from crawler.text.folding import fold
from crawler.text.tokens import Token, tokenize


class DateMention(NamedTuple):
    """A date that a text names: ``text[start:end]``."""

    year: int | None
    """``None`` where the text does not say it and no day of publication resolves it."""
    month: int | None
    day: int | None
    start: int
    end: int
    relative: bool = False
    """Whether it stands as "yesterday" or "on Thursday"."""

    @property
    def key(self) -> str:
        """``05-12`` for a day, ``05`` for a month, ``2024`` for a year: what other languages' texts share."""
        if self.month is None:
            return str(self.year)
        return f"{self.month:02d}" if self.day is None else f"{self.month:02d}-{self.day:02d}"


# January to December, all forms; abbreviations too.
_MONTHS: Mapping[str, str] = {
    "en": "january jan;february feb;march mar;april apr;may;june jun;july jul;august aug;september sept sep;"
    "october oct;"
    "november nov;december dec",
    "uk": "січень січня січні січнем;лютий лютого лютому лютим;березень березня березні;квітень квітня квітні;"
    "травень травня травні;червень червня червні;липень липня липні;серпень серпня серпні;вересень вересня вересні;"
    "жовтень жовтня жовтні;листопад листопада листопаді;грудень грудня грудні",
    "ru": "январь января январе янв;февраль февраля феврале фев;март марта марте;апрель апреля апреле апр;май мая мае;"
    "июнь июня июне;июль июля июле;август августа августе авг;сентябрь сентября сентябре сент;"
    "октябрь октября октябре окт;ноябрь ноября ноябре нояб;декабрь декабря декабре дек",
    "pl": "styczeń stycznia styczniu;luty lutego lutym;marzec marca marcu;kwiecień kwietnia kwietniu;maj maja maju;"
    "czerwiec czerwca czerwcu;lipiec lipca lipcu;sierpień sierpnia sierpniu;wrzesień września wrześniu;"
    "październik października październiku;listopad listopada listopadzie;grudzień grudnia grudniu",
    "de": "januar jänner jan;februar feber feb;märz;april apr;mai;juni;juli;august aug;september sept sep;oktober okt;"
    "november nov;dezember dez",
    "fr": "janvier janv;février févr;mars;avril;mai;juin;juillet juil;août;septembre sept;octobre oct;novembre nov;"
    "décembre déc",
    "es": "enero;febrero;marzo;abril;mayo;junio;julio;agosto;septiembre setiembre;octubre;noviembre;diciembre",
    "it": "gennaio;febbraio;marzo;aprile;maggio;giugno;luglio;agosto;settembre;ottobre;novembre;dicembre",
    "nl": "januari;februari;maart;april;mei;juni;juli;augustus;september;oktober;november;december",
}
_AMBIGUOUS = frozenset({"march", "may", "mar", "jan", "dec", "sep", "nov", "mars", "mai"})
"""Folded months that are other words too, unless they are capitalised or stand beside a day."""

# Monday to Sunday.
_WEEKDAYS: Mapping[str, str] = {
    "en": "monday;tuesday;wednesday;thursday;friday;saturday;sunday",
    "uk": "понеділок понеділка понеділку;вівторок вівторка вівторку;середа середу середи;четвер четверга;"
    "п'ятниця п'ятницю п'ятниці;субота суботу суботи;неділя неділю неділі",
    "ru": "понедельник понедельника;вторник вторника;среда среду;четверг четверга;пятница пятницу пятницы;"
    "суббота субботу субботы;воскресенье воскресенья",
    "pl": "poniedziałek poniedziałku;wtorek wtorku;środa środę środy;czwartek czwartku;piątek piątku;"
    "sobota sobotę soboty;niedziela niedzielę niedzieli",
    "de": "montag;dienstag;mittwoch;donnerstag;freitag;samstag sonnabend;sonntag",
    "fr": "lundi;mardi;mercredi;jeudi;vendredi;samedi;dimanche",
    "es": "lunes;martes;miércoles;jueves;viernes;sábado;domingo",
    "it": "lunedì;martedì;mercoledì;giovedì;venerdì;sabato;domenica",
    "nl": "maandag;dinsdag;woensdag;donderdag;vrijdag;zaterdag;zondag",
}
# Days from the day of publication.
_NEAR: Mapping[str, Mapping[int, str]] = {
    "en": {-1: "yesterday", 0: "today tonight", 1: "tomorrow"},
    "uk": {-2: "позавчора", -1: "вчора учора", 0: "сьогодні", 1: "завтра", 2: "післязавтра"},
    "ru": {-2: "позавчера", -1: "вчера", 0: "сегодня", 1: "завтра", 2: "послезавтра"},
    "pl": {-2: "przedwczoraj", -1: "wczoraj", 0: "dziś dzisiaj", 1: "jutro"},
    "de": {-2: "vorgestern", -1: "gestern", 0: "heute", 2: "übermorgen"},
    "fr": {-1: "hier", 1: "demain"},
    "es": {-1: "ayer", 0: "hoy"},
    "it": {-1: "ieri", 0: "oggi", 1: "domani"},
    "nl": {-1: "gisteren", 0: "vandaag", 1: "morgen"},
}
_NEXT = re.compile(r"(?:next|coming|наступн\w+|следующ\w+|przyszł\w+|nächst\w+|kommend\w+)\s*$", re.IGNORECASE)
_WEEK = 7

_DAY = r"(?P<{0}>[0-3]?\d)(?:-?(?:st|nd|rd|th|го|е|й|ого|er|º|°|\.))?"
_JOIN = r"\s*(?:[-–—,]|\b(?:and|to|through|та|й|і|и|по|до|i|und|bis|et|au|y|al|e|en|tot|oraz)\b)\s*"
_BEFORE = re.compile(
    rf"(?<![\d.,:/-])(?:{_DAY.format('first')}{_JOIN})?{_DAY.format('last')}"
    rf"\s*(?:of|de|del|dnia)?\s*$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    rf"\.?\s*{_DAY.format('first')}(?![\d:])(?:{_JOIN}{_DAY.format('last')}(?![\d:,%]|\s*\w))?", re.IGNORECASE
)
_YEAR_BEHIND = re.compile(r"\.?,?\s*(?:of|de|del|у|в|року)?\s*(?P<year>(?:19|20)\d\d)(?![\d.,]\d|\d)")
_NUMERIC = re.compile(
    r"(?<![\d.,:/-])(?:(?P<day>[0-3]?\d)(?P<sep>[./])(?P<month>[01]?\d)(?P=sep)(?P<year>(?:19|20)\d\d)"
    r"|(?P<iso_year>(?:19|20)\d\d)-(?P<iso_month>[01]\d)-(?P<iso_day>[0-3]\d))(?!\d)"
)
_YEAR = re.compile(r"(?<![\d.,:/$€£+])(?:19|20)\d\d(?!\d|[.,:/]\d|[%$€£])")
_OF_MONTH = re.compile(
    r"\b(?:in|since|until|by|last|this|next|during|early|late|mid|of|im|seit|ab|en|depuis)[ -]$", re.IGNORECASE
)
_LONGEST_DAYS = 24  # characters: "12th, 13th and 14th of "
_MONTHS_OF_YEAR = 12
_DAYS_OF_MONTH = 31


class _Words(NamedTuple):
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    near: Mapping[str, int]


@cache
def _words(language: str) -> _Words:
    def numbered(line: str, first: int) -> dict[str, int]:
        return {fold(word): at for at, words in enumerate(line.split(";"), first) for word in words.split()}

    near = {fold(word): days for days, words in _NEAR.get(language, {}).items() for word in words.split()}
    return _Words(numbered(_MONTHS.get(language, ""), 1), numbered(_WEEKDAYS.get(language, ""), 0), near)


def dates(
    text: str, language: str, published: date | None = None, tokens: Sequence[Token] | None = None
) -> list[DateMention]:
    """The dates that a text names, in order and not overlapping.

    Args:
        text: What to read.
        language: BCP 47 primary language of the text; in one without a table only numeric dates and years are found.
        published: The day of publication. With it weekdays and "yesterday" are resolved, and days and months get the
            year that puts them nearest; without it the former are left out and the latter have no year.
        tokens: The text's words where they are known already.
    """
    words = _words(language)
    found: list[DateMention] = []
    for token in tokenize(text, language) if tokens is None else tokens:
        folded = token.folded
        if "0" <= folded[0] <= "9":
            found += _in_digits(text, token, language)
        elif folded in words.months:
            found += _around_month(text, token, words.months[folded])
        elif published and (folded in words.near or folded in words.weekdays):
            found.append(_relative(text, token, words, published))
    return [_resolved(mention, published) for mention in _apart(found)]


def weekday(language: str, folded: str) -> int | None:
    """The weekday (Monday is 0) that a folded word names in a language; ``None`` where it names none."""
    return _words(language).weekdays.get(folded)


def _in_digits(text: str, token: Token, language: str) -> list[DateMention]:
    if met := _NUMERIC.match(text, token.start):
        year, month, day = (int(met[name] or met[f"iso_{name}"]) for name in ("year", "month", "day"))
        if language == "en" and met["sep"] == "/" and not _exists(month, day):
            month, day = day, month  # 12/25/2024
        return [DateMention(year, month, day, met.start(), met.end())] if _exists(month, day) else []
    if (met := _YEAR.match(text, token.start)) and met.end() == token.end and not _glued(text, token.start):
        return [DateMention(int(met[0]), None, None, met.start(), met.end())]
    return []


def _glued(text: str, start: int) -> bool:
    """Whether digits belong to a name, as in ``Expo-2030``."""
    return start > 1 and text[start - 1] == "-" and text[start - 2].isalpha()


def _around_month(text: str, token: Token, month: int) -> list[DateMention]:
    behind = _AFTER.match(text, token.end)
    start = max(0, token.start - _LONGEST_DAYS)
    if met := _BEFORE.search(text[start : token.start]):
        return _days(text, met, month, (start + met.start(), token.end))
    if behind and token.form[0].isupper() and _exists(month, int(behind["first"])):
        return _days(text, behind, month, (token.start, behind.end() - text[: behind.end()].endswith(".")))
    year = _YEAR_BEHIND.match(text, token.end)
    if token.folded in _AMBIGUOUS and not (
        token.form[0].isupper() and (year or _OF_MONTH.search(text[max(0, token.start - 8) : token.start]))
    ):
        return []
    return [
        DateMention(int(year["year"]) if year else None, month, None, token.start, year.end() if year else token.end)
    ]


def _days(text: str, met: re.Match[str], month: int, span: tuple[int, int]) -> list[DateMention]:
    year = _YEAR_BEHIND.match(text, span[1])
    start, end = span[0], year.end() if year else span[1]
    days = [int(met[name]) for name in ("first", "last") if met[name]]
    return [
        DateMention(int(year["year"]) if year else None, month, day, start, end) for day in days if _exists(month, day)
    ]


def _exists(month: int, day: int) -> bool:
    return 1 <= month <= _MONTHS_OF_YEAR and 1 <= day <= _DAYS_OF_MONTH


def _relative(text: str, token: Token, words: _Words, published: date) -> DateMention:
    if token.folded in words.near:
        day = published + timedelta(days=words.near[token.folded])
    else:
        back = (published.weekday() - words.weekdays[token.folded]) % _WEEK
        ahead = _NEXT.search(text[max(0, token.start - 20) : token.start])
        day = published + timedelta(days=_WEEK - back) if ahead else published - timedelta(days=back)
    return DateMention(day.year, day.month, day.day, token.start, token.end, relative=True)


def _apart(found: list[DateMention]) -> list[DateMention]:
    """Without a year that stands inside a longer date; several days of one span stay."""
    kept: list[DateMention] = []
    for mention in sorted(found, key=lambda one: (one.start, -one.end)):
        if kept and mention.start < kept[-1].end and (mention.start, mention.end) != (kept[-1].start, kept[-1].end):
            continue
        kept.append(mention)
    return kept


def _resolved(mention: DateMention, published: date | None) -> DateMention:
    if published is None or mention.year is not None or mention.month is None:
        return mention
    # News looks back more than ahead: a month up to four ahead is this season's, a later one last year's.
    ahead = (mention.month - published.month) % _MONTHS_OF_YEAR
    months = ahead if ahead <= 4 else ahead - _MONTHS_OF_YEAR  # noqa: PLR2004
    return mention._replace(year=published.year + (published.month - 1 + months) // _MONTHS_OF_YEAR)
