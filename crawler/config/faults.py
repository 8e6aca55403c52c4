"""What is wrong, put into sentences: pydantic's errors and the checks that look at several keys at once.

A ``Fault`` knows its place as a dotted location; ``locate`` turns it into a ``Mistake`` with the line of settings.toml
or the environment variable that the value came from.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from crawler.config.durations import parse_duration
from crawler.config.lines import Loc, Places
from crawler.config.schema import LISTS, QUERIES, SECTIONS, CrawlConfig, keys_of
from crawler.config.values import shown
from crawler.errors import Mistake, QueryError

_REFERABLE = re.compile(r"\w[\w-]*")
_SECRET_KEYS = frozenset({"password", "secret"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong at a place in the settings."""

    loc: Loc
    says: str
    newlines: int = 0
    """How many line breaks of the value come before the part that is wrong."""


@dataclass(frozen=True, slots=True)
class Origins:
    """Where the values came from: the file's name and lines, and the variables that replaced some."""

    name: str
    places: Places
    variables: Mapping[Loc, str]

    def where(self, loc: Loc, newlines: int = 0) -> str:
        """``settings.toml:12``, or the variable's name."""
        variable = self.variable(loc)
        return variable or f"{self.name}:{self.places.line_within(loc, newlines)}"

    def variable(self, loc: Loc) -> str:
        """The variable that the value at ``loc`` came from; empty for the file."""
        return next((self.variables[loc[:n]] for n in range(len(loc), 0, -1) if loc[:n] in self.variables), "")


def locate(faults: Iterable[Fault], origins: Origins) -> list[Mistake]:
    """The faults as mistakes, in the file's order, the environment's behind them."""

    def order(fault: Fault) -> tuple[bool, int, str]:
        variable = origins.variable(fault.loc)
        return bool(variable), 0 if variable else origins.places.line_within(fault.loc, fault.newlines), variable

    return [
        Mistake(origins.where(fault.loc, fault.newlines), ".".join(map(str, fault.loc)), fault.says)
        for fault in sorted(faults, key=order)
    ]


def suggestion(wrong: str, known: Iterable[str]) -> str:
    """``did you mean "fastest"? `` when something known is near, else empty."""
    near = difflib.get_close_matches(wrong.lower(), list(known), n=1, cutoff=0.6)
    return f'did you mean "{near[0]}"? ' if near else ""


def from_pydantic(error: ValidationError) -> list[Fault]:
    """Pydantic's errors, each as a sentence."""
    return [_fault(details) for details in error.errors(include_url=False)]


def _fault(details: ErrorDetails) -> Fault:
    loc: Loc = tuple(details["loc"])
    kind = details["type"]
    cause = details.get("ctx", {}).get("error")
    if isinstance(cause, QueryError):
        return _query_fault(loc, cause)
    if kind == "value_error":
        return Fault(loc, str(cause))
    if kind == "extra_forbidden":
        return Fault(loc, _unknown(loc))
    if kind == "missing":
        return Fault(loc, _missing(loc))
    stands = "what stands here" if loc[-1] in _SECRET_KEYS else shown(details["input"])
    return Fault(loc, f"{stands} cannot stand here; {_wanted(loc, kind, details)}")


def _wanted(loc: Loc, kind: str, details: ErrorDetails) -> str:
    key = loc[-1]
    if kind == "dict_type":
        return f"write [{key}] and below it a line for each sub-query, such as children = 'child OR kid'"
    if kind == "model_type":
        return f"{key} is a section of its own: write [{key}] and below it its keys, each on a line"
    if kind == "tuple_type" and loc[0] == key and key in LISTS:
        return f"write [[{key}]] with two brackets, once for each, and below it its keys"
    if kind == "tuple_type":
        return f'write a list, such as {key} = ["…", "…"]'
    if kind == "literal_error":
        return f"it has to be one of {details['ctx']['expected'].replace(chr(39), chr(34))}"
    if kind == "bool_type":
        return "write true or false, without quotes"
    if kind == "string_type":
        return f'write text in quotes, such as {key} = "…"'
    return str(details["msg"])


