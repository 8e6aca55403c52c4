from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.watchdog import LATE, Beat, Watchdog, beat_file, read_beat, watchdog_seconds

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[socket.socket]:
    """systemd's end of the line."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(0)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "20000000")
        monkeypatch.delenv("WATCHDOG_PID", raising=False)
        yield listening


def messages(listening: socket.socket) -> list[str]:
    found = []
    try:
        while True:
            found.append(listening.recv(1000).decode())
    except BlockingIOError:
        return found


def test_it_is_fed_by_work_at_half_its_time_and_told_what_is_new(heard: socket.socket, tmp_path: Path) -> None:
    seconds, said = [0.0], ["3 sources"]
    watchdog = Watchdog(tmp_path / "tidings.db", lambda: said[0], lambda: seconds[0])
    assert messages(heard) == []
    for _ in range(31):
        watchdog.feed()
        seconds[0] += 1
    assert messages(heard) == ["WATCHDOG=1", "STATUS=3 sources", "WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"]
    said[0] = "4 sources"
    seconds[0] += 15
    watchdog.feed()
    assert messages(heard) == ["WATCHDOG=1", "STATUS=4 sources"]


@pytest.mark.parametrize(
    ("usec", "pid", "seconds"),
    [("3000000", "", 3.0), ("3000000", "1", 0.0), ("", "", 0.0), ("soon", "", 0.0), ("3000000", str(os.getpid()), 3.0)],
    ids=["anyone", "another", "none", "no-number", "this"],
)
def test_systemds_time_is_taken_when_it_is_meant_for_us(
    monkeypatch: pytest.MonkeyPatch, usec: str, pid: str, seconds: float
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", usec)
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    if pid:
        monkeypatch.setenv("WATCHDOG_PID", pid)
    assert watchdog_seconds() == seconds


def test_the_mark_beside_the_database_says_when_work_was_last_finished(tmp_path: Path) -> None:
    database = tmp_path / "tidings.db"
    watchdog = Watchdog(database, lambda: "")
    assert read_beat(database) is None
    watchdog.begin(NOW)
    os.utime(beat_file(database), (0, 0))
    watchdog.feed()
    found = read_beat(database)
    assert found is not None
    assert (found.pid, found.started) == (os.getpid(), "2026-11-23T12:00:00Z")
    assert abs(datetime.now(UTC) - found.last) < timedelta(seconds=10)
    assert found.as_json(found.last + LATE)["runs"]
    assert not found.as_json(found.last + LATE + timedelta(seconds=1))["runs"]
    watchdog.end()
    assert read_beat(database) is None


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"pid": "x", "started": ""}', "\xff"])
def test_a_mark_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    beat_file(tmp_path / "tidings.db").write_text(text, "latin-1")
    assert read_beat(tmp_path / "tidings.db") is None


def test_a_folder_that_takes_no_mark_stops_nothing(tmp_path: Path) -> None:
    watchdog = Watchdog(tmp_path / "gone" / "tidings.db", lambda: "")
    watchdog.begin(NOW)
    watchdog.feed()
    watchdog.end()


def test_a_late_service_is_told_apart(tmp_path: Path) -> None:
    assert not Beat(1, "", NOW).is_late(NOW + LATE)
    assert Beat(1, "", NOW).is_late(NOW + LATE + timedelta(seconds=1))


def test_the_mark_says_how_late_the_loop_is_and_is_never_half_written(tmp_path: Path) -> None:
    seconds, late = [0.0], [0.0]
    database = tmp_path / "tidings.db"
    watchdog = Watchdog(database, lambda: "", lambda: seconds[0], lag=lambda: late[0])
    watchdog.begin(NOW)
    late[0] = 0.0421
    watchdog.feed()
    found = read_beat(database)
    assert found is not None
    assert found.lag == 0.042
    assert [path.name for path in tmp_path.iterdir()] == ["tidings.db.beat"]


def test_a_mark_of_an_older_tidings_says_nothing_of_it(tmp_path: Path) -> None:
    beat_file(tmp_path / "tidings.db").write_text('{"pid": 7, "started": "2026-11-23T12:00:00Z"}')
    found = read_beat(tmp_path / "tidings.db")
    assert found is not None
    assert found.lag is None
