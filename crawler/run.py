"""One crawl inside the running event loop, and what stands around it: backfill, import, housekeeping."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from scrapy import Request, signals
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import Settings
from scrapy.utils.reactor import install_reactor, is_asyncio_reactor_installed, is_reactor_installed

from crawler import following
from crawler.alerts.plan import next_due
from crawler.errors import StorageError
from crawler.model import DueLook
from crawler.planning import Planner
from crawler.runtime import Runtime
from crawler.storage import MatchIntent, backup_is_due, write_weekly
from crawler.turn import breathe

T = TypeVar("T")

_log = logging.getLogger(__name__)
_THREADS = 32
_BACKFILL = timedelta(days=30)
"""How far back a new topic is tried against the archive by itself; ``tidings topics test`` looks as far as asked."""
_LOG_TOO_LONG = 64 << 20
"""Bytes; SQLite begins the log anew at 4 MiB when nobody reads (reliability.md, rule 10)."""
_MOST_LOOKS = 50
"""Pages handed over at once to be looked at again; the rest is due at the next tick."""
_BACKUP_AGAIN = timedelta(days=1)


def run_on_reactor(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine function on Twisted's asyncio reactor, which Scrapy needs; once per process."""
    reactor = _reactor()
    outcome: list[T] = []
    failure: list[BaseException] = []

    def interrupt() -> None:
        if not failure:
            failure.append(KeyboardInterrupt())
            reactor.stop()

    async def run() -> None:
        _on_interrupt(interrupt)
        try:
            outcome.append(await main())
        except BaseException as error:  # noqa: BLE001  (carried over to the caller below)
            failure.append(error)
        finally:
            if not isinstance(next(iter(failure), None), KeyboardInterrupt):
                reactor.stop()

    tasks: set[asyncio.Task[None]] = set()
    reactor.callWhenRunning(lambda: tasks.add(asyncio.ensure_future(run())))
    try:
        reactor.run(installSignalHandlers=False)
    except KeyboardInterrupt:
        # The threads that look up names are no daemons: unless they are told, the process would wait for them.
        reactor.getThreadPool().stop()
        raise
    if failure:
        if isinstance(failure[0], KeyboardInterrupt):
            reactor.getThreadPool().stop()
        raise failure[0]
    return outcome[0]


def _reactor() -> Any:  # noqa: ANN401  (its interface is declared in parts that mypy cannot put together)
    if not is_reactor_installed():
        install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    assert is_asyncio_reactor_installed()  # noqa: S101
    from twisted.internet import reactor  # noqa: PLC0415  (importing it installs a reactor)

    # Name look-ups wait in threads; Scrapy's setting for their number is only heard by its own process class.
    cast("Any", reactor).suggestThreadPoolSize(_THREADS)
    return reactor


def _on_interrupt(do: Callable[[], None]) -> None:
    """Take Ctrl-C in the loop: Python raises in whatever runs, and Twisted keeps what a callback raises to itself."""
    if threading.current_thread() is threading.main_thread():
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, do)


async def crawl(runtime: Runtime) -> None:
    """Poll what the runtime's queue hands over, until the queue is finished or closed and all is stored."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    runner = AsyncCrawlerRunner(settings)
    crawler = runner.create_crawler("feeds")

    def began(request: Request) -> None:
        asked = request.meta.get("asked")
        runtime.queue.moved(None if asked is None else asked["due"].id)

    def answered() -> None:
        runtime.queue.moved(None)

    # Scrapy holds receivers weakly: these two live as long as this call.
    crawler.signals.connect(began, signal=signals.request_reached_downloader)
    crawler.signals.connect(answered, signal=signals.response_received)
    with runtime.parsers:
        await runner.crawl(crawler, runtime=runtime)


def looks_due(runtime: Runtime) -> list[DueLook]:
    """Articles whose pages are due to be looked at again; none where the settings say so."""
    return runtime.store.looks.due(runtime.clock(), limit=_MOST_LOOKS) if runtime.config.crawl.look_again else []


async def poll_once(runtime: Runtime, *, everything: bool) -> None:
    """Poll every source that is due (or every source) once, and end."""
    runtime.queue.put([*runtime.store.sources.due(runtime.clock(), everything=everything), *looks_due(runtime)])
    runtime.queue.finish()
    await crawl(runtime)


def sync(runtime: Runtime) -> None:
    """Make the database's sources and topics agree with the settings."""
    now = runtime.clock()
    runtime.store.sources.sync(runtime.config.sources, now)
    runtime.store.topics.sync(runtime.config.topics, now)
    runtime.set_price()
    following.sync(runtime)


