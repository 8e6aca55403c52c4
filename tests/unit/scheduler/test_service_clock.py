"""A clock that is set back does not stop the jobs."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from scheduler.service import set_right


async def _runs_after(back: timedelta) -> tuple[bool, int]:
    """Whether the job had to be set right, and how often it ran then, when the clock is set back by so much."""
    runs: list[datetime] = []

    async def work() -> None:
        runs.append(datetime.now(UTC))

    scheduler = AsyncIOScheduler(timezone=UTC)
    # Seen from the clock that was set back, the job's next time lies so much farther ahead.
    scheduler.add_job(work, IntervalTrigger(hours=2), next_run_time=datetime.now(UTC) + timedelta(hours=1) + back)
    scheduler.start()
    mended = set_right(scheduler, datetime.now(UTC))
    await asyncio.sleep(0.1)
    scheduler.shutdown(wait=False)
    return mended, len(runs)


def test_a_job_stranded_in_the_future_runs_now() -> None:
    assert asyncio.run(_runs_after(timedelta(hours=3))) == (True, 1)


def test_a_job_within_its_interval_is_left_alone() -> None:
    assert asyncio.run(_runs_after(timedelta(minutes=30))) == (False, 0)
