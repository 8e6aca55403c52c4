"""What a language's file has to say, and how the keys of its words come about.

A text's word answers to every reading it may have; a query's word asks for as little as it can. The dictionary is
simplemma's, read in its memory-frugal form. Only its look-up is used: its rules for unknown words cut names into words
that do not exist. Words it does not know get a stem instead.

Keys are strings with marks in front, so that what is different never meets:

- ``~stem``: a stem never meets another word's lemma;
- ``?form``: what an accented word of a query asks for in words that may have lost their accents: words the dictionary
  does not have, and words in capitals. ``sąd`` so meets SAD and not the orchard, ``réseau`` meets *reseaux*;
- ``^key``: what a capitalised word of a query asks for, and only capitalised words of a text answer to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import snowballstemmer
from simplemma.strategies.dictionaries import StreamDictionaryFactory

from crawler.text.folding import APOSTROPHES, exact_form, fold

_LONGEST = 40
"""Letters; what is longer is no word of a dictionary (a URL, a hash)."""

_DICTIONARIES = StreamDictionaryFactory(cache_max_size=32)  # simplemma's own keeps eight, and would read nine in turn

_LONGEST_ACRONYM = 4
_TO_APOSTROPHE = re.compile(f"[^{APOSTROPHES}]*[{APOSTROPHES}]")

_OF_ADJECTIVES = frozenset({"e", "en", "er", "es"})
"""Endings of adjectives that stand for nouns in German: Toter, die Toten."""


class Lexicon(Protocol):
    """A dictionary of one language's forms."""

    def lemmas(self, form: str) -> list[str]:
        """The lemmas of a form in this very spelling; empty when it is not known."""

    def named(self, form: str) -> bool:
        """Whether a form in small letters is known as a name's and as no other word's (``путіна``)."""


@dataclass(frozen=True, slots=True)
class Simplemma:
    """simplemma's dictionary of a language: one lemma for a form."""

    code: str

    def lemmas(self, form: str) -> list[str]:
        """The lemma of a form, if it is known."""
        lemma = _DICTIONARIES.get_dictionary(self.code).get(form)
        return [lemma] if lemma else []

    def named(self, form: str) -> bool:
        """Whether the dictionary has a form with a capital and not without."""
        return not self.lemmas(form) and bool(self.lemmas(form.capitalize()))


@dataclass(frozen=True, slots=True)
class Nothing:
    """A dictionary that is empty."""

    def lemmas(self, form: str) -> list[str]:  # noqa: ARG002 - the signature of Lexicon
        """No form is known."""
        return []

    def named(self, form: str) -> bool:  # noqa: ARG002 - the signature of Lexicon
        """No name is known."""
        return False


