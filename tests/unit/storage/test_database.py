from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from crawler.errors import AlreadyRunningError, DatabaseTooNewError, StorageError
from crawler.storage import InstanceLock, Store
from crawler.storage.database import immediate, open_guest, open_reader, open_writer, to_moment, to_text
from crawler.storage.migrations import MIGRATIONS

_HOLDER = """
import sys, time
from pathlib import Path
from crawler.storage import InstanceLock
with InstanceLock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def steps(count: int, *, broken: Exception | None = None) -> Migrations:
    """A schema's history: a table, then a column with a value in it, which may break half-way."""
    made = Migrations("test")

    @made()
    def one(db: Database) -> None:
        db.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT)")

    if count > 1:

        @made()
        def two(db: Database) -> None:
            db.execute("ALTER TABLE things ADD COLUMN size INTEGER")
            db.execute("UPDATE things SET size = 7")
            if broken:
                raise broken

    return made


def old_file(path: Path) -> Path:
    db = open_writer(path, steps(1))
    db.execute("INSERT INTO things (name) VALUES ('kettle')")
    db.close()
    return path


def backups(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}.backup-*"))


def test_new_file_has_the_newest_schema_and_survives_power_cuts(tmp_path: Path) -> None:
    path = tmp_path / "made" / "on the way" / "tidings.db"
    db = open_writer(path)
    assert db.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS._migrations)
    assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert db.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL
    assert db.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    db.close()
    assert backups(path) == []


def test_reopening_changes_nothing(tmp_path: Path) -> None:
    path = old_file(tmp_path / "t.db")
    before = path.read_bytes()
    open_writer(path, steps(1)).close()
    assert path.read_bytes() == before
    assert backups(path) == []


def test_older_schema_is_brought_up_after_a_backup(tmp_path: Path) -> None:
    path = old_file(tmp_path / "t.db")
    db = open_writer(path, steps(2))
    assert db.execute("SELECT name, size FROM things").fetchall() == [("kettle", 7)]
    assert db.execute("PRAGMA user_version").fetchone()[0] == 2
    db.close()
    [backup] = backups(path)
    with sqlite3.connect(backup) as old:
        assert old.execute("SELECT * FROM things").fetchall() == [(1, "kettle")]
        assert old.execute("PRAGMA user_version").fetchone()[0] == 1
    old.close()


@pytest.mark.parametrize("error", [sqlite3.OperationalError("disk I/O error"), ValueError("a bug")])
def test_failing_migration_leaves_the_file_as_it_was(tmp_path: Path, error: Exception) -> None:
    path = old_file(tmp_path / "t.db")
    expected = StorageError if isinstance(error, sqlite3.Error) else ValueError
    with pytest.raises(expected, match=str(error)):
        open_writer(path, steps(2, broken=error))
    db = open_writer(path, steps(1))
    assert db.execute("SELECT * FROM things").fetchall() == [(1, "kettle")]
    assert db.execute("SELECT name FROM _sqlite_migrations").fetchall() == [("one",)]
    db.close()
    assert len(backups(path)) == 1


def test_migration_that_failed_is_applied_by_the_next_opening(tmp_path: Path) -> None:
    path = old_file(tmp_path / "t.db")
    with pytest.raises(StorageError):
        open_writer(path, steps(2, broken=sqlite3.OperationalError("database or disk is full")))
    for backup in backups(path):
        backup.unlink()  # the next one may come in the same second
    db = open_writer(path, steps(2))
    assert db.execute("SELECT size FROM things").fetchall() == [(7,)]
    db.close()


@pytest.mark.parametrize("opening", [open_writer, open_reader])
def test_newer_schema_is_refused_and_untouched(tmp_path: Path, opening: type) -> None:
    path = tmp_path / "t.db"
    open_writer(path, steps(2)).close()
    before = path.read_bytes()
    with pytest.raises(DatabaseTooNewError, match=r"newer Tidings wrote it \(schema 2, not 1\); nothing was changed"):
        opening(path, steps(1))
    assert path.read_bytes() == before
    assert backups(path) == []


