"""The clock of the real service jumps (libfaketime): it goes on within seconds, twice and never are the same mistake.

It runs with WHOLE_MATRIX=1, for some minutes; the normal suite has the parts of it with clocks of their own
(``tests/unit/scheduler/test_service_clock.py``, ``tests/unit/storage/test_storage_clock.py``).
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.feeds import RSS, Item, rss, story
from tests.program import Folder, wait_until
from tests.running import Running
from tests.site import Host, Site

LIBRARIES = ("/usr/lib/x86_64-linux-gnu/faketime", "/usr/lib/aarch64-linux-gnu/faketime", "/usr/lib/faketime")
LIBRARY = next((path for folder in LIBRARIES if (path := Path(folder, "libfaketimeMT.so.1")).exists()), None)
QUICK = {"every": "1s", "fastest": "1s", "slowest": "2s"}
HOUR, DAY, YEARS = timedelta(hours=1), timedelta(days=1), timedelta(days=3652)

pytestmark = [
    pytest.mark.skipif(LIBRARY is None, reason="libfaketime is not installed (Debian: apt install faketime)"),
    pytest.mark.skipif(not os.environ.get("WHOLE_MATRIX"), reason="takes minutes; WHOLE_MATRIX=1 runs it"),
    pytest.mark.timeout(300),
]


class Clock:
    """What the service takes for the time; the monotonic clock stays the machine's."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "offset"
        self.add(timedelta())
        self.environ = {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def add(self, offset: timedelta) -> None:
        """Let the clock be off by so much from now on."""
        text = f"{offset.total_seconds():+.0f}"
        new = self._file.with_suffix(".new")
        new.write_text(text, "ascii")
        new.replace(self._file)

    def show(self, moment: datetime) -> None:
        """Let the clock show a moment now, and go on from there."""
        self.add(moment - datetime.now(UTC))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path)


@pytest.fixture
def start(folder: Folder, clock: Clock) -> Iterator[Callable[[], Running]]:
    started: list[Running] = []

    def begin() -> Running:
        started.append(Running(folder, clock.environ))
        return started[-1]

    yield begin
    for running in started:
        running.process.kill()
        running.process.wait(10)


def publish(host: Host, *names: str) -> str:
    items = [Item(f"https://paper.example/{name}", f"{name} and the ferry", story(f"{name} ferry")) for name in names]
    return host.serve("/rss", rss(items), headers=RSS)


def polls_go_on(host: Host, *, more: int = 3) -> float:
    """Seconds until the source was asked so often again."""
    began, asked = time.monotonic(), len(host.asked("/rss"))
    wait_until(lambda: len(host.asked("/rss")) >= asked + more, "polls to go on", within=90)
    return time.monotonic() - began


