"""What a story has said so far, bounded and small enough to store: hashes of sentences and facts, and no text.

Storage keeps one blob a story. Only sentences that added something are remembered, so that nine copies of a report cost
nothing; past ``MOST_SENTENCES`` the oldest go. A sentence takes 8 bytes and 4 a word, a fact 4 bytes.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from crawler.stories.facts import Fact, Reading, denial

MOST_SENTENCES = 400
"""Sentences that are remembered: a development with more to it goes on for weeks, and its first reports are in many."""

MOST_FACTS = 4_000
MOST_QUOTES = 200
_FORMAT = 1
_REMEMBERED_FROM = 0.15
_NO_SENTENCES: tuple[int, ...] = ()
_Kept = tuple[int, str, tuple[int, ...], tuple[int, ...]]
"""A sentence: its article, language, words, and keys of its figures, dates and names."""


class Index:
    """Which sentences of a memory hold an article's words; made for one article, and for no other word.

    Going through all sentences once takes a fifth of what a full index of the memory would take to build.
    """

    def __init__(self, reading: Reading, sentences: Sequence[_Kept]) -> None:
        wanted = {unit for said in reading.sentences for unit in said.units}
        wanted.update(key for fact in reading.facts for key in (*fact.keys, *fact.besides))
        free = {key for said in reading.sentences for keys in said.free for key in keys}
        pairs = {pair for said in reading.sentences for pair in pairwise(said.units)}
        self._holding: dict[int, list[int]] = {}
        self._freely: dict[int, list[int]] = {}
        self._pairs: set[tuple[int, int]] = set()
        for number, (_, _, units, keys) in enumerate(sentences):
            met = wanted.intersection(units)
            for unit in met:
                self._holding.setdefault(unit, []).append(number)
            for key in free.intersection(keys):
                self._freely.setdefault(key, []).append(number)
            if len(met) > 1:
                self._pairs |= pairs.intersection(pairwise(units))

    def holding(self, unit: int) -> Sequence[int]:
        """The sentences that hold a word, as numbers."""
        return self._holding.get(unit, _NO_SENTENCES)

    def freely_holding(self, key: int) -> Sequence[int]:
        """The sentences that hold a figure, date or name."""
        return self._freely.get(key, _NO_SENTENCES)

    def has_pair(self, left: int, right: int) -> bool:
        """Whether two words stood beside each other before."""
        return (left, right) in self._pairs


class Memory:
    """The sentences and facts of a story's articles."""

    def __init__(self) -> None:
        self._sentences: list[_Kept] = []
        self._facts: dict[int, None] = {}
        self._quotes: list[frozenset[int]] = []
        self._by_language: Counter[str] = Counter()

    @property
    def count(self) -> int:
        """How many sentences are remembered."""
        return len(self._sentences)

    def index(self, reading: Reading) -> Index:
        """Where the words of an article stand."""
        return Index(reading, self._sentences)

    def share(self, language: str) -> float:
        """The share of the sentences that are in a language."""
        return self._by_language[language] / len(self._sentences) if self._sentences else 0.0

    def article_of(self, sentence: int) -> int:
        """The article that said a sentence."""
        return self._sentences[sentence][0]

    def language_of(self, sentence: int) -> str:
        """The language of a sentence."""
        return self._sentences[sentence][1]

    def states(self, key: int) -> bool:
        """Whether a fact's key was there before."""
        return key in self._facts

    def quoted(self, words: Sequence[int]) -> float:
        """The greatest share of a quote's words that one earlier quote has."""
        asked = set(words)
        return max((len(asked & earlier) / len(asked) for earlier in self._quotes), default=0.0)

    def remember(self, article: int, reading: Reading, newness: Sequence[float] | None = None) -> None:
        """Take an article in.

        Args:
            article: Its number, for ``article_of``.
            reading: What it says.
            newness: How new each of its sentences was; those that said nothing are left out. ``None`` takes all.
        """
        for at, said in enumerate(reading.sentences):
            if said.units and said.told and (newness is None or newness[at] >= _REMEMBERED_FROM):
                free = tuple(dict.fromkeys(key for keys in said.free for key in keys))
                self._add(article, reading.language, said.units, free)
        for fact in reading.facts:
            self._state(fact)
        # A sentence of two or three words is no ground to tell others by, but what it said was said.
        brief = (unit for said in reading.sentences if not said.told and not said.credit for unit in said.units)
        for key in (*reading.happenings, *map(denial, reading.denied), *brief):
            self._again(key)
        self._forget()

    def _state(self, fact: Fact) -> None:
        if fact.kind == "quote":
            self._quotes = [*self._quotes[1 - MOST_QUOTES :], frozenset(fact.keys)]
            return
        for key in fact.keys:
            self._again(key)

    def _again(self, key: int) -> None:
        self._facts.pop(key, None)  # what is said again is forgotten last
        self._facts[key] = None

    def _add(self, article: int, language: str, units: tuple[int, ...], free: tuple[int, ...]) -> None:
        self._sentences.append((article, language, units, free))
        self._by_language[language] += 1

    def _forget(self) -> None:
        past = len(self._sentences) - MOST_SENTENCES
        if past > 0:
            self._by_language.subtract(language for _, language, _, _ in self._sentences[:past])
            del self._sentences[:past]
        if len(self._facts) > MOST_FACTS:
            self._facts = dict.fromkeys(list(self._facts)[-MOST_FACTS:])

    def dump(self) -> bytes:
        """The memory as bytes; see ``load``."""
        words = array("I", [_FORMAT, len(self._sentences), len(self._facts), len(self._quotes)])
        for article, language, units, free in self._sentences:
            words.extend((article, int.from_bytes(language.encode()[:3], "big"), len(units), len(free)))
            words.extend(units)
            words.extend(free)
        words.extend(self._facts)
        for quote in self._quotes:
            words.append(len(quote))
            words.extend(quote)
        return words.tobytes()

    @classmethod
    def load(cls, stored: bytes) -> Memory:
        """A memory from what ``dump`` made. Raises ``ValueError`` for another format's bytes, or broken ones."""
        try:
            return cls._load(stored)
        except (IndexError, OverflowError) as error:
            raise ValueError(f"a story's memory breaks off: {error}") from error

    @classmethod
    def _load(cls, stored: bytes) -> Memory:
        words = array("I")
        words.frombytes(stored)
        if len(words) < 4 or words[0] != _FORMAT:  # noqa: PLR2004
            raise ValueError(
                f"a story's memory of format {words[0] if words else 'none'}; this program reads {_FORMAT}"
            )
        memory, at = cls(), 4
        for _ in range(words[1]):
            article, language, units, free = words[at : at + 4]
            at += 4
            name = language.to_bytes(3, "big").lstrip(b"\0").decode()
            memory._add(article, name, tuple(words[at : at + units]), tuple(words[at + units : at + units + free]))
            at += units + free
        memory._facts = dict.fromkeys(words[at : at + words[2]])
        at += words[2]
        for _ in range(words[3]):
            memory._quotes.append(frozenset(words[at + 1 : at + 1 + words[at]]))
            at += 1 + words[at]
        return memory

    def merge(self, others: Iterable[Memory]) -> None:
        """Take in what other stories said that turned out to be this one."""
        for other in others:
            sentences, facts, quotes = other.kept()
            for sentence in sentences:
                self._add(*sentence)
            self._facts |= dict.fromkeys(facts)
            self._quotes = [*self._quotes, *quotes][-MOST_QUOTES:]
        self._forget()

    def kept(self) -> tuple[list[_Kept], list[int], list[frozenset[int]]]:
        """The sentences, the facts' keys and the quotes' words, oldest first."""
        return self._sentences, list(self._facts), self._quotes
