"""What a query means, the slow way: every word against every position, straight from the reference page.

The matcher has to answer as this does; nothing here is shared with it but the reading of the query.
"""

from __future__ import annotations

from dataclasses import dataclass

from crawler.text import Document, exact_form, query_keys, text_keys, tokenize
from crawler.topics.nodes import (
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
    Site,
    Source,
    Url,
    Within,
    Word,
)
from crawler.topics.patterns import read_pattern
from crawler.topics.places import comes_from, has_words, stands_at

Spans = set[tuple[int, int]]


@dataclass(frozen=True)
class Asked:
    document: Document
    source: str = ""
    host: str = ""
    author: str = ""
    url: str = ""


def holds(node: Node, asked: Asked, fields: tuple[str, ...] = ()) -> bool:
    match node:
        case And():
            return all(holds(operand, asked, fields) for operand in node.operands)
        case Or():
            return any(holds(operand, asked, fields) for operand in node.operands)
        case Not():
            return not holds(node.operand, asked, fields)
        case Within():
            return holds(node.operand, asked, (*fields, node.field))
        case Lang():
            return asked.document.language == node.code
        case Source():
            return comes_from(node.name, asked.source, asked.host)
        case Site():
            return stands_at(node.host, asked.host)
        case Author():
            return has_words(node.name, asked.author)
        case Url():
            return node.piece in asked.url.casefold()
        case _:
            return bool(spans(node, asked, fields))


def spans(node: Node, asked: Asked, fields: tuple[str, ...]) -> Spans:
    """First and last position of everywhere that a part of a query stands."""
    document = asked.document
    match node:
        case Word() | Prefix():
            return {(at, at) for at in numbered(document, fields) if meets(node, document, at)}
        case Phrase():
            return phrase(node, document, fields)
        case Pattern():
            return pattern(node, document, fields)
        case Near():
            met = spans(node.operands[0], asked, fields)
            for operand, distance, ordered in zip(node.operands[1:], node.distances, node.ordered, strict=True):
                met = near(met, spans(operand, asked, fields), distance, ordered=ordered)
            return met
        case And():
            found = [spans(operand, asked, fields) for operand in node.operands]
            return set().union(*found) if all(found) else set()
        case Or():
            return set().union(*(spans(operand, asked, fields) for operand in node.operands))
        case Within():
            return spans(node.operand, asked, (*fields, node.field))
        case _:
            raise AssertionError(node)


def numbered(document: Document, fields: tuple[str, ...]) -> list[int]:
    starts = document.text_starts
    title, text = range(len(document.title_tokens)), range(starts, starts + len(document.text_tokens))
    inside = {"title": title, "text": text, "lead": text[:80]}
    return [at for at in [*title, *text] if all(at in inside[field] for field in fields)]


def meets(word: Word | Prefix, document: Document, at: int) -> bool:
    token = document.token_at(at)
    if isinstance(word, Prefix):
        return token.folded.startswith(word.stem)
    if word.exact:
        return exact_form(token.form) == exact_form(tokenize(word.form, document.language)[0].form)
    wanted = query_keys(document.language, word.form, spelled=word.spelled)
    return bool({*wanted} & {*text_keys(document.language, token.form)})


def phrase(node: Phrase, document: Document, fields: tuple[str, ...]) -> Spans:
    """Every choice of positions in order with no more words between than the slop; the shortest of each start."""
    places = numbered(document, fields)
    ends: dict[int, int] = {}
    chains = [(at, at) for at in places if meets(node.words[0], document, at)]
    for word in node.words[1:]:
        chains = [(first, at) for first, last in chains for at in places if at > last and meets(word, document, at)]
        chains = sorted({(first, at) for first, at in chains if at - first < len(node.words) + node.slop})
    for first, last in chains:
        if last - first <= len(node.words) - 1 + node.slop:
            ends[first] = min(last, ends.get(first, last))
    return set(ends.items())


def pattern(node: Pattern, document: Document, fields: tuple[str, ...]) -> Spans:
    found: Spans = set()
    for field, text, at in (("title", document.title, 0), ("text", document.text, document.text_starts)):
        tokens = document.title_tokens if field == "title" else document.text_tokens
        read = text[: tokens[-1].end + 1] if tokens else ""
        for start, end in read_pattern(node.expression).spans(text if field == "title" else read, 10**6):
            touched = [n for n, token in enumerate(tokens) if token.start < end and token.end > start]
            before = [n for n, token in enumerate(tokens) if token.end <= start]
            touched = touched or before[-1:] or [0]
            if tokens:
                found.add((at + touched[0], at + touched[-1]))
    places = numbered(document, fields)
    return {(first, last) for first, last in found if first in places}


def near(those: Spans, others: Spans, distance: int, *, ordered: bool) -> Spans:
    found: Spans = set()
    for one in those:
        for other in others:
            if 0 < other[0] - one[1] <= distance or (not ordered and 0 < one[0] - other[1] <= distance):
                found |= {one, other}
    return found
