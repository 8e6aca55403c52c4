"""A file that is not whole is found after a bad stop, refused untouched, and the way back is named."""

from __future__ import annotations

import logging
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.errors import DatabaseBusyError, DatabaseDamagedError, StorageError
from crawler.storage import InstanceLock, Store
from crawler.storage.backups import backup_folder, backup_is_due, newest_backup, write_weekly
from crawler.storage.damage import check_whole
from tests.program import ROOT
from tests.stored import DAY, NOW, news, save, sources


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A database with enough in it for several pages a table."""
    path = tmp_path / "tidings.db"
    with Store.writer(path) as store:
        store.sources.sync(sources(2), NOW)
        save(store, *(news(number, text=f"word{number} " * 900) for number in range(1, 40)))
    return path


def spoil(path: Path, table: str) -> bytes:
    """Overwrite the page where a table's tree begins; what the file is then."""
    with closing(sqlite3.connect(path)) as db:
        (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [table]).fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xaa" * size)
    return path.read_bytes()


# -- how the last one ended -------------------------------------------------------------------------------------------


def test_the_lock_tells_how_the_last_one_ended(tmp_path: Path) -> None:
    database = tmp_path / "t.db"
    with InstanceLock(database) as first:
        assert not first.unclean
    with InstanceLock(database) as second:
        assert not second.unclean
    with suppress(KeyError), InstanceLock(database):
        raise KeyError
    with InstanceLock(database) as after_an_error:
        assert after_an_error.unclean
    with InstanceLock(database) as after_that:
        assert not after_that.unclean


def test_the_lock_tells_that_the_last_one_was_killed(tmp_path: Path) -> None:
    killed = (
        "import os, sys; from pathlib import Path; from crawler.storage import InstanceLock;"
        " InstanceLock(Path(sys.argv[1])).__enter__(); os.kill(os.getpid(), 9)"
    )
    command = [sys.executable, "-c", killed, str(tmp_path / "t.db")]
    subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False)
    with InstanceLock(tmp_path / "t.db") as lock:
        assert lock.unclean


# -- looking ----------------------------------------------------------------------------------------------------------


