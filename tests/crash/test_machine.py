"""The disk fails, fills up, is locked, or cannot be written; signals come in mid-pass: told, nothing lost, mended."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.crash.matrix import SCENARIOS, Bench, runs, until_quiet
from tests.crash.starts import STRACE
from tests.crash.world import Place, faults
from tests.program import wait_until
from tests.site import Answer

MAIL = SCENARIOS["once, news by SMTP"]
MOUNT = ("mount", "-t", "tmpfs", "-o")
needs_strace = pytest.mark.skipif(STRACE is None, reason="strace is not installed: I/O errors are not tried")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with Bench(tmp_path_factory.mktemp("machine"), width=1) as opened:
        yield opened


def failing(calls: str, error: str, when: str) -> list[str]:
    """Options of strace that let system calls fail."""
    return ["-o", "/dev/null", "-e", f"trace={calls}", "-e", f"inject={calls}:error={error}:when={when}"]


# -- the disk --------------------------------------------------------------------------------------------------------


@needs_strace
@pytest.mark.parametrize(
    ("calls", "error", "when"),
    [
        ("pwrite64", "ENOSPC", "30..60"),
        ("pwrite64", "EIO", "9+7"),
        ("fsync", "EIO", "1+2"),
    ],
)
def test_what_a_failing_disk_refuses_is_done_later(bench: Bench, calls: str, error: str, when: str) -> None:
    place = bench.place(MAIL)
    ended = bench.launchers[0].run(place, *MAIL.verb, trace=failing(calls, error, when))
    assert "Traceback" not in ended.said
    before = place.alerts_now()
    assert bench.launchers[0].run(place, *MAIL.verb).code == 0
    assert faults(place, before, news=True) == []


@needs_strace
def test_a_service_on_a_full_disk_says_so_once_and_goes_on_when_there_is_room(bench: Bench) -> None:
    """Every write fails until strace lets go of the service, which is when the disk has room again."""
    place = bench.place(MAIL)
    assert bench.launchers[0].run(place, *MAIL.verb, "--no-deliver").code == 0
    log: list[str] = []
    states: list[int] = []

    def meanwhile(pid: int) -> None:
        wait_until(lambda: "disk is full" in said(place), "the complaint", within=30)
        time.sleep(6)  # another delivery meets the same trouble
        log.append(said(place))
        bench.launchers[0].let_go()
        until_quiet(place)(pid)
        states.append(place.one("SELECT count(*) FROM alerts WHERE state != 'sent'")[0])

    trace = failing("pwrite64", "ENOSPC", "40+")
    ended = bench.launchers[0].run(place, "run", trace=trace, meanwhile=meanwhile)
    assert ended.code == 0, ended.said
    assert "Traceback" not in ended.said
    assert 1 <= log[0].count("disk is full") <= 3, log[0]  # once for each job that writes
    assert states == [0]  # it went on by itself
    assert bench.launchers[0].run(place, *MAIL.verb).code == 0
    assert faults(place, {}, news=True, kills=0) == []


def said(place: Place) -> str:
    """What the newest start said so far."""
    newest = max(place.folder.glob("log-*"), default=None)
    return "" if newest is None else newest.read_text("utf-8")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 400 kB."""
    if os.geteuid() != 0 or subprocess.run([*MOUNT, "size=400k", "tmpfs", str(tmp_path)], check=False).returncode:
        pytest.skip("no small disk can be mounted here")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


def test_a_disk_without_room_ends_a_pass_with_a_sentence(bench: Bench, small_disk: Path) -> None:
    place = bench.place(MAIL)
    place.write_settings(storage={"path": str(small_disk / "tidings.db")})
    ended = bench.launchers[0].run(place, "once")
    assert ended.code == 1
    assert "disk is full" in ended.said
    assert "Traceback" not in ended.said


@pytest.mark.parametrize("verb", ["run", "once"])
def test_a_disk_that_may_only_be_read_is_told(bench: Bench, small_disk: Path, verb: str) -> None:
    place = bench.place(MAIL)
    place.write_settings(storage={"path": str(small_disk / "tidings.db")})
    subprocess.run([*MOUNT, "remount,ro", str(small_disk)], check=True)
    ended = bench.launchers[0].run(place, verb)
    assert ended.code == 1
    assert "the lock beside it cannot be written: Read-only file system" in ended.said
    assert "Traceback" not in ended.said


# -- the database -----------------------------------------------------------------------------------------------------


