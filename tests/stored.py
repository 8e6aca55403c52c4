"""Builders for what goes into the database: short to write in a test, complete enough for the schema."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from crawler.config import Config
from crawler.config.schema import CrawlConfig, MailConfig, StorageConfig
from crawler.model import AlertKind, Evidence, Fetched, Match, Outcome, Source, Topic
from crawler.storage import AlertIntent, ArticleIntent, MatchIntent, PollIntent, Saved, Store

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ANNA, BORYS = "anna@example.org", "borys@example.net"


def sources(count: int) -> list[Source]:
    """Sources of as many outlets; the first is ``Outlet 1``."""
    return [Source(f"https://outlet{n}.example/rss", f"Outlet {n}") for n in range(1, count + 1)]


def news(number: int, outlet: int = 1, **changes: Any) -> ArticleIntent:  # noqa: ANN401
    """A new article, known by its address (key ``1000 + number``)."""
    fields: dict[str, Any] = {
        "title": f"Article {number}",
        "text": f"Text of article {number}.",
        "link": f"https://outlet{outlet}.example/{number}?utm_source=rss",
        "url": f"https://outlet{outlet}.example/{number}",
        "outlet": f"outlet{outlet}.example",
        "keys": (("url", 1000 + number),),
    }
    return ArticleIntent(**(fields | changes))


def taken(
    *people: str, topic: str = "T", kind: AlertKind = AlertKind.NEWS, due: datetime = NOW, fate: str = "planned"
) -> MatchIntent:
    """A match of one term, told to these people."""
    match = Match(topic, 1.0, (Evidence("title", 0, 7, "Article", "article*"),))
    return MatchIntent(match, fate, tuple(AlertIntent(person, topic, kind, due) for person in people))


def fetched(outcome: Outcome = Outcome.OK, at: datetime = NOW, **changes: Any) -> Fetched:  # noqa: ANN401
    """An answer; a good one has validators."""
    good: dict[str, Any] = {
        "status": 200,
        "etag": '"v1"',
        "last_modified": "Mon, 02 Mar 2026 09:00:00 GMT",
        "body_hash": "ab",
    }
    return Fetched(outcome, at, **((good if outcome is Outcome.OK else {}) | changes))


def poll(source_id: int, *articles: ArticleIntent, at: datetime = NOW, **changes: Any) -> PollIntent:  # noqa: ANN401
    """A poll that brought these articles, due again after an hour."""
    fields: dict[str, Any] = {
        "source_id": source_id,
        "fetched": fetched(at=at),
        "now": at,
        "next_poll": at + HOUR,
        "interval": 3600.0,
        "articles": articles,
        "entries": len(articles),
    }
    return PollIntent(**(fields | changes))


def save(store: Store, *articles: ArticleIntent, source_id: int = 1, at: datetime = NOW) -> Saved:
    """Store articles as one poll of one source."""
    return store.save_poll(poll(source_id, *articles, at=at))


def rows(store: Store, query: str, *values: object) -> list[tuple[Any, ...]]:
    """What a query of the database's own tables says."""
    return [tuple(row) for row in store._db.execute(query, list(values)).fetchall()]


def topic(name: str = "T", query: str = "children", **changes: Any) -> Topic:  # noqa: ANN401
    """A topic that is told at once to the people of [mail]."""
    return Topic(**({"name": name, "query": query} | changes))


def settings(folder: Path, *topics: Topic, count: int = 2) -> Config:
    """Settings with so many sources, these topics, Anna as everybody, and Berlin's time."""
    return Config(
        path=folder / "settings.toml",
        storage=StorageConfig(path=folder / "tidings.db"),
        crawl=CrawlConfig(),
        mail=MailConfig(to=(ANNA,), timezone=ZoneInfo("Europe/Berlin"), maildir=folder / "mail"),
        sources=tuple(sources(count)),
        topics=topics,
    )
