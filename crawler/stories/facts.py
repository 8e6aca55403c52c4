"""What an article says, as novelty compares it: its sentences' words and its facts, with keys that no language decides.

A fact is a figure, a date, a name or a quote. Sentences are kept as 32-bit hashes of their words' normal forms: that is
all that a story's memory needs, and it holds no text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from itertools import chain
from typing import NamedTuple
from zlib import crc32

from crawler.stories.commonplace import COMMONPLACE, CREDIT_LINES, called
from crawler.stories.happenings import Happenings, happenings
from crawler.text import Document, Token, fold, text_keys
from crawler.text.cognates import cognate_key
from crawler.text.counted import counted
from crawler.text.dates import DateMention, dates
from crawler.text.figures import Figure, figures
from crawler.text.names import name_keys as sounding_alike
from crawler.text.quotes import quotes
from crawler.text.sentences import Sentence, sentences, words_of

NameKeys = Callable[[str, str], tuple[str, ...]]
"""Language and word → keys of the names that it may stand for, the same in every language and script."""


class Fact(NamedTuple):
    """Something that an article states.

    A figure or a date is known when its first key is, the others are what it makes known besides; a name is known when
    any of its keys is; a quote when an earlier one has most of its words.
    """

    kind: str
    """``figure``, ``date``, ``name`` or ``quote``."""
    keys: tuple[int, ...]
    """Hashes, the same in every language; of a quote those of its words, which are not."""
    field: str
    """``title`` or ``text``."""
    start: int
    end: int
    sure: bool
    """Whether it may be announced; what is not sure still makes later facts known."""
    about: str = ""
    """What a figure counts (``child``), or who is quoted, as it stands in the text."""
    besides: tuple[int, ...] = ()
    """Keys that tell what may be a person's name in another language: of its other words, and of their rough sound."""


class Said(NamedTuple):
    """A sentence as it is compared."""

    field: str
    start: int
    end: int
    units: tuple[int, ...]
    """Hashes of its words in order, without function words; figures and dates stand as their keys."""
    free: tuple[tuple[int, ...], ...]
    """The keys of each figure, date and name in it, which other languages' sentences share."""
    fingerprint: int
    """Hash of the whole sentence, to tell an outlet's recurring ones by."""
    told: bool
    """Whether it says something at all: no credit line, and enough words."""
    credit: bool = False
    """Whether it is a credit line."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An article as novelty reads it."""

    language: str
    sentences: tuple[Said, ...]
    facts: tuple[Fact, ...]
    happenings: tuple[int, ...] = ()
    """Keys of what it says happened or did not, each once."""
    denied: tuple[int, ...] = ()
    """Units of further words that it denies, each once."""


_STOP_WORDS = """
since until despite according meanwhile however earlier later still overnight each both another these those according
the a an of in on at to and or is are was were be been has have had for from by with as that this it its their
his her he she they s will would could not but after over into than about also who which more t all out up
some them there been when while where what said says say did do does being can may if no i we you our so such
other any one only now then і й та а але в у на з із зі до від для по за про при що це як не він вона вони
його її їх який яка яке які якого був була було були є бути також ще вже або чи так під час після через між
щоб и а но в во на с со к ко от для по за о об при что это как не он она они его ее их который которая которое
которые был была было были быть также еще уже или ли так под после через между чтобы из у же бы до der die das
den dem des ein eine einer einem einen und oder in im an am auf zu zum zur von vom mit für ist sind war le la
les un une des du de et ou en dans sur à au aux est sont el los las y o en del al con por para es son il lo
gli e di da del della che per con w z i na do się nie to jest że o od po
"""
_STOP = frozenset(_STOP_WORDS.split())
_NO_NAMES = COMMONPLACE | _STOP
_OPENING = ('"', "“", "„", "«", ":")
_CREDIT = re.compile(rf"\W*(?:{CREDIT_LINES})", re.IGNORECASE)
_STEM = "~"  # what languages.base marks stems with
_LEAST_UNITS = 4
_LEAST_LETTERS = 2
_ONE_AND_A_HALF = 1.5  # "a year and a half" has no figure
_LONE_NAME = 5
_ROUNDED_FROM = 100
_MOST_NAME_KEYS = 6
_CACHED = 65_536


