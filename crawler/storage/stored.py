"""Articles, matches and versions as they stand in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crawler.dedupe.agencies import named_outlet
from crawler.model import Enclosure, Match
from crawler.stories.origins import Report


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article as it stands in the database."""

    id: int
    url: str
    link: str
    title: str
    text: str
    text_from: str
    page_error: str
    summary: str
    author: str
    language: str
    published: datetime | None
    updated: datetime | None
    first_seen: datetime
    source_id: int | None
    source: str
    """The source's name for people, or the outlet's domain."""
    source_url: str
    outlet: str
    guid: str
    categories: tuple[str, ...]
    enclosures: tuple[Enclosure, ...]
    copy_of: int | None
    copy_score: float | None
    story_id: int
    credit: str
    """The agency or outlet that its text is credited to, as ``dedupe.agencies`` names it; empty when to none."""
    credit_from: str
    """Where that stands: dateline, line, byline or link; empty when nowhere."""

    def report(self) -> Report:
        """What tells whose report it is."""
        return Report(
            id=self.id,
            outlet=self.outlet,
            language=self.language,
            published=min(self.published or self.first_seen, self.first_seen),
            copy_of=self.copy_of,
            credit=self.credit,
            publisher=named_outlet(self.outlet),
        )


@dataclass(frozen=True, slots=True)
class StoredMatch:
    """A match as it stands in the database."""

    article_id: int
    match: Match
    matched_at: datetime
    fate: str


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """A version of an article."""

    id: int
    seen_at: datetime
    title: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Reach:
    """How much a topic took."""

    week: int
    month: int
    last: datetime
