"""One pass: poll what is due, deliver, end. ``tidings once`` is the service's crawl with an end."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import dataclass
from typing import IO, Any

from crawler import run
from crawler.config import Config
from crawler.delivery import Delivered
from crawler.errors import StoppedError
from crawler.runtime import Runtime, Summary
from crawler.storage import InstanceLock, Store
from scheduler import jobs, progress

_PATIENCE = 3.0
"""Seconds that what runs gets when the pass is told to stop …"""
_LAST_WORD = 6.0
"""… and then a mail under way (``delivery`` waits five for its server's answer)."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass came to."""

    summary: Summary
    delivered: Delivered
    failing: int = 0

    def as_json(self) -> dict[str, Any]:
        """The document of ``once --json``."""
        summary = self.summary
        return {
            "sources": {"polled": summary.polled, "unchanged": summary.unchanged, "failed": summary.failed},
            "articles": {
                "new": summary.saved.new,
                "updated": summary.saved.updated,
                "copies": summary.saved.copies,
            },
            "matches": summary.saved.matches,
            "alerts": {
                "planned": summary.saved.planned,
                "delivered": self.delivered.delivered,
                "failed": self.delivered.failed,
                "waiting": self.delivered.waiting,
            },
            "errors": [{"source": name, "error": error} for name, error in summary.errors],
        }


async def one_pass(runtime: Runtime, *, everything: bool, with_delivery: bool) -> Pass:
    """Poll, try new topics against the archive, close digests, deliver."""
    await run.backfill(runtime)
    await run.poll_once(runtime, everything=everything)
    await jobs.digest(runtime)
    await jobs.coverage(runtime)
    await jobs.write_feeds(runtime)
    if with_delivery:
        return Pass(runtime.summary, await jobs.send_alerts(runtime))
    return Pass(runtime.summary, Delivered(delivered=0, failed=0, waiting=runtime.store.outbox.waiting_count()))


def once(config: Config, *, everything: bool, with_delivery: bool, bar: IO[str] | None = None) -> Pass:
    """Make one pass on this process's reactor, and what is due of housekeeping.

    ``bar`` is the terminal that shows how far it is, if one does.

    Raises:
        StorageError: the database cannot be used, or another Tidings uses it.
        StoppedError: SIGTERM or SIGINT came, and the pass could not be ended in time.
    """

    async def main() -> Pass | None:
        with Store.writer(config.storage.path, unclean=lock.unclean, patient=True) as store:
            runtime = Runtime(config, store)
            run.set_right(runtime)
            run.sync(runtime)

            async def work() -> Pass:
                made = await one_pass(runtime, everything=everything, with_delivery=with_delivery)
                await run.housekeeping(runtime)
                return made

            with progress.drawn(lambda: progress.of_pass(runtime), bar):
                return await _unless_stopped(asyncio.ensure_future(work()), runtime)

    with InstanceLock(config.storage.path) as lock:
        made = run.run_on_reactor(main)
    if made is None:
        raise StoppedError("stopped before the pass was done; what was not stored or sent is due again")
    return made


async def _unless_stopped(work: asyncio.Task[Pass], runtime: Runtime) -> Pass | None:
    """The pass, or None when SIGTERM or SIGINT came and it could not be ended in ten seconds."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    stopped = asyncio.ensure_future(stop.wait())
    await asyncio.wait((work, stopped), return_when=asyncio.FIRST_COMPLETED)
    if not work.done():
        runtime.queue.close()
        await asyncio.wait((work,), timeout=_PATIENCE)
    stopped.cancel()
    if work.done():
        return work.result()
    work.cancel()
    await asyncio.wait((work,), timeout=_LAST_WORD)
    return None
