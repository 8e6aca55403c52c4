"""Backups that Tidings makes by itself: a few whole copies of the database in a folder beside it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from glob import escape
from pathlib import Path

from crawler.errors import StorageError

BACKUP_EVERY = timedelta(days=7)
_UNFINISHED = ".part"
_UNDER_WAY = timedelta(hours=1)
"""By so much a clock may have been set back since a copy was named, without the copy being one of another time."""
_STAMP = "%Y%m%dT%H%M%SZ"


def backup_folder(database: Path) -> Path:
    """The folder of a database's own backups: ``tidings.db.backups``."""
    return database.with_name(f"{database.name}.backups")


def newest_backup(database: Path) -> Path | None:
    """The newest of the backups that Tidings made by itself, before an update or every week."""
    found = [*_weekly(database), *_finished(database.parent, f"{escape(database.name)}.backup-*")]
    return max(found, key=_made_at, default=None)


def backup_is_due(database: Path, now: datetime) -> bool:
    """Whether the newest weekly backup is older than a week; one from a time that is still to come tells nothing."""
    newest = max((made for path in _weekly(database) if (made := _made_at(path)) <= now), default=None)
    return newest is None or now - newest >= BACKUP_EVERY


def write_weekly(database: Path, keep: int, now: datetime) -> Path:
    """Copy the database into its folder, and let go of all but the newest ``keep`` copies there.

    Blocks for as long as copying takes (1.2 GB: 8 s) while others read and write; it uses a connection of its own. A
    copy reads every page, so it fails, and no older one is let go, when the database is damaged.

    Raises:
        StorageError: the copy could not be written, or the database not be read.
    """
    folder = backup_folder(database)
    target = folder / f"{database.stem}-{now.astimezone(UTC).strftime(_STAMP)}.db"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        for left in folder.glob(f"*{_UNFINISHED}*"):
            left.unlink()
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as db:
            unfinished = unfinished_copy(target)
            db.execute("VACUUM INTO ?", [str(unfinished)])
        finish_copy(unfinished, target)
        for old in sorted(_weekly(database), key=lambda path: _age_rank(path, now))[:-keep]:
            old.unlink()
    except (sqlite3.Error, OSError) as error:
        with suppress(OSError):
            unfinished_copy(target)
        raise StorageError(target, f"the backup could not be written: {error}") from error
    return target


def unfinished_copy(target: Path) -> Path:
    """Where a copy is written before it has its name; what an earlier try left there is gone."""
    path = target.with_name(f"{target.name}{_UNFINISHED}")
    path.unlink(missing_ok=True)
    return path


def finish_copy(unfinished: Path, target: Path) -> None:
    """Give a copy its name, once all of it is on the disk: what has the name of a backup is whole."""
    for path in (unfinished, target.parent):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        if path == unfinished:
            unfinished.replace(target)


def _weekly(database: Path) -> list[Path]:
    """The copies that have the name which ``write_weekly`` gives; any other is a person's own."""
    named = _finished(backup_folder(database), f"{escape(database.stem)}-*.db")
    return [path for path in named if _stamped(path) is not None]


def _finished(folder: Path, pattern: str) -> list[Path]:
    return [path for path in folder.glob(pattern) if _UNFINISHED not in path.name]


def _age_rank(path: Path, now: datetime) -> tuple[bool, datetime]:
    """Sorts copies from the first to let go of; those that a clock far ahead named come before all others."""
    made = _made_at(path)
    return made <= now + _UNDER_WAY, made


def _made_at(path: Path) -> datetime:
    """When a copy was made, from its name; from the file's own time where somebody gave it another name."""
    return _stamped(path) or datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _stamped(path: Path) -> datetime | None:
    stamp = path.stem.rpartition("-")[2] if path.suffix == ".db" else path.name.rpartition("-")[2]
    try:
        return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
