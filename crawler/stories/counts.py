"""What a story counts, over time: seven children on 9 October, eight on the 10th, and where outlets contradict.

High precision before all: a figure becomes part of a series only when what it counts, and what happened to it, stand
with it in one clause. Additions ("another eight"), totals ("since the start", "a total of") and single reports are
three series, because a sum of seven and a total of 1,600 do not contradict each other.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import combinations
from typing import NamedTuple

from crawler.text import Document
from crawler.text.counted import TIMES, counted
from crawler.text.dates import DateMention, dates
from crawler.text.figures import Figure, figures
from crawler.text.folding import fold
from crawler.text.quotes import quotes
from crawler.text.sentences import Sentence, sentences


class Count(NamedTuple):
    """A figure that an article states of something, for a day."""

    what: str
    """What is counted: ``child``, ``person``."""
    happened: str
    """What happened to it: ``returned``, ``killed``."""
    scope: str
    """``report`` (this time), ``more`` (in addition), or ``total`` (all until now)."""
    value: float
    bound: str
    """``more``, ``less``, ``about`` or empty, as ``Figure.bound``."""
    day: date
    """The day that the sentence names, else that of publication."""
    outlet: str
    article: int
    speaker: str
    """Who is quoted saying it; empty where nobody is."""
    start: int
    end: int
    """Where it stands in the article's text."""


class Contradiction(NamedTuple):
    """Two outlets' figures of one thing on one day that cannot both be true."""

    one: Count
    other: Count


@dataclass(frozen=True, slots=True)
class Series:
    """The figures of one thing in the order of their days."""

    what: str
    happened: str
    scope: str
    counts: tuple[Count, ...]
    contradictions: tuple[Contradiction, ...]


_HAPPENED: Mapping[str, Mapping[str, str]] = {
    "returned": {
        "en": "return* reunited repatriated brought rescued",
        "uk": "поверн* возз'єдн* врятов*", "ru": "верну* возвра* воссоедин* спас*",
    },
    "deported": {
        "en": "deported abducted kidnapped", "uk": "депорт* викрад* викрали", "ru": "депорт* похищ* похитил*",
    },
    "killed": {
        "en": "killed dead died deaths", "uk": "загин* загибл* вбит* убит* помер*", "ru": "погиб* убит* умер*",
    },
    "wounded": {
        "en": "injured wounded hurt", "uk": "поранен* постражда* травмов*", "ru": "ранен* пострада* травмиров*",
    },
    "missing": {"en": "missing", "uk": "зник* зниклими", "ru": "пропа* пропавш*"},
    "evacuated": {"en": "evacuated", "uk": "евакуй* евакую*", "ru": "эвакуир*"},
    "released": {"en": "released freed", "uk": "звільн* відпущ*", "ru": "освобо* отпущ*"},
    "detained": {"en": "detained arrested", "uk": "затрим* арешт*", "ru": "задерж* арестов*"},
    "destroyed": {"en": "destroyed collapsed", "uk": "зруйн* знищ* обвал*", "ru": "разруш* уничтож* обруш*"},
    "shot down": {"en": "downed intercepted", "uk": "збит* збил* знешкод*", "ru": "сбит* сбил*"},
}  # fmt: skip
_STATES = {"killed": "killed", "wounded": "wounded", "missing": "missing"}
"""What ``counted`` finds that is a person and what happened at once: "14 dead"."""
_KINDS = frozenset({"child", "soldier", "prisoner"})
_RISING = frozenset({"killed", "wounded", "missing", "evacuated", "detained", "destroyed", "shot down"})
"""What goes on while it is counted: a later, higher figure is news and no contradiction."""
_MORE = re.compile(r"\b(?:another|additional|further|ще|додатково|еще|ещё|дополнительно)\s+(?:\w+\s)?$", re.IGNORECASE)
_TOTAL = re.compile(
    r"\b(?:a total of|in total|total|overall|so far|to date|altogether|since|as of|already|all told|death toll|"
    r"risen to|rose to|загалом|усього|всього|від початку|з початку|наразі|станом на|вже|уже|кількість|число|досі|"
    r"зросла до|перевищила|всего|по состоянию на|уже|в общей сложности|итого|с начала|на сегодня|количество|до сих пор|"
    r"выросло до|превысило)\b",
    re.IGNORECASE,
)
_TOTAL_OF_ALL = re.compile(
    r"(?:as of|since|so far|to date|in total|станом на|від початку|з початку|наразі|по состоянию на|с начала|"
    r"на сегодня)\b",
    re.IGNORECASE,
)
"""What a sentence begins with whose figures are all totals."""
_RISEN_TO = re.compile(r"(?:зрос|вирос|збільш|возрос|вырос|увелич)\w*\s+до\s+$", re.IGNORECASE)
_UNSURE = re.compile(
    r"\b(?:not|no|cannot|if|could|may|might|would|will|plan\w*|expect\w*|risk|ago|each|every|per|between|"
    r"не|якщо|може|можуть|міг|планую\w*|очіку\w*|тому|кожн\w*|щодня|"
    r"если|может|могут|планиру\w*|ожида\w*|назад|кажд\w*|ежедневно)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[,;:()–—]\s|\s(?:and|while|but|where|after|before|when|following|та|і|а|але|и|но|де|где|після|коли|после|когда)\s"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)?")