def test_a_guest_that_holds_the_database_for_long_costs_nothing(bench: Bench) -> None:
    """12 seconds of somebody's transaction in the middle of a service's polls; it stays answerable meanwhile."""
    place = bench.place(MAIL)

    def meanwhile(pid: int) -> None:
        wait_until(lambda: "following" in said(place), "the service")
        time.sleep(12)
        guest.execute("ROLLBACK")
        until_quiet(place)(pid)

    with closing(sqlite3.connect(place.folder / "tidings.db", isolation_level=None, check_same_thread=False)) as guest:
        assert bench.launchers[0].run(place, *MAIL.verb, "--no-deliver").code == 0
        guest.execute("UPDATE sources SET next_poll = '2020-01-01T00:00:00Z'")
        timer = threading.Timer(2.5, guest.execute, ["BEGIN IMMEDIATE"])
        timer.start()
        ended = bench.launchers[0].run(place, "run", meanwhile=meanwhile)
        timer.join()
    assert ended.code == 0, ended.said
    assert "Traceback" not in ended.said
    assert bench.launchers[0].run(place, *MAIL.verb).code == 0
    assert faults(place, {}, news=True, kills=0) == []


def test_a_write_ahead_log_that_was_left_behind_is_read(bench: Bench) -> None:
    """As after a power cut: the log holds commits that the database file does not."""
    place = bench.place(MAIL)
    with closing(sqlite3.connect(place.folder / "tidings.db", isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA wal_autocheckpoint = 0")
        db.execute("INSERT INTO meta VALUES ('left', 'in the log alone')")
        copies = {path.name: path.read_bytes() for path in place.folder.glob("tidings.db*")}
    assert b"in the log alone" not in copies["tidings.db"]
    for path in place.folder.glob("tidings.db*"):
        path.unlink()
    for name in ("tidings.db", "tidings.db-wal"):
        (place.folder / name).write_bytes(copies[name])
    assert bench.launchers[0].run(place, *MAIL.verb).code == 0
    assert place.one("SELECT value FROM meta WHERE key = 'left'")[0] == "in the log alone"
    assert faults(place, {}, news=True, kills=0) == []


@pytest.mark.parametrize("verb", ["run", "once"])
def test_a_damaged_file_is_refused_after_a_kill_and_the_backup_put_back(bench: Bench, verb: str) -> None:
    place = bench.place(MAIL)
    assert bench.launchers[0].run(place, *MAIL.verb).code == 0
    (backup,) = (place.folder / "tidings.db.backups").iterdir()
    database = place.folder / "tidings.db"
    whole = bytearray(database.read_bytes())
    whole[len(whole) // 4 : len(whole) // 2] = b"\x55" * (len(whole) // 2 - len(whole) // 4)
    database.write_bytes(whole)
    (place.folder / "tidings.db.lock").write_text("4711", "ascii")  # the last one was killed
    ended = bench.launchers[0].run(place, verb)
    assert ended.code == 1
    assert f"the newest backup is {backup}" in ended.said
    assert "Traceback" not in ended.said
    assert database.read_bytes() == whole
    database.write_bytes(backup.read_bytes())
    assert bench.launchers[0].run(place, *MAIL.verb).code == 0
    assert faults(place, {}, news=True, kills=0) == []


# -- signals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_pass_that_is_told_to_stop_ends_in_time_and_loses_nothing(bench: Bench, number: signal.Signals) -> None:
    """One paper never answers; what the others brought is stored."""
    place, never = bench.place(MAIL), threading.Event()
    place.write_settings(crawl={"timeout": "60s"})
    slow = bench.world.papers[0]
    answer = slow.answers["/rss"]
    assert isinstance(answer, Answer)
    slow.answers["/rss"] = replace(answer, until=never)
    took: list[float] = []

    def meanwhile(pid: int) -> None:
        wait_until(lambda: place.count("polls") >= 5, "the other papers", within=30)
        began = time.monotonic()
        os.kill(pid, number)
        wait_until(lambda: not runs(pid), "the end")
        took.append(time.monotonic() - began)

    try:
        ended = bench.launchers[0].run(place, *MAIL.verb, meanwhile=meanwhile)
    finally:
        slow.answers["/rss"] = answer
        never.set()
    assert ended.code in (0, 1, 3), ended.said
    assert took[0] < 10
    assert "Traceback" not in ended.said
    assert bench.launchers[0].run(place, *MAIL.verb).code == 0
    assert faults(place, {}, news=True, kills=0) == []
