"""An article as the stages read it: its words, where they stand, and which normal forms they have."""

from __future__ import annotations

import re
from bisect import insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from crawler.text.folding import exact_form
from crawler.text.forms import text_keys
from crawler.text.languages import KINDS
from crawler.text.tokens import Token, tokenize

GAP = 64
"""Positions left free between title and text: wider than any ``NEAR``, so that nothing reaches across."""

MAX_WORDS = 10_000
"""Words of a text that are read. News ends long before (5,000 words are a very long read); what goes on is a
dump, and must not hold up the rest."""

_CHARACTERS_PER_WORD = 50

_CLAUSE_END = re.compile('[.,;:!?()–—"“”„»«\n]')
_CONJUNCTIONS = frozenset({"und", "oder", "aber", "en", "of", "maar"})
_LONGEST_CLAUSE = 20
"""Words between the parts of a separable verb; more make no sentence that anybody follows."""


@dataclass(frozen=True, eq=False)
class Document:
    """An article's title and text with everything read from them, computed when first asked for and then kept.

    Positions count words: the title's from 0, the text's from ``text_starts`` on. At most ``MAX_WORDS`` of the text
    are read. Offsets in tokens refer to ``title`` and ``text`` as given.
    """

    title: str
    text: str
    language: str
    """BCP 47 primary language, or ``und``."""

    @cached_property
    def title_tokens(self) -> Sequence[Token]:
        """The title's words."""
        return _read(self.title, self.language)

    @cached_property
    def text_tokens(self) -> Sequence[Token]:
        """The text's words."""
        return _read(self.text, self.language)

    @cached_property
    def text_starts(self) -> int:
        """The position of the text's first word."""
        return len(self.title_tokens) + GAP

    @cached_property
    def words(self) -> list[str]:
        """The folded words of the text, in order."""
        return [token.folded for token in self.text_tokens]

    @cached_property
    def positions(self) -> dict[str, list[int]]:
        """Normal form → ascending positions of the words that have it (``forms.text_keys``)."""
        found: dict[str, list[int]] = {}
        language = self.language
        for position, token in self._numbered():
            for key in text_keys(language, token.form):
                found.setdefault(key, []).append(position)
        for position, key in self._parted_verbs():
            insort(found.setdefault(key, []), position)
        return found

    @cached_property
    def folded_positions(self) -> dict[str, list[int]]:
        """Folded word → ascending positions."""
        found: dict[str, list[int]] = {}
        for position, token in self._numbered():
            found.setdefault(token.folded, []).append(position)
        return found

    @cached_property
    def folded_words(self) -> list[str]:
        """The distinct folded words of title and text in alphabetical order, for looking up beginnings of words."""
        return sorted(self.folded_positions)

    @cached_property
    def exact_positions(self) -> dict[str, list[int]]:
        """Exact form (``folding.exact_form``) → ascending positions."""
        found: dict[str, list[int]] = {}
        for position, token in self._numbered():
            found.setdefault(exact_form(token.form), []).append(position)
        return found

    def field_at(self, position: int) -> str:
        """``title`` or ``text``: where the word at a position stands."""
        return "title" if position < len(self.title_tokens) else "text"

    def token_at(self, position: int) -> Token:
        """The word at a position. Raises ``IndexError`` for a position in the gap or behind the end."""
        if position < len(self.title_tokens):
            return self.title_tokens[position]
        if position < self.text_starts:
            raise IndexError(position)
        return self.text_tokens[position - self.text_starts]

    def _parted_verbs(self) -> Iterator[tuple[int, str]]:
        """Verbs whose parts stand apart, by where the first part stands: German ``kehrt … zurück``."""
        kind = KINDS.get(self.language)
        if kind is None or not kind.separable:
            return
        for text, tokens, start in (
            (self.title, self.title_tokens, 0),
            (self.text, self.text_tokens, self.text_starts),
        ):
            for at, token in enumerate(tokens):
                if token.form in kind.separable and _ends_clause(text, tokens, at):
                    for verb in _clause_before(text, tokens, at):
                        for key in kind.joined_keys(tokens[verb].form, token.form):
                            yield start + verb, key

    def _numbered(self) -> list[tuple[int, Token]]:
        return [*enumerate(self.title_tokens), *enumerate(self.text_tokens, self.text_starts)]


def _ends_clause(text: str, tokens: Sequence[Token], at: int) -> bool:
    if at + 1 == len(tokens):
        return True
    following = tokens[at + 1]
    return following.form in _CONJUNCTIONS or bool(_CLAUSE_END.search(text, tokens[at].end, following.start))


def _clause_before(text: str, tokens: Sequence[Token], at: int) -> Iterator[int]:
    """Words of the clause that a word ends, nearest first, that may be the verb."""
    for back in range(at - 1, max(-1, at - 1 - _LONGEST_CLAUSE), -1):
        if _CLAUSE_END.search(text, tokens[back].end, tokens[back + 1].start):
            return
        if not tokens[back].form.isupper():
            yield back


def _read(text: str, language: str) -> Sequence[Token]:
    # Cut before tokenising, so that a megabyte of anything costs no more than the words that are kept.
    return tokenize(text[: MAX_WORDS * _CHARACTERS_PER_WORD], language)[:MAX_WORDS]