_APART = 0.02
"""Figures of one thing that differ by less are the same one, rounded."""


def counts(document: Document, *, published: date, article: int, outlet: str) -> list[Count]:
    """The figures of an article's text that count something, in order; the title's repeat these.

    Only English, Ukrainian and Russian have the words for what happened; of other languages nothing is told.
    """
    if _pattern(document.language) is None:
        return []
    text, language = document.text, document.language
    mentions = dates(text, language, published, document.text_tokens)
    stated = figures(text, language, document.text_tokens, mentions=mentions, ones=True)
    quoted = [(one.start, one.end, one.speaker) for one in quotes(text)]
    found: list[Count] = []
    for span in sentences(text):
        inside = [figure for figure in stated if span.start <= figure.start < span.end]
        days = [one for one in mentions if span.start <= one.start < span.end]
        for figure in inside:
            told = _told(text, language, span, figure, inside)
            day = _day(days, published)
            if told and day:
                speaker = next((who for start, end, who in quoted if start <= figure.start < end), "")
                risen = _RISEN_TO.search(text, span.start, figure.start)
                found.append(
                    Count(
                        *told,
                        figure.value,
                        "" if risen else figure.bound,
                        day,
                        outlet,
                        article,
                        speaker,
                        figure.start,
                        figure.end,
                    )
                )
    return found


def _told(
    text: str, language: str, span: Sentence, figure: Figure, inside: Sequence[Figure]
) -> tuple[str, str, str] | None:
    """What a figure counts, what happened to it, and its scope; ``None`` unless all is told in one clause."""
    if figure.kind != "count":
        return None
    what, behind = _noun(text, language, figure.end, span.end)
    if not what or what in TIMES:
        return None
    start, end = _clause(text, span, figure, inside)
    clause = text[start:end]
    if _UNSURE.search(clause):
        return None
    happened = _STATES.get(what) or _happening(language, clause)
    if happened is None or (what in _STATES and _names_others(text, language, span)):
        return None
    what = "person" if what in _STATES else what
    before = text[max(span.start, figure.start - 24) : figure.start]
    whole = _TOTAL_OF_ALL.match(text, span.start) or _TOTAL.search(text[start:behind])
    scope = "more" if _MORE.search(before) else "total" if whole else "report"
    if scope == "report" and _TOTAL.search(text, span.start, span.end):
        return None  # "since the start" of another clause: whose it is cannot be told
    return what, happened, scope


def _noun(text: str, language: str, start: int, end: int) -> tuple[str, int]:
    """What the first words behind a figure name, and where; empty when they name nothing that is counted."""
    for number, met in enumerate(_WORD.finditer(text, start, min(end, start + 40))):
        apart = (
            number > 0 and not text[start : met.start()].replace("\N{NO-BREAK SPACE}", " ").replace(" ", "").isalpha()
        )
        if number > 1 or apart:
            break
        if concept := counted(language, fold(met[0])):
            return concept, met.end()
    return "", start


def _names_others(text: str, language: str, span: Sentence) -> bool:
    """Whether a sentence names a kind of people, so that "55 wounded" in it may be of these."""
    words = (fold(met[0]) for met in _WORD.finditer(text, span.start, span.end))
    return any(counted(language, word) in _KINDS for word in words)


