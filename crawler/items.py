"""What flows down the pipelines: one poll of one source, with a draft for each entry that is not accounted for yet.

An item is a whole poll and not an article, so that everything a poll changes is stored in one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from crawler.model import DueSource, Entry, Fetched, SourceDocument
from crawler.storage import ArticleIntent, Sighting
from crawler.text import Document


@dataclass(slots=True)
class Draft:
    """An entry on its way to becoming an article."""

    entry: Entry
    entry_hash: int
    article: ArticleIntent
    document: Document | None = None
    """Made once the text is final; copies and topics read the same one."""
    page_later: bool = False
    """The page behind the link did not come this time, but may come the next."""


@dataclass(slots=True)
class PollItem:
    """One poll of one source."""

    due: DueSource
    fetched: Fetched
    document: SourceDocument = field(default_factory=SourceDocument)
    drafts: list[Draft] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)
    """Hashes of entries that this poll accounts for."""
