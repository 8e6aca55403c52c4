"""What an address turns out to be when it is looked at: a feed, a page that names feeds, or neither."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crawler.config import Config
from crawler.errors import SourceError
from crawler.extractors import is_teaser
from crawler.lookup import Looked, look_at
from crawler.model import Entry, SourceDocument
from crawler.parsing import Parsers
from crawler.run import run_on_reactor
from crawler.sources import KINDS

MOST_FEEDS = 6
"""Feeds of one page that are looked at; a page that names more names sections."""


@dataclass(frozen=True, slots=True)
class Feed:
    """An address that answers with a feed."""

    looked: Looked
    document: SourceDocument

    @property
    def url(self) -> str:
        """The address to follow: the one asked for, or where it moved for good."""
        return self.looked.moved_to or self.looked.asked

    @property
    def newest(self) -> Entry | None:
        """The entry with the latest date, or the first where none has a date."""
        dated = [entry for entry in self.document.entries if entry.published is not None]
        return max(dated, key=_date, default=next(iter(self.document.entries), None))

    @property
    def texts(self) -> str:
        """``full``, ``teasers`` or ``mixed``: whether the entries carry the articles; empty without entries."""
        teasers = [is_teaser(entry) for entry in self.document.entries]
        if not teasers:
            return ""
        return "teasers" if all(teasers) else "mixed" if any(teasers) else "full"

    @property
    def kind(self) -> str:
        """The kind of source, as ``crawler.sources.KINDS`` calls it."""
        return next(name for name, kind in KINDS.items() if kind.recognises(self.looked.body))

    def as_json(self) -> dict[str, Any]:
        """The feed in short."""
        return {"url": self.url, "title": self.document.title, "entries": len(self.document.entries)}


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address turned out to be."""

    looked: Looked
    feed: Feed | None = None
    """It is a feed itself."""
    feeds: tuple[Feed, ...] = ()
    """It is a page, and these are feeds that it names, looked at."""
    says: str = ""
    """Why it is no feed."""
    failed: dict[str, str] = field(default_factory=dict)
    """Feeds that the page names but that cannot be read, with the reason."""


def find_feeds(config: Config, url: str, tell: Callable[[str], object]) -> Answer:
    """Look at an address, and at the feeds that it names when it is a page; once per process (see ``lookup.look``)."""

    async def main() -> Answer:
        with Parsers() as parsers:
            return await look_into(parsers)

    async def look_into(parsers: Parsers) -> Answer:
        (looked,) = await look_at(config, [url])
        feed, says = await _as_feed(parsers, looked)
        if feed is not None or looked.error:
            return Answer(looked, feed, says=looked.error)
        named = await _named(parsers, looked)
        if not named:
            return Answer(looked, says=f"{says}, and it names no feed")
        those = "the feed" if len(named) == 1 else f"{len(named)} feeds"
        tell(f"{url} is a page; looking at {those} that it names")
        return await _sorted(parsers, looked, await look_at(config, named), says)

    return run_on_reactor(main)


async def _named(parsers: Parsers, page: Looked) -> list[str]:
    try:
        return [address for address, _ in await parsers.discover(page.url, page.body)][:MOST_FEEDS]
    except SourceError:
        return []  # not even that could be read of it, and what it is not was said already


async def _sorted(parsers: Parsers, page: Looked, answers: list[Looked], says: str) -> Answer:
    feeds: list[Feed] = []
    failed: dict[str, str] = {}
    for looked in answers:
        feed, problem = await _as_feed(parsers, looked)
        if feed is None:
            failed[looked.asked] = looked.error or problem
        elif feed.url not in {known.url for known in feeds}:
            feeds.append(feed)
    return Answer(page, feeds=tuple(feeds), says=says, failed=failed)


async def _as_feed(parsers: Parsers, looked: Looked) -> tuple[Feed | None, str]:
    if looked.error:
        return None, looked.error
    try:
        return Feed(looked, await parsers.feed(looked.url, looked.body, looked.content_type)), ""
    except SourceError as error:
        return None, error.says


def _date(entry: Entry) -> datetime:
    assert entry.published is not None  # noqa: S101  (only dated entries are compared)
    return entry.published