def _clause(text: str, span: Sentence, figure: Figure, inside: Sequence[Figure]) -> tuple[int, int]:
    """The part of a sentence that belongs to a figure: to the next comma or conjunction, or the next figure."""
    before = [met.end() for met in _CLAUSE.finditer(text, span.start, figure.start)]
    behind = [met.start() for met in _CLAUSE.finditer(text, figure.end, span.end)]
    start, end = (before[-1] if before else span.start), (behind[0] if behind else span.end)
    for other in inside:
        if other.start > figure.start and other.start < end:
            end = other.start
        if other.end < figure.start and other.end > start:
            start = other.end
    return start, end


def _happening(language: str, clause: str) -> str | None:
    """The one thing that a clause says happened; ``None`` for none and for several."""
    pattern = _pattern(language)
    met = {one.lastgroup for one in pattern.finditer(fold(clause))} if pattern else set()
    return next(iter(met)).replace("_", " ") if len(met) == 1 and None not in met else None  # type: ignore[union-attr]


@cache
def _pattern(language: str) -> re.Pattern[str] | None:
    def words(listed: str) -> str:
        return "|".join(re.escape(word).replace(r"\*", r"\w*") for word in listed.split())

    groups = [
        f"(?P<{happened.replace(' ', '_')}>{words(by_language[language])})"
        for happened, by_language in _HAPPENED.items()
        if language in by_language
    ]
    return re.compile(rf"\b(?:{'|'.join(groups)})\b") if groups else None


def _day(days: Sequence[DateMention], published: date) -> date | None:
    """The day that a sentence is about: the one it names, or that of publication; ``None`` when it names several."""
    named = {(one.year, one.month, one.day) for one in days if one.month is not None}
    if not named:
        return published
    if len(named) > 1:
        return None
    year, month, day = named.pop()
    if year is None or month is None or day is None:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def series(found: Iterable[Count]) -> list[Series]:
    """The series of a story's articles, the longest first; one is told only when two articles or two days have it.

    Raises nothing: figures that cannot be compared are left out.
    """
    by: dict[tuple[str, str, str], list[Count]] = defaultdict(list)
    for count in found:
        by[count.what, count.happened, count.scope].append(count)
    made = []
    for (what, happened, scope), members in by.items():
        ordered = sorted(dict.fromkeys(members), key=lambda one: (one.day, one.article, one.start))
        if len({(one.article, one.day) for one in ordered}) > 1:
            made.append(Series(what, happened, scope, tuple(ordered), tuple(_contradictions(ordered))))
    return sorted(made, key=lambda one: (-len(one.counts), one.what, one.happened, one.scope))


def _contradictions(ordered: Sequence[Count]) -> list[Contradiction]:
    """Pairs of outlets that give one thing two figures on one day, each pair of figures once.

    An outlet that raised its own figure in the day does not contradict itself, nor one that had the other's figure
    too; additions are never contradicted, because two may happen on one day. Of what rises while it is counted only a
    lower figure after a higher one contradicts, and only if nobody had it before: else its outlet is merely late.
    """
    found: list[Contradiction] = []
    seen: set[tuple[date, frozenset[float]]] = set()
    held: dict[tuple[str, date], set[float]] = defaultdict(set)
    for count in ordered:
        held[count.outlet, count.day].add(count.value)
    for one, other in combinations(ordered, 2):
        if one.day != other.day or one.outlet == other.outlet or one.scope == "more" or _agree(one, other):
            continue
        if other.value in held[one.outlet, one.day] or one.value in held[other.outlet, other.day]:
            continue
        key = (one.day, frozenset((one.value, other.value)))
        if key in seen or _risen(one, other, ordered):
            continue
        seen.add(key)
        found.append(Contradiction(one, other))
    return found


def _risen(earlier: Count, later: Count, ordered: Sequence[Count]) -> bool:
    if earlier.happened not in _RISING:
        return False
    told_before = (one.value for one in ordered if one.day == earlier.day and one.article < earlier.article)
    return later.value > earlier.value or later.value in told_before


def _agree(one: Count, other: Count) -> bool:
    """Whether two figures may both be true: equal but for rounding, or within what "more than" and "about" allow."""
    low, high = sorted((one, other), key=lambda count: count.value)
    if high.value - low.value <= _APART * high.value:
        return True
    if low.bound == "more" or high.bound == "less":
        return True
    return "about" in (low.bound, high.bound) and high.value - low.value <= 0.1 * high.value
