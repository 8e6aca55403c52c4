"""The service: build, start, reload, drain, stop. With ``triggers`` the only module that knows APScheduler.

One process, one asyncio loop (Twisted's, which Scrapy needs), one crawl that lives as long as the service. The order of
the end matters: APScheduler's ``shutdown(wait=True)`` cancels coroutine jobs that are running, so it is paused first,
what runs is waited for, and only then it is shut down.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from crawler import run
from crawler.config import Config
from crawler.errors import SettingsError, StorageError
from crawler.runtime import DueQueue, Runtime
from crawler.storage import InstanceLock, Store
from scheduler.jobs import JOBS, Job
from scheduler.notify import notify

_log = logging.getLogger(__name__)
_PATIENCE = 7.0
"""Seconds that running polls and deliveries get at the end, which may take ten in all; what is cut off was not stored
and is due again."""

_CLOCK_WATCHED = 10.0
"""Seconds between two looks at the clock."""
_CLOCK_SLACK = timedelta(seconds=2)


class InFlight:
    """Counts running jobs, so that the end can wait for them, and tells their troubles."""

    def __init__(self, lost: Callable[[StorageError], None]) -> None:
        self._lost = lost
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
                await job.work(runtime)
                self._told.pop(name, None)
            except StorageError as error:
                self._lost(error)
            except sqlite3.Error as error:
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

    def __init__(self, runtime: Runtime, reload: Callable[[], Config]) -> None:
        self._runtime = runtime
        self._reload = reload
        self._events: asyncio.Queue[str] = asyncio.Queue()
        self._lost: StorageError | None = None
        self._in_flight = InFlight(self._give_up)
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._crawl: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT; SIGHUP reads the settings again.

        Raises:
            StorageError: the database was deleted or replaced; nothing can be stored any more.
        """
        self._listen()
        run.sync(self._runtime)
        self._start_crawl()
        self._start_jobs()
        _log.info(
            "following %d topics in %d sources", len(self._runtime.config.topics), len(self._runtime.config.sources)
        )
        notify("READY=1")
        watch = asyncio.ensure_future(self._watch_clock())
        while (event := await self._events.get()) != "stop":
            await (self._read_settings() if event == "reload" else self._mend_crawl())
        notify("STOPPING=1")
        watch.cancel()
        await self._stop()
        if self._lost is not None:
            raise self._lost

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

    def _start_crawl(self) -> None:
        self._runtime.queue = DueQueue()
        self._crawl = asyncio.ensure_future(run.crawl(self._runtime))
        self._crawl.add_done_callback(lambda _: self._events.put_nowait("crawl ended"))

    def _start_jobs(self) -> None:
        for name, job in JOBS.items():
            first = {"next_run_time": datetime.now(UTC)} if job.at_start else {}
            self._scheduler.add_job(
                self._in_flight.watch(name, job, self._runtime), IntervalTrigger(seconds=job.seconds), id=name, **first
            )
        self._scheduler.start()

    async def _watch_clock(self) -> None:
        """See that a clock that is set back does not stop the service for as long."""
        while True:
            await asyncio.sleep(_CLOCK_WATCHED)
            now = self._runtime.clock()
            if set_right(self._scheduler, now):
                _log.warning("the clock was set back; what waited for the old one is due now")
                self._runtime.store.sources.wake(now)

    async def _mend_crawl(self) -> None:
        """The crawl ends only when its queue is closed; if it did by itself, say why and start another."""
        if self._crawl is None or not self._crawl.done():
            return
        error = None if self._crawl.cancelled() else self._crawl.exception()
        _log.error("the crawl ended by itself and is started again", exc_info=error)
        await asyncio.sleep(1)
        self._start_crawl()

    async def _read_settings(self) -> None:
        """Take the settings as they are now, or keep the old ones and say what is wrong with the new."""
        notify(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")
        try:
            config = self._reload()
        except SettingsError as error:
            _log.error("the settings were not taken, the old ones hold: %s", "; ".join(map(str, error.mistakes)))
        else:
            if config.storage.path != self._runtime.config.storage.path:
                _log.warning("storage.path is taken at the next start, not now")
            await self._end_crawl()
            self._runtime.follow(config)
            run.sync(self._runtime)
            self._start_crawl()
            _log.info("settings read again: %d topics in %d sources", len(config.topics), len(config.sources))
        notify("READY=1")

    async def _end_crawl(self) -> None:
        crawl, self._crawl = self._crawl, None
        if crawl is None:
            return
        self._runtime.queue.close()
        done, _ = await asyncio.wait([crawl], timeout=_PATIENCE)
        if not done:
            # Never wait for Scrapy's own stop: within a crawl's first milliseconds it hangs (ecosystem.md, finding 2).
            _log.warning("polls that would not end were cut off; they are due again")
            crawl.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await asyncio.wait([crawl], timeout=1)

    async def _stop(self) -> None:
        self._scheduler.pause()
        ending = [asyncio.ensure_future(self._end_crawl()), asyncio.ensure_future(self._in_flight.idle())]
        await asyncio.wait(ending, timeout=_PATIENCE + 1)
        self._scheduler.shutdown(wait=False)
        _log.info("stopped")


def set_right(scheduler: AsyncIOScheduler, now: datetime) -> bool:
    """Let jobs run now that lie farther ahead than their interval; whether there was one.

    APScheduler waits for moments of the wall clock: after one hour back its jobs would not run for an hour.
    """
    stranded = [
        job
        for job in scheduler.get_jobs()
        if job.next_run_time is not None and job.next_run_time - now > job.trigger.interval + _CLOCK_SLACK
    ]
    for job in stranded:
        job.modify(next_run_time=now)
    return bool(stranded)


def serve(config: Config, reload: Callable[[], Config]) -> None:
    """Run the service on this process's reactor until it is told to stop.

    Raises:
        StorageError: the database cannot be used, another Tidings uses it, or it was deleted meanwhile.
    """

    async def main() -> None:
        with Store.writer(config.storage.path) as store:
            await Service(Runtime(config, store), reload).run()

    with InstanceLock(config.storage.path):
        run.run_on_reactor(main)
