"""Runs the program for tests: on a reactor in a thread of this process, or as a process of its own."""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar

import tomlkit

from crawler.config import load
from crawler.delivery import Delivered
from crawler.run import housekeeping, run_on_reactor, sync
from crawler.runtime import Runtime
from crawler.storage import Store
from crawler.topics import read_query
from scheduler.jobs import send_alerts
from scheduler.once import Pass, one_pass
from tests.feeds import MORNING

T = TypeVar("T")

ROOT = Path(__file__).parents[1]


class ReactorThread:
    """Twisted's asyncio reactor, which runs once per process, in a thread that lives as long as the tests do."""

    def __init__(self) -> None:
        self._loop: Future[asyncio.AbstractEventLoop] = Future()
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="reactor", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        run_on_reactor(self._until_stopped)
        self._loop.result().close()

    async def _until_stopped(self) -> None:
        self._stop = asyncio.Event()
        self._loop.set_result(asyncio.get_running_loop())
        await self._stop.wait()

    def run(self, main: Callable[[], Coroutine[Any, Any, T]], timeout: float = 30) -> T:
        """Run a coroutine function there and wait for its result."""
        return asyncio.run_coroutine_threadsafe(main(), self._loop.result(10)).result(timeout)

    def stop(self) -> None:
        """End the reactor and its thread."""
        if self._stop is not None:
            self._loop.result(10).call_soon_threadsafe(self._stop.set)
        self._thread.join(10)


class Folder:
    """A settings.toml and what the program makes of it: database and mails, seen from outside."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "settings.toml"

    def settings(
        self,
        sources: Sequence[str | dict[str, Any]],
        topics: list[dict[str, Any]] | None = None,
        *,
        crawl: dict[str, Any] | None = None,
        mail: dict[str, Any] | None = None,
        storage: dict[str, Any] | None = None,
        queries: dict[str, str] | None = None,
    ) -> None:
        """Write settings.toml: loopback allowed, no pause between requests, mails into a Maildir."""
        named = [{"url": source, "name": f"S{number}"} if isinstance(source, str) else source
                 for number, source in enumerate(sources, 1)]  # fmt: skip
        document: dict[str, Any] = {
            "storage": storage or {},
            "crawl": {"pace": "0s", "timeout": "5s", "allow_networks": ["127.0.0.0/8"], **(crawl or {})},
            "mail": {"to": ["ann@desk.example"], "timezone": "UTC", **(mail or {})},
            "sources": named,
            "topics": topics or [],
            **({"queries": queries} if queries else {}),
        }
        self.path.write_text(tomlkit.dumps(document), encoding="utf-8")

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """What a statement finds in the database, read beside whoever else uses it."""
        with closing(sqlite3.connect(f"file:{self.folder / 'tidings.db'}?mode=ro", uri=True, timeout=10)) as db:
            db.row_factory = sqlite3.Row
            return db.execute(sql, values).fetchall()

    def one(self, sql: str, *values: object) -> sqlite3.Row:
        """The one row that a statement finds."""
        (row,) = self.rows(sql, *values)
        return row

    def count(self, table: str) -> int:
        """How many rows a table has."""
        return int(self.one(f"SELECT count(*) FROM {table}")[0])

    def make_due(self) -> None:
        """Let the alerts that wait be due now, as if the time until their next attempt were over."""
        with closing(sqlite3.connect(self.folder / "tidings.db", timeout=10)) as db, db:
            db.execute("UPDATE alerts SET due_at = planned_at WHERE state = 'waiting'")

    def mails(self) -> list[EmailMessage]:
        """The mails in the Maildir, in the order of their Message-IDs' numbers."""
        found = [read_mail(path.read_bytes()) for path in (self.folder / "mail" / "new").glob("*")]
        return sorted(found, key=lambda mail: int(str(mail["Message-ID"]).split(".")[1]))


def read_mail(data: bytes) -> EmailMessage:
    """A mail's bytes as the message they are."""
    return email.message_from_bytes(data, policy=email.policy.default)


def plain(mail: EmailMessage) -> str:
    """A mail's text for people, its lines joined and its words as they are read."""
    body = mail.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


class Program(Folder):
    """The program in this process: real HTTP and SQLite on disk, and a clock that the test sets."""

    def __init__(self, folder: Path, reactor: ReactorThread) -> None:
        super().__init__(folder)
        self.reactor = reactor
        self.now = MORNING + timedelta(hours=1)
        self.pace = 0.0
        """Seconds between two requests to a host; the settings take whole seconds, too many for tests."""

    def later(self, **span: float) -> datetime:
        """Set the clock on."""
        self.now += timedelta(**span)
        return self.now

    def runtime(self, store: Store) -> Runtime:
        """What one start of the program would work with."""
        config = load(self.path, {}, read_query)
        quick = replace(config, crawl=config.crawl.model_copy(update={"pace": self.pace}))
        return Runtime(quick, store, clock=lambda: self.now)

    def once(self, *, everything: bool = True, deliver: bool = True) -> Pass:
        """What ``tidings once`` does between its start and its end; every call is a start of its own."""

        async def main() -> Pass:
            with Store.writer(self.folder / "tidings.db") as store:
                runtime = self.runtime(store)
                sync(runtime)
                return await one_pass(runtime, everything=everything, with_delivery=deliver)

        return self.reactor.run(main)

    def send(self) -> Delivered:
        """What the service's delivery job does."""

        async def main() -> Delivered:
            with Store.writer(self.folder / "tidings.db") as store:
                runtime = self.runtime(store)
                sync(runtime)
                return await send_alerts(runtime)

        return self.reactor.run(main)

    def prune(self) -> int:
        """What the service's housekeeping does once a day."""

        async def main() -> int:
            with Store.writer(self.folder / "tidings.db") as store:
                return await housekeeping(self.runtime(store))

        return self.reactor.run(main)


@dataclass(frozen=True)
class Ended:
    """How a process of the program ended."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def json(self) -> dict[str, Any]:
        """The JSON document on its standard output."""
        document: dict[str, Any] = json.loads(self.out)
        return document


def tidings(*arguments: str, cwd: Path = ROOT, timeout: float = 60) -> Ended:
    """Run the command in a process of its own to its end."""
    began = time.monotonic()
    done = subprocess.run(command(*arguments), cwd=cwd, capture_output=True, text=True, timeout=timeout, check=False)
    return Ended(done.returncode, done.stdout, done.stderr, time.monotonic() - began)


def command(*arguments: str) -> list[str]:
    """The command as a process is started with."""
    return [sys.executable, "-m", "scheduler", *arguments]


def wait_until(condition: Callable[[], object], what: str, *, within: float = 15) -> None:
    """Wait for a condition that another thread or process brings about."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"waited {within:g} s in vain for {what}"
        time.sleep(0.01)
