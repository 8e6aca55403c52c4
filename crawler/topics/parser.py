"""A query's lexemes put together into a tree; a mistake is refused with the column it stands at.

Precedence, tightest first: ``NOT``, ``NEAR``, ``AND`` (also a blank), ``OR``. Recursive descent; parentheses nest at
most ``MAX_DEPTH`` deep, so that no query can exhaust the stack.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from crawler.errors import QueryError
from crawler.text import fold, tokenize
from crawler.topics.codes import LANGUAGE_CODES, LANGUAGE_NAMES
from crawler.topics.lexer import Kind, Lexeme, lex
from crawler.topics.nodes import (
    About,
    And,
    Author,
    Lang,
    Near,
    Node,
    Not,
    Or,
    Pattern,
    Phrase,
    Prefix,
    Query,
    Site,
    Source,
    Url,
    Within,
    Word,
    walk,
)
from crawler.topics.patterns import PatternError, read_pattern
from crawler.topics.sense import refuse_what_takes_everything

MAX_DEPTH = 50
"""Parentheses, and fields, inside each other."""
MAX_PHRASE = 50
"""Words of a phrase."""
MAX_NEAR = 100
"""``NEAR`` in one query: each compares every place of one side with those of the other."""
MAX_PATTERNS = 10
"""Regular expressions in one query: each reads the whole text."""
SHORTEST_STEM = 3
"""Letters before ``*``: fewer would take a large part of every article's words."""
SHORTEST_ADDRESS = 3
"""Characters of ``url:``."""

_STARTS = frozenset({Kind.OPEN, Kind.NOT, Kind.FIELD, Kind.WORD, Kind.QUOTED, Kind.PATTERN, Kind.REFERENCE})
_PARTS = ("title", "text", "lead")
_PROTOCOL = re.compile(r"https?://(?:www\.)?")
_AS_WORD = 'put "@{}" in quotes to look for the word'
_NAMES = {Kind.AND: "AND", Kind.OR: "OR", Kind.NEAR: "NEAR", Kind.NOT: "NOT"}


def parse(query: str) -> Query:
    """Read a query. Raises ``QueryError`` with the column and, where there is one, a suggestion."""
    if not query.strip():
        raise QueryError(query, 1, "the query is empty", "write at least one word")
    parser = _Parser(query)
    root = parser.disjunction()
    if parser.current.kind is Kind.CLOSE:
        raise QueryError(query, parser.current.start + 1, "this ) closes nothing", "remove it, or open it with (")
    refuse_what_takes_everything(query, root)
    for kind, name, most in ((Kind.NEAR, "NEAR", MAX_NEAR), (Kind.PATTERN, "pattern", MAX_PATTERNS)):
        found = [lexeme for lexeme in parser.lexemes if lexeme.kind is kind]
        if len(found) > most:
            says = f"this is {name} number {most + 1}; {most} are possible"
            raise parser.error(found[most], says, "make it two topics, or use AND")
    return Query(query, root)


