"""The proof of life: given to systemd, and to ``tidings status`` beside the database, by finished work alone.

No timer feeds it. A tick that went through the database and found the crawl alive does; a loop that hangs, a crawl
that is dead or a database that does not answer therefore let it starve, and systemd starts the service again.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from scheduler.notify import notify

_TOLD = 15.0
"""Seconds between two marks beside the database, and between two status lines."""


class Watchdog:
    """Feeds systemd's watchdog (sd_watchdog_enabled(3)) at half its time, and marks the beat beside the database."""

    def __init__(
        self,
        database: Path,
        status: Callable[[], str],
        monotonic: Callable[[], float] = time.monotonic,
        *,
        lag: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._beat = beat_file(database)
        self._status = status
        self._lag = lag
        self._mark: dict[str, Any] = {}
        self._monotonic = monotonic
        self._every = watchdog_seconds() / 2
        self._fed: float | None = None
        self._told: float | None = None
        self._said = ""

    def begin(self, now: datetime) -> None:
        """The service runs from now on."""
        self._mark = {"pid": os.getpid(), "started": f"{now:%Y-%m-%dT%H:%M:%SZ}"}
        self._write()

    def end(self) -> None:
        """The service ends as it should: nobody has to miss it."""
        with suppress(OSError):
            self._beat.unlink(missing_ok=True)

    def feed(self) -> None:
        """Some work was finished."""
        now = self._monotonic()
        if self._every and (self._fed is None or now - self._fed >= self._every):
            self._fed = now
            notify("WATCHDOG=1")
        if self._told is None or now - self._told >= _TOLD:
            self._told = now
            if self._mark:
                self._write()
            self._tell()

    def _write(self) -> None:
        """Write the mark whole or not at all: it is read at any moment."""
        self._mark["lag"] = round(self._lag(), 3)
        unfinished = self._beat.with_name(f"{self._beat.name}.new")
        try:
            unfinished.write_text(json.dumps(self._mark), "ascii")
            unfinished.replace(self._beat)
        except OSError:  # a disk that is full is told elsewhere; the mark's age says as much
            with suppress(OSError):
                os.utime(self._beat)

    def _tell(self) -> None:
        said = self._status()
        if said != self._said:
            self._said = said
            notify(f"STATUS={said}")


def watchdog_seconds() -> float:
    """Seconds after which systemd misses us; 0 when it does not watch this process."""
    if os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return 0.0
    given = os.environ.get("WATCHDOG_USEC", "")
    return int(given) / 1e6 if given.isascii() and given.isdigit() else 0.0


def beat_file(database: Path) -> Path:
    """The file beside the database whose age is the time since work was last finished."""
    return database.with_name(database.name + ".beat")


@dataclass(frozen=True, slots=True)
class Beat:
    """What the mark beside the database says of the service; it is there from its start to its orderly end."""

    pid: int
    started: str
    last: datetime
    lag: float | None = None
    """Seconds by which its event loop was late at the most in the last minutes."""

    def as_json(self, now: datetime) -> dict[str, Any]:
        """For ``status --json``; ``age`` in seconds."""
        age = round((now - self.last).total_seconds())
        return {
            "runs": not self.is_late(now),
            "pid": self.pid,
            "started": self.started,
            "last_work": self.last,
            "age": age,
            "lag": self.lag,
        }

    def is_late(self, now: datetime) -> bool:
        """Nothing was finished for so long that the service hangs or was killed."""
        return now - self.last > LATE


LATE = timedelta(minutes=2)


def read_beat(database: Path) -> Beat | None:
    """The mark, or None when no service runs beside the database (or ended as it should)."""
    path = beat_file(database)
    try:
        last = path.stat().st_mtime
        found = json.loads(path.read_text("ascii"))
        return Beat(int(found["pid"]), str(found["started"]), datetime.fromtimestamp(last, UTC), found.get("lag"))
    except (OSError, ValueError, KeyError, TypeError):
        return None