def _nothing(_: str) -> Iterable[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What the dictionary and the rules make of a word: lemmas in their own spelling, and whether it is known."""

    lemmas: tuple[str, ...]
    known: bool


@dataclass(frozen=True, slots=True)
class Language:
    """How one language's words are brought to keys."""

    code: str
    lexicon: Lexicon
    stem: Callable[[str], str]
    """Lower-case word → stem."""
    writes: Callable[[str], bool]
    """Whether a letter belongs to the language's script: other words stay as they are."""
    stem_also: re.Pattern[str] | None = None
    """Known words that get a stem as well: those that the dictionary is likely to have only some forms of."""
    bases: Callable[[str], Iterable[str]] = _nothing
    """Form → words it may be a form of (``похищен`` → ``похитить``): a text's word answers to the known ones."""
    partners: Callable[[str], Iterable[str]] = _nothing
    """Lemma → lemmas taken for the same word (aspect): those that are known are lemmas of both."""
    heads: Callable[[Lexicon, str], Iterable[str]] | None = None
    """Lexicon, form → words it ends with (German ``Bundestagswahl`` → ``wahl``): a text's word answers to them too."""
    spellings: Callable[[str], Iterable[str]] = _nothing
    """Form → other spellings of the same form (``labour`` → ``labor``)."""
    names: Callable[[str, bool], Iterable[str]] | None = None
    """Folded form and whether it is a query's → keys of it as a name."""
    surname: re.Pattern[str] | None = None
    """Folded forms that, with a capital, are names and no words (``Лаврова``, not the laurel's)."""
    irregular: Mapping[str, str] = field(default_factory=dict)
    """Form or folded form → lemmas, with blanks between, for what dictionary and rules miss."""
    elision: re.Pattern[str] | None = None
    """How a folded word begins that loses what stands before its first apostrophe, and that (French ``l'``)."""
    ending: re.Pattern[str] | None = None
    """How a folded word ends that loses its last apostrophe, and what is behind it (English ``'s``)."""
    nouns_capitalised: bool = False
    """Whether a capital makes a noun (German): the noun is read first, all else only if there is none."""
    separable: frozenset[str] = frozenset()
    """Parts of verbs that stand apart from them (``kehrt … zurück``); read by ``Document``."""

    def text_keys(self, word: str) -> tuple[str, ...]:
        """The keys that a text's word answers to; the folded word is the first."""
        written = self.without_article(word)
        form, capital = self._bare(exact_form(written)), written[:1].isupper()
        if not self._reads(form):
            return _answers([fold(form)], [fold(form)] if capital else [])
        found = self._own_keys(form, capital=capital)
        for head in self.heads(self.lexicon, form) if self.heads else ():
            found += self._own_keys(head, capital=True)
        if written.isupper():  # capitals lose accents
            found += [f"?{key}" for key in found if key.isascii()]
        # Some write a name small on purpose (путін, рф): it is one still, where no other word is written so.
        if not capital and (self.nouns_capitalised or not self.lexicon.named(form)):
            return _answers(found, [])
        if not self.names:
            return _answers(found, found)
        as_name = self.names(fold(form), False)  # noqa: FBT003
        return _answers(found, [*(found[:1] if self._is_surname(form) else found), *as_name])

    def query_keys(self, word: str) -> tuple[str, ...]:
        """The keys that a query's word asks for.

        A capital asks for capitals: a name. Two to four Latin capitals are an acronym (WHO, US); all others are
        only shouted, for РФ and рф stand in one text.
        """
        written = self.without_article(word)
        if written.isupper() and not (self._latin() and 1 < len(written) <= _LONGEST_ACRONYM):
            written = written.lower()
        form, capital = self._bare(exact_form(written)), written[:1].isupper()
        if not self._reads(form):
            asked = [fold(form)]
        elif capital and self.names:
            common = [fold(form)] if self._is_surname(form) else self._asked(form, capital=True)
            asked = [*(key for key in common if key[0] != "~"), *self.names(fold(form), True)]  # noqa: FBT003
        else:
            asked = self._asked(form, capital=capital)
        return tuple(dict.fromkeys(f"^{key}" for key in asked) if capital else dict.fromkeys(asked))

    def _is_surname(self, form: str) -> bool:
        return bool(self.surname and self.surname.match(fold(form)))

    def without_article(self, word: str) -> str:
        """The word without its elided article: ``L’Ukraine`` → ``Ukraine``."""
        # Judged as folded: both spellings of a word have to lose it, or none.
        if not self.elision or word.isalpha() or not self.elision.match(fold(word)):
            return word
        return _TO_APOSTROPHE.sub("", word, 1)

    def joined_keys(self, verb: str, part: str) -> tuple[str, ...]:
        """The keys of a verb whose parts stand apart in a text (``kehrt``, ``zurück``); empty for no verb."""
        found: list[str] = []
        for lemma in self.lexicon.lemmas(exact_form(verb)):
            if lemma.endswith("n"):  # as infinitives do in German and Dutch
                found += [fold(part + lemma), part + lemma]
        return tuple(dict.fromkeys(found))

    def _reads(self, form: str) -> bool:
        return bool(form) and len(form) <= _LONGEST and self.writes(form[0])

    def _own_keys(self, form: str, *, capital: bool) -> list[str]:
        found: dict[str, None] = {}
        unsure = True
        for one in dict.fromkeys((form, *self.spellings(form))):
            reading = self._reading(one, capital=capital, wide=True)
            unsure = unsure and not reading.known
            found.update(dict.fromkeys((fold(one), *map(fold, reading.lemmas), one, *reading.lemmas)))
            if self._wants_stem(one, reading):
                found.update(dict.fromkeys(f"~{stem}" for stem in self._stems(one)))
        if unsure:
            found.update(dict.fromkeys([f"?{key}" for key in found if key.isascii()]))
        return list(found)

    def _asked(self, form: str, *, capital: bool) -> list[str]:
        asked: dict[str, None] = {}
        for one in dict.fromkeys((form, *self.spellings(form))):
            reading = self._reading(one, capital=capital, wide=False)
            own = [one, *reading.lemmas]
            stems = [f"~{stem}" for stem in self._stems(one)]
            wanted = stems if self._wants_stem(one, reading) else []
            if one.isascii() or fold(one) == one or not self._latin():
                asked.update(dict.fromkeys((*map(fold, own), *wanted)))
            else:
                bare = [fold(key) for key in (*own, *stems)]
                asked.update(dict.fromkeys((*own, *wanted[:1], *(f"?{key}" for key in bare))))
        return list(asked)

    def _latin(self) -> bool:
        return self.writes("a")

    def _bare(self, form: str) -> str:
        if not self.ending or "'" not in form or not self.ending.search(fold(form)):
            return form
        return form[: form.rindex("'")]

    def _reading(self, form: str, *, capital: bool, wide: bool) -> Reading:
        irregular = (self.irregular.get(form) or self.irregular.get(fold(form), "")).split()
        looked_up = self._looked_up(form, capital=capital)
        found = [*irregular, *looked_up]
        if wide or form not in found:  # an inflected form is asked for in all its readings, a lemma as itself
            for base in self.bases(form):
                found += [one for one in self._looked_up(base, capital=False) if exact_form(one) == exact_form(base)]
        for lemma in tuple(found):
            found += [one for partner in self.partners(lemma) for one in self._looked_up(partner, capital=False)]
        return Reading(tuple(dict.fromkeys(exact_form(lemma) for lemma in found)), bool(irregular or looked_up))

    def _looked_up(self, form: str, *, capital: bool) -> list[str]:
        # Nouns of German and names everywhere stand capitalised in the dictionary, acronyms in capitals.
        capitalised, found = form.capitalize(), []
        if capital and self.nouns_capitalised and (nouns := self.lexicon.lemmas(capitalised)):
            return [*nouns, *(one for one in self.lexicon.lemmas(form) if form.removeprefix(one) in _OF_ADJECTIVES)]
        spellings = (form, capitalised, form.upper() if len(form) <= _LONGEST_ACRONYM + 1 else form)
        for spelling in dict.fromkeys(spellings):
            found += self.lexicon.lemmas(spelling)
        return found

    def _wants_stem(self, form: str, reading: Reading) -> bool:
        return not reading.known or bool(self.stem_also and self.stem_also.search(form))

    def _stems(self, form: str) -> list[str]:
        # From the accented and from the bare form: a query without accents has to meet a text with them.
        return list(dict.fromkeys((self.stem(form), fold(self.stem(form)), self.stem(fold(form)))))


def _answers(found: list[str], as_name: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*found, *(f"^{key}" for key in as_name))))


