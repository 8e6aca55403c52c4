"""Kinds of source: from the bytes of a document to its entries; a file per kind, registered in ``KINDS``.

A kind has two pure functions: ``recognises(body)`` looks at the bytes, ``read(url, body, content_type)`` turns them
into a :class:`~crawler.model.SourceDocument` or raises :class:`~crawler.errors.SourceError`. The first kind in
``KINDS`` that recognises a document reads it; the last one recognises everything and says what came instead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from crawler.model import SourceDocument
from crawler.sources import feed, jsonfeed
from crawler.sources.discovery import discover

__all__ = ["KINDS", "Kind", "discover", "read"]


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of source is told and read."""

    recognises: Callable[[bytes], bool]
    read: Callable[[str, bytes, str], SourceDocument]


KINDS: dict[str, Kind] = {
    "jsonfeed": Kind(jsonfeed.recognises, jsonfeed.read),
    "feed": Kind(feed.recognises, feed.read),
}


def read(url: str, body: bytes, *, content_type: str = "") -> SourceDocument:
    """Read a source's document of whatever kind it is; a valid document without entries is fine.

    ``url`` is where the bytes came from (relative links start there); ``content_type`` is the HTTP header, used only
    for its charset: servers name the wrong type more often than the bytes lie. Raises SourceError, and nothing else,
    when the document is not a source at all.
    """
    kind = next(kind for kind in KINDS.values() if kind.recognises(body))
    return kind.read(url, body, content_type)