def set_right(runtime: Runtime) -> bool:
    """Mend what stands in the database by a clock that was ahead; whether there was any."""
    now, zone, outbox = runtime.clock(), runtime.config.mail.timezone, runtime.store.outbox

    def next_digest(name: str, person: str) -> datetime | None:
        topic = runtime.topics.get(name)
        if topic is None:
            return None
        return next_due(topic, now, zone, closed=lambda due: outbox.digest_is_closed(name, person, due))

    mended = runtime.store.set_right(now, next_digest)
    if mended:
        _log.warning(
            "the clock was ahead when Tidings last worked; what waited for that time is due by the clock as it is"
        )
    return mended


async def backfill(runtime: Runtime) -> int:
    """Try topics that are new, or whose query changed, against the archive; how many matches that gave.

    What was already there is archived and told as one line: see ``AlertKind.ARCHIVE``.
    """
    await following.prepare(runtime)
    found = 0
    for name in runtime.store.topics.to_backfill():
        if name in runtime.topics:
            found += await _backfill_topic(runtime, name)
    return found


async def _backfill_topic(runtime: Runtime, name: str) -> int:
    store, now, topic = runtime.store, runtime.clock(), runtime.topics[name]
    if topic.examples:
        for _ in following.count_archive(store):
            await asyncio.sleep(0)
        following.load(runtime)  # how much each term tells is known only now
    trial = following.Trial(store, topic)
    async with (
        runtime.turn.hold()
    ):  # what was matched by the settings before these is stored now, and is in the archive
        upto = store.articles.newest_id()
    known = {match.article_id for match in store.articles.matches_of_topic(name, now - timedelta(days=36_500))}
    planner = Planner(runtime, now)
    taken: list[tuple[int, MatchIntent]] = []
    for count, article in enumerate(store.articles.newest_first(since=now - _BACKFILL, before_id=upto + 1)):
        if count % 20 == 0:
            await asyncio.sleep(0)  # let the polls go on
            if runtime.topics.get(name) != topic:
                return 0  # the settings were read again: the next run tries the query as it is now
        if article.id not in known and (match := trial.match(article)) is not None:
            taken.append((article.id, planner.backfill(match)))
    # Oldest first, so that the newest of them stand last in the alert as they do everywhere else.
    async with runtime.turn.hold():
        saved = store.save_backfill(name, taken[::-1], upto, now)
    if saved.matches:
        _log.info("%s: %d articles were already there", name, saved.matches)
    return saved.matches


async def housekeeping(runtime: Runtime) -> int:
    """Empty the write-ahead log, once a day delete what retention lets go, once a week make a backup.

    What is due stands in the database and the backups' names, so it is no matter how often this is called. Returns how
    many articles were deleted.
    """
    _empty_log(runtime)
    deleted, now = 0, runtime.clock()
    if runtime.store.prune_is_due(now):
        steps = runtime.store.pruning(now, runtime.config.storage.keep)
        while (some := await _in_turn(runtime, steps)) is not None:
            deleted += some
        if deleted:
            _log.info("housekeeping: %d articles older than the settings keep were deleted", deleted)
        _empty_log(runtime)
    await _back_up_weekly(runtime, now)
    return deleted


async def _in_turn(runtime: Runtime, steps: Iterator[int]) -> int | None:
    """One step, when no poll is in the middle of its decisions; ``None`` when there is none left."""
    await breathe()
    async with runtime.turn.hold():
        return next(steps, None)


def _empty_log(runtime: Runtime) -> None:
    left = runtime.store.checkpoint()
    if left > _LOG_TOO_LONG:
        _log.warning(
            "%s: its write-ahead log has grown to %d MiB, because some program has been reading the database without an"
            " end; `fuser -v` on the file names it, and when it is closed the log shrinks by itself",
            runtime.store.path, left >> 20,
        )  # fmt: skip


async def _back_up_weekly(runtime: Runtime, now: datetime) -> None:
    """Copy the database aside, in a thread; a copy that fails is told and tried again a day later."""
    path, keep = runtime.store.path, runtime.config.storage.backups
    if not keep or not backup_is_due(path, now):
        return
    failed = runtime.backup_failed
    if failed is not None and timedelta() <= now - failed < _BACKUP_AGAIN:
        return
    try:
        made = await _in_daemon(lambda: write_weekly(path, keep, now))
    except StorageError as error:
        runtime.backup_failed = now
        _log.error("no weekly backup, the next try is in a day: %s", error)
    else:
        _log.info("weekly backup: %s", made)


async def _in_daemon(work: Callable[[], T]) -> T:
    """Do something that blocks in a thread that the program's end does not wait for."""
    loop = asyncio.get_running_loop()
    outcome: Future[T] = Future()

    def do() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:  # noqa: BLE001  (carried over to the caller)
            outcome.set_exception(error)

    threading.Thread(target=do, name="backup", daemon=True).start()
    return await asyncio.wrap_future(outcome, loop=loop)
