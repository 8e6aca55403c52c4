"""Whom is a text credited to? Credit lines, datelines, bylines and links to the outlet that published it first.

A credit says whose the *text* is; "the minister told Reuters" in the third paragraph says whose a *fact* is, and is a
citation. The two look alike, so a credit is only seen where credits stand: at the beginning, at the end, in the
author's name. What is left out for want of certainty costs a name; what is wrong would merge two reports into one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from crawler.dedupe.agencies import agency_of, beginnings, named_outlet, pattern
from crawler.dedupe.urls import is_home, is_web_url, outlet

_REACH = 400
"""Characters at the beginning and at the end of a text in which credits stand."""
_CONTEXT = 90
"""Characters before a name that tell what it is there for."""


@dataclass(frozen=True, slots=True)
class Credit:
    """A text, or a fact in it, is told to be somebody's."""

    agency: str
    """As ``agencies`` names it."""
    found_in: str
    """``dateline``, ``line``, ``byline`` or ``link``; ``text`` for a citation."""
    field: str
    """``author`` or ``text``: where ``start`` and ``end`` count."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Credits:
    """What a text says of its origin."""

    credit: Credit | None
    """Whose the text is; ``None`` when it does not say."""
    cites: tuple[Credit, ...]
    """Whom it quotes for facts, in order."""


_OPENS = r"[«\"„“(\[]*"
_PUBLISHED = re.compile(
    r"(?:\b(?:(?:originally|first) (?:appeared|published|produced)|republished|reprinted|courtesy)[^.\n]{0,40}?"
    r"\b(?:by|on|in|at|from|of)|(?:впервые |вперше )?опублик?ован[аоы]? (?:в|на|у)"
    rf"|erschien(?:en)? (?:zuerst )?(?:bei|in|auf))\s+(?:the website )?{_OPENS}$",
    re.IGNORECASE,
)
_MATERIAL = re.compile(
    r"\b(?:за матеріалами|за інформацією(?: агентства)?|за повідомленням(?: агентства)?|по материалам"
    r"|по сообщению(?: агентства)?|по информации агентства|with (?:files|material|reporting) from"
    rf"|mit material (?:von|der)|z wykorzystaniem materiałów|na podstawie)\s+(?:агентства\s+)?{_OPENS}$",
    re.IGNORECASE,
)
_TELLS = re.compile(
    r"[,–—-]\s*(?:(?:як|як це|про це|об этом|как|jak|wie)\s+)?"
    r"(?:передає|повідомляє|пише|інформує|передают|передает|передаёт|сообщает|пишет|informuje|podaje|berichtet|meldet)"
    rf"\s+(?:агентство\s+|die agentur\s+|die\s+)?{_OPENS}$",
    re.IGNORECASE,
)
_SOURCE = re.compile(
    r"(?:^|[\n.!?…»”\"(\[)]\s*)(?:sources?|quellen?|źródło|джерело|источник|fuente|fonte|text|copyright|©|\(c\)"
    rf"|reporting by)\s*[:–—-]?\s*{_OPENS}$",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"^\W{0,3}[^\W\d_a-zа-яіїєґ][^\n.!?()]{1,40}[,.]\s*(?:\d{1,2}\.?\s[^\W\d_]+\s*[-–—,.]?\s*)?/?$|^\W{0,3}$"
)
"""What stands before the agency in a dateline: "Москва. 4 мая. ", "МОСКВА, 4 мая. /", "Berlin, ", or nothing."""
_PLACE_BRACKET = re.compile(r"^\W{0,3}[^\n!?()]{0,60}\($")
_BRACKET_ENDS = re.compile(r"^[)/,]")
_DASHED = re.compile(r"^[^)\n]{0,30}\)\s*[-–—:]")
"""Without a dash behind the bracket, what is before it has to be in capitals: the app (AP) is no dateline."""
_DATELINE_ENDS = re.compile(r"^/?\s*[-–—:]\s|^/[\s.]|^[,.]\s*\d{1,2}\s[^\W\d_]+|^\.\s")
_ENDS = re.compile(r"^(?:/[\w ]{2,20})?[»\"”)\].\s]*$")
_END_BEGINS = re.compile(r"(?:[(\[]|\n\s*|[.!?…»”\"]\s*[-–—]+\s*)(?:(?:with|з|с|mit|and|[A-Z]{2,5}/)\s*)?$")
_SIGNED = re.compile(r"\((?:additional )?reporting by [^()]{3,160};\s*(?:writing|editing) by ", re.IGNORECASE)
"""How Reuters signs, and nobody else."""
_LINKED = re.compile(
    r"(?:\boriginal(?: article| story| post)?|\bsource|\bquelle|\bджерело|\bисточник|\bźródło|\bvia)\s*:?\s*\(?\s*"
    r"(?P<url>https?://\S{12,})",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
_AUTHOR_BEFORE = re.compile(r"(?:^|[,/|(&;–—-]|\b(?:by|and|for|with|і|и|та|und))\s*$", re.IGNORECASE)
_AUTHOR_AFTER = re.compile(r"^\s*(?:$|[,/|)&;–—-]|(?:staff|writers?|correspondent|news agency|and)\b)", re.IGNORECASE)


def read_credits(text: str, author: str = "") -> Credits:
    """Whom a text is credited to and whom it cites; the whole text is read for that.

    The author's name is trusted most, then the beginning, then the end; of several at one place, the first.
    """
    credit = credit_of(text, author)
    return Credits(
        credit,
        tuple(
            Credit(agency, "text", "text", found.start(), found.end())
            for found in _mentions().finditer(text)
            if (agency := agency_of(found[0]))
            and not (credit and credit.field == "text" and credit.start == found.start())
        ),
    )


def credit_of(text: str, author: str = "") -> Credit | None:
    """Whom a text is credited to; ``None`` when it does not say."""
    return next((credit for part in (_by_author(author), _at_beginning(text), _at_end(text)) for credit in part), None)


@lru_cache(maxsize=1)
def _mentions() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){pattern()}")


def _may_name(part: str) -> bool:
    """Whether a word begins as some agency's name does: ten times as fast as looking for the names."""
    return not beginnings().isdisjoint([word[:3] for word in _WORD.findall(part.casefold())])


