"""A query's characters cut into lexemes: operators, parentheses, fields, quotes, patterns, references and words."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from enum import Enum, auto

from crawler.errors import QueryError

MAX_LENGTH = 50_000
"""Characters of a query, its sub-queries put in."""
MAX_DISTANCE = 50
"""The widest ``NEAR``; ``text.GAP`` between title and text is wider."""
FIELDS = ("title", "text", "lead", "lang", "source", "site", "author", "url", "spelled")

_CLOSING = {'"': '"', "“": '”“"', "”": '”"', "„": '“”"', "«": "»", "»": "«"}
"""Opening quote → what may close it: English “…”, German „…“ and »…«, French and Ukrainian «…»."""
_NEAR = re.compile(r"(?P<name>NEAR|ONEAR|PRE|W)(?:/(?P<distance>\d+))?(?P<rest>.*)", re.DOTALL)
_SLOP = re.compile(r"~(?P<words>\d*)(?P<rest>[^\s()]*)")
_COUNTED = re.compile(r"\d+of|atleast(?:/\d+.*)?", re.IGNORECASE | re.DOTALL)
_ONE_CHARACTER = re.compile(r"\w\?\w")
_MEANT = {
    "body": "text",
    "content": "text",
    "headline": "title",
    "intitle": "title",
    "intext": "text",
    "inurl": "url",
    "link": "url",
    "language": "lang",
    "domain": "site",
    "host": "site",
    "outlet": "source",
    "by": "author",
    "byline": "author",
}
"""Names of fields in other monitors → ours."""
_FIELD = re.compile(r"(?P<name>[^\W\d_]+):")


class Kind(Enum):
    """What a lexeme is."""

    OPEN = auto()
    CLOSE = auto()
    AND = auto()
    OR = auto()
    NOT = auto()
    NEAR = auto()
    FIELD = auto()
    WORD = auto()
    QUOTED = auto()
    PATTERN = auto()
    REFERENCE = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A piece of the query: ``query[start:end]``."""

    kind: Kind
    start: int
    end: int
    value: str = ""
    """The word, what stands between the quotes or slashes, the field's or sub-query's name."""
    distance: int = 0
    """Of ``NEAR``; of ``"…"~n``."""
    ordered: bool = False
    """``PRE``: the left side comes first."""
    exact: bool = False
    """``=`` stands before it."""


_OPERATORS = {"AND": Kind.AND, "OR": Kind.OR, "NOT": Kind.NOT}


def lex(query: str) -> list[Lexeme]:
    """The lexemes of a query, with ``END`` behind the last. Raises ``QueryError``."""
    if len(query) > MAX_LENGTH:
        says = f"the query has {len(query):,} characters; at most {MAX_LENGTH:,} are read"
        raise QueryError(query, MAX_LENGTH + 1, says, "make it two topics")
    found: list[Lexeme] = []
    at = 0
    while at < len(query):
        if query[at].isspace():
            at += 1
            continue
        raw = bool(found) and found[-1].kind is Kind.FIELD and found[-1].value == "url"
        found.append(_raw(query, at) if raw else _next(query, at))
        at = found[-1].end
    return [*found, Lexeme(Kind.END, len(query), len(query))]


def _raw(query: str, at: int) -> Lexeme:
    """What stands behind ``url:``: an address is full of signs that mean something elsewhere."""
    end = _run_end(query, at)
    return Lexeme(Kind.WORD, at, end, query[at:end]) if end > at else _next(query, at)


def _next(query: str, at: int) -> Lexeme:
    char = query[at]
    if char in "()":
        return Lexeme(Kind.OPEN if char == "(" else Kind.CLOSE, at, at + 1)
    if char == "-" and _stands_free(query, at):
        return Lexeme(Kind.NOT, at, at + 1)
    if char == "=":
        return _exact(query, at)
    if char in _CLOSING:
        return _quoted(query, at)
    if char == "/":
        return _pattern(query, at)
    return _run(query, at)


def _stands_free(query: str, at: int) -> bool:
    """Whether a hyphen excludes: something follows, and a blank, a parenthesis, a field or nothing comes before."""
    follows = at + 1 < len(query) and not query[at + 1].isspace() and query[at + 1] not in ")-"
    return follows and (at == 0 or query[at - 1].isspace() or query[at - 1] in "(:")


def _exact(query: str, at: int) -> Lexeme:
    after = query[at + 1 : at + 2]
    if after in _CLOSING and after:
        quoted = _quoted(query, at + 1)
        return Lexeme(Kind.QUOTED, at, quoted.end, quoted.value, quoted.distance, exact=True)
    end = _run_end(query, at + 1)
    if end == at + 1:
        raise QueryError(query, at + 1, "= has no word behind it", 'write =word or ="exact words", without a blank')
    return Lexeme(Kind.WORD, at, end, query[at + 1 : end], exact=True)


def _quoted(query: str, at: int) -> Lexeme:
    closing = _CLOSING[query[at]]
    for end in range(at + 1, len(query)):
        if query[end] in closing:
            slop, behind = _slop(query, end + 1)
            return Lexeme(Kind.QUOTED, at, behind, query[at + 1 : end], slop)
    raise QueryError(query, at + 1, f"the quote {query[at]} is never closed", f"close it with {closing[0]}")


def _slop(query: str, at: int) -> tuple[int, int]:
    """The n of ``~n`` behind a quote, 0 for none, and where it ends."""
    found = _SLOP.match(query, at)
    if found is None:
        return 0, at
    digits = found["words"]
    words = int(digits) if digits and len(digits) < len("1000") else 0
    if found["rest"] or not 1 <= words <= MAX_DISTANCE:
        says = f"~ behind a phrase says how many other words may stand between its words, 1 to {MAX_DISTANCE}"
        raise QueryError(query, at + 1, says, 'write "two words"~5')
    return words, found.end()


