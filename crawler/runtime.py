"""What one run of the crawl works with: settings, database, topics, clock, and the queue of due sources."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from crawler import revisits
from crawler.alerts.replies import Replies
from crawler.config import Config
from crawler.coverage import Brought
from crawler.errors import StorageError
from crawler.meanings import Meanings
from crawler.model import Due, DueHub, DueLook, DueSource, Fetched, Outcome, Topic
from crawler.parsing import Parsers
from crawler.polling import Allowance, Pace, Worth, next_poll, price
from crawler.push import after, net
from crawler.reach import Reach, host_of
from crawler.storage import LookIntent, PollIntent, PushIntent, Saved, Store
from crawler.topics import Matcher, compile_topic
from crawler.topics.following import Follower, Taught
from crawler.turn import Turn
from crawler.watching import Watched, watch

_log = logging.getLogger(__name__)
_REST = 300.0
"""Seconds that a source is left alone when its poll could not be stored: it stays due, and each tick would ask it."""
_SHORT_REST = 20.0
"""The same where another program was writing the database, which is over in a moment."""
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


@dataclass(slots=True)
class _OnItsWay:
    """A source between the tick that found it due and the end of its poll."""

    due: Due | None
    """None: it rests."""
    asked: float | None = None
    """When its request went out (monotonic seconds); None while it waits for its host's turn."""


@dataclass(slots=True)
class UnderWay:
    """What is on its way, for a queue and the one that follows it."""

    sources: dict[int, _OnItsWay] = field(default_factory=dict)
    idle: asyncio.Event = field(default_factory=asyncio.Event)


