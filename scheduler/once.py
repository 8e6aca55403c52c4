"""One pass: poll what is due, deliver, end. ``tidings once`` is the service's crawl with an end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from crawler import run
from crawler.config import Config
from crawler.delivery import Delivered
from crawler.runtime import Runtime, Summary
from crawler.storage import InstanceLock, Store
from scheduler import jobs


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
    if with_delivery:
        return Pass(runtime.summary, await jobs.send_alerts(runtime))
    return Pass(runtime.summary, Delivered(delivered=0, failed=0, waiting=runtime.store.outbox.waiting_count()))


def once(config: Config, *, everything: bool, with_delivery: bool) -> Pass:
    """Make one pass on this process's reactor.

    Raises:
        StorageError: the database cannot be used, or another Tidings uses it.
    """

    async def main() -> Pass:
        with Store.writer(config.storage.path) as store:
            runtime = Runtime(config, store)
            run.set_right(runtime)
            run.sync(runtime)
            made = await one_pass(runtime, everything=everything, with_delivery=with_delivery)
            await asyncio.sleep(0)
            return made

    with InstanceLock(config.storage.path):
        return run.run_on_reactor(main)
