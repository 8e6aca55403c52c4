"""A text cut into the sentences and lines that two versions of it are compared by, with what each states."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from crawler.dedupe.fingerprints import words
from crawler.dedupe.furniture import is_furniture, is_sentence, opens_list, without_credits
from crawler.text import Token, tokenize
from crawler.text.dates import DateMention, dates
from crawler.text.figures import Figure, figures

MOST_CHARACTERS = 500_000
"""Of a text that are compared."""
_PIECE = re.compile(r"[^\n]+")
_ENDS = re.compile(r"[.!?…]+[\"”»’')\]]*\s+(?=[\"“«„'(\[—–-]?\s?[A-ZÀ-ÞА-ЯІЇЄҐЁŁŚŻ0-9])")
_QUOTED = re.compile(r"“[^“”\n]{8,800}[”“]|„[^„“”\n]{8,800}[“”]|«[^«»\n]{8,800}»|(?<!\w)\"[^\"\n]{8,800}\"(?!\w)")
_LEAST_QUOTED = 3
_SIGNS = re.compile(r"[%$€£₴₽¥]|(?<![\w–—-])[−-](?=\d)")
_SITE = re.compile(r"\s+[|»›]\s+[^|»›]{2,40}$|\s+[—–-]\s+[\w.]+\.[a-z]{2,6}$")


@dataclass(frozen=True, eq=False)
class Unit:
    """A sentence, or a line that is none: ``whole[start:end]`` of its field."""

    text: str
    start: int
    field: str
    language: str
    quoted: tuple[tuple[int, int], ...] = ()
    """Where quotes stand in it."""

    @property
    def end(self) -> int:
        """Where it ends in its field."""
        return self.start + len(self.text)

    @cached_property
    def plain(self) -> str:
        """Its words and signs as a key: two units that differ in marks and blanks alone have the same."""
        return " ".join((*(token.folded for token in self.tokens), *_SIGNS.findall(self.text)))

    @cached_property
    def tokens(self) -> list[Token]:
        """Its words."""
        return tokenize(without_credits(self.text), self.language)

    @cached_property
    def folded(self) -> list[str]:
        """Its folded words."""
        return [token.folded for token in self.tokens]

    @cached_property
    def figures(self) -> list[Figure]:
        """The figures it states."""
        return figures(self.text, self.language, ones=True)

    @cached_property
    def dates(self) -> list[DateMention]:
        """The dates it names."""
        return dates(self.text, self.language)

    @cached_property
    def tells(self) -> bool:
        """It is a sentence, or the headline, and not a caption or link."""
        return self.field == "title" or is_sentence(self.text)


@dataclass(frozen=True, eq=False)
class Side:
    """One of the two versions."""

    title: str
    text: str
    language: str

    @cached_property
    def units(self) -> list[Unit]:
        """The headline and the sentences, without what is not the article."""
        head = _SITE.sub("", self.title)
        found = [Unit(head, 0, "title", self.language, _quoted(head))] if head.strip() else []
        return [*found, *self._sentences()]

    @cached_property
    def sentences(self) -> bool:
        """Whether its lines end as sentences do; in messages they often do not, and every line counts."""
        lines = [unit for unit in self.units if unit.field == "text"]
        return sum(unit.tells for unit in lines) * 2 >= len(lines)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every folded word of the article."""
        return frozenset((*words(self.title), *words(self.text)))

    @cached_property
    def beginnings(self) -> frozenset[str]:
        """The beginnings of its words, by which one form of a word is taken for another."""
        return frozenset(map(beginning, self.words))

    def has_figure(self, key: str, written: str) -> bool:
        """Whether the article states a figure, looked for as it is written first: that is cheap."""
        return _stands(written, self.text) or key in self._figure_keys

    def has_date(self, key: str, written: str) -> bool:
        """Whether the article names a date."""
        return _stands(written, self.text) or key in self._date_keys

    @cached_property
    def _figure_keys(self) -> frozenset[str]:
        return frozenset(figure.key for unit in self.units for figure in unit.figures)

    @cached_property
    def _date_keys(self) -> frozenset[str]:
        return frozenset(mention.key for unit in self.units for mention in unit.dates)

    def _sentences(self) -> Iterator[Unit]:
        text = self.text[:MOST_CHARACTERS]
        listing = False
        for line in _PIECE.finditer(text):
            found = line[0]
            listing = opens_list(found) or (listing and not is_sentence(found))
            if listing or is_furniture(found):
                continue
            quoted = _quoted(found)
            start = 0
            for end in (*(met.end() for met in _ENDS.finditer(found)), len(found)):
                piece = found[start:end].rstrip()
                lead = len(piece) - len(piece.lstrip())
                if piece.strip() and not is_furniture(piece):
                    inside = tuple((one - start - lead, other - start - lead) for one, other in quoted)
                    yield Unit(piece.strip(), line.start() + start + lead, "text", self.language, inside)
                start = end


def beginning(word: str) -> str:
    """The part of a folded word that its forms share, roughly: enough to tell whether a word was met before."""
    return word if len(word) < 5 else word[: max(4, len(word) - 3)]  # noqa: PLR2004


def _stands(written: str, text: str) -> bool:
    """Whether words or digits stand in a text as they are, and not as a part of others."""
    at = text.find(written)
    while at >= 0:
        end = at + len(written)
        if not text[max(0, at - 1) : at].isalnum() and not _goes_on(text[end : end + 2]):
            return True
        at = text.find(written, end)
    return False


def _goes_on(behind: str) -> bool:
    return behind[:1].isalnum() or behind[:1] == "%" or (behind[:1] in ".,  " and behind[1:].isdigit())


def _quoted(text: str) -> tuple[tuple[int, int], ...]:
    if not any(mark in text for mark in '“„«"'):
        return ()
    return tuple(met.span() for met in _QUOTED.finditer(text) if met[0].count(" ") >= _LEAST_QUOTED - 1)