@lru_cache(maxsize=_CACHED)
def hashed(key: str) -> int:
    """A key's hash: 32 bits, the same in every process."""
    return crc32(key.encode())


@lru_cache(maxsize=_CACHED)
def _unit(language: str, form: str) -> int:
    """A word's hash by one normal form: the stem of its lemma, else its lemma, else itself."""
    keys = text_keys(language, form)
    lemma = next((key for key in keys[1:] if key[0].isalnum()), keys[0])
    return hashed(next((key for key in text_keys(language, lemma) if key.startswith(_STEM)), lemma))


def read(document: Document, published: date | None, name_keys: NameKeys = sounding_alike) -> Reading:
    """An article's sentences and facts.

    Args:
        document: The article.
        published: The day of publication where it is known, for "yesterday" and "on Thursday".
        name_keys: What tells names alike in all languages.
    """
    title = _Field("title", document, published, name_keys)
    body = _Field("text", document, published, name_keys)
    ordinary = frozenset(token.form for token in document.text_tokens if token.form[0].islower())
    body_names = frozenset(token.folded for token in document.text_tokens if token.form[0].isupper())
    facts = [*title.facts(ordinary, _title_case(document, body_names)), *body.facts(ordinary, None)]
    told = [*title.happenings(), *body.happenings()]
    happened = dict.fromkeys(hashed(f"h:{kind}") for each in told for kind in each.classes)
    denied = dict.fromkeys(unit for each in told for unit in each.denied)
    return Reading(document.language, (*title.said(), *body.said()), tuple(facts), tuple(happened), tuple(denied))


def fingerprints(document: Document) -> frozenset[int]:
    """Those of a text's sentences, as ``Said.fingerprint``."""
    words = words_of(sentences(document.text), document.text_tokens)
    return frozenset(_fingerprint(each) for each in words)


def _fingerprint(words: Sequence[Token]) -> int:
    return hashed(" ".join(token.folded for token in words))


def _title_case(document: Document, body_names: frozenset[str]) -> frozenset[str] | None:
    """The only words that may be names in a headline that capitalises all: those of the text; ``None`` otherwise."""
    long = [token.form for token in document.title_tokens if len(token.form) > 3]  # noqa: PLR2004
    capitals = sum(form[0].isupper() for form in long)
    return body_names if len(long) > 2 and capitals > 0.6 * len(long) else None  # noqa: PLR2004