def _pattern(query: str, at: int) -> Lexeme:
    """``/…/``; a slash within is escaped."""
    end = at + 1
    while end < len(query) and query[end] != "/":
        end += 2 if query[end] == "\\" else 1
    if end >= len(query):
        says = "the pattern that begins with / is never closed"
        raise QueryError(query, at + 1, says, "close it with /, or put the words in quotes")
    if end + 1 < len(query) and not query[end + 1].isspace() and query[end + 1] not in "()":
        says = "behind a pattern's closing / stands a blank or a parenthesis"
        raise QueryError(query, end + 2, says, r"case does not matter as it is; a / within a pattern is written \/")
    return Lexeme(Kind.PATTERN, at, end + 1, query[at + 1 : end])


def _run_end(query: str, at: int) -> int:
    while at < len(query) and not query[at].isspace() and query[at] not in "()" and query[at] not in _CLOSING:
        at += 1
    return at


def _run(query: str, at: int) -> Lexeme:
    end = _run_end(query, at)
    run = query[at:end]
    if run in _OPERATORS:
        return Lexeme(_OPERATORS[run], at, end)
    if (near := _NEAR.fullmatch(run)) and _measures(near):
        return _near(query, at, end, near)
    if run[0] == "@" and len(run) > 1:
        return Lexeme(Kind.REFERENCE, at, end, run[1:])
    if field := _FIELD.match(run):
        return _field(query, at, end, field)
    if ":" in run:
        raise _stray_colon(query, at + run.index(":"), run)
    _refuse_what_others_mean(query, at, end)
    return Lexeme(Kind.WORD, at, end, run)


def _refuse_what_others_mean(query: str, at: int, end: int) -> None:
    """Refuse what is an operator in other monitors, where reading it as words would be a silent mistake."""
    run = query[at:end]
    if _COUNTED.fullmatch(run) and ("/" in run or query[end : end + 1] == "("):
        says = f"{run} does not count alternatives here"
        raise QueryError(query, at + 1, says, "write the pairs out: (a b) OR (a c) OR (b c)")
    if found := _ONE_CHARACTER.search(run):
        says = "? does not stand for a letter"
        raise QueryError(query, at + found.start() + 2, says, "write the forms, such as (woman OR women), or a begin*")
    if "|" in run.strip("|"):
        raise QueryError(query, at + run.index("|", 1) + 1, "| means nothing here", "write a OR b")


def _measures(near: re.Match[str]) -> bool:
    """Whether a run that begins like ``NEAR`` is the operator and not a word (``NEARBY``, ``PRE``, ``W/Cdr``)."""
    if near["name"] in ("PRE", "W"):
        return near["distance"] is not None or (near["name"] == "PRE" and near["rest"][:1] == "/")
    return not near["rest"][:1].isalpha()


def _near(query: str, at: int, end: int, near: re.Match[str]) -> Lexeme:
    if near["distance"] is None or near["rest"]:
        says = f"{query[at:end]} does not say how near"
        hint = f"write {near['name']}/5 for at most five words apart; 1 to {MAX_DISTANCE} is possible"
        raise QueryError(query, at + 1, says, hint)
    distance = int(near["distance"]) if len(near["distance"]) < len("1000") else MAX_DISTANCE + 1
    if not 1 <= distance <= MAX_DISTANCE:
        name = near["name"]
        says = f"{name}/{near['distance'][:9]} is out of range; {name}/1 to {name}/{MAX_DISTANCE} is possible"
        raise QueryError(query, at + 1, says, "use AND for words that may stand anywhere")
    return Lexeme(Kind.NEAR, at, end, distance=distance, ordered=near["name"] in ("PRE", "ONEAR"))


def _field(query: str, at: int, end: int, field: re.Match[str]) -> Lexeme:
    name = field["name"]
    colon = at + len(field[0])
    if query[colon : colon + 2] == "//" and name.casefold() not in FIELDS:
        raise _address(query, at, end)
    if name.casefold() not in FIELDS:
        meant = _MEANT.get(name.casefold())
        closest = [meant] if meant else difflib.get_close_matches(name.casefold(), FIELDS, n=1, cutoff=0.5)
        known = ", ".join(f"{known}:" for known in FIELDS)
        hint = f"did you mean {closest[0]}:?" if closest else f'put "{query[at:end]}" in quotes to look for the words'
        raise QueryError(query, at + 1, f"there is no field {name}:; there are {known}", hint)
    if colon == len(query) or query[colon].isspace() or query[colon] == ")":
        raise QueryError(
            query, at + 1, f"{name}: has nothing behind it", f"write {name.casefold()}:word, without a blank"
        )
    return Lexeme(Kind.FIELD, at, colon, name.casefold())


def _stray_colon(query: str, at: int, run: str) -> QueryError:
    if run[run.index(":") :].startswith("://"):
        return _address(query, at - run.index(":"), at)
    fields = ", ".join(f"{field}:" for field in FIELDS)
    return QueryError(query, at + 1, f"a colon stands only in {fields}", f'put "{run}" in quotes to look for the words')


def _address(query: str, at: int, end: int) -> QueryError:
    host = re.sub(r"^[^/]*//(?:www\.)?|[/:?#].*$", "", query[at : _run_end(query, end)])
    says = "an address is not a word of the query"
    return QueryError(query, at + 1, says, f"write source:{host or 'example.org'} for articles of that outlet")
