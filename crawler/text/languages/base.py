"""What a language's file has to say, and how its normal forms come about.

The dictionary is simplemma's, read in its memory-frugal form: seven languages take 107 MB, 819 in the plain form
(resident, simplemma 2.0.0, measured 2026-11). Only its look-up is used: its rules for unknown words cut names into
words that do not exist. Words it does not know get a stem instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import snowballstemmer
from simplemma.strategies.dictionaries import LOW_MEMORY_DICTIONARY_FACTORY

from crawler.text.folding import exact_form, fold

_LONGEST = 40
"""Letters; what is longer is no word of a dictionary (a URL, a hash)."""


@dataclass(frozen=True, slots=True)
class Language:
    """How one language's words are brought to normal forms."""

    code: str
    stem: Callable[[str], str]
    """Lower-case word → stem."""
    writes: Callable[[str], bool]
    """Whether a letter belongs to the language's script: other words stay as they are."""
    stem_also: re.Pattern[str] | None = None
    """Known words that get a stem as well: where it looks like one that the dictionary has only some forms of."""
    bases: Callable[[str], Iterable[str]] | None = None
    """Form → words it may be derived from (``похищен`` → ``похитить``); those in the dictionary count as lemmas too."""
    irregular: Mapping[str, str] = field(default_factory=dict)
    """Folded form → lemma, for what dictionary and stemmer miss."""
    elision: re.Pattern[str] | None = None
    """What is cut off a word's beginning (French ``l'``)."""
    ending: re.Pattern[str] | None = None
    """What is cut off a word's end (English ``'s``)."""

    def keys(self, word: str) -> tuple[str, ...]:
        """The normal forms of a word: folded, lemmas, and a stem behind ``~``."""
        form = self._bare(exact_form(word))
        folded = fold(form)
        if not form or len(form) > _LONGEST or not self.writes(form[0]):
            return (folded,)
        lemmas = self._lemmas(form, folded)
        found = dict.fromkeys((folded, *lemmas))
        known = bool(lemmas)
        if not known or (self.stem_also and self.stem_also.search(form)):
            found.update(dict.fromkeys(f"~{stem}" for stem in self._stems(form, folded)))
        return tuple(found)

    def _bare(self, form: str) -> str:
        if "'" not in form:
            return form
        if self.elision:
            form = self.elision.sub("", form)
        return self.ending.sub("", form) if self.ending else form

    def _lemmas(self, form: str, folded: str) -> list[str]:
        irregular = self.irregular.get(folded)
        found = [irregular] if irregular else []
        found += [fold(lemma) for lemma in self._looked_up(form)]
        for base in self.bases(form) if self.bases else ():
            found += [fold(lemma) for lemma in self._looked_up(base)]
        return found

    def _looked_up(self, form: str) -> list[str]:
        # Nouns of German and names everywhere stand capitalised in the dictionary, acronyms in capitals.
        dictionary = LOW_MEMORY_DICTIONARY_FACTORY.get_dictionary(self.code)
        spellings = (form, form.capitalize(), form.upper() if len(form) < 6 else form)  # noqa: PLR2004
        return [lemma for spelling in dict.fromkeys(spellings) if (lemma := dictionary.get(spelling))]

    def _stems(self, form: str, folded: str) -> set[str]:
        # From the accented and from the bare form: a query without accents has to meet a text with them.
        return {fold(self.stem(form)), self.stem(folded)}


def snowball(name: str) -> Callable[[str], str]:
    """The stemming function of a Snowball algorithm, such as ``russian``; built when first used."""
    made: list[Callable[[str], str]] = []

    def stem(word: str) -> str:
        if not made:
            made.append(snowballstemmer.stemmer(name).stemWord)
        return made[0](word)

    return stem