class _Parser:
    def __init__(self, query: str) -> None:
        self.query = query
        self.lexemes = lex(query)
        self.at = 0
        self.depth = 0
        self.spelled = False
        """Whether what is read now stands within ``spelled:``."""

    @property
    def current(self) -> Lexeme:
        return self.lexemes[self.at]

    def meets(self, kind: Kind) -> bool:
        return self.current.kind is kind

    def take(self) -> Lexeme:
        lexeme = self.current
        self.at += 1
        return lexeme

    def error(self, lexeme: Lexeme, says: str, suggestion: str = "") -> QueryError:
        return QueryError(self.query, min(lexeme.start, max(len(self.query) - 1, 0)) + 1, says, suggestion)

    def disjunction(self) -> Node:
        first = self.at
        operands = [self.conjunction()]
        while self.current.kind is Kind.OR:
            operator = self.take()
            operands.append(self.right_of(operator, self.conjunction))
        return operands[0] if len(operands) == 1 else Or(*self.since(first), tuple(operands))

    def conjunction(self) -> Node:
        first = self.at
        operands = [self.nearness()]
        while self.current.kind is Kind.AND or self.current.kind in _STARTS:
            if self.current.kind is Kind.AND:
                operator = self.take()
                operands.append(self.right_of(operator, self.nearness))
            else:
                operands.append(self.nearness())
        return operands[0] if len(operands) == 1 else And(*self.since(first), tuple(operands))

    def nearness(self) -> Node:
        first = self.at
        operands = [self.exclusion()]
        distances, ordered = [], []
        while self.current.kind is Kind.NEAR:
            operator = self.take()
            distances.append(operator.distance)
            ordered.append(operator.ordered)
            operands.append(self.right_of(operator, self.exclusion))
        if not distances:
            return operands[0]
        for operand in operands:
            self.check_has_place(operand)
        return Near(*self.since(first), tuple(operands), tuple(distances), tuple(ordered))

    def exclusion(self) -> Node:
        if self.current.kind is not Kind.NOT:
            return self.operand()
        operator = self.take()
        if self.current.kind is Kind.NOT:
            raise self.error(self.current, "NOT stands twice", "one is enough; two would undo each other")
        operand = self.right_of(operator, self.operand)
        return Not(operator.start, operand.end, self.query[operator.start : operand.end], operand)

    def operand(self) -> Node:
        lexeme = self.current
        match lexeme.kind:
            case Kind.OPEN:
                return self.group()
            case Kind.FIELD:
                return self.field()
            case Kind.WORD:
                return self.word(self.take())
            case Kind.QUOTED:
                return self.phrase(self.take())
            case Kind.PATTERN:
                return self.pattern(self.take())
            case Kind.REFERENCE:
                raise self.error(lexeme, f"there is no sub-query @{lexeme.value}", _AS_WORD.format(lexeme.value))
            case Kind.CLOSE:
                raise self.error(lexeme, "this ) closes nothing", "remove it, or open it with (")
            case Kind.END:
                raise self.error(self.lexemes[self.at - 1], "this ( is never closed", "write a word and )")
            case _:
                raise self.error(lexeme, f"{_NAMES[lexeme.kind]} has nothing to its left", "write a word on both sides")

    def right_of(self, operator: Lexeme, read: Callable[[], Node]) -> Node:
        name = self.query[operator.start : operator.end]
        if self.current.kind in _STARTS:
            return read()
        found = {Kind.END: "the end of the query", Kind.CLOSE: ")"}.get(self.current.kind)
        found = found or self.query[self.current.start : self.current.end]
        says = f"{name} has nothing to its right; a word is expected before {found}"
        raise self.error(operator, says, f'remove it, or put "{name}" in quotes to look for the word')

    def group(self) -> Node:
        opening = self.take()
        if self.meets(Kind.CLOSE):
            raise self.error(opening, "the parentheses () are empty", "write a word between them or remove them")
        inside = self.nested(opening, self.disjunction)
        if not self.meets(Kind.CLOSE):
            raise self.error(opening, "this ( is never closed", "add )")
        self.take()
        return inside

    def nested(self, lexeme: Lexeme, read: Callable[[], Node]) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(lexeme, f"more than {MAX_DEPTH} parentheses stand inside each other", "make it two topics")
        node = read()
        self.depth -= 1
        return node

    def field(self) -> Node:
        lexeme = self.take()
        if lexeme.value in _PARTS:
            return self.within(lexeme)
        if lexeme.value == "spelled":
            return self.as_spelled(lexeme)
        value = self.take()
        if value.kind not in (Kind.WORD, Kind.QUOTED) or value.exact:
            alternatives = f"write ({lexeme.value}:a OR {lexeme.value}:b) for several"
            raise self.error(lexeme, f"{lexeme.value}: takes one word or one phrase in quotes", alternatives)
        if value.distance:
            raise self.error(value, "~ stands behind a phrase of words to look for, and not in a field", "remove it")
        read = {"lang": self.lang, "source": self.source, "site": self.site, "author": self.author, "url": self.url}
        return read[lexeme.value]((lexeme.start, value.end, self.query[lexeme.start : value.end]), value)

    def scope(self, lexeme: Lexeme) -> Node:
        """What a field applies to that takes a word, a phrase or a group."""
        if self.current.kind is Kind.NOT:
            says = "an exclusion stands before the field"
            raise self.error(self.current, says, f"write -{lexeme.value}:word")
        return self.nested(lexeme, lambda: self.right_of(lexeme, self.operand))

    def as_spelled(self, lexeme: Lexeme) -> Node:
        around, self.spelled = self.spelled, True
        operand = self.scope(lexeme)
        self.spelled = around
        for part in walk(operand):
            if isinstance(part, About):
                raise QueryError(self.query, part.column, f"{part.written} has no spellings", "move it outside")
        return operand

    def within(self, lexeme: Lexeme) -> Node:
        operand = self.scope(lexeme)
        for part in walk(operand):
            if isinstance(part, About):
                says = f"{part.written} has no place in a {lexeme.value}"
                raise QueryError(self.query, part.column, says, "move it outside")
            if isinstance(part, Within) and (part.field == "title") != (lexeme.value == "title"):
                says = f"nothing is in the {part.field} and in the {lexeme.value} at once"
                raise QueryError(self.query, part.column, says, f"write ({lexeme.value}:a OR {part.field}:b)")
        end = self.lexemes[self.at - 1].end
        return Within(lexeme.start, end, self.query[lexeme.start : end], lexeme.value, operand)

    def lang(self, span: tuple[int, int, str], value: Lexeme) -> Node:
        code = value.value.strip().casefold().replace("_", "-").split("-")[0]
        if code in LANGUAGE_CODES:
            return Lang(*span, code)
        meant = LANGUAGE_NAMES.get(code)
        hint = f"did you mean lang:{meant}?" if meant else "write lang:en, lang:uk, lang:ru, …"
        says = f"{value.value!r} is no language code; two letters of ISO 639-1 are expected"
        raise self.error(value, says, hint)

    def source(self, span: tuple[int, int, str], value: Lexeme) -> Node:
        name = fold(value.value.strip()).removeprefix("www.")
        if any(char.isalnum() for char in name):
            return Source(*span, name)
        raise self.error(value, "source: has no name", "write the outlet's name or host, such as source:example.org")

    def site(self, span: tuple[int, int, str], value: Lexeme) -> Node:
        host = fold(value.value.strip()).removeprefix("www.").strip(".")
        if host and not any(char.isspace() for char in host) and "/" not in host:
            return Site(*span, host)
        raise self.error(value, "site: takes a host", "write site:example.org; source: takes an outlet's name")

    def author(self, span: tuple[int, int, str], value: Lexeme) -> Node:
        name = " ".join(token.folded for token in tokenize(value.value))
        if name:
            return Author(*span, name)
        raise self.error(value, "author: has no name", 'write author:Smith or author:"Jane Smith"')

    def url(self, span: tuple[int, int, str], value: Lexeme) -> Node:
        piece = _PROTOCOL.sub("", value.value.strip().casefold(), count=1)
        if sum(map(str.isalnum, piece)) >= SHORTEST_ADDRESS:
            return Url(*span, piece)
        says = f"url: needs at least {SHORTEST_ADDRESS} letters or digits of the address"
        raise self.error(value, says, "write url:/sport/ for addresses that hold this")

    def pattern(self, lexeme: Lexeme) -> Node:
        try:
            read_pattern(lexeme.value)
        except PatternError as error:
            raise self.error(lexeme, error.says, error.suggestion) from error
        return Pattern(lexeme.start, lexeme.end, self.query[lexeme.start : lexeme.end], lexeme.value)

    def word(self, lexeme: Lexeme) -> Node:
        if "~" in lexeme.value:
            says = "~ stands only behind a phrase"
            hint = 'write "two words"~5, or a NEAR/5 b for words that stand near each other in either order'
            raise self.error(lexeme, says, hint)
        words = self.words(lexeme, lexeme.start + lexeme.exact, [lexeme.value])
        if not words:
            shown = self.query[lexeme.start : lexeme.end][:20]
            raise self.error(
                lexeme, f"{shown} has no letter or digit", "write AND, OR, NOT for operators, or remove it"
            )
        return self.term(lexeme, words)

    def phrase(self, lexeme: Lexeme) -> Node:
        words = self.words(lexeme, lexeme.start + lexeme.exact + 1, lexeme.value.split())
        if not words:
            raise self.error(lexeme, "there is no word between these quotes", "write the words or remove the quotes")
        return self.term(lexeme, words)

    def term(self, lexeme: Lexeme, words: list[Word | Prefix]) -> Node:
        written = self.query[lexeme.start : lexeme.end]
        if len(words) > MAX_PHRASE:
            says = f"the phrase has {len(words)} words; at most {MAX_PHRASE} are possible"
            raise self.error(lexeme, says, "fewer words find it just as well")
        if len(words) > 1:
            return Phrase(lexeme.start, lexeme.end, written, tuple(words), lexeme.distance)
        if lexeme.distance:
            raise self.error(lexeme, "~ needs a phrase of two words at least", 'write "two words"~5')
        if isinstance(words[0], Prefix):
            return Prefix(lexeme.start, lexeme.end, written, words[0].stem)
        return Word(lexeme.start, lexeme.end, written, words[0].form, lexeme.exact, self.spelled)

    def words(self, lexeme: Lexeme, offset: int, pieces: list[str]) -> list[Word | Prefix]:
        """The words of pieces that hold no blank, in the query from ``offset`` on."""
        found: list[Word | Prefix] = []
        for piece in pieces:
            start = self.query.index(piece, offset)
            offset = start + len(piece)
            tokens = tokenize(piece)
            star = self.star(lexeme, piece, start)
            found += [
                Word(start + token.start, start + token.end, token.form, token.form, lexeme.exact, self.spelled)
                for token in tokens[: len(tokens) - star]
            ]
            if star:
                stem = tokens[-1].folded if tokens and tokens[-1].end == len(piece) - 1 else ""
                self.check_stem(stem, piece, start)
                found.append(Prefix(start + tokens[-1].start, offset, piece[tokens[-1].start :], stem))
        return found

    def star(self, lexeme: Lexeme, piece: str, start: int) -> bool:
        """Whether the piece ends with ``*``; anywhere else a star is refused."""
        first = piece.find("*")
        if first < 0:
            return False
        column = start + first + 1
        if lexeme.exact:
            raise QueryError(self.query, column, "= means this form only, * means any ending", "leave out one of them")
        if first != len(piece) - 1:
            says = "* stands only at the end of a word"
            raise QueryError(self.query, column, says, "write the beginning of the word and then *, such as deport*")
        return True

    def check_stem(self, stem: str, piece: str, start: int) -> None:
        if len(stem) >= SHORTEST_STEM:
            return
        says = f"{piece} has fewer than {SHORTEST_STEM} letters before *, and would take too much"
        raise QueryError(self.query, start + 1, says, f"write at least {SHORTEST_STEM} letters")

    def check_has_place(self, operand: Node) -> None:
        """Refuse beside ``NEAR`` what stands nowhere in a text."""
        for part in walk(operand):
            if isinstance(part, Not):
                says = "NEAR cannot measure the distance to something excluded"
                raise QueryError(self.query, part.column, says, "put the exclusion outside: (a NEAR/5 b) NOT c")
            if isinstance(part, About):
                says = f"NEAR cannot measure the distance to {part.written}"
                raise QueryError(self.query, part.column, says, f"put it outside: (a NEAR/5 b) {part.written}")

    def since(self, first: int) -> tuple[int, int, str]:
        """Where the lexemes from ``first`` up to the current one stand."""
        start, end = self.lexemes[first].start, self.lexemes[self.at - 1].end
        return start, end, self.query[start:end]
