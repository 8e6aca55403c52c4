"""The list of jobs: each is one call of ``crawler``. ``service`` gives them to APScheduler.

APScheduler is only the ticker; what is due is data: sources in the database's ``next_poll`` column, alerts in the
outbox. So a job that comes late, twice or not at all loses nothing.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from crawler import pushing, run
from crawler.alerts.schedule import last_summary, quiet_until
from crawler.config import way_named
from crawler.delivery import Delivered, deliver, open_channel
from crawler.dispatch import Dispatch
from crawler.runtime import Runtime
from scheduler import feeds
from scheduler.letters import read_answers

_log = logging.getLogger(__name__)
_NIGHT = "21:00-08:00"
"""When no mail about the sources alone goes out: it is never urgent."""
_told: dict[str, str] = {}
"""What was said of a job's trouble last, so that it is said once."""
_MOST_DUE = 500
"""Sources handed over in one tick; the rest is due at the next."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something done again and again."""

    work: Callable[[Runtime], Awaitable[object]]
    seconds: float
    """Between two runs."""
    at_start: bool = True
    """Run when the service starts, not only after the first interval."""


async def poll(runtime: Runtime) -> None:
    """Hand the sources that are due to the spider; raises StorageError when the database is gone."""
    runtime.store.check_place()
    due = runtime.queue.not_under_way(runtime.store.sources.due(runtime.clock(), limit=_MOST_DUE))
    if runtime.allowance is not None:
        due = due[: runtime.allowance.take(len(due), time.monotonic())]
    runtime.queue.put([*due, *run.looks_due(runtime)])
    pushing.hand_over(runtime)


async def hubs(runtime: Runtime) -> None:
    """Ask hubs to send what is new, before their leases end."""
    if runtime.config.service.listen is not None:
        runtime.queue.put(pushing.hubs_due(runtime))


async def price(runtime: Runtime) -> None:
    """Set what a poll has to be worth by what is known of the sources now."""
    runtime.set_price()


async def send_alerts(runtime: Runtime) -> Delivered:
    """Deliver the alerts that are due."""
    kind, send = open_channel(runtime.config.mail)
    ways = Dispatch(runtime.config, send, runtime.clock, runtime.replies())
    delivered = await deliver(runtime.store.outbox, ways.send, compose=ways.write, clock=runtime.clock)
    if delivered.delivered or delivered.failed:
        _log.info("%s: %d sent, %d failed, %d wait", kind, delivered.delivered, delivered.failed, delivered.waiting)
    return delivered


async def digest(runtime: Runtime) -> int:
    """Close the digests whose hour has come, so that they are delivered, and plan the summaries."""
    async with runtime.turn.hold():
        closed = runtime.store.outbox.close_digests(runtime.clock())
        return closed + _summaries(runtime)


def _summaries(runtime: Runtime) -> int:
    """Plan the summaries of the last moment for one; a way out that is no mail gets none."""
    mail, now = runtime.config.mail, runtime.clock()
    if not mail.summary:
        return 0
    people = [person for person in runtime.everybody() if not way_named(person)]
    return runtime.store.outbox.plan_summaries(people, last_summary(mail.summary, now, mail.timezone), now)


async def coverage(runtime: Runtime) -> int:
    """Plan a mail about the sources alone for whom no other mail has told of them."""
    now = runtime.clock()
    due = quiet_until(_NIGHT, now, runtime.config.mail.timezone) or now
    async with runtime.turn.hold():
        return runtime.store.outbox.plan_coverage(runtime.everybody(), now, due=due)


async def backfill(runtime: Runtime) -> int:
    """Try new topics against the archive."""
    return await run.backfill(runtime)


async def write_feeds(runtime: Runtime) -> int:
    """Write the topics' Atom feeds that changed."""
    folder, path = runtime.config.feeds.folder, runtime.config.storage.path
    if folder is None:
        return 0
    try:
        return await asyncio.to_thread(feeds.write, path, list(runtime.topics), folder, runtime.clock())
    except OSError as error:
        says = f"the feeds cannot be written into {folder}: {error.strerror or error}"
        if says != _told.get("feeds"):
            _log.error("%s", says)
        _told["feeds"] = says
        return 0


async def housekeeping(runtime: Runtime) -> int:
    """Empty the write-ahead log, and do what is due of retention and backups."""
    return await run.housekeeping(runtime)


JOBS: dict[str, Job] = {
    "poll": Job(poll, seconds=1),
    "hubs": Job(hubs, seconds=5),
    "price": Job(price, seconds=600, at_start=False),
    "digest": Job(digest, seconds=15),
    "coverage": Job(coverage, seconds=3600),
    "deliver": Job(send_alerts, seconds=5),
    "answers": Job(read_answers, seconds=60),
    "backfill": Job(backfill, seconds=60),
    "feeds": Job(write_feeds, seconds=60),
    "housekeeping": Job(housekeeping, seconds=900, at_start=False),
}
