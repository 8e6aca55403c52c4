"""The fields of an entry, cleaned: links, dates, languages, texts within their limits."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from time import struct_time
from urllib.parse import urljoin, urlsplit

from crawler.model import Enclosure, Entry
from crawler.sources.markup import scrub, to_line, to_text

MAX_ENTRIES = 2000
MAX_TITLE = 500
"""Characters."""
MAX_TEXT = 200_000
"""Characters; the longest news features have a third of it."""
MAX_LINK = 4096
"""Characters; the limit that the fetcher keeps too."""
MAX_NAME = 300
MAX_LISTED = 50
"""Categories and enclosures of one entry."""
_DIGITS = 15
"""Of an enclosure's length in bytes: petabytes."""
_MARKUP_FACTOR = 4
"""Markup may be this many times as long as its text before it is cut unread."""
_YEARS = range(1990, 2101)
_WRONG_LANGUAGES = {
    "ua": "uk", "ukr": "uk", "rus": "ru", "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es",
    "sp": "es", "ita": "it", "por": "pt", "pol": "pl", "bel": "be", "by": "be", "jp": "ja", "jpn": "ja", "cn": "zh",
    "zho": "zh", "chi": "zh", "ara": "ar", "cz": "cs", "ces": "cs", "cze": "cs", "gr": "el", "ell": "el", "gre": "el",
    "dk": "da", "iw": "he", "heb": "he", "in": "id", "tur": "tr", "us": "en",
}  # fmt: skip
"""Country codes and ISO 639-2 codes that feeds give instead of the BCP 47 language."""
_NO_LANGUAGE = frozenset({"und", "mul", "zxx", "mis", "rss", "xml"})
_PRIMARY = re.compile(r"[a-z]{2,3}")
_SCRIPT = re.compile(r"[a-z]{4}")
_REGION = re.compile(r"[a-z]{2}|[0-9]{3}")


def web_link(base: str, link: object) -> str:
    """The absolute http or https address of ``link`` seen from ``base``; empty when it is none."""
    if not isinstance(link, str) or not link.strip():
        return ""
    try:
        absolute = urljoin(base, "".join(scrub(link).split()))
        parts = urlsplit(absolute)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return ""
    return absolute if usable and len(absolute) <= MAX_LINK else ""


def moment(parsed: struct_time | tuple[int, ...] | None) -> datetime | None:
    """An aware UTC time from feedparser's parsed date; ``None`` when absent or outside 1990…2100."""
    if not parsed:
        return None
    try:
        return _plausible(datetime.fromtimestamp(calendar.timegm(parsed), UTC))
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def iso_moment(text: object) -> datetime | None:
    """An aware UTC time from an RFC 3339 date; one without a zone is taken as UTC, one without a time is dropped."""
    if not isinstance(text, str) or "T" not in text.upper():
        return None
    try:
        found = datetime.fromisoformat(text.strip().upper())
        return _plausible(found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def _plausible(found: datetime) -> datetime | None:
    return found if found.year in _YEARS else None


def language(*declared: object) -> str:
    """The first usable declaration as a BCP 47 tag such as ``uk``, ``pt-BR`` or ``zh-Hant``; empty when none is.

    Country codes in the language's place (``ua``, ``jp``, ``cz``) and ISO 639-2 codes are put right; extensions and
    variants go (RFC 5646, section 2.1).
    """
    return next((tag for tag in map(_tag, declared) if tag), "")


def _tag(declared: object) -> str:
    if not isinstance(declared, str):
        return ""
    first, *others = declared.strip().lower().replace("_", "-").split("-")
    if first in _NO_LANGUAGE or not _PRIMARY.fullmatch(first):
        return ""
    parts = [_WRONG_LANGUAGES.get(first, first)]
    if others and _SCRIPT.fullmatch(others[0]):
        parts.append(others.pop(0).title())
    if others and _REGION.fullmatch(others[0]):
        parts.append(others[0].upper())
    return "-".join(parts)


def line(value: object, limit: int) -> str:
    """One line of plain text of at most ``limit`` characters."""
    return _cut(to_line(value[: limit * _MARKUP_FACTOR]), limit) if isinstance(value, str) else ""


def text(value: object) -> str:
    """Plain text with paragraphs, of at most ``MAX_TEXT`` characters."""
    return _cut(to_text(value[: MAX_TEXT * _MARKUP_FACTOR]), MAX_TEXT) if isinstance(value, str) else ""


def opaque(value: object) -> str:
    """A guid: kept as given but for surrounding blanks and characters that no database takes, within ``MAX_LINK``."""
    return scrub(value).strip()[:MAX_LINK] if isinstance(value, str) else ""


def _cut(value: str, limit: int) -> str:
    return value if len(value) <= limit else value[: limit - 1].rstrip() + "…"


def names(values: Iterable[object]) -> tuple[str, ...]:
    """Names in order, each once, at most ``MAX_LISTED``."""
    found = dict.fromkeys(line(value, MAX_NAME) for value in values)
    return tuple(name for name in found if name)[:MAX_LISTED]


def enclosures(base: str, files: Iterable[tuple[object, object, object]]) -> tuple[Enclosure, ...]:
    """Enclosures from (address, media type, length in bytes); only http and https, each address once."""
    found: dict[str, Enclosure] = {}
    for address, media, length in files:
        url = web_link(base, address)
        if url and url not in found and len(found) < MAX_LISTED:
            found[url] = Enclosure(url, opaque(media).lower()[:MAX_NAME], _size(length))
    return tuple(found.values())


def _size(length: object) -> int | None:
    digits = str(length).strip() if isinstance(length, (str, int)) else ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS else None


def is_empty(entry: Entry) -> bool:
    """Nothing to show and nothing to open: no title, no link, no text."""
    return not (entry.title or entry.link or entry.summary or entry.content)


def is_cut(entry: Entry) -> bool:
    """A title or text came to its limit."""
    return len(entry.title) >= MAX_TITLE or max(len(entry.summary), len(entry.content)) >= MAX_TEXT
