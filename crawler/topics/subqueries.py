"""Named parts of queries that several topics use: ``@children`` stands for the text of ``[queries].children``.

A reference is replaced by the sub-query's text in parentheses before the query is read; everything after that knows
only whole queries. A mistake is told at the text in which it was made: of the sub-query on its own, or of the query at
the reference where only the two together cannot be read.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crawler.errors import QueryError
from crawler.topics.advice import notes, out_of_reach
from crawler.topics.lexer import MAX_LENGTH, Kind, Lexeme, lex
from crawler.topics.parser import parse

MOST_INSIDE = 10
"""Sub-queries that use one another, one inside the other."""


@dataclass(frozen=True, slots=True)
class Expanded:
    """A query with its sub-queries put in."""

    text: str
    inserted: tuple[tuple[int, int, Lexeme], ...]
    """From where to where in ``text`` a sub-query stands, and the reference that it replaced."""

    def written(self, column: int) -> tuple[int, Lexeme | None]:
        """The column of the query as written, and the reference that it falls into, if any; columns count from 1."""
        at = column - 1
        shift = 0
        for start, end, reference in self.inserted:
            if at < start:
                break
            if at < end:
                return reference.start + 1, reference
            shift = end - reference.end
        return column - shift, None


def expand(query: str, queries: Mapping[str, str]) -> Expanded:
    """Put the sub-queries in. Raises ``QueryError`` for a reference that cannot be followed."""
    return _expand(query, queries, ())


def read_query(query: str, queries: Mapping[str, str]) -> str:
    """The query with its sub-queries put in, found to be readable. Raises ``QueryError`` with the column as written."""
    expanded = expand(query, queries)
    try:
        parse(expanded.text)
    except QueryError as error:
        column, reference = expanded.written(error.column)
        says = f"@{reference.value} cannot stand here: {error.says}" if reference else error.says
        raise QueryError(query, min(column, max(len(query), 1)), says, error.suggestion) from error
    return expanded.text


def query_warnings(query: str, queries: Mapping[str, str], languages: frozenset[str] = frozenset()) -> list[str]:
    """What ``warnings`` says of a query, with the columns as written and without what a sub-query says itself.

    ``languages`` are those of the sources; empty when they are not all known.
    """
    expanded = expand(query, queries)
    read = parse(expanded.text)
    placed = ((*expanded.written(column), says) for column, says in sorted(notes(read) + out_of_reach(read, languages)))
    return [f"column {column}: {says}" for column, reference, says in placed if reference is None]


def references(query: str) -> Iterator[str]:
    """The names that a query refers to; none when it cannot be cut into words."""
    try:
        lexemes = lex(query)
    except QueryError:
        return
    yield from (lexeme.value for lexeme in lexemes if lexeme.kind is Kind.REFERENCE)


def _expand(query: str, queries: Mapping[str, str], path: tuple[str, ...]) -> Expanded:
    written: list[str] = []
    inserted: list[tuple[int, int, Lexeme]] = []
    at = length = 0
    for lexeme in lex(query):
        if lexeme.kind is not Kind.REFERENCE:
            continue
        inner = f"({_inner(query, lexeme, queries, path)})"
        before = query[at : lexeme.start]
        start = length + len(before)
        length = start + len(inner)
        at = lexeme.end
        if length > MAX_LENGTH:
            says = f"with @{lexeme.value} put in, the query has more than {MAX_LENGTH:,} characters"
            raise QueryError(query, lexeme.start + 1, says, "make it two topics")
        written += [before, inner]
        inserted.append((start, length, lexeme))
    return Expanded("".join([*written, query[at:]]), tuple(inserted))


def _inner(query: str, reference: Lexeme, queries: Mapping[str, str], path: tuple[str, ...]) -> str:
    """The text of a sub-query with its own sub-queries put in."""
    name = _known(query, reference, queries)
    column = reference.start + 1
    if name in path:
        circle = " → ".join(f"@{each}" for each in (*path[path.index(name) :], name))
        raise QueryError(query, column, f"@{name} uses itself: {circle}", "take one of these references out")
    if len(path) == MOST_INSIDE:
        raise QueryError(query, column, f"more than {MOST_INSIDE} sub-queries stand inside each other", "write it out")
    try:
        return _expand(queries[name], queries, (*path, name)).text
    except QueryError as error:
        says = error.says if "uses itself" in error.says else f"@{name} cannot be used: {error.says}"
        raise QueryError(query, column, says, error.suggestion) from error


def _known(query: str, reference: Lexeme, queries: Mapping[str, str]) -> str:
    """The name as the settings write it; case does not matter."""
    names = {name.casefold(): name for name in queries}
    wanted = reference.value.casefold()
    if wanted in names:
        return names[wanted]
    closest = difflib.get_close_matches(wanted, names, n=1, cutoff=0.5)
    known = ", ".join(f"@{name}" for name in queries)
    there = f"; there are {known}" if known else "; settings.toml has no [queries]"
    as_word = f'put "@{reference.value}" in quotes to look for the word'
    hint = f"did you mean @{names[closest[0]]}? Or {as_word}" if closest else as_word
    raise QueryError(query, reference.start + 1, f"there is no sub-query @{reference.value}{there}", hint)