def _unknown(loc: Loc) -> str:
    key = str(loc[-1])
    if len(loc) == 1:
        known, place = [*SECTIONS, QUERIES], "the sections"
    else:
        known, place = list(keys_of(SECTIONS[str(loc[0])])), f"the keys of {_header(loc)}"
    if len(loc) == 1 and (home := [name for name in SECTIONS if key in keys_of(SECTIONS[name])]):
        return f'"{key}" stands before any section; it belongs below [{home[0]}]'
    return f'there is no "{key}"; {suggestion(key, known)}{place} are {", ".join(known)}'


def _missing(loc: Loc) -> str:
    example = {"url": 'url = "https://example.org/rss"', "name": 'name = "What I follow"'}[str(loc[-1])]
    return f"{loc[-1]} is missing; every {_header(loc)} needs one, such as {example}"


def _header(loc: Loc) -> str:
    return f"[[{loc[0]}]]" if loc[0] in LISTS else f"[{loc[0]}]"


def _query_fault(loc: Loc, error: QueryError) -> Fault:
    """A query's mistake at its own line, with the column counted within that line of the query."""
    before = error.query[: max(error.column - 1, 0)]
    newlines = before.count("\n")
    column = error.column - (before.rfind("\n") + 1)
    hint = f" ({error.suggestion})" if error.suggestion else ""
    pointer = "".join(f"\n    {line}" for line in error.pointer().splitlines())
    return Fault(loc, f"column {column} of this line of the query: {error.says}{hint}{pointer}", newlines)


def across_keys(data: Mapping[str, Any]) -> Iterator[Fault]:
    """Mistakes that no key makes alone; takes the data as read, whatever else is wrong with them."""
    yield from _twice(data, "sources", "url")
    yield from _twice(data, "topics", "name")
    yield from _order_of_paces(table(data, "crawl"))
    mail = table(data, "mail")
    for section in ("mail", "answers"):
        yield from _password_faults(section, table(data, section))
    yield from _answers_faults(table(data, "answers"))
    yield from _names_of_queries(data)
    yield from _way_faults(data)
    for index, topic in tables(data, "topics"):
        yield from _topic_faults(index, topic, mail)


def _password_faults(name: str, section: Mapping[str, Any]) -> Iterator[Fault]:
    if section.get("password") and section.get("password_file"):
        yield Fault((name, "password_file"), "password stands beside it; give one of the two")
    if section.get("token_command") and (section.get("password") or section.get("password_file")):
        yield Fault((name, "token_command"), "a password stands beside it; give one of the two")


def _answers_faults(answers: Mapping[str, Any]) -> Iterator[Fault]:
    """An address for answers whose mailbox nobody reads, or a mailbox that nobody is told to write to."""
    if answers.get("imap") and answers.get("maildir"):
        yield Fault(("answers", "maildir"), "imap stands beside it; give one of the two")
    reads = bool(answers.get("imap") or answers.get("maildir"))
    if answers.get("address") and not reads:
        yield Fault(("answers", "address"), "nobody reads what comes there; write imap or maildir beside it")
    if reads and not answers.get("address"):
        key = "imap" if answers.get("imap") else "maildir"
        yield Fault(("answers", key), "no mail says to write there; write address beside it")
    if answers.get("imap") and not any(answers.get(key) for key in ("password", "password_file", "token_command")):
        yield Fault(("answers", "imap"), "no password is given; write password_file or token_command beside it")


