"""What a process and its children cost, read from ``/proc``; and the running service as benchmarks drive it."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import tomlkit

from tests.bench.feed_server import ROOT, FeedServer, word_of_rank

_TICKS = os.sysconf("SC_CLK_TCK")
_MIB = 1024 * 1024
_LOOK = 0.05
_WITHIN = 1200.0
_SETTLE = 2.0
"""Seconds of peace before a round is begun, so that what the one before left to do is not counted with it."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a command came to."""

    cpu: float
    """User and system seconds, children included."""
    peak: float
    """MiB of the largest of its processes."""


def run(call: Sequence[str], folder: Path) -> Usage:
    """Run a command to its end in a home of its own; its output goes to the file ``log`` there.

    Raises:
        ChildProcessError: it ended with an error.
    """
    home = {name: str(folder) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            call,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, **home, "TERM": "xterm"},
        )
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        said = (folder / "log").read_text(errors="replace")[-500:]
        raise ChildProcessError(f"{call[0]} ended with {process.returncode}: {said}")
    return Usage(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def family(pid: int) -> list[int]:
    """A process and what it started, down to the last."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += family(int(child))
    return found


def cpu_of(pid: int) -> float:
    """User and system seconds of a process, of its children that live and of those that ended."""
    total = 0
    for each in family(pid):
        fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        total += sum(map(int, fields[11:15]))
    return total / _TICKS


def resident(pid: int, *, peak: bool = False) -> float:
    """MiB of a process and its children; pages that they share are counted in each."""
    name = "VmHWM:" if peak else "VmRSS:"
    lines = [line for each in family(pid) for line in Path(f"/proc/{each}/status").read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


def proportional(pid: int) -> float:
    """MiB of a process and its children, where a page that several share is counted once between them."""
    texts = [Path(f"/proc/{each}/smaps_rollup").read_text() for each in family(pid)]
    return sum(int(line.split()[1]) for text in texts for line in text.splitlines() if line.startswith("Pss:")) / 1024


def open_files(pid: int) -> int:
    """Open files of a process and its children."""
    return sum(len(list(Path(f"/proc/{each}/fd").iterdir())) for each in family(pid))


def wait(condition: Callable[[], object], what: str, within: float = _WITHIN) -> None:
    """Wait for what another process brings about; raises TimeoutError."""
    until = time.monotonic() + within
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError(f"waited {within:.0f} s in vain for {what}")
        time.sleep(_LOOK)


def write_settings(folder: Path, urls: Sequence[str], **crawl: Any) -> Path:  # noqa: ANN401
    """A settings.toml with ten topics, which take one text in about fifty; loopback allowed, mails into a Maildir."""
    chosen = [[word_of_rank(400 + 37 * topic + 400 * place) for place in range(4)] for topic in range(10)]
    queries = [f'({a} NEAR/8 {b}) OR title:{c} OR "{a} {d}"' for a, b, c, d in chosen]
    document = {
        "crawl": {
            "contact": "bench@desk.example", "every": "6h", "fastest": "6h", "slowest": "6h", "pace": "0s",
            "timeout": "30s", "allow_networks": ["127.0.0.0/8"], "look_again": False, **crawl,
        },
        "mail": {"to": ["ann@desk.example"], "timezone": "UTC"},
        "topics": [{"name": f"Topic {number}", "query": query} for number, query in enumerate(queries, 1)],
        "sources": [{"url": url, "name": f"S{number}"} for number, url in enumerate(urls, 1)],
    }  # fmt: skip
    path = folder / "settings.toml"
    path.write_text(tomlkit.dumps(document), encoding="utf-8")
    return path


class Service:
    """``tidings run`` as a process of its own, for the length of a ``with`` block."""

    def __init__(self, folder: Path, server: FeedServer, urls: Sequence[str], **crawl: Any) -> None:  # noqa: ANN401
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._server = folder, server
        self.feeds = len(urls)
        self.database = folder / "tidings.db"
        self._settings = write_settings(folder, urls, **crawl)

    def __enter__(self) -> Self:
        call = [sys.executable, "-m", "scheduler", "--settings", str(self._settings), "run"]
        with (self._folder / "log").open("ab") as log:
            environment = {**os.environ, "PYTHONPATH": str(ROOT)}
            self._process = subprocess.Popen(call, cwd=ROOT, stdout=log, stderr=log, env=environment)
        self.pid = self._process.pid
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(60)

    def wait_for_request(self) -> None:
        """Wait until the first request arrives. The server's counts begin anew."""
        wait(lambda: self.alive() and self._server.counts().statuses, "a first request", 120)

    def wait_for_polls(self, number: int) -> None:
        """Wait until so many polls are stored in all."""
        wait(lambda: self.alive() and self.polls() >= number, f"{number} polls")

    def polls(self) -> int:
        """How many polls are stored."""
        return self.count("polls")

    def count(self, table: str) -> int:
        """How many rows a table has; 0 before it is there."""
        try:
            with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)) as db:
                return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
        except sqlite3.OperationalError:
            return 0

    def make_due(self) -> None:
        """Let every source be due at once."""
        with closing(sqlite3.connect(self.database, timeout=30, isolation_level=None)) as db:
            db.execute("PRAGMA wal_autocheckpoint = 0")  # the service alone checkpoints
            db.execute("UPDATE sources SET next_poll = '2000-01-01T00:00:00Z'")

    def round(self) -> float:
        """Have every source polled once; the CPU seconds of it, of the service and all its children."""
        time.sleep(_SETTLE)
        wanted = self.polls() + self.feeds
        self._server.counts()
        began = cpu_of(self.pid)
        self.make_due()
        self.wait_for_polls(wanted)
        return cpu_of(self.pid) - began

    def alive(self) -> bool:
        """True; raises ChildProcessError when the service has ended."""
        if self._process.poll() is not None:
            raise ChildProcessError(f"the service ended with {self._process.returncode}: see {self._folder / 'log'}")
        return True