class DueQueue:
    """Due sources on their way to the spider; a source is in it, or being polled, once at most.

    ``follows`` is the queue of the crawl before this one, whose polls may still be under way: they stay known here, so
    that no source is asked by both.
    """

    def __init__(self, follows: DueQueue | None = None, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._queue: asyncio.Queue[Due | None] = asyncio.Queue()
        self._monotonic = monotonic
        self._moved = monotonic()
        self._closed = False
        self.taken = 0
        """How many were put so far."""
        self.under_way: UnderWay = UnderWay() if follows is None else follows.under_way
        self._busy = self.under_way.sources
        self._idle = self.under_way.idle
        if not self._busy:
            self._idle.set()

    def not_under_way(self, sources: Iterable[Due]) -> list[Due]:
        """Those of some sources, each once, that ``put`` would take."""
        return list({due.id: due for due in sources if due.id not in self._busy}.values())

    def put(self, sources: Iterable[Due]) -> int:
        """Hand sources over; those still on their way are left out. Returns how many were taken."""
        fresh = self.not_under_way(sources)
        if self._closed or not fresh:
            return 0
        if not self._under_way():
            self._moved = self._monotonic()
        self._idle.clear()
        self.taken += len(fresh)
        for due in fresh:
            self._busy[due.id] = _OnItsWay(due)
            self._queue.put_nowait(due)
        return len(fresh)

    def done(self, source_id: int) -> None:
        """A source's poll is over, whatever it came to."""
        self._moved = self._monotonic()
        self._busy.pop(source_id, None)
        if not self._busy:
            self._idle.set()

    def rest(self, source_id: int, seconds: float) -> None:
        """Leave a source alone for a while: its poll could not be stored, so for the database it is still due."""
        self._busy[source_id] = _OnItsWay(None)
        asyncio.get_running_loop().call_later(seconds, self.done, source_id)

    def moved(self, source_id: int | None) -> None:
        """The crawl did something; with a number, it sent that source's request."""
        self._moved = self._monotonic()
        there = None if source_id is None else self._busy.get(source_id)
        if there is not None and there.asked is None:
            there.asked = self._moved

    def goes_on(self, source_id: int) -> None:
        """A part of a source's poll was finished, so that it is on its way as if it had been asked just now."""
        self._moved = self._monotonic()
        if (there := self._busy.get(source_id)) is not None:
            there.asked = self._moved

    def still(self) -> float:
        """Seconds for which the crawl did nothing although it had something to do."""
        return self._monotonic() - self._moved if self._under_way() else 0.0

    def overdue(self, seconds: float) -> list[Due]:
        """Sources that were asked longer ago than that, and whose poll has not come to an end."""
        before = self._monotonic() - seconds
        return [
            each.due
            for each in self._busy.values()
            if each.due is not None and each.asked is not None and each.asked < before
        ]

    def left(self) -> int:
        """How many are on their way."""
        return sum(each.due is not None for each in self._busy.values())

    def _under_way(self) -> bool:
        return any(each.due is not None for each in self._busy.values())

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

    def forget(self) -> None:
        """The crawl broke off: whatever was on its way is due again in the database, and nobody is at it."""
        self.close()
        for source_id in [number for number, each in self._busy.items() if each.due is not None]:
            self.done(source_id)

    def finish(self) -> None:
        """Take nothing more, but let everything that was put be polled."""
        self._closed = True
        self._queue.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[Due]:
        while (due := await self._queue.get()) is not None:
            self._moved = self._monotonic()
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
    reach: Reach = field(default_factory=Reach)
    pushes: list[DueSource] = field(default_factory=list)
    """What hubs sent while its source was being polled."""
    turn: Turn = field(default_factory=Turn)
    """Held by whoever decides and stores."""
    told: Callable[[Fetched | None, Saved], None] = lambda _fetched, _saved: None
    """Called after every poll that was stored, for whoever counts (``scheduler.metrics``); and, with None instead of
    the answer, after every part of one."""
    hosts: int = field(init=False)
    backup_failed: datetime | None = None
    """When a weekly backup last could not be made."""
    price: float = 0.0
    """Seconds that an entry has to wait for a poll to be worth it; see ``polling.price``. Set by ``set_price``."""
    urgent: frozenset[int] = frozenset()
    """Numbers of the sources that feed topics which alert at once."""
    allowance: Allowance | None = field(init=False)
    topics: dict[str, Topic] = field(init=False)
    matcher: Matcher = field(init=False)
    follower: Follower = field(default_factory=Follower)
    """Topics with examples, as ``crawler.following`` took them from the database."""
    taught: dict[str, Taught] = field(default_factory=dict)
    """Topics with a query of whose articles somebody said whether they belong."""
    meanings: Meanings = field(default_factory=Meanings)
    """Where the languages lie by meaning, for topics that ask for it; says nothing without."""
    following_mark: str = ""
    """``Following.changed`` when the two were taken."""

    _answer_key: str = ""

    def __post_init__(self) -> None:
        self.follow(self.config)

    def follow(self, config: Config) -> None:
        """Work with these settings from now on."""
        self.config = config
        self.topics = {topic.name: topic for topic in config.topics}
        budget = config.crawl.budget
        self.allowance = None if budget is None else Allowance(budget)
        self.hosts = len({host_of(source.url) for source in config.sources if not source.paused})
        self.matcher = Matcher(
            [compile_topic(topic.name, topic.query) for topic in config.topics if topic.query.strip()]
        )

    @property
    def pace(self) -> Pace:
        """The settings' limits for the time between two polls of a source."""
        crawl = self.config.crawl
        return Pace(crawl.every, crawl.fastest, crawl.slowest)

    def set_price(self) -> None:
        """Let a poll cost what makes all polls together those of the budget."""
        now = [topic.name for topic in self.topics.values() if topic.alert == "now"]
        self.urgent = frozenset(self.store.rhythms.feeding(now, self.clock()))
        self.price = price(self.store.rhythms.demands(self.urgent), self.pace, self.config.crawl.budget)

    def store_poll(
        self,
        due: DueSource,
        fetched: Fetched,
        *,
        brought: Brought | None = None,
        **changes: Any,  # noqa: ANN401
    ) -> Saved:
        """Store a poll with what it changes (fields of ``PollIntent``), and count it; or one of its parts.

        ``brought`` is what its document held so far, in counts. Before the last part the source stays as it is, and
        under way.
        """
        last = changes.get("last", True)
        try:
            saved = self.store.save_poll(self._intend(due, fetched, brought or Brought(), changes))
        finally:
            if last:
                self.queue.done(due.id)
        self.summary.saved.add(saved)
        self.told(fetched if last else None, saved)
        if not last:
            self.queue.goes_on(due.id)
            return saved
        self._count(due, fetched)
        return saved

    def store_quiet_polls(self, polls: Sequence[tuple[DueSource, Fetched]]) -> None:
        """Store polls that brought nothing, together, and count them."""
        intents = (self._intend(due, fetched, Brought(), {}) for due, fetched in polls)
        try:
            self.store.save_quiet_polls(intents)
        finally:
            for due, _ in polls:
                self.queue.done(due.id)
        for due, fetched in polls:
            self.told(fetched, Saved())
            self._count(due, fetched)

    def _count(self, due: DueSource, fetched: Fetched) -> None:
        """Count a poll that is stored, and hear what it says of the network."""
        self.summary.count(fetched.outcome)
        if fetched.outcome is Outcome.FAILED:
            self._note(due, fetched.error)
        silent = fetched.outcome is Outcome.FAILED and fetched.status is None
        says = self.reach.heard(due.source.url, fetched.error if silent else None, self.clock(), hosts=self.hosts)
        if says:
            _log.warning("%s", says)

    def store_look(self, due: DueLook, intent: LookIntent) -> Saved:
        """Store what a look at a known article's page came to, and count it."""
        try:
            saved = self.store.save_look(intent)
        finally:
            self.queue.done(due.id)
        self.summary.saved.add(saved)
        self.told(None, saved)
        return saved

    def fail_look(self, due: DueLook, error: str) -> None:
        """Store that a page could not be looked at; the next look is by the plan."""
        now = self.clock()
        at = revisits.after(due.first_seen, now, link=due.source.url)
        self.store_look(
            due,
            LookIntent(
                due.article_id,
                now,
                at,
                etag=due.etag,
                last_modified=due.last_modified,
                missing_since=due.missing_since,
                title=due.title,
                text=due.text,
                error=error,
            ),
        )

    def give_up_on(self, due: Due, error: str) -> None:
        """Store what came to no end as failed, and let it be asked again by its pace."""
        try:
            if isinstance(due, DueHub):
                self.queue.done(due.id)  # it is asked again by its own plan
            elif isinstance(due, DueLook):
                self.fail_look(due, error)
            else:
                self.store_poll(due, Fetched(Outcome.FAILED, started=self.clock(), error=error))
        except StorageError:
            self.leave_alone(due, error)
        _log.error("%s: %s", due.source.name or due.source.url, error)

    def _intend(self, due: DueSource, fetched: Fetched, brought: Brought, changes: dict[str, Any]) -> PollIntent:
        now, offer = self.clock(), changes.pop("offer", None)
        found = watch(self.store, due, fetched, brought, now) if changes.get("last", True) else Watched()
        next_at, interval = next_poll(
            now,
            due,
            fetched,
            self.pace,
            habits=found.habits,
            worth=Worth(self.price, urgent=due.id in self.urgent),
            over=found.over,
            within=found.within,
        )
        if fetched.outcome is not Outcome.FAILED and found.within is None and due.source.every is None:
            hub = self.store.pushes.of(due.id, self.config.push.address)
            hub = hub and after(hub, pushed=due.pushed is not None, fresh=brought.fresh > 0)
            next_at = net(next_at, hub, now, self.pace.slowest, due.id)
        return PollIntent(
            source_id=due.id,
            fetched=fetched,
            now=now,
            next_poll=next_at,
            interval=interval,
            episodes=found.episodes,
            move=found.move,
            rest=found.rest,
            habits=found.habits if found.learned else None,
            lied=found.lied,
            push=PushIntent(offer, due.pushed is not None, brought.fresh > 0),
            **changes,
        )

    def postpone(self, due: Due, seconds: float) -> None:
        """Ask later: it was not asked now, because its host is to be left alone."""
        if not isinstance(due, DueSource):
            self.queue.rest(due.id, seconds)
            return
        try:
            self.store.sources.postpone(due.id, self.clock() + timedelta(seconds=seconds))
        finally:
            self.queue.done(due.id)

    def leave_alone(self, due: Due, error: str, *, soon: bool = False) -> None:
        """Count a poll that could not be stored as failed, and ask the source again only after a while."""
        self.summary.count(Outcome.FAILED)
        self._note(due, error)
        self.queue.rest(due.id, _SHORT_REST if soon else _REST)

    def _note(self, due: Due, error: str) -> None:
        self.summary.errors.append((due.source.name or due.source.url, error))
        del self.summary.errors[:-_MOST_ERRORS]

    @property
    def answer_key(self) -> bytes:
        """What the links of mails are signed with: a secret of this database, made when it is needed first."""
        if not self._answer_key:
            self._answer_key = self.store.wishes.key(secrets.token_hex(32))
        return bytes.fromhex(self._answer_key)

    def replies(self) -> Replies | None:
        """What makes the links of a mail; ``None`` where nothing would take an answer."""
        service, mailbox = self.config.service, self.config.answers.address
        address = service.address if service.listen is not None else ""
        if not address and not mailbox:
            return None
        signed = self.config.signing is not None
        return Replies(self.answer_key, self.clock().date(), address, mailbox, signed=signed)

    def everybody(self) -> tuple[str, ...]:
        """Everyone who is told of anything."""
        people = [person for topic in self.topics.values() for person in self.recipients(topic)]
        return tuple(dict.fromkeys(people)) if self.topics else self.config.mail.to

    def recipients(self, topic: Topic) -> tuple[str, ...]:
        """Who is told of a topic, without those who left it."""
        people = topic.to or self.config.mail.to
        return tuple(person for person in people if not self.store.wishes.has_left(person, topic.name))