def _way_faults(data: Mapping[str, Any]) -> Iterator[Fault]:
    """Ways that say too much or too little, and recipients that name none of them."""
    yield from _twice(data, "ways", "name")
    for index, way in tables(data, "ways"):
        for key in ("url", "secret"):
            if way.get(key) and way.get(f"{key}_file"):
                yield Fault(("ways", index, f"{key}_file"), f"{key} stands beside it; give one of the two")
        if not way.get("url") and not way.get("url_file"):
            yield Fault(("ways", index), "it leads nowhere; write url or url_file")
    names = {str(way.get("name", "")).strip() for _, way in tables(data, "ways")}
    places: list[tuple[Loc, object]] = [(("mail", "to"), table(data, "mail").get("to"))]
    places += [(("topics", index, "to"), topic.get("to")) for index, topic in tables(data, "topics")]
    for loc, people in places:
        for each in people if isinstance(people, list) else []:
            text = each.strip() if isinstance(each, str) else ""
            if text.startswith("@") and text[1:] not in names:
                known = ", ".join(f"@{name}" for name in sorted(names)) or "none"
                yield Fault(loc, f"{shown(text)} is none of the [[ways]] (there are: {known}); write one of this name")


def _names_of_queries(data: Mapping[str, Any]) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for name in table(data, QUERIES):
        if not _REFERABLE.fullmatch(name):
            says = f"{shown(name)} cannot be used as @{name}; a sub-query's name takes letters, digits, - and _"
            yield Fault((QUERIES, name), says)
        if not str(table(data, QUERIES)[name]).strip():
            yield Fault((QUERIES, name), f"@{name} is empty; write a query, or take it out")
        earlier = first.setdefault(name.casefold(), name)
        if earlier != name:
            yield Fault((QUERIES, name), f"@{name} and @{earlier} are the same name: case does not matter")


def subqueries(data: Mapping[str, Any]) -> dict[str, str]:
    """The sub-queries by name, those that are texts."""
    return {name: text for name, text in table(data, QUERIES).items() if isinstance(text, str)}


def table(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A section's raw keys; empty when it is absent or no table."""
    section = data.get(name)
    return section if isinstance(section, dict) else {}


def tables(data: Mapping[str, Any], name: str) -> list[tuple[int, dict[str, Any]]]:
    """Index and raw keys of each ``[[name]]``."""
    items = data.get(name)
    return [(n, item) for n, item in enumerate(items) if isinstance(item, dict)] if isinstance(items, list) else []


def _twice(data: Mapping[str, Any], section: str, key: str) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for index, item in tables(data, section):
        value = item.get(key)
        if not isinstance(value, str) or not value.strip():
            continue
        earlier = first.setdefault(same_url(value.strip()) if key == "url" else value.strip(), index)
        if earlier != index:
            says = f"{shown(value.strip())} is already the {key} of {section}.{earlier}; take one of them out"
            yield Fault((section, index, key), says)


def same_url(url: str) -> str:
    """The address with what does not matter made equal: the case of scheme and host (RFC 3986 6.2.2.1)."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return parts._replace(netloc=parts.netloc.lower()).geturl()


def _order_of_paces(crawl: Mapping[str, Any]) -> Iterator[Fault]:
    defaults = keys_of(CrawlConfig)
    seconds: dict[str, float] = {}
    for key in ("fastest", "every", "slowest"):
        try:
            seconds[key] = parse_duration(crawl.get(key, defaults[key]))
        except ValueError:  # told by the schema already
            return
    for shorter, longer in (("fastest", "every"), ("every", "slowest")):
        if seconds[shorter] > seconds[longer]:
            key, other = (shorter, longer) if shorter in crawl else (longer, shorter)
            stands = (
                f"{key} = {shown(crawl.get(key))} does not go with {other} = {shown(crawl.get(other, defaults[other]))}"
            )
            yield Fault(("crawl", key), f"{stands}; fastest may not be longer than every, nor every than slowest")


def _topic_faults(index: int, topic: Mapping[str, Any], mail: Mapping[str, Any]) -> Iterator[Fault]:
    query = topic.get("query", "")
    if isinstance(query, str) and not query.strip() and not topic.get("examples"):
        loc = ("topics", index, "query") if "query" in topic else ("topics", index)
        says = (
            "the topic has no query and no examples; write one of them, such as"
            " query = '''children AND (deport* OR abduct*)'''"
        )
        yield Fault(loc, says)
    if topic.get("to", []) == [] and mail.get("to") == []:
        yield Fault(("topics", index), 'nobody would get its alerts; write to = ["you@example.org"] here or in [mail]')