class _Field:
    """Title or text with what was read from it."""

    def __init__(
        self,
        name: str,
        document: Document,
        published: date | None,
        name_keys: NameKeys,
    ) -> None:
        text, tokens = (
            (document.title, document.title_tokens) if name == "title" else (document.text, document.text_tokens)
        )
        language = document.language
        self.name, self.text, self.language, self.tokens = name, text, language, tokens
        self.name_keys = name_keys
        self.published = published
        self.spans: list[Sentence] = sentences(text)
        self.words = words_of(self.spans, tokens)
        mentions = dates(text, language, published, tokens)
        self.figures: list[Figure] = figures(text, language, tokens, mentions=mentions, ones=True)
        counted_years = {figure.start for figure in self.figures}
        self.dates: list[DateMention] = [one for one in mentions if one.start not in counted_years]

    def facts(self, ordinary: frozenset[str], only: frozenset[str] | None) -> list[Fact]:
        """All facts of the field; ``only`` are the folded words that may be names, where not all may."""
        found = [fact for figure in self.figures if (fact := self._figure(figure))]
        found += [self._date(mention) for mention in self.dates]
        for words in self.words:
            found += self._names(words, ordinary, only)
        return found + [
            Fact(
                "quote",
                self._quoted(quote.start, quote.end),
                self.name,
                quote.start,
                quote.end,
                sure=True,
                about=quote.speaker,
            )
            for quote in quotes(self.text)
        ]

    def happenings(self) -> list[Happenings]:
        """What each sentence says happened, or did not."""
        return [happenings(words, partial(_unit, self.language), _STOP) for words in self.words]

    def _figure(self, figure: Figure) -> Fact | None:
        about = self._counted(figure.end)
        if figure.value == 1 and figure.kind == "count" and not about:
            return None
        sure = figure.kind != "ordinal" and figure.value != _ONE_AND_A_HALF
        return Fact("figure", figure_keys(figure), self.name, figure.start, figure.end, sure=sure, about=about)

    def _counted(self, end: int) -> str:
        """What stands behind a figure that it counts, at most three words on."""
        for met in _WORDS_BEHIND.finditer(self.text[end : end + 60]):
            if concept := counted(self.language, met[0].lower().replace("’", "'")):
                return concept
            if met.start() > _NEAR or met[0].lower() in _STOP:
                break
        return ""

    def _date(self, mention: DateMention) -> Fact:
        recent = (
            mention.relative and self.published is not None and mention.day is not None and mention.year is not None
        )
        past = recent and date(mention.year or 1, mention.month or 1, mention.day or 1) <= (self.published or date.max)
        bygone = mention.month is None and self.published is not None and (mention.year or 0) < self.published.year
        return Fact("date", date_keys(mention), self.name, mention.start, mention.end, sure=not past and not bygone)

    def _names(self, words: Sequence[Token], ordinary: frozenset[str], only: frozenset[str] | None) -> list[Fact]:
        found: list[Fact] = []
        run: list[Token] = []
        for token in words:
            follows = run and self.text[run[-1].end : token.start] in (" ", "-", "\N{NO-BREAK SPACE}")
            if run and not (follows and token.form[0].isupper()):
                found += self._name(run, words, ordinary, only)
                run = []
            if token.form[0].isupper() and (len(token.form) > 1 or run):
                run.append(token)
        return found + (self._name(run, words, ordinary, only) if run else [])

    def _name(
        self, run: list[Token], words: Sequence[Token], ordinary: frozenset[str], only: frozenset[str] | None
    ) -> list[Fact]:
        """The name that adjoining capitalised words make, and its words apart, which are not announced."""
        kept = [token for token in run if token.folded not in _NO_NAMES and not self._dated(token)]
        if not kept:
            return []
        begins = kept[0] is words[0] or self.text[kept[0].start - 1 : kept[0].start] in _OPENING
        if begins and (len(kept) == 1 or kept[0].form.lower() in ordinary):
            return [self._fact(kept[:1], sure=False), *([self._fact(kept[1:], sure=True)] if kept[1:] else [])]
        sure = only is None or all(token.folded in only for token in kept)
        apart = [self._fact([token], sure=False) for token in kept[:-1]]
        if rough := rough_hashes(kept):
            apart.append(Fact("name", rough, self.name, kept[0].start, kept[-1].end, sure=False))
        return [*apart, self._fact(kept, sure=sure and kept[-1].form.lower() not in ordinary)]

    def _fact(self, words: Sequence[Token], *, sure: bool) -> Fact:
        keys = name_hashes(self.language, words[-1].form, self.name_keys)
        personal = all(word.form[1:].islower() and len(word.form) >= _LEAST_LETTERS for word in words)
        besides: tuple[int, ...] = ()
        if personal and (len(words) > 1 or len(words[0].form) >= _LONE_NAME):
            others = (name_hashes(self.language, word.form, self.name_keys) for word in words[:-1])
            besides = (*chain.from_iterable(others), *rough_hashes(words))
        return Fact("name", keys, self.name, words[0].start, words[-1].end, sure=sure, besides=besides)

    def _dated(self, token: Token) -> bool:
        return any(mention.start <= token.start < mention.end for mention in self.dates)

    def _quoted(self, start: int, end: int) -> tuple[int, ...]:
        inside = (token for token in self.tokens if start <= token.start < end and token.folded not in _STOP)
        return tuple(_unit(self.language, token.form) for token in inside)

    def said(self) -> list[Said]:
        """The field's sentences."""
        special = {figure.start: (figure.end, figure_keys(figure)) for figure in self.figures if figure.value != 1}
        special |= {one.start: (one.end, date_keys(one)) for one in self.dates}
        return [self._said(span, words, special) for span, words in zip(self.spans, self.words, strict=True)]

    def _said(self, span: Sentence, words: list[Token], special: dict[int, tuple[int, tuple[int, ...]]]) -> Said:
        units: list[int] = []
        free: list[tuple[int, ...]] = []
        past = span.start
        for token in words:
            if token.start < past:
                continue
            begun = special.get(token.start) or (special.get(token.start - 1) if token.form[0].isdigit() else None)
            if begun:
                past, keys = begun
                units.append(keys[0])
                free.append(keys)
            elif token.folded not in _STOP:
                units.append(_unit(self.language, token.form))
                if token.form[0].isupper() and token is not words[0] and token.folded not in COMMONPLACE:
                    free.append(name_hashes(self.language, token.form, self.name_keys))
        credit = bool(_CREDIT.match(self.text, span.start, span.end))
        told = len(units) + len(free) >= _LEAST_UNITS and not credit
        return Said(self.name, span.start, span.end, tuple(units), tuple(free), _fingerprint(words), told, credit)


