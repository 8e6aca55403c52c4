"""Is the file whole? SQLite's errors as ours, and a look at every page after a stop that was not in good order."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from pathlib import Path

from sqlite_utils import Database

from crawler.errors import DatabaseBusyError, DatabaseDamagedError, StorageError
from crawler.storage.backups import newest_backup

_log = logging.getLogger(__name__)
_UNREADABLE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_OCCUPIED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_PRIMARY = 0xFF
"""The lowest byte of a result code is its kind (sqlite.org/rescode.html)."""
CHECK_WITHIN = 20.0
"""Seconds for the look at start; a file of 1.2 GB takes one when it is in memory, and a slow disk reads 2 GB in 20."""


def explained(path: Path, error: sqlite3.Error, says: str) -> StorageError:
    """SQLite's error as one of ours: damaged, busy, or whatever else keeps the database from being used."""
    kind = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    if kind in _UNREADABLE:
        return damaged(path, f"{says}: {error}")
    return (DatabaseBusyError if kind in _OCCUPIED else StorageError)(path, f"{says}: {error}")


def damaged(path: Path, says: str) -> DatabaseDamagedError:
    """The refusal to use a file that is not whole, with the way back."""
    backup = newest_backup(path)
    way_back = (
        f"the newest backup is {backup}: move the damaged file away and copy the backup to its place"
        if backup is not None
        else "there is no backup beside it: put back one of your own, or try `sqlite3 FILE .recover`"
    )
    return DatabaseDamagedError(path, f"{says}; nothing was changed, and {way_back}")


def check_whole(path: Path, db: Database, *, within: float = CHECK_WITHIN) -> None:
    """Look at the pages of every table (``PRAGMA quick_check``), what cannot be fetched again first.

    Archives grow without end, so the look ends after ``within`` seconds and says how far it came.

    Raises:
        DatabaseDamagedError: it is not whole.
    """
    deadline = time.monotonic() + within
    tables = _tables(db)
    for number, table in enumerate(tables):
        left = deadline - time.monotonic()
        if left <= 0 or not _check_table(path, db, table, left):
            _log.warning(
                "%s: after the last stop, %d of %d tables were looked through within %g s and are whole;"
                " `PRAGMA integrity_check` looks through all",
                path, number, len(tables), within,
            )  # fmt: skip
            return
    _log.info("%s: the last stop was not in good order; the file is whole", path)


def _tables(db: Database) -> list[str]:
    """Tables, the small ones that only we have first, the archive's bulk last."""
    bulk = ("polls", "seen", "identities", "articles", "versions", "shingles")
    rows = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
    return sorted((row[0] for row in rows), key=lambda name: (bulk.index(name) if name in bulk else -1, name))


def _check_table(path: Path, db: Database, table: str, within: float) -> bool:
    """Whether a table could be looked through in time; raises when it is not whole."""
    watch = threading.Timer(within, db.conn.interrupt)
    watch.daemon = True
    watch.start()
    try:
        (first, *_) = db.execute(f"PRAGMA quick_check('{table}')").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & _PRIMARY == sqlite3.SQLITE_INTERRUPT:
            return False
        raise explained(path, error, "cannot be read") from error
    except sqlite3.DatabaseError as error:
        raise explained(path, error, "is damaged") from error
    finally:
        watch.cancel()
    if first != "ok":
        raise damaged(path, f"is damaged ({' '.join(str(first).split())})")
    return True