def snowball(name: str) -> Callable[[str], str]:
    """The stemming function of a Snowball algorithm, such as ``russian``; built when first used."""
    made: list[Callable[[str], str]] = []

    def stem(word: str) -> str:
        if not made:
            made.append(snowballstemmer.stemmer(name).stemWord)
        return made[0](word)

    return stem


def replaced(form: str, rules: Iterable[tuple[str, str]]) -> list[str]:
    """What rules ``(ending, other ending)`` make of a form, for each ending that it has."""
    return [form.removesuffix(ending) + other for ending, other in rules if form.endswith(ending)]


def words(text: str) -> frozenset[str]:
    """The words of a text with blanks between."""
    return frozenset(text.split())


def by_form(irregular: Mapping[str, str]) -> dict[str, str]:
    """Lemmas by form from a table of forms by lemma; both are words with blanks between."""
    found: dict[str, list[str]] = {}
    for lemma, forms in irregular.items():
        for form in forms.split():
            found.setdefault(form, []).append(lemma)
    return {form: " ".join(lemmas) for form, lemmas in found.items()}


def rules(text: str) -> tuple[tuple[str, str], ...]:
    """Rules from their shorthand: ``"ade>ada -n>-m"`` stands for two; ``>`` with nothing behind cuts the ending off."""
    return tuple((before, after) for before, _, after in (rule.partition(">") for rule in text.split()))