_POSSESSIVE = re.compile("['’ʼ]s?$")
_ADJECTIVE = re.compile("(?<=...)(?:ськ|ск)(?:ий|ого|ому|им|ім|а|ої|ій|у|ою|е|і|их|ая|ой|ую|ое|ие|ом)$")
"""What makes an adjective of a place: Рязанський, which English leaves a noun."""
_WORDS_BEHIND = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)?")
_NEAR = 28


def denial(unit: int) -> int:
    """The key under which it is remembered that a word was denied."""
    return hashed(f"h:not {unit}")


def figure_keys(figure: Figure) -> tuple[int, ...]:
    """A figure's hash, and those of what it may be rounded to: ``19,546`` makes ``more than 19,500`` known.

    Percent stand apart. Money and counts of one value are one, because a second mention leaves the currency out.
    """
    mark = "%" if figure.kind == "percent" else ""
    values = [figure.value]
    if figure.value >= _ROUNDED_FROM and not mark:
        for digits in (1, 2, 3):
            step = 10 ** (len(str(int(figure.value))) - digits)
            values += [figure.value // step * step, round(figure.value / step) * step]
    return tuple(dict.fromkeys(hashed(f"f:{value:.15g}{mark}") for value in values))


def date_keys(mention: DateMention) -> tuple[int, ...]:
    """A date's hash, and those of its month and its year, which it makes known."""
    found = [mention.key]
    if mention.month is not None:
        found.append(f"{mention.month:02d}")
        found += [str(mention.year)] if mention.year else []
    return tuple(dict.fromkeys(hashed(f"d:{key}") for key in found))


@lru_cache(maxsize=_CACHED)
def name_hashes(language: str, form: str, name_keys: NameKeys) -> tuple[int, ...]:
    """A name's hashes: as it sounds, by its normal form, and as other languages call it."""
    form = _POSSESSIVE.sub("", form)
    alias = called(fold(form))
    found = [hashed(f"n:{key}") for key in name_keys(language, form)[:_MOST_NAME_KEYS]]
    found.append(hashed(f"n:{alias}") if alias else _unit(language, form))
    return tuple(dict.fromkeys(found))


def rough_hashes(words: Sequence[Token]) -> tuple[int, ...]:
    """Hashes of how names sound in the rough, such as of Lagarde and Лагард; too coarse for one language."""
    return tuple(chain.from_iterable(_rough(word.form) for word in words))


@lru_cache(maxsize=_CACHED)
def _rough(form: str) -> tuple[int, ...]:
    bare = _POSSESSIVE.sub("", form)
    keys = (cognate_key(one) for one in dict.fromkeys((bare, _ADJECTIVE.sub("", bare))))
    return tuple(hashed(f"n:{key}") for key in keys if key)