def _by_author(author: str) -> Iterator[Credit]:
    for found in _mentions().finditer(author):
        if _AUTHOR_BEFORE.search(author[: found.start()]) and _AUTHOR_AFTER.match(author[found.end() :]):
            yield Credit(agency_of(found[0]), "byline", "author", found.start(), found.end())


def _at_beginning(text: str) -> Iterator[Credit]:
    for found in _mentions().finditer(text[:_REACH]) if _may_name(text[:_REACH]) else ():
        before, after = text[: found.start()], text[found.end() : found.end() + _CONTEXT]
        kind = _beginning_kind(before, after)
        if kind:
            yield Credit(agency_of(found[0]), kind, "text", found.start(), found.end())


def _beginning_kind(before: str, after: str) -> str:
    bracketed = _PLACE_BRACKET.search(before) and _BRACKET_ENDS.match(after)
    if bracketed and (_DASHED.match(after) or before.upper() == before):
        return "dateline"
    if _PLACE.search(before) and _DATELINE_ENDS.search(after):
        return "dateline"
    near = before[-_CONTEXT:]
    if _MATERIAL.search(near) or _PUBLISHED.search(near):
        return "line"
    first_sentence = not re.search(r"\n|[.!?…]\s+[^\W\d_a-zа-яіїєґ]", before.strip())
    return "line" if first_sentence and _TELLS.search(near) else ""


def _at_end(text: str) -> Iterator[Credit]:
    start = max(0, len(text) - _REACH)
    for found in _mentions().finditer(text, start) if _may_name(text[start:]) else ():
        near, after = text[max(0, found.start() - _CONTEXT) : found.start()], text[found.end() :]
        line = _MATERIAL.search(near) or _PUBLISHED.search(near)
        if line or (_ENDS.search(after) and (_END_BEGINS.search(near) or _SOURCE.search(near))):
            yield Credit(agency_of(found[0]), "line", "text", found.start(), found.end())
    if signed := _SIGNED.search(text, start):
        yield Credit("Reuters", "line", "text", signed.start(), signed.end())
    for linked in _LINKED.finditer(text, start):
        url = linked["url"].rstrip(".,;)»”\"'")
        name = named_outlet(outlet(url))
        # "Source:" often leads to what a text is about; "original" does not.
        if is_web_url(url) and not is_home(url) and (name != outlet(url) or linked[0].lower().startswith("original")):
            yield Credit(name, "link", "text", linked.start("url"), linked.start("url") + len(url))