@pytest.mark.parametrize("opening", [open_writer, open_reader, open_guest])
def test_what_is_no_database_is_refused_and_untouched(tmp_path: Path, opening: type) -> None:
    path = tmp_path / "t.db"
    path.write_bytes(b"Dear diary, today I was not a database. " * 100)
    with pytest.raises(StorageError, match=r"t\.db: cannot be .* as a database: file is not a database"):
        opening(path)
    assert path.read_bytes() == b"Dear diary, today I was not a database. " * 100


def test_folder_cannot_be_opened_as_a_database(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be used as a database"):
        open_writer(tmp_path)


@pytest.mark.parametrize("opening", [Store.reader, Store.guest])
def test_missing_file_is_not_made_by_looking(tmp_path: Path, opening: type) -> None:
    with pytest.raises(StorageError, match="there is no database yet; `tidings once`"):
        opening(tmp_path / "t.db")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("opening", [open_reader, open_guest])
def test_older_file_is_not_brought_up_by_looking(tmp_path: Path, opening: type) -> None:
    path = tmp_path / "t.db"
    sqlite3.connect(path).close()
    with pytest.raises(StorageError, match="an older Tidings wrote it"):
        opening(path)
    assert path.read_bytes() == b""


def test_reader_cannot_write_and_guest_never_checkpoints(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    writer = open_writer(path)
    reader, guest = open_reader(path), open_guest(path)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("DELETE FROM meta")
    assert guest.execute("PRAGMA wal_autocheckpoint").fetchone()[0] == 0
    assert guest.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    guest.execute("INSERT INTO meta VALUES ('by', 'guest')")
    assert reader.execute("SELECT value FROM meta WHERE key = 'by'").fetchone()[0] == "guest"
    for db in (reader, guest, writer):
        db.close()


def test_transaction_is_undone_by_any_exception(tmp_path: Path) -> None:
    db = open_writer(tmp_path / "t.db", steps(1))

    def interrupted() -> None:
        with immediate(db):
            db.execute("INSERT INTO things (name) VALUES ('half')")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with immediate(db):
        db.execute("INSERT INTO things (name) VALUES ('whole')")
    assert db.execute("SELECT name FROM things").fetchall() == [("whole",)]
    db.close()


def test_backup_is_whole_and_never_overwrites(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "away" / "copy.db"
    store.back_up(target)
    with Store.reader(target) as copy:
        assert [status.name for status in copy.sources.statuses()] == ["Outlet 1", "Outlet 2", "Outlet 3"]
    before = target.read_bytes()
    with pytest.raises(StorageError, match="exists already"):
        store.back_up(target)
    assert target.read_bytes() == before


def test_second_process_is_refused_until_the_first_is_killed(tmp_path: Path) -> None:
    database = tmp_path / "t.db"
    command = [sys.executable, "-c", _HOLDER, str(database)]
    paths = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=paths) as held:
        assert held.stdout is not None
        assert held.stdout.readline() == "held\n"
        with pytest.raises(AlreadyRunningError, match=f"process {held.pid}"), InstanceLock(database):
            pass
        held.send_signal(signal.SIGKILL)
        held.wait(10)
    with InstanceLock(database) as lock:
        assert lock.path.read_text(encoding="ascii") == str(os.getpid())
    with InstanceLock(database):
        pass


def test_lock_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "t.db.lock").mkdir()
    with pytest.raises(StorageError, match="the lock beside it cannot be written"), InstanceLock(tmp_path / "t.db"):
        pass


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)), st.integers(-23, 23))  # noqa: DTZ001
def test_moments_come_back_to_the_second_and_sort_as_text(naive: datetime, hours: int) -> None:
    moment = naive.replace(tzinfo=timezone(timedelta(hours=hours)))
    text = to_text(moment)
    assert text is not None
    assert len(text) == len("2026-11-22T20:57:00Z")
    assert to_moment(text) == moment.astimezone(UTC).replace(microsecond=0)


def test_no_moment_is_no_text() -> None:
    assert to_text(None) is None
    assert to_moment(None) is None


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    with sqlite3.connect(path) as theirs:
        theirs.execute("CREATE TABLE articles (id INTEGER)")
    theirs.close()
    before = path.read_bytes()
    for opened in (open_writer, open_reader):
        with pytest.raises(StorageError, match="is the database of another program"):
            opened(path)
    assert path.read_bytes() == before
