"""What a page's head says about the article: when, in which language, under which address."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import tldextract
from lxml import etree  # type: ignore[import-untyped]

_DATE_NAMES = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "parsely-pub-date",
    "dc.date.issued",
)
_YEARS = range(1990, 2101)
_MAX_NODES = 5000
"""Of the page's JSON-LD that are looked at."""
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_COUNTRIES = {"ua": "uk", "cz": "cs", "jp": "ja", "gr": "el", "dk": "da", "cn": "zh"}
"""Country codes that pages give for the language."""


def tree(html: str) -> etree._Element | None:
    """The page's elements, or ``None`` where there are none."""
    try:
        return etree.fromstring(html.encode("utf-8", "replace"), etree.HTMLParser(encoding="utf-8", no_network=True))
    except (etree.LxmlError, ValueError):
        return None


def published(root: etree._Element) -> datetime | None:
    """When the article appeared, by its meta tags, its JSON-LD or its ``<time>``; only with a time of day."""
    return next((found for found in map(_moment, _dates(root)) if found), None)


def _dates(root: etree._Element) -> Iterator[object]:
    named: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        named.setdefault(name.strip().lower(), meta.get("content") or "")
    yield from (named.get(name) for name in _DATE_NAMES)
    for script in root.iter("script"):
        if "ld+json" in script.get("type", ""):
            yield from _json_dates(script.text or "")
    for time in root.iter("time"):
        if time.get("itemprop", "").lower() == "datepublished":
            yield time.get("datetime")


def _json_dates(text: str) -> Iterator[object]:
    """Every ``datePublished``, outermost first (schema.org)."""
    try:
        nodes: list[Any] = [json.loads(text)]
    except (ValueError, RecursionError):
        return
    for node in nodes:  # grows while it is walked: breadth first
        if isinstance(node, dict):
            yield node.get("datePublished")
        if len(nodes) < _MAX_NODES:
            nodes.extend(node.values() if isinstance(node, dict) else node if isinstance(node, list) else ())


def _moment(text: object) -> datetime | None:
    """An aware UTC time from ISO 8601; ``None`` for a date without a time or a time without a zone."""
    if not isinstance(text, str) or ":" not in text:
        return None
    try:
        found = datetime.fromisoformat(text.strip())
        in_utc = found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None
    return in_utc if in_utc and in_utc.year in _YEARS else None


def language(root: etree._Element) -> str:
    """The primary language of ``<html lang>`` (BCP 47), such as ``uk``; empty when there is none."""
    html = next(root.iter("html"), root)
    primary = re.split(r"[-_]", (html.get("lang") or "").strip().lower())[0]
    return _COUNTRIES.get(primary, primary) if _LANGUAGE.fullmatch(primary) else ""


def canonical(url: str, root: etree._Element) -> str:
    """The address of ``<link rel="canonical">``, if it is on the same registrable domain and names an article.

    Templates that give the front page, or another site's address, as every page's own are not believed.
    """
    for link in root.iter("link"):
        if "canonical" not in link.get("rel", "").lower().split():
            continue
        try:
            found = urljoin(url, "".join(link.get("href", "").split()))
            parts = urlsplit(found)
            usable = parts.scheme in ("http", "https") and (parts.path.strip("/") or parts.query)
            return found if usable and _site(parts.hostname) == _site(urlsplit(url).hostname) else ""
        except ValueError:
            return ""
    return ""


def _site(host: str | None) -> str:
    host = (host or "").lower()
    return str(_suffixes()(host).top_domain_under_public_suffix) or host


@functools.cache
def _suffixes() -> tldextract.TLDExtract:
    """The bundled snapshot only: no network, no cache folder."""
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
