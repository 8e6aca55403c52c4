"""The ticker: APScheduler behind four verbs, and mended where the clock jumps. The only module that knows it.

APScheduler waits for moments of the wall clock and makes up for each that was missed. Set back by an hour, its jobs do
not run for an hour (issues 351 and 752); set forward by ten years, it first counts 300 million missed seconds (issue
1066). ``Beat`` cures the second, ``begin_again`` the first.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

_SLACK = timedelta(seconds=2)


class Beat(BaseTrigger):  # type: ignore[misc]  # APScheduler has no type information
    """Every so many seconds; what was missed is one run, and the next is counted from now."""

    __slots__ = ("interval",)

    def __init__(self, seconds: float) -> None:
        self.interval = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """APScheduler asks for the moment after ``previous`` until it gets one that lies ahead of ``now``."""
        following = (previous or now) + self.interval
        return following if following > now else now + self.interval


class Ticker:
    """Runs jobs at their intervals in the running event loop, each at most once at a time."""

    def __init__(self) -> None:
        # From memory alone: a job store on disk is pickle (CVE-2026-31072), and what is due is data anyway.
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._at_start: dict[str, bool] = {}

    def add(self, name: str, work: Callable[[], Awaitable[None]], seconds: float, *, at_start: bool) -> None:
        """Run ``work`` every so many seconds, first at once (``at_start``) or after the first interval."""
        self._at_start[name] = at_start
        first = {"next_run_time": datetime.now(UTC)} if at_start else {}
        self._scheduler.add_job(work, Beat(seconds), id=name, **first)

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    def stop(self) -> None:
        """Begin no more jobs; what runs goes on: ``shutdown(wait=True)`` would cancel it."""
        self._scheduler.pause()

    def close(self) -> None:
        """End; jobs that still run are cut off."""
        self._scheduler.shutdown(wait=False)

    def begin_again(self, now: datetime) -> None:
        """Count every interval from ``now``, as at the start."""
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=now if self._at_start[job.id] else now + job.trigger.interval)

    def catch_up(self, now: datetime) -> bool:
        """Let jobs run now that lie farther ahead than their interval, for a clock set back a little; if there was any.

        ``begin_again`` is for the jumps that are noticed; this needs to notice nothing.
        """
        stranded = [
            job
            for job in self._scheduler.get_jobs()
            if job.next_run_time is not None and job.next_run_time - now > job.trigger.interval + _SLACK
        ]
        for job in stranded:
            job.modify(next_run_time=now)
        return bool(stranded)
