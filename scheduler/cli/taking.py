"""What a query takes from the archive: shared by ``topics test``, ``articles search`` and ``alerts preview``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from crawler.errors import QueryError
from crawler.model import Match
from crawler.storage import Store, StoredArticle
from crawler.text import Document
from crawler.topics import Matcher, compile_topic
from scheduler import show
from scheduler.cli.session import WRONG, Refused


class QueryRefused(Refused):
    """The query that was typed cannot be read."""

    exit_code = WRONG

    def __init__(self, error: QueryError) -> None:
        super().__init__(f"the query cannot be read: {error}\n{show.block(error.pointer())}")


@dataclass(frozen=True, slots=True)
class Taken:
    """An article that the query takes."""

    article: StoredArticle
    match: Match

    @property
    def when(self) -> datetime:
        """The date that is shown: when it was published, as far as the outlet says."""
        return self.article.published or self.article.first_seen

    def as_json(self) -> dict[str, Any]:
        """The article in short, with the evidence."""
        article = self.article
        return {
            "id": article.id,
            "url": article.url,
            "title": article.title,
            "source": article.source,
            "language": article.language,
            "published": iso(article.published),
            "first_seen": iso(article.first_seen),
            "copy_of": article.copy_of,
            "story_id": article.story_id,
            "score": self.match.score,
            "evidence": [asdict(piece) for piece in self.match.evidence],
        }

    def as_text(self, zone: tzinfo) -> str:
        """Date, outlet, title and the terms met, in two lines."""
        article = self.article
        copied = "  (a copy)" if article.copy_of is not None else ""
        head = f"{show.moment(self.when, zone)}  {show.line(article.source, 60)}{copied}"
        return (
            f"{head}\n  {show.line(article.title)}\n  {show.line(article.url, 500)}\n"
            f"  {show.terms_met(self.match.evidence)}"
        )


def latest(taken: list[Taken]) -> list[Taken]:
    """The same in the order of the dates that are shown, the latest first."""
    return sorted(taken, key=lambda each: each.when, reverse=True)


def take(store: Store, query: str, *, name: str = "", since: datetime | None = None) -> Iterator[Taken]:
    """Articles of the archive that a query takes, the latest first. Raises QueryRefused."""
    try:
        matcher = Matcher([compile_topic(name, query)])
    except QueryError as error:
        raise QueryRefused(error) from error
    return _take(store, matcher, since)


def _take(store: Store, matcher: Matcher, since: datetime | None) -> Iterator[Taken]:
    for article in store.articles.latest_first(since=since):
        document = Document(article.title, article.text, article.language)
        for match in matcher.match(document, source=article.source, host=article.outlet):
            yield Taken(article, match)


@dataclass(frozen=True, slots=True)
class Tally:
    """How much a query takes."""

    articles: int
    developments: int
    """Copies of one text count once."""
    a_day: float
    busiest: tuple[date, int] | None


def tally(taken: list[Taken], *, days: float, zone: tzinfo) -> Tally:
    """Count what was taken within so many days: an alert for each development, on the day of its first article."""
    first: dict[int, datetime] = {}
    for each in taken:
        root = each.article.copy_of or each.article.id
        first[root] = min(first.get(root, each.article.first_seen), each.article.first_seen)
    by_day = Counter(when.astimezone(zone).date() for when in first.values())
    busiest = max(by_day.items(), key=lambda item: (item[1], item[0]), default=None)
    return Tally(len(taken), len(first), len(first) / max(days, 1.0), busiest)


def iso(when: datetime | None) -> str | None:
    """A moment as the JSON documents give it."""
    return None if when is None else when.strftime("%Y-%m-%dT%H:%M:%SZ")
