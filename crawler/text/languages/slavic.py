"""What Ukrainian and Russian share: names by paradigm, and pymorphy3's dictionaries where they are installed.

A name is rarely in a dictionary, but its case is told by its ending. A form is read in every declension whose ending it
has; a reading is the root with a mark for the declension, so that ``Маска`` is read as a form of ``Маск`` and of
``Маска``, ``Белова`` as of ``Белов`` and of ``Белова``, and ``Беловой`` of ``Белова`` alone.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from crawler.text.languages.base import Lexicon, Simplemma

SHORTEST_ROOT = 2

_ALSO_SURNAMES = frozenset({"", "ов", "ев", "ей", "ів", "їв"})
"""Endings of a genitive plural that a query's word is not read with: it is a surname far more often."""


@dataclass(frozen=True, slots=True)
class Declensions:
    """The declensions of names in one language: a pattern of endings for each."""

    endings: tuple[tuple[str, re.Pattern[str]], ...]
    """Mark, and pattern that matches an ending at a form's end."""
    possessive: re.Pattern[str]
    """A surname in -ов, -ев, -ин with its ending: groups ``root``, ``ending``."""
    masculine: frozenset[str]
    feminine: frozenset[str]
    """Endings of such a surname that are of one sex alone; all others are read as both."""
    roots: Callable[[str, str], Iterable[str]]
    """Root and mark → the root, and other shapes that it has elsewhere in the paradigm."""

    def keys(self, form: str, asked: bool) -> list[str]:  # noqa: FBT001 - the signature of Language.names
        """The readings of a folded form; ``asked`` when a query holds it."""
        found: dict[str, None] = {}
        if surname := self.possessive.match(form):
            found.update(dict.fromkeys(self._surname(surname["root"], surname["ending"], asked=asked)))
            if asked:  # who asks for Белова does not ask for Белов
                return list(found)
        for mark, pattern in self.endings:
            for met in pattern.finditer(form):
                root = form[: met.start()]
                if asked and mark == "p" and form[met.start() :] in _ALSO_SURNAMES:
                    continue
                if len(root) >= SHORTEST_ROOT:
                    found.update(dict.fromkeys(f"{mark}{one}" for one in self.roots(root, mark)))
        return list(found)

    def _surname(self, root: str, ending: str, *, asked: bool) -> Iterable[str]:
        shape = self.roots(root, "s")
        if ending not in self.feminine and not (asked and ending == "а" and re.search("[оеє]в$", root)):
            yield from (f"m{one}" for one in shape)
        if ending not in self.masculine:
            yield from (f"f{one}" for one in shape)


def endings(mark: str, text: str) -> tuple[str, re.Pattern[str]]:
    """A declension: its mark, and its endings with blanks between; ``-`` stands for none."""
    written = [re.escape(one) if one != "-" else "" for one in sorted(text.split(), key=len, reverse=True)]
    # Behind a place that nothing is consumed at, so that every ending of a form is met, the short ones too.
    return mark, re.compile(f"(?=(?:{'|'.join(written)})$)")


_NAMES = frozenset({"Name", "Surn", "Patr", "Geox", "Orgn"})
"""OpenCorpora's tags of names."""


class Pymorphy:
    """pymorphy3's dictionary: all lemmas of a form, for those who installed the extra ``slavic``."""

    def __init__(self, analyser: Any) -> None:  # noqa: ANN401 - untyped, and may not be there
        self._analyser = analyser

    def lemmas(self, form: str) -> list[str]:
        """The lemmas of a form of the dictionary; what is only guessed is left out."""
        # It knows no case, and guesses at length what it does not know.
        if not form.islower() or not self._analyser.word_is_known(form):
            return []
        return list(dict.fromkeys(parse.normal_form for parse in self._analyser.parse(form) if parse.is_known))

    def named(self, form: str) -> bool:
        """Whether all readings of a form are those of names."""
        if not self._analyser.word_is_known(form):
            return False
        return all(parse.tag.grammemes & _NAMES for parse in self._analyser.parse(form) if parse.is_known)


@dataclass(frozen=True, slots=True)
class Best:
    """The best dictionary that is installed: pymorphy3's if there, else simplemma's. Decided at the first look-up."""

    code: str

    def lemmas(self, form: str) -> list[str]:
        """The lemmas of a form."""
        return best(self.code).lemmas(form)

    def named(self, form: str) -> bool:
        """Whether a form in small letters is known as a name's alone."""
        return best(self.code).named(form)


@cache
def best(code: str) -> Lexicon:
    """The best dictionary of a language that is installed."""
    try:
        return Pymorphy(importlib.import_module("pymorphy3").MorphAnalyzer(lang=code))
    except (ImportError, ValueError):  # not installed; installed without the language's dictionary
        return Simplemma(code)
