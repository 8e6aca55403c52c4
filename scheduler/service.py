"""The service: build, start, reload, drain, stop.

One process, one asyncio loop (Twisted's, which Scrapy needs), one crawl that lives as long as the service. The order of
the end matters: the ticker begins no more jobs, what runs is waited for, and only then it is shut down.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sqlite3
import time
from collections.abc import Awaitable, Callable
from typing import IO

from crawler import run
from crawler.config import Config, Listen
from crawler.errors import DatabaseDamagedError, SettingsError, StorageError
from crawler.runtime import Runtime
from crawler.storage import InstanceLock, Store
from scheduler import clock, progress
from scheduler.answer_pages import AnswerPages
from scheduler.crawls import Crawls
from scheduler.endpoint import Endpoint
from scheduler.feeds import Feeds
from scheduler.jobs import JOBS, Job
from scheduler.lag import Sampler, settle
from scheduler.metrics import Metrics
from scheduler.notify import notify
from scheduler.push_pages import PushPages
from scheduler.ticker import Ticker
from scheduler.watchdog import Watchdog

_log = logging.getLogger(__name__)
_PATIENCE = 7.0
"""Seconds that running polls and deliveries get at the end, which may take ten in all; what is cut off was not stored
and is due again."""
_SETTLED = (60.0, 900.0)
"""Seconds after the start by which most of, and by which every dictionary has been read that the sources ask for."""
_CLOCK_WATCHED = 5.0
"""Seconds between two looks at the clock when no job looks at it: after it was set back none runs."""


class InFlight:
    """Counts running jobs, so that the end can wait for them, and tells their troubles."""

    def __init__(
        self,
        lost: Callable[[StorageError], None],
        may_run: Callable[[Job], bool],
        finished: Callable[[str], None],
    ) -> None:
        self._lost = lost
        self._may_run = may_run
        self._finished = finished
        self._told: dict[str, str] = {}
        self._running = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def watch(self, name: str, job: Job, runtime: Runtime) -> Callable[[], Awaitable[None]]:
        """The job as APScheduler runs it: counted, and with its troubles logged instead of raised."""

        async def work() -> None:
            self._running += 1
            self._idle.clear()
            try:
                if self._may_run(job):
                    await job.work(runtime)
                    self._told.pop(name, None)
                    self._finished(name)
            except StorageError as error:
                self._lost(error)
            except sqlite3.Error as error:
                trouble = runtime.store.explained(error, "could not be read or written")
                if isinstance(trouble, DatabaseDamagedError):
                    self._lost(trouble)
                else:
                    self._tell(name, f"the database could not be read or written: {error}")
            except Exception:  # noqa: BLE001  (a job that fails must not end the service; it is logged)
                _log.exception("job %s failed; it runs again at its next time", name)
            finally:
                self._running -= 1
                if not self._running:
                    self._idle.set()

        return work

    def _tell(self, name: str, trouble: str) -> None:
        """Say a trouble once, not every five seconds for as long as the disk is full."""
        if self._told.get(name) != trouble:
            _log.error("job %s failed and is tried again until it works: %s", name, trouble)
        self._told[name] = trouble

    async def idle(self) -> None:
        """Wait until no job runs."""
        await self._idle.wait()


class Service:
    """The service around one database."""

    def __init__(self, runtime: Runtime, reload: Callable[[], Config], bar: IO[str] | None = None) -> None:
        self._runtime = runtime
        self._bar = bar
        self._reload = reload
        self._events: asyncio.Queue[str] = asyncio.Queue()
        self._lost: StorageError | None = None
        self._in_flight = InFlight(self._give_up, self._may_run, self._finished)
        self._ticker = Ticker()
        self._crawls = Crawls(runtime)
        self._clock = clock.ClockWatch(runtime.clock(), time.monotonic())
        self._clock_is_set = True
        self._began = False
        self._mended = True
        self._metrics = Metrics(runtime)
        self._watchdog = Watchdog(runtime.config.storage.path, self._metrics.line, lag=self._metrics.latest)
        self._lag = Sampler(self._metrics.late)
        self._endpoint = Endpoint(self._metrics, Feeds(runtime), AnswerPages(runtime), PushPages(runtime))

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT; SIGHUP reads the settings again.

        Raises:
            StorageError: the database was deleted or replaced; nothing can be stored any more.
        """
        self._listen()
        self._watchdog.begin(self._runtime.clock())
        await self._endpoint.follow(*_reached(self._runtime.config))
        self._lag.start()
        self._look_at_clock()
        watch = asyncio.ensure_future(self._watch_clock())
        notify("READY=1")
        with progress.drawn(progress.of_first_pass(self._runtime), self._bar):
            while (event := await self._events.get()) != "stop":
                if event == "reload":
                    await self._read_settings()
        notify("STOPPING=1")
        watch.cancel()
        self._lag.stop()
        await self._stop()
        if self._lost is not None:
            raise self._lost

    def _begin(self) -> None:
        """Begin to work, once the clock can be right: what is written by a wrong one stays wrong."""
        run.set_right(self._runtime)
        run.sync(self._runtime)
        self._began = True
        self._crawls.start()
        for name, job in JOBS.items():
            work = self._in_flight.watch(name, job, self._runtime)
            self._ticker.add(name, work, job.seconds, at_start=job.at_start)
        self._ticker.start()
        settle()
        for seconds in _SETTLED:
            asyncio.get_running_loop().call_later(seconds, settle)
        _log.info(
            "following %d topics in %d sources", len(self._runtime.config.topics), len(self._runtime.config.sources)
        )

    def _give_up(self, error: StorageError) -> None:
        if self._lost is None:
            _log.critical("%s", error)
            self._events.put_nowait("stop")
        self._lost = error

    def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._events.put_nowait, "stop")
        loop.add_signal_handler(signal.SIGHUP, self._events.put_nowait, "reload")

    def _may_run(self, job: Job) -> bool:
        """Whether a job may run by the clock as it stands; what deletes waits until it has proved itself."""
        self._look_at_clock()
        return self._clock_is_set and (job.at_start or self._clock.steady(time.monotonic()) >= job.seconds / 2)

    def _finished(self, name: str) -> None:
        """A job was done to its end: the tick is the one that proves the database, and asks after the crawl."""
        if name == "poll" and self._crawls.alive():
            self._watchdog.feed()

    def _look_at_clock(self) -> None:
        """Begin once the clock is set; see that a clock that jumps neither stops nor hurries the service."""
        now = self._runtime.clock()
        jump = self._clock.look(now, time.monotonic())
        was_set, self._clock_is_set = self._clock_is_set, clock.is_set(now)
        if not self._clock_is_set:
            if was_set:
                _log.error(
                    "the clock says %s, which cannot be: nothing is polled or mailed until it is set", now.date()
                )
                notify("STATUS=waits for the clock to be set")
            return
        if not was_set:
            _log.warning("the clock is set: it says %s", f"{now:%Y-%m-%d %H:%M} UTC")
        if not self._began:
            self._begin()
        elif jump:
            _log.warning("the clock was set %s, or the machine slept; every job starts again", clock.describe(jump))
            self._mended = False
            self._ticker.begin_again(now)
        else:
            self._ticker.catch_up(now)
        if not self._mended:
            run.set_right(self._runtime)
            self._mended = True

    async def _watch_clock(self) -> None:
        while True:
            await asyncio.sleep(_CLOCK_WATCHED)
            try:
                self._look_at_clock()
            except (StorageError, sqlite3.Error) as error:
                _log.error("the database could not be set right after the clock jumped; it is tried again: %s", error)
            if not self._clock_is_set:
                self._watchdog.feed()  # to wait for the clock is all there is to do, and it was looked at

    async def _read_settings(self) -> None:
        """Take the settings as they are now, or keep the old ones and say what is wrong with the new."""
        notify(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")
        try:
            config = self._reload()
        except SettingsError as error:
            _log.error("the settings were not taken, the old ones hold: %s", "; ".join(map(str, error.mistakes)))
        else:
            await self._follow(config)
        notify("READY=1")

    async def _follow(self, config: Config) -> None:
        """Work with new settings; polls under way go on, and the crawl too unless it is paced otherwise now."""
        old = self._runtime.config
        if config.storage.path != old.storage.path:
            _log.warning("storage.path is taken at the next start, not now")
        async with self._runtime.turn.hold():
            self._runtime.follow(config)
            if self._began:
                try:
                    run.sync(self._runtime)
                except sqlite3.Error as error:
                    _log.error("the settings hold, but the database could not be brought in line with them: %s", error)
        if self._began and config.crawl != old.crawl:
            self._crawls.renew()
        await self._endpoint.follow(*_reached(config))
        _log.info("settings read again: %d topics in %d sources", len(config.topics), len(config.sources))

    async def _stop(self) -> None:
        if self._began:
            self._ticker.stop()
        await self._endpoint.follow(None)
        ending = [
            asyncio.ensure_future(self._crawls.end(_PATIENCE)),
            asyncio.ensure_future(self._in_flight.idle()),
        ]
        await asyncio.wait(ending, timeout=_PATIENCE + 1)
        if self._began:
            self._ticker.close()
        self._watchdog.end()
        _log.info("stopped")


def _reached(config: Config) -> tuple[Listen | None, str, str]:
    """Where the endpoint listens, and by which addresses others reach it."""
    return config.service.listen, config.service.address, config.push.address


def serve(config: Config, reload: Callable[[], Config], *, bar: IO[str] | None = None) -> None:
    """Run the service on this process's reactor until it is told to stop; ``bar`` shows its first pass, if any does.

    Raises:
        StorageError: the database cannot be used, another Tidings uses it, or it was deleted meanwhile.
    """
    # The database is closed after the reactor: polls that were cut off live in tasks of Scrapy's own until then.
    path = config.storage.path
    with InstanceLock(path) as lock, Store.writer(path, unclean=lock.unclean) as store:

        async def main() -> None:
            await Service(Runtime(config, store), reload, bar).run()

        run.run_on_reactor(main)
