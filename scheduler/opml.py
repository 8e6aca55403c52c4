"""OPML 2.0 (http://opml.org/spec2.opml): lists of feeds as readers exchange them, in and out.

What comes in is anybody's file: it is read as a stream with limits on bytes, depth and number, and a document type
declaration is refused before any entity of it could be expanded. (Measured for the limits: ElementTree builds 100,000
levels and 200,000 outlines without a complaint.)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from crawler.alerts.lines import clean_line
from crawler.config.values import parse_language, parse_url
from crawler.errors import SourceError
from crawler.model import Source

LARGEST = 10_000_000
"""Bytes; a list of 10,000 feeds has about 2 MB."""
DEEPEST = 50
MOST = 50_000
LONGEST_NAME = 200

_SUBJECT = "OPML"
_USER = re.compile(r"//[^/\s]*@")
_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read_opml(data: bytes, tell: Callable[[str], object] | None = None) -> list[Source]:
    """The feeds of an OPML file, folders flattened, each address once, in the file's order.

    Args:
        data: the file.
        tell: gets a sentence for every outline that was left out.

    Raises:
        SourceError: when the file as a whole is too large, too deep, no XML or no OPML.
    """
    if len(data) > LARGEST:
        raise SourceError(_SUBJECT, f"the file has {len(data):,} bytes; at most {LARGEST:,} are read")
    reader = _Reader(tell or (lambda _: None))
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.StartDoctypeDeclHandler = reader.refuse_doctype
    reader.line = lambda: parser.CurrentLineNumber
    try:
        parser.Parse(data, True)  # noqa: FBT003 - pyexpat takes no keyword
    except expat.ExpatError as error:
        raise SourceError(
            _SUBJECT, f"line {error.lineno} is not well-formed XML: {expat.ErrorString(error.code)}"
        ) from error
    except (LookupError, ValueError) as error:  # an encoding that nobody knows
        raise SourceError(_SUBJECT, f"the file cannot be read as text: {error}") from error
    return list(reader.sources.values())


class _Reader:
    """What has been read so far; expat calls ``start`` and ``end``."""

    def __init__(self, tell: Callable[[str], object]) -> None:
        self.tell = tell
        self.line: Callable[[], int] = lambda: 0
        self.sources: dict[str, Source] = {}
        self._open: list[_Outline] = []
        self._outlines = 0

    def refuse_doctype(self, *_: object) -> None:
        raise SourceError(_SUBJECT, "the file declares a document type, which no OPML needs; take the <!DOCTYPE …> out")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2].lower()
        if not self._open and tag != "opml":
            raise SourceError(_SUBJECT, f"the file begins with <{name[:40]}>, not with <opml>")
        if len(self._open) >= DEEPEST:
            raise SourceError(_SUBJECT, f"line {self.line()}: folders are nested more than {DEEPEST} deep")
        if self._open:
            self._open[-1].empty = False
        values = {key.lower(): value.strip() for key, value in attributes.items()}
        self._open.append(_Outline(tag, values, self.line()))
        if tag == "outline":
            self._outlines += 1
            self._take(values)

    def end(self, _: str) -> None:
        outline = self._open.pop()
        if outline.tag == "outline" and outline.empty and not outline.values.get("xmlurl"):
            self.tell(f"line {outline.line}: {_called(outline.values)} has no xmlUrl and was left out")

    def _take(self, values: dict[str, str]) -> None:
        if self._outlines > MOST:
            raise SourceError(_SUBJECT, f"line {self.line()}: the file has more than {MOST:,} outlines")
        if not values.get("xmlurl"):
            return
        try:
            url = parse_url(values["xmlurl"])
        except ValueError as error:
            self.tell(f"line {self.line()}: {_called(values)} was left out: {error}")
            return
        if url in self.sources:
            self.tell(f"line {self.line()}: {_called(values)} was left out: {url} stands in the file already")
            return
        self.sources[url] = Source(url, _name(values, url), _language(values))


class _Outline:
    """An element that is still open."""

    __slots__ = ("empty", "line", "tag", "values")

    def __init__(self, tag: str, values: dict[str, str], line: int) -> None:
        self.tag = tag
        self.values = values
        self.line = line
        self.empty = True


def _name(values: dict[str, str], url: str) -> str:
    """The outline's name on one line; empty when it only repeats the address."""
    name = clean_line(values.get("text") or values.get("title") or "", LONGEST_NAME)
    return "" if name == url else name


def _called(values: dict[str, str]) -> str:
    name = values.get("text") or values.get("title") or values.get("xmlurl") or ""
    name = clean_line(_USER.sub("//…@", name[: LONGEST_NAME * 10]), 60)
    return f"the outline “{name}”" if name else "an outline without a name"


def _language(values: dict[str, str]) -> str:
    try:
        return parse_language(values.get("language", ""))
    except ValueError:
        return ""


def write_opml(sources: Iterable[Source], title: str) -> bytes:
    """The sources as OPML 2.0 in UTF-8; what XML cannot hold (control characters) is left out of names."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        f"  <head><title>{escape(_clean(title))}</title></head>",
        "  <body>",
        *(f"    {_outline(source)}" for source in sources),
        "  </body>",
        "</opml>",
    ]
    return ("\n".join(lines) + "\n").encode("utf-8")


def _outline(source: Source) -> str:
    name = _clean(source.name) or source.url
    attributes = {"type": "rss", "text": name, "title": name, "xmlUrl": source.url}
    if source.language:
        attributes["language"] = source.language
    return f"<outline {' '.join(f'{key}={quoteattr(_clean(value))}' for key, value in attributes.items())}/>"


def _clean(text: str) -> str:
    return _NO_XML.sub("", text)
