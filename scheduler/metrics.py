"""What the service knows of itself, for systemd's status line, ``/health`` and ``/metrics``.

Counters live in this process and begin at zero with it, as Prometheus expects; states are read from the database when
they are asked for, in a thread and by a connection of its own, so that nobody who asks holds up a poll.
"""

from __future__ import annotations

import json
import platform
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, Info, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from crawler import __version__
from crawler.errors import StorageError
from crawler.model import Fetched, Outcome
from crawler.runtime import Runtime
from crawler.storage import Saved, Store
from scheduler.health import Health, look
from scheduler.lag import Longest
from scheduler.watchdog import read_beat

_LATE = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60, 300)


class Metrics:
    """Counts what the runtime tells, and looks at the rest when asked."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._last_good: datetime | None = None
        self.registry = CollectorRegistry()
        registry = self.registry
        self._polls = Counter("tidings_polls", "Polls by outcome.", ["outcome"], registry=registry)
        self._seconds = Histogram("tidings_poll_seconds", "How long polls took.", buckets=_SECONDS, registry=registry)
        self._articles = Counter("tidings_articles", "Articles that polls brought.", ["what"], registry=registry)
        self._matches = Counter("tidings_matches", "Articles that a topic took.", registry=registry)
        self._planned = Counter("tidings_alerts_planned", "Alerts that were planned.", registry=registry)
        self._lag = Histogram("tidings_loop_lag_seconds", "How late timers fired.", buckets=_LATE, registry=registry)
        self._longest = Longest()
        for outcome in Outcome:
            self._polls.labels(outcome.value)
        for what in ("new", "updated", "copies"):
            self._articles.labels(what)
        build = {"version": __version__, "python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
        Info("tidings_build", "What runs.", registry=registry).info(build)
        ProcessCollector(registry=registry)
        registry.register(_Stored(self))
        runtime.told = self.count

    def count(self, fetched: Fetched | None, saved: Saved) -> None:
        """Count a poll that was stored, or (with None) a part of one."""
        for what, number in (("new", saved.new), ("updated", saved.updated), ("copies", saved.copies)):
            self._articles.labels(what).inc(number)
        self._matches.inc(saved.matches)
        self._planned.inc(saved.planned)
        if fetched is None:
            return
        self._polls.labels(fetched.outcome.value).inc()
        self._seconds.observe(fetched.seconds)
        if fetched.outcome is not Outcome.FAILED:
            self._last_good = self._runtime.clock()

    def late(self, seconds: float) -> None:
        """A timer of the event loop fired so late."""
        self._lag.observe(seconds)
        self._longest.heard(seconds, time.monotonic())

    def latest(self) -> float:
        """By how many seconds the event loop was late at the most in the last minutes."""
        return self._longest.get(time.monotonic())

    def line(self) -> str:
        """How it goes in a line, for ``systemctl status``; costs two look-ups in an index."""
        store, active = self._runtime.store, sum(not source.paused for source in self._runtime.config.sources)
        failing = len(store.sources.failing())
        waiting = store.outbox.waiting_count()
        last = "none yet" if self._last_good is None else f"{self._last_good:%Y-%m-%d %H:%M} UTC"
        return f"{active} sources, {failing} failing; last good poll {last}; {waiting} mails wait"

    def health(self) -> tuple[bool, str]:
        """Whether all is well, and the JSON document of ``/health``; made in a thread."""
        try:
            health = self._look()
        except (StorageError, sqlite3.Error) as error:
            return False, json.dumps({"well": False, "problems": [str(error)]}, indent=2)
        return health.well, json.dumps(health.as_json(), indent=2, default=_plain)

    def text(self) -> str:
        """What Prometheus reads; made in a thread."""
        return generate_latest(self.registry).decode()

    def _look(self) -> Health:
        config = self._runtime.config
        path = self._runtime.store.path
        with Store.reader(path) as store:
            return look(store, config, self._runtime.clock(), read_beat(path))

    def stored(self) -> tuple[Health, int, int]:
        """The health, and the bytes of the database and of its write-ahead log; raises StorageError, sqlite3.Error."""
        path = self._runtime.store.path
        return self._look(), _size(path), _size(path.with_name(path.name + "-wal"))

    def now(self) -> datetime:
        """The clock's reading."""
        return self._runtime.clock()


@dataclass(frozen=True)
class _Stored(Collector):
    """What is read from the database; without it only that it cannot be."""

    metrics: Metrics

    def describe(self) -> list[Metric]:
        """Nothing beforehand: it would ask the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """A metric after the other."""
        late = "By how much the event loop was late at the most in the last five to ten minutes."
        yield _gauge("tidings_loop_lag_max_seconds", late, self.metrics.latest())
        readable = GaugeMetricFamily("tidings_database_readable", "1 when the database could be read just now.")
        try:
            health, size, log = self.metrics.stored()
        except (StorageError, sqlite3.Error):
            readable.add_metric([], 0)
            yield readable
            return
        readable.add_metric([], 1)
        yield readable
        yield _gauge("tidings_well", "1 when tidings status finds nothing wrong.", float(health.well))
        yield _labelled("tidings_sources", "Sources by state.", "state", health.sources)
        yield _labelled("tidings_alerts", "Alerts by state.", "state", health.alerts)
        yield _gauge("tidings_articles_stored", "Articles in the archive.", health.articles)
        yield _gauge("tidings_database_bytes", "Size of the database.", size)
        yield _gauge("tidings_database_log_bytes", "Size of its write-ahead log.", log)
        age = 0.0 if health.waiting_since is None else (self.metrics.now() - health.waiting_since).total_seconds()
        yield _gauge("tidings_outbox_oldest_seconds", "Age of the oldest mail that should be out by now.", age)
        for name, moment, what in (
            ("tidings_last_good_poll_timestamp_seconds", health.last_good_poll, "poll that could be read"),
            ("tidings_last_delivery_timestamp_seconds", health.last_delivery, "mail that went out"),
        ):
            if moment is not None:
                yield _gauge(name, f"When the last {what} was.", moment.timestamp())


def _gauge(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(name, says, value=value)


def _labelled(name: str, says: str, label: str, values: dict[str, int]) -> Metric:
    family = GaugeMetricFamily(name, says, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family


def _plain(value: object) -> str:
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if isinstance(value, datetime) else str(value)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
