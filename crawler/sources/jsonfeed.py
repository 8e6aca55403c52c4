"""Kind ``jsonfeed``: JSON Feed 1 and 1.1 (https://www.jsonfeed.org/version/1.1/), by the standard library's json."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from typing import Any

from crawler.errors import SourceError
from crawler.model import Entry, SourceDocument
from crawler.sources import fields
from crawler.sources.gather import gather

_VERSION = "jsonfeed.org/version/"
_MOST_DIGITS = 100


def recognises(body: bytes) -> bool:
    """A JSON object, by its first sign."""
    return body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"


def read(url: str, body: bytes, _content_type: str = "") -> SourceDocument:
    """Read a JSON Feed; RFC 8259 has JSON in UTF-8, whatever the header says. Raises SourceError when it is none."""
    document = _object(url, body)
    items = document.get("items")
    declared = str(document.get("version", ""))
    if not isinstance(items, list) or not (_VERSION in declared or "title" in document):
        raise SourceError(url, "JSON, but no JSON Feed")
    entries, losses = gather(items, functools.partial(_entry, url, document))
    problems = () if _VERSION in declared else ("the document does not say which version of JSON Feed it is",)
    return SourceDocument(
        entries=entries,
        title=fields.line(document.get("title"), fields.MAX_TITLE),
        link=fields.web_link(url, document.get("home_page_url")),
        language=fields.language(document.get("language")),
        problems=(*problems, *losses),
        hub=next((fields.opaque(hub.get("url")) for hub in _hubs(document)), ""),
        itself=fields.opaque(document.get("feed_url")),
    )


def _hubs(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for hub in _list(document.get("hubs")):
        if isinstance(hub, dict) and str(hub.get("type", "")).lower() == "websub":
            yield hub


def _object(url: str, body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body.decode("utf-8-sig", "replace"), parse_int=_number)
    except (ValueError, RecursionError) as error:
        raise SourceError(url, f"not JSON: {error}"[:200]) from error
    if not isinstance(document, dict):
        raise SourceError(url, "JSON, but no JSON Feed")
    return document


def _number(digits: str) -> int | str:
    """A whole number; one beyond any use stays text, since ``int`` refuses 4,300 digits and would cost the feed."""
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


def _entry(url: str, document: dict[str, Any], item: dict[str, Any]) -> Entry:
    links = (item.get("url"), item.get("external_url"))
    return Entry(
        link=next((found for found in (fields.web_link(url, link) for link in links) if found), ""),
        guid=_guid(item.get("id")),
        title=fields.line(item.get("title"), fields.MAX_TITLE),
        summary=fields.text(item.get("summary")),
        content=fields.text(item.get("content_html")) or fields.text(item.get("content_text")),
        author=_author(item) or _author(document),
        published=fields.iso_moment(item.get("date_published")),
        updated=fields.iso_moment(item.get("date_modified")),
        language=fields.language(item.get("language"), document.get("language")),
        categories=fields.names(_list(item.get("tags"))),
        enclosures=fields.enclosures(url, _files(item)),
    )


def _guid(value: object) -> str:
    """The specification wants a string and tells readers to take a number as one."""
    return fields.opaque(str(value) if isinstance(value, (int, float)) else value)


def _author(item: dict[str, Any]) -> str:
    """``authors`` of version 1.1, else ``author`` of version 1."""
    several = _list(item.get("authors")) or [item.get("author")]
    found = fields.names(author.get("name") for author in several if isinstance(author, dict))
    return ", ".join(found)[: fields.MAX_NAME]


def _files(item: dict[str, Any]) -> Iterator[tuple[object, object, object]]:
    for file in _list(item.get("attachments")):
        if isinstance(file, dict):
            yield file.get("url"), file.get("mime_type"), file.get("size_in_bytes")


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