@pytest.mark.parametrize("jump", [-DAY, YEARS, -HOUR, HOUR, DAY], ids=str)
def test_polls_and_mails_go_on_when_the_clock_jumps_and_when_it_jumps_back(
    folder: Folder, site: Site, clock: Clock, start: Callable[[], Running], jump: timedelta
) -> None:
    host = site.host()
    topic = {"name": "Ships", "query": "ferry"}
    folder.settings([publish(host, "old")], [topic], crawl=QUICK)
    service = start()
    polls_go_on(host)
    wait_until(lambda: len(folder.mails()) == 1, "the archive's mail")
    before = service.memory()
    for number, offset in enumerate((jump, timedelta()), 2):
        clock.add(offset)
        assert polls_go_on(host) < 20
        publish(host, *(f"n{count}" for count in range(number)))
        wait_until(lambda number=number: len(folder.mails()) >= number, "the mail", within=30)  # type: ignore[misc]
    wait_until(lambda: folder.one("SELECT count(*) FROM alerts WHERE state != 'sent'")[0] == 0, "every mail")
    assert service.memory() - before < 40
    asked = len(host.asked("/rss"))
    time.sleep(3)  # what is counted: no flood after the jumps
    assert len(host.asked("/rss")) - asked <= 5
    assert service.log.count("the clock was set") == 2
    service.tell(signal.SIGTERM)
    assert service.ends(within=10) == 0
    assert "Traceback" not in service.log
    latest = (datetime.now(UTC) + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for table, column in (("polls", "started_at"), ("articles", "first_seen"), ("alerts", "planned_at")):
        assert folder.one(f"SELECT count(*) FROM {table} WHERE {column} > ?", latest)[0] == 0
    told = folder.rows("SELECT article_id FROM alert_articles")
    assert len(told) == len({row[0] for row in told}) == folder.count("articles")
    assert folder.one("PRAGMA integrity_check")[0] == "ok"


def test_a_machine_without_a_clock_begins_when_it_is_set(
    folder: Folder, site: Site, clock: Clock, start: Callable[[], Running]
) -> None:
    host = site.host()
    folder.settings([publish(host, "old")], crawl=QUICK)
    clock.show(datetime(1970, 1, 1, 0, 0, 30, tzinfo=UTC))
    service = start()
    service.says("the clock says 1970-01-01, which cannot be", within=60)
    time.sleep(6)  # longer than a look at the clock
    assert host.asked("/rss") == []
    assert folder.count("sources") == 0
    clock.add(timedelta())
    service.says("the clock is set", within=60)
    polls_go_on(host)
    clock.show(datetime(1970, 1, 2, 0, 1, tzinfo=UTC))  # another day: the log counts what it said minutes ago
    wait_until(lambda: service.log.count("which cannot be") == 2, "the clock to be missed again")
    clock.add(timedelta())
    polls_go_on(host)
    service.tell(signal.SIGTERM)
    assert service.ends(within=10) == 0
    assert "Traceback" not in service.log
    assert service.log.count("which cannot be") == 2
    assert folder.one("SELECT count(*) FROM polls WHERE started_at < '2026'")[0] == 0


NIGHTS = [
    # zone, the digest's moment, and the moment of that night when it might come again
    ("Europe/Berlin", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 3, 29, 1, 0, tzinfo=UTC), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 7, 30, tzinfo=UTC), datetime(2026, 11, 1, 8, 30, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, 7, 0, tzinfo=UTC), datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),
]


@pytest.mark.parametrize(("zone", "due", "again"), NIGHTS)
def test_a_digest_of_half_past_two_comes_once_in_either_night(
    folder: Folder,
    site: Site,
    clock: Clock,
    start: Callable[[], Running],
    *,
    zone: str,
    due: datetime,
    again: datetime,
) -> None:
    host = site.host()
    topic = {"name": "Ships", "query": "ferry", "alert": "daily 02:30"}
    clock.show(due - timedelta(minutes=5))
    folder.settings([publish(host)], [topic], crawl=QUICK, mail={"timezone": zone})
    service = start()
    polls_go_on(host, more=2)
    publish(host, "first")
    wait_until(lambda: folder.count("alert_articles") == 1, "the match")
    assert folder.one("SELECT due_at FROM alerts")[0] == f"{due:%Y-%m-%dT%H:%M:%SZ}"
    assert folder.mails() == []
    clock.show(due + timedelta(seconds=1))
    wait_until(lambda: len(folder.mails()) == 1, "the digest", within=40)
    publish(host, "first", "second")
    wait_until(lambda: folder.count("alert_articles") == 2, "the second match")
    clock.show(again + timedelta(seconds=1))
    time.sleep(20)  # the digest job runs every 15 s
    clock.show(due - timedelta(minutes=1))  # and the clock is set back before the digest that went out
    publish(host, "first", "second", "third")
    wait_until(lambda: folder.count("alert_articles") == 3, "the third match")
    clock.show(due + timedelta(seconds=1))
    time.sleep(20)
    assert len(folder.mails()) == 1
    tomorrow = datetime.fromisoformat(folder.one("SELECT due_at FROM alerts WHERE state = 'waiting'")[0])
    assert due + timedelta(hours=22) < tomorrow < due + timedelta(hours=26)
    clock.show(tomorrow + timedelta(seconds=1))
    wait_until(lambda: len(folder.mails()) == 2, "the next digest", within=40)
    assert folder.count("alerts") == 2
    service.tell(signal.SIGTERM)
    assert service.ends(within=10) == 0
