"""What one run of the crawl works with: settings, database, topics, clock, and the queue of due sources."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from crawler.config import Config
from crawler.model import DueSource, Fetched, Outcome, Topic
from crawler.parsing import Parsers
from crawler.polling import Pace, next_poll
from crawler.storage import PollIntent, Saved, Store
from crawler.topics import Matcher, compile_topic

_REST = 300.0
"""Seconds that a source is left alone when its poll could not be stored: it stays due, and each tick would ask it."""
_MOST_ERRORS = 10_000
"""Sentences that a run remembers: a service that runs for years fails in many polls."""


class HasRuntime(Protocol):
    """What Scrapy's components know of the spider: that it carries the runtime."""

    runtime: Runtime


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Summary:
    """What a run came to, in counts; ``errors`` has a sentence for each source that failed."""

    polled: int = 0
    """Sources that were asked, whatever came of it; ``unchanged`` and ``failed`` are among them."""
    unchanged: int = 0
    failed: int = 0
    saved: Saved = field(default_factory=Saved)
    errors: list[tuple[str, str]] = field(default_factory=list)

    def count(self, outcome: Outcome) -> None:
        """Count one poll."""
        self.polled += 1
        self.unchanged += outcome is Outcome.UNCHANGED
        self.failed += outcome is Outcome.FAILED


class DueQueue:
    """Due sources on their way to the spider; a source is in it, or being polled, once at most."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[DueSource | None] = asyncio.Queue()
        self._busy: set[int] = set()
        self._closed = False
        self._idle = asyncio.Event()
        self._idle.set()

    def put(self, sources: Iterable[DueSource]) -> int:
        """Hand sources over; those still on their way are left out. Returns how many were taken."""
        fresh = list({due.id: due for due in sources if due.id not in self._busy}.values())
        if self._closed or not fresh:
            return 0
        self._idle.clear()
        for due in fresh:
            self._busy.add(due.id)
            self._queue.put_nowait(due)
        return len(fresh)

    def done(self, source_id: int) -> None:
        """A source's poll is over, whatever it came to."""
        self._busy.discard(source_id)
        if not self._busy:
            self._idle.set()

    def rest(self, source_id: int, seconds: float) -> None:
        """Leave a source alone for a while: its poll could not be stored, so for the database it is still due."""
        self._busy.add(source_id)
        asyncio.get_running_loop().call_later(seconds, self.done, source_id)

    async def idle(self) -> None:
        """Wait until nothing is on its way."""
        await self._idle.wait()

    def close(self) -> None:
        """Take nothing more; what was not handed to the spider yet stays due in the database."""
        self._closed = True
        while not self._queue.empty():
            due = self._queue.get_nowait()
            if due is not None:
                self.done(due.id)
        self._queue.put_nowait(None)

    def finish(self) -> None:
        """Take nothing more, but let everything that was put be polled."""
        self._closed = True
        self._queue.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[DueSource]:
        while (due := await self._queue.get()) is not None:
            yield due


@dataclass(slots=True)
class Runtime:
    """Everything the thin adaptors of one crawl translate into calls of."""

    config: Config
    store: Store
    clock: Callable[[], datetime] = utc_now
    queue: DueQueue = field(default_factory=DueQueue)
    parsers: Parsers = field(default_factory=Parsers)
    summary: Summary = field(default_factory=Summary)
    topics: dict[str, Topic] = field(init=False)
    matcher: Matcher = field(init=False)

    def __post_init__(self) -> None:
        self.follow(self.config)

    def follow(self, config: Config) -> None:
        """Work with these settings from now on."""
        self.config = config
        self.topics = {topic.name: topic for topic in config.topics}
        self.matcher = Matcher([compile_topic(topic.name, topic.query) for topic in config.topics])

    def store_poll(self, due: DueSource, fetched: Fetched, **changes: Any) -> Saved:  # noqa: ANN401
        """Store a poll with what it changes (fields of ``PollIntent``), and count it; or one of its parts.

        Before the last part the source stays as it is, and under way.
        """
        now = self.clock()
        crawl = self.config.crawl
        last, before = changes.get("last", True), changes.get("before", Saved())
        new = before.new + sum(article.known_id is None for article in changes.get("articles", ()))
        next_at, interval = next_poll(now, due, fetched, Pace(crawl.every, crawl.fastest, crawl.slowest), new=new)
        intent = PollIntent(source_id=due.id, fetched=fetched, now=now, next_poll=next_at, interval=interval, **changes)
        try:
            saved = self.store.save_poll(intent)
        finally:
            if last:
                self.queue.done(due.id)
        self.summary.saved.add(saved)
        if not last:
            return saved
        self.summary.count(fetched.outcome)
        if fetched.outcome is Outcome.FAILED:
            self._note(due, fetched.error)
        return saved

    def leave_alone(self, due: DueSource, error: str) -> None:
        """Count a poll that could not be stored as failed, and ask the source again only after a while."""
        self.summary.count(Outcome.FAILED)
        self._note(due, error)
        self.queue.rest(due.id, _REST)

    def _note(self, due: DueSource, error: str) -> None:
        self.summary.errors.append((due.source.name or due.source.url, error))
        del self.summary.errors[:-_MOST_ERRORS]

    def recipients(self, topic: Topic) -> tuple[str, ...]:
        """Who is told of a topic."""
        return topic.to or self.config.mail.to
