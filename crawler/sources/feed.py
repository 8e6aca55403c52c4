"""Kind ``feed``: RSS 0.9x, 1.0 and 2.0, Atom, CDF: whatever feedparser reads.

feedparser is given bytes in a stream, never a URL or bare bytes: bare bytes that happen to name a file are opened.
It raises on some documents (lone surrogates, impossible codecs); these are read once more with the cause replaced.
"""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Iterator
from typing import Any

import feedparser

from crawler.errors import SourceError
from crawler.model import Entry, SourceDocument
from crawler.sources import asks, encoding, fields
from crawler.sources.gather import gather

_HTML = re.compile(rb"<!doctype html|<html[\s>]|<body[\s>]|<head[\s>]", re.IGNORECASE)
_SNIFFED = 2048
"""Bytes looked at to say what a document that is no feed is."""
_OTHERS = {
    b"<urlset": "a sitemap, not a feed",
    b"<sitemapindex": "a list of sitemaps, not a feed",
    b"<opml": "a list of feeds (OPML), not a feed",
    b"%PDF": "a PDF, not a feed",
}


def recognises(_body: bytes) -> bool:
    """Everything: feedparser mends so much that only reading tells, and ``read`` says what came instead."""
    return True


def read(url: str, body: bytes, content_type: str = "") -> SourceDocument:
    """Read an XML feed. Raises SourceError when the document is none."""
    if not body.strip():
        raise SourceError(url, "an empty document")
    parsed, problems = _parse(url, body, content_type)
    items = parsed.get("entries", [])
    if not items and not _is_feed(parsed):
        raise SourceError(url, _instead(body, parsed))
    if parsed.get("bozo") and not isinstance(parsed.get("bozo_exception"), feedparser.CharacterEncodingOverride):
        problems.append(f"the markup was mended: {_reason(parsed)}")
    head = parsed.get("feed", {})
    declared = dict.get(head, "language")
    entries, losses = gather(items, functools.partial(_entry, url, declared, _dated_once(parsed)))
    return SourceDocument(
        entries=entries,
        title=fields.line(head.get("title"), fields.MAX_TITLE),
        link=fields.web_link(url, head.get("link")),
        language=fields.language(declared),
        problems=(*problems, *losses),
        fresh_for=asks.fresh_for(head),
        closed_hours=asks.closed_hours(body),
        hub=_related(head, "hub"),
        itself=_related(head, "self"),
    )


def _related(head: Any, relation: str) -> str:  # noqa: ANN401
    """The address of the head's first link of a relation."""
    links = (link for link in head.get("links", []) if link.get("rel") == relation)
    return next((fields.opaque(link.get("href")) for link in links), "")


def _parse(url: str, body: bytes, content_type: str) -> tuple[Any, list[str]]:
    settled, kind, replaced = encoding.settle(body, content_type)
    problems = ["a few bytes are not UTF-8 and were replaced"] if replaced else []
    try:
        return _feedparser(url, settled, kind), problems
    except MemoryError:
        raise  # a second reading would need as much
    except Exception as error:  # noqa: BLE001 feedparser raises whatever its parts raise; see the module's docstring
        problems.append(f"the document was read again with impossible characters replaced ({type(error).__name__})")
    try:
        return _feedparser(url, encoding.repaired(settled), encoding.UTF8_XML), problems
    except MemoryError:
        raise
    except Exception as error:
        raise SourceError(url, f"a document that cannot be parsed: {type(error).__name__}: {error}"[:300]) from error


def _feedparser(url: str, body: bytes, content_type: str) -> Any:  # noqa: ANN401 feedparser has no types
    headers = {"content-type": content_type, "content-location": url}
    # Markup becomes text in fields.text, so sanitising and resolving inside it would be work for nothing
    # (half of feedparser's time, measured on a feed of 30 entries).
    return feedparser.parse(
        io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )


def _is_feed(parsed: Any) -> bool:  # noqa: ANN401
    return bool(parsed.get("version"))


def _dated_once(parsed: Any) -> bool:  # noqa: ANN401
    """In RSS ``dc:date`` is when an item was published, though feedparser files it as updated."""
    return str(parsed.get("version", "")).startswith("rss")


def _reason(parsed: Any) -> str:  # noqa: ANN401
    error = parsed.get("bozo_exception")
    said = getattr(error, "getMessage", lambda: str(error))()
    return " ".join(str(said).split())[:200]


def _instead(body: bytes, parsed: Any) -> str:  # noqa: ANN401
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:_SNIFFED]
    for mark, what in _OTHERS.items():
        if mark in start[:512]:
            return what
    if _HTML.search(start):
        return "a web page, not a feed"
    if start[:1] in (b"{", b"["):
        return "JSON, but no JSON Feed"
    if parsed.get("bozo"):
        return f"not XML: {_reason(parsed)}"
    return "XML, but no feed"


def _entry(url: str, feed_language: object, dated_once: bool, item: Any) -> Entry:  # noqa: ANN401, FBT001
    # dict.get goes round feedparser's aliases: its "updated" answers with the publication date where none is.
    updated = fields.moment(dict.get(item, "updated_parsed"))
    published = fields.moment(dict.get(item, "published_parsed") or dict.get(item, "created_parsed"))
    return Entry(
        link=_link(url, item),
        guid=fields.opaque(item.get("id")),
        title=fields.line(item.get("title"), fields.MAX_TITLE),
        summary=_summary(item),
        content=_content(item),
        author=_author(item),
        published=published or (updated if dated_once else None),
        updated=updated,
        language=fields.language(*_languages(item), feed_language),
        categories=fields.names(tag.get("term") or tag.get("label") for tag in item.get("tags", [])),
        enclosures=fields.enclosures(url, _files(item)),
    )


def _link(url: str, item: Any) -> str:  # noqa: ANN401
    """FeedBurner's original address, then the entry's own, then its other alternate links."""
    links = [item.get("feedburner_origlink"), item.get("link")]
    links += [link.get("href") for link in item.get("links", []) if link.get("rel") == "alternate"]
    return next((found for found in (fields.web_link(url, link) for link in links) if found), "")


def _summary(item: Any) -> str:  # noqa: ANN401
    return fields.text(dict.get(item, "summary")) if _is_text(item.get("summary_detail", {})) else ""


def _content(item: Any) -> str:  # noqa: ANN401
    """The longest of the entry's contents that is text."""
    values = [part.get("value", "") for part in item.get("content", []) if _is_text(part)]
    return fields.text(max(values, key=len, default=""))


def _is_text(detail: Any) -> bool:  # noqa: ANN401
    kind = detail.get("type") or "text/html"
    return kind.startswith("text/") or kind.endswith(("xml", "html"))


def _author(item: Any) -> str:  # noqa: ANN401
    several = [author.get("name") for author in item.get("authors", [])]
    return ", ".join(fields.names(several))[: fields.MAX_NAME] or fields.line(item.get("author"), fields.MAX_NAME)


def _languages(item: Any) -> Iterator[object]:  # noqa: ANN401
    yield dict.get(item, "language")
    for part in item.get("content", []):
        yield part.get("language")
    yield item.get("title_detail", {}).get("language")
    yield item.get("summary_detail", {}).get("language")


def _files(item: Any) -> Iterator[tuple[object, object, object]]:  # noqa: ANN401
    for file in item.get("enclosures", []):
        yield file.get("href"), file.get("type"), file.get("length")
    for file in item.get("media_content", []):
        yield file.get("url"), file.get("type"), file.get("filesize")