def test_a_whole_file_passes(archive: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    Store.writer(archive, unclean=True).close()
    assert "the file is whole" in caplog.text


@pytest.mark.parametrize("table", ["articles", "alerts", "sources_due"])
def test_a_damaged_table_or_index_is_refused_and_untouched(archive: Path, table: str) -> None:
    before = spoil(archive, table)
    with pytest.raises(DatabaseDamagedError, match=r"is damaged.*nothing was changed, and there is no backup"):
        Store.writer(archive, unclean=True)
    assert archive.read_bytes() == before


def test_the_newest_backup_is_named(archive: Path) -> None:
    assert newest_backup(archive) is None
    before_update = archive.with_name("tidings.db.backup-1-20260101T000000Z")
    before_update.write_bytes(b"older")
    assert newest_backup(archive) == before_update
    made = write_weekly(archive, 4, NOW)
    spoil(archive, "articles")
    with pytest.raises(DatabaseDamagedError, match=f"the newest backup is {made}"):
        Store.writer(archive, unclean=True)
    archive.write_bytes(b"Dear diary. " * 1000)
    with pytest.raises(DatabaseDamagedError, match=rf"file is not a database.*the newest backup is {made}"):
        Store.writer(archive)
    archive.write_bytes(made.read_bytes())
    with Store.writer(archive, unclean=True) as store:
        assert store.articles.count() == 39


def test_looking_ends_in_time_and_says_how_far_it_came(archive: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Store.writer(archive) as store:
        check_whole(archive, store._db, within=0)
        assert re.search(r"\b0 of \d\d tables", caplog.text)
        assert store.articles.count() == 39


def test_damage_that_a_poll_meets_is_remembered(archive: Path) -> None:
    with Store.writer(archive) as store:
        store.check_place()
        spoil(archive, "articles")
        store._db.execute("PRAGMA shrink_memory")
        with pytest.raises(DatabaseDamagedError, match="could not be written"):
            save(store, news(77))
        with pytest.raises(DatabaseDamagedError):
            store.check_place()


def test_a_poll_that_meets_another_writer_says_busy(archive: Path) -> None:
    with Store.writer(archive) as store, closing(sqlite3.connect(archive, isolation_level=None)) as other:
        store._db.execute("PRAGMA busy_timeout = 10")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseBusyError, match="could not be written: database is locked"):
            save(store, news(77))
        store.check_place()
        other.execute("ROLLBACK")
        assert save(store, news(77)).new == 1


# -- weekly copies -----------------------------------------------------------------------------------------------------


def test_copies_are_due_by_the_week_and_only_so_many_are_kept(archive: Path) -> None:
    assert backup_is_due(archive, NOW)
    made = [write_weekly(archive, 4, NOW + week * 7 * DAY) for week in range(6)]
    assert sorted(backup_folder(archive).iterdir()) == made[2:]
    last = NOW + 35 * DAY
    assert not backup_is_due(archive, last + 7 * DAY - timedelta(seconds=1))
    assert backup_is_due(archive, last + 7 * DAY)
    assert backup_is_due(archive, NOW)  # the clock was wrong when they were made
    with Store.reader(made[-1]) as copy:
        assert copy.articles.count() == 39


def test_a_copy_from_a_time_to_come_neither_hides_that_one_was_made_nor_outlives_it(archive: Path) -> None:
    ahead = write_weekly(archive, 1, NOW + 3650 * DAY)
    assert backup_is_due(archive, NOW)
    made = write_weekly(archive, 1, NOW)
    assert made.exists()
    assert not ahead.exists()
    write_weekly(archive, 2, NOW + 3650 * DAY)
    assert not backup_is_due(archive, NOW + DAY)


def test_a_copy_that_somebody_renamed_is_theirs_and_neither_counted_nor_let_go_of(archive: Path) -> None:
    kept = write_weekly(archive, 1, NOW - 90 * DAY)
    kept = kept.rename(kept.with_name("tidings-keep.db"))
    assert backup_is_due(archive, NOW)
    made = [write_weekly(archive, 1, NOW + week * 7 * DAY) for week in range(3)]
    assert sorted(backup_folder(archive).iterdir()) == [made[2], kept]
    assert newest_backup(archive) == made[2]


def test_copies_are_found_beside_a_file_with_brackets_in_its_name(archive: Path) -> None:
    odd = archive.rename(archive.with_name("tidings[1].db"))
    made = [write_weekly(odd, 1, NOW + week * 7 * DAY) for week in range(2)]
    assert [path.exists() for path in made] == [False, True]
    assert newest_backup(odd) == made[1]
    assert not backup_is_due(odd, NOW + 8 * DAY)


def test_a_copy_is_made_while_others_write_and_what_a_kill_left_is_swept(archive: Path) -> None:
    left = backup_folder(archive) / "tidings-20250101T000000Z.db.part"
    left.parent.mkdir()
    left.write_bytes(b"half")
    with Store.writer(archive) as store:
        save(store, news(50))
        made = write_weekly(archive, 4, NOW)
        save(store, news(51))
    assert list(backup_folder(archive).iterdir()) == [made]
    assert newest_backup(archive) == made
    with Store.reader(made) as copy:
        assert copy.articles.count() == 40


def test_no_copy_of_a_damaged_file_and_no_older_one_is_let_go(archive: Path) -> None:
    made = write_weekly(archive, 1, NOW)
    spoil(archive, "articles")
    with pytest.raises(StorageError, match="the backup could not be written: database disk image is malformed"):
        write_weekly(archive, 1, NOW + 7 * DAY)
    assert list(backup_folder(archive).iterdir()) == [made]


def test_a_folder_that_cannot_be_made_is_told(archive: Path) -> None:
    backup_folder(archive).write_bytes(b"")
    with pytest.raises(StorageError, match="the backup could not be written"):
        write_weekly(archive, 1, NOW)


# -- the write-ahead log ----------------------------------------------------------------------------------------------


def test_the_log_is_emptied_and_a_reader_is_not_waited_for(archive: Path) -> None:
    with Store.writer(archive) as store:
        save(store, *(news(number, text="x" * 50_000) for number in range(100, 120)))
        assert store.checkpoint() == 0
        with closing(sqlite3.connect(archive)) as reader:
            found = reader.execute("SELECT * FROM articles")
            found.fetchone()
            save(store, *(news(number, text="x" * 50_000) for number in range(200, 220)))
            assert store.checkpoint() > 1_000_000
            found.close()
        assert store.checkpoint() == 0
        assert store._db.execute("PRAGMA busy_timeout").fetchone()[0] == 1000
