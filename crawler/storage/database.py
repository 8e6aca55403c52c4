"""Opening the SQLite file: one writer, WAL, migrations after a backup, a lock against a second Tidings."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from crawler.errors import AlreadyRunningError, DatabaseTooNewError, StorageError
from crawler.storage.backups import finish_copy, unfinished_copy
from crawler.storage.damage import explained
from crawler.storage.migrations import MIGRATIONS

GUEST_WAITS = 10_000
_WRITER_WAITS = 1_000
"""Milliseconds to wait for another program's transaction. The service's event loop stands still meanwhile, so it waits
briefly and tries again later; a verb that somebody typed has nothing else to do."""


def to_text(moment: datetime | None) -> str | None:
    """A moment as the database writes it: ``2026-11-22T20:57:00Z``."""
    if moment is None:
        return None
    # Not strftime, whose %Y writes years before 1000 with fewer digits than can be read again.
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def to_moment(text: str | None) -> datetime | None:
    """A stored moment as an aware UTC ``datetime``."""
    return None if not text else datetime.fromisoformat(text)


class InstanceLock:
    """One Tidings per database: an ``flock`` beside it, freed by the kernel however the process ends.

    The file holds the process's number until that process has ended in good order.
    """

    def __init__(self, database: Path) -> None:
        self.path = database.with_name(database.name + ".lock")
        self._database = database
        self._file: IO[str] | None = None
        self.unclean = False
        """Whether the last one to hold it was killed, or ended with an error."""

    def __enter__(self) -> Self:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle = self.path.open("a+", encoding="ascii")
        except OSError as error:
            raise StorageError(self._database, f"the lock beside it cannot be written: {error.strerror}") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            handle.seek(0)
            holder = handle.read().strip() or "unknown"
            handle.close()
            raise AlreadyRunningError(
                self._database, f"another Tidings (process {holder}) is using it; stop that one first"
            ) from error
        handle.seek(0)
        self.unclean = bool(handle.read().strip())
        try:
            _write_into(handle, str(os.getpid()))
        except OSError as error:
            handle.close()
            raise StorageError(self._database, f"the lock beside it cannot be written: {error.strerror}") from error
        self._file = handle
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            with self._file, suppress(OSError):
                if error is None:
                    _write_into(self._file, "")
            self._file = None


def _write_into(handle: IO[str], text: str) -> None:
    """Unbuffered: what cannot be written now must not be tried again when the file is closed."""
    os.ftruncate(handle.fileno(), 0)
    os.write(handle.fileno(), text.encode("ascii"))


def open_writer(path: Path, migrations: Migrations = MIGRATIONS) -> Database:
    """Open (creating it if need be) the database for writing, brought up to this version's schema.

    ``synchronous=FULL`` and WAL: what was committed survives a power cut. An older schema is brought up in one
    transaction after a backup beside the file.

    Raises:
        DatabaseTooNewError: a newer Tidings wrote it; nothing was touched.
        DatabaseDamagedError: it is not whole, or no database; nothing was touched.
        StorageError: it is no database, or cannot be opened or written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        db = _connect(f"{path.resolve().as_uri()}?mode=rwc", _WRITER_WAITS)
        with _closed_on_error(db):
            version = _refuse_newer(path, db, migrations)
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA foreign_keys = ON")
            _bring_up(path, db, version, migrations)
    except sqlite3.Error as error:
        raise explained(path, error, "cannot be used as a database") from error
    except OSError as error:
        raise StorageError(path, f"cannot be used as a database: {error}") from error
    return db


def open_reader(path: Path, migrations: Migrations = MIGRATIONS) -> Database:
    """Open the database for reading only, beside a running service.

    Raises:
        DatabaseTooNewError: a newer Tidings wrote it.
        StorageError: it is not there, is older than this Tidings, or cannot be read.
    """
    if not path.is_file():
        raise StorageError(path, "there is no database yet; `tidings once` or `tidings run` makes it")
    try:
        db = _connect(f"{path.resolve().as_uri()}?mode=ro", GUEST_WAITS)
        with _closed_on_error(db):
            if _refuse_newer(path, db, migrations) < _newest(migrations):
                raise StorageError(
                    path, "an older Tidings wrote it; `tidings once` or `tidings run` brings it up first"
                )
    except sqlite3.Error as error:
        raise explained(path, error, "cannot be read as a database") from error
    return db


def open_guest(path: Path) -> Database:
    """Open the database for a short write beside a running service; it never checkpoints.

    Checkpointing from two connections can lose commits on SQLite before 3.51.3 (sqlite.org/wal.html#walresetbug).

    Raises:
        StorageError: as ``open_reader``.
    """
    open_reader(path).close()
    db = _connect(f"{path.resolve().as_uri()}?mode=rw", GUEST_WAITS)
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA wal_autocheckpoint = 0")
    db.execute("PRAGMA foreign_keys = ON")
    return db


@contextmanager
def immediate(db: Database) -> Iterator[None]:
    """One write transaction, begun with the write lock in hand (``BEGIN IMMEDIATE``).

    A deferred transaction that turns into a write fails at once with SQLITE_BUSY_SNAPSHOT whatever the timeout.
    """
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.conn.execute("COMMIT")
    except BaseException:
        # SQLite has already rolled back after a full disk or an I/O error.
        if db.conn.in_transaction:
            db.conn.execute("ROLLBACK")
        raise


def back_up(db: Database, target: Path) -> None:
    """Write a consistent copy of an open database to a new file, while others write.

    Raises:
        StorageError: the target exists already or cannot be written.
    """
    if target.exists():
        raise StorageError(target, "exists already; a backup never overwrites a file")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = unfinished_copy(target)
        with closing(sqlite3.connect(unfinished)) as copy:
            db.conn.backup(copy)
        finish_copy(unfinished, target)
    except (sqlite3.Error, OSError) as error:
        with suppress(OSError):
            unfinished_copy(target)
        raise StorageError(target, f"the backup could not be written: {error}") from error


def _connect(uri: str, waits: int) -> Database:
    conn = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=waits / 1000)
    db = Database(conn, recursive_triggers=False, execute_plugins=False)
    with _closed_on_error(db):
        db.execute(f"PRAGMA busy_timeout = {waits}")
        db.execute("SELECT count(*) FROM sqlite_master")
    return db


@contextmanager
def _closed_on_error(db: Database) -> Iterator[None]:
    """An open file that nobody holds keeps its locks until the garbage is collected."""
    try:
        yield
    except BaseException:
        db.close()
        raise


def _newest(migrations: Migrations) -> int:
    return len(migrations._migrations)  # noqa: SLF001  (the library has no public count)


def _refuse_newer(path: Path, db: Database, migrations: Migrations) -> int:
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if version > _newest(migrations):
        raise DatabaseTooNewError(
            path,
            f"a newer Tidings wrote it (schema {version}, not {_newest(migrations)}); nothing was changed",
        )
    if version == 0 and db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
        raise StorageError(path, "is the database of another program; name another file in storage.path")
    return version


def _bring_up(path: Path, db: Database, version: int, migrations: Migrations) -> None:
    newest = _newest(migrations)
    if version == newest:
        return
    if version > 0:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        copy = path.with_name(f"{path.name}.backup-{version}-{stamp}")
        # A start that was killed in this very second may have made it; what has a backup's name is whole.
        if not copy.exists():
            back_up(db, copy)
    with immediate(db):
        migrations.apply(db)
        db.execute(f"PRAGMA user_version = {newest}")
