"""What a topic took, as an Atom feed (RFC 4287): for feed readers and other programs.

The same articles make the same bytes, so that a file is written, and a reader told, only when there is something new.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from crawler.model import AlertArticle

MOST_ENTRIES = 100
_MOST_TEXT = 4_000
_ATOM = "http://www.w3.org/2005/Atom"
_XML = "http://www.w3.org/XML/1998/namespace"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold (§2.2)."""
_ADDRESS = re.compile(r"https?://[^\s<>\"\\^`{|}]+", re.IGNORECASE)
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")

ET.register_namespace("", _ATOM)


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An article that a topic took, and when."""

    article: AlertArticle
    matched_at: datetime


def feed_name(topic: str) -> str:
    """The topic's name in addresses and files, the same for life and different for every topic."""
    plain = unicodedata.normalize("NFKD", topic).encode("ascii", "ignore").decode("ascii").lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain)[:40].strip("-") or "topic"
    return f"{slug}-{hashlib.sha256(topic.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def updated_at(entries: Sequence[FeedEntry], since: datetime) -> datetime:
    """When the feed last changed; ``since``, when the topic began, where it took nothing yet."""
    return max((each.matched_at for each in entries), default=since)


def atom(topic: str, entries: Sequence[FeedEntry], *, install: str, since: datetime, version: str) -> bytes:
    """The feed of a topic, as UTF-8.

    Args:
        topic: its name.
        entries: what it took, the newest first.
        install: the database's own name (``meta.install_id``), which makes the entries' ids its own.
        since: when the topic began.
        version: Tidings' own.
    """
    feed = ET.Element(_tag("feed"))
    _add(feed, "id", _identity(install, f"topic:{topic}"))
    _add(feed, "title", topic)
    _add(feed, "updated", _moment(updated_at(entries, since)))
    _add(_add(feed, "author", ""), "name", "Tidings")
    _add(feed, "generator", "Tidings", version=version)
    for each in entries[:MOST_ENTRIES]:
        feed.append(_entry(each, install))
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(feed, encoding="unicode")}\n'.encode()


def _entry(each: FeedEntry, install: str) -> ET.Element:
    article = each.article
    entry = ET.Element(_tag("entry"))
    if _TAG.fullmatch(article.language) and article.language != "und":
        entry.set(f"{{{_XML}}}lang", article.language)
    _add(entry, "id", _identity(install, f"article:{article.id}"))
    _add(entry, "title", article.title or "(no title)")
    _add(entry, "updated", _moment(each.matched_at))
    if article.published is not None:
        _add(entry, "published", _moment(article.published))
    if _ADDRESS.fullmatch(article.url):
        _add(entry, "link", "", rel="alternate", href=article.url)
    _add(_add(entry, "author", ""), "name", article.source or "(no name)")
    _add(entry, "content", _text(article), type="text")
    return entry


def _text(article: AlertArticle) -> str:
    """The article's words, and who else carried them."""
    text = article.text
    if len(text) > _MOST_TEXT:
        text = f"{text[:_MOST_TEXT].rpartition(' ')[0] or text[:_MOST_TEXT]} …"
    copies = dict.fromkeys(copy.source for copy in article.copies)
    return f"{text}\n\nAlso: {', '.join(copies)}" if copies else text


def _identity(install: str, name: str) -> str:
    """An id that never changes and is nobody else's (RFC 4287 §4.2.6, RFC 9562 §5.5)."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'tidings:{install}:{name}')}"


def _add(parent: ET.Element, name: str, text: str, **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, _tag(name), attributes)
    child.text = _NOT_XML.sub("", text) or None
    return child


def _tag(name: str) -> str:
    return f"{{{_ATOM}}}{name}"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
