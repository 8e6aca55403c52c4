"""Which feeds a web page offers, for ``tidings sources add``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree  # type: ignore[import-untyped]

from crawler.sources import fields

MAX_FEEDS = 50
_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"})
_OBVIOUS = re.compile(
    r"(?:\.(?:rss|atom|rdf)|/(?:rss|atom|feed|feeds)(?:\.xml|\.json)?/?|/(?:index|rss2?|atom|feed)\.xml)(?:\?[^#]*)?$",
    re.IGNORECASE,
)


def discover(url: str, body: bytes) -> list[tuple[str, str]]:
    """The feeds that a web page links to, as (absolute URL, title): declared ones first, then plain links to feeds.

    Declared means ``<link rel="alternate">`` with a feed's media type (RSS autodiscovery, 2002). At most
    ``MAX_FEEDS``; empty when the page offers none or cannot be read. Never raises.
    """
    root = _tree(body)
    if root is None:
        return []
    base = next((fields.web_link(url, href) for href in root.xpath("//base/@href")), "") or url
    found: dict[str, str] = {}
    for href, title in (*_declared(root), *_plain(root)):
        address = fields.web_link(base, href).partition("#")[0]
        if address and address != url:
            found.setdefault(address, fields.line(title, fields.MAX_TITLE))
    return list(found.items())[:MAX_FEEDS]


def _tree(body: bytes) -> etree._Element | None:
    try:
        body.decode()
        encoding = "utf-8"
    except UnicodeDecodeError:
        encoding = None
    try:
        return etree.fromstring(body, etree.HTMLParser(encoding=encoding, no_network=True, remove_comments=True))
    except (etree.LxmlError, ValueError):
        return None


def _declared(root: etree._Element) -> Iterator[tuple[str, str]]:
    for link in root.iter("link"):
        kind = link.get("type", "").partition(";")[0].strip().lower()
        if "alternate" in link.get("rel", "").lower().split() and kind in _TYPES:
            yield link.get("href", ""), link.get("title", "")


def _plain(root: etree._Element) -> Iterator[tuple[str, str]]:
    for anchor in root.iter("a"):
        href = anchor.get("href", "").strip()
        if _OBVIOUS.search(href):
            yield href, "".join(anchor.itertext())
