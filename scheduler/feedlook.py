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
from crawler.run import run_on_reactor
from crawler.sources import KINDS, discover, read

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
        (looked,) = await look_at(config, [url])
        feed, says = _as_feed(looked)
        if feed is not None or looked.error:
            return Answer(looked, feed, says=looked.error)
        named = [address for address, _ in discover(looked.url, looked.body)][:MOST_FEEDS]
        if not named:
            return Answer(looked, says=f"{says}, and it names no feed")
        those = "the feed" if len(named) == 1 else f"{len(named)} feeds"
        tell(f"{url} is a page; looking at {those} that it names")
        return _sorted(looked, await look_at(config, named), says)

    return run_on_reactor(main)


def _sorted(page: Looked, answers: list[Looked], says: str) -> Answer:
    feeds: list[Feed] = []
    failed: dict[str, str] = {}
    for looked in answers:
        feed, problem = _as_feed(looked)
        if feed is None:
            failed[looked.asked] = looked.error or problem
        elif feed.url not in {known.url for known in feeds}:
            feeds.append(feed)
    return Answer(page, feeds=tuple(feeds), says=says, failed=failed)


def _as_feed(looked: Looked) -> tuple[Feed | None, str]:
    if looked.error:
        return None, looked.error
    try:
        return Feed(looked, read(looked.url, looked.body, content_type=looked.content_type)), ""
    except SourceError as error:
        return None, error.says


def _date(entry: Entry) -> datetime:
    assert entry.published is not None  # noqa: S101  (only dated entries are compared)
    return entry.published
