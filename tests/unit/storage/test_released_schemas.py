"""Every schema that was released is brought up with all its rows, also when that is cut off at any statement.

``tests/data/schemas`` has one database of each, as SQL, with a row of every kind; one more is added with each release
that changes the schema.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from crawler.storage import Store
from crawler.storage.migrations import MIGRATIONS
from tests.program import ROOT
from tests.stored import DAY, NOW, news, save

DUMPS = sorted((ROOT / "tests" / "data" / "schemas").glob("*.sql"))
NEWEST = len(MIGRATIONS._migrations)

_KILLED_EVERYWHERE = """
import os, signal, shutil, sys
from pathlib import Path
from crawler.storage import Store
from tests.crash.points import Points, watch
folder = Path(sys.argv[1])
for number in range(1, 1000):
    place = folder / str(number)
    place.mkdir()
    shutil.copyfile(folder / "old.db", place / "tidings.db")
    child = os.fork()
    if child == 0:
        watch(Points(number, place / "point"))
        Store.writer(place / "tidings.db").close()
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != -signal.SIGKILL:
        break
"""


def build(dump: Path, path: Path) -> Path:
    with closing(sqlite3.connect(path)) as db:
        db.executescript(dump.read_text("utf-8"))
    return path


def content(path: Path, columns: dict[str, list[str]] | None = None) -> dict[str, list[tuple[object, ...]]]:
    """Every table's rows, in the columns that are asked for."""
    with closing(sqlite3.connect(path)) as db:
        names = columns or columns_of(path)
        return {
            table: sorted(db.execute(f"SELECT {', '.join(wanted)} FROM {table}").fetchall(), key=repr)
            for table, wanted in names.items()
        }


def columns_of(path: Path) -> dict[str, list[str]]:
    with closing(sqlite3.connect(path)) as db:
        tables = db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%sqlite%' ORDER BY name"
        )
        return {
            name: [f'"{row[1]}"' for row in db.execute(f"PRAGMA table_info({name})")] for (name,) in tables.fetchall()
        }


def lost(path: Path, before: dict[str, list[tuple[object, ...]]], columns: dict[str, list[str]]) -> list[str]:
    """Tables whose rows are not what they were; a row that was added by a migration is no loss."""
    after = content(path, columns)
    return [table for table, found in before.items() if not set(found) <= set(after[table])]


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: dump.stem)
def test_a_released_schema_is_brought_up_with_every_row(dump: Path, tmp_path: Path) -> None:
    path = build(dump, tmp_path / "tidings.db")
    columns, before = columns_of(path), content(path)
    assert all(before.values()), "a table of the dump has no row"
    with Store.writer(path) as store:
        assert store._db.execute("PRAGMA user_version").fetchone()[0] == NEWEST
        assert store._db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert store._db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert lost(path, before, columns) == []
        assert save(store, news(77), at=NOW + DAY).new == 1
        assert store.outbox.counts() == {"waiting": 1, "sent": 1, "failed": 1}
    backups = list(tmp_path.glob("tidings.db.backup-*"))
    assert len(backups) == (int(dump.stem) < NEWEST)
    for backup in backups:
        assert content(backup) == before


@pytest.mark.parametrize("dump", [dump for dump in DUMPS if int(dump.stem) < NEWEST], ids=lambda dump: dump.stem)
def test_an_update_that_is_killed_at_any_statement_is_done_by_the_next_start(dump: Path, tmp_path: Path) -> None:
    old = build(dump, tmp_path / "old.db")
    columns, before = columns_of(old), content(old)
    subprocess.run(
        [sys.executable, "-c", _KILLED_EVERYWHERE, str(tmp_path)],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True, timeout=100,
    )  # fmt: skip
    killed = sorted(int(path.name) for path in tmp_path.iterdir() if path.is_dir())[:-1]
    assert len(killed) > 20
    for number in killed:
        path = tmp_path / str(number) / "tidings.db"
        for backup in path.parent.glob("tidings.db.backup-*"):
            if not backup.name.endswith(".part"):
                assert content(backup) == before, f"a backup that is not whole, point {number}"
        with Store.writer(path) as store:
            assert store._db.execute("PRAGMA user_version").fetchone()[0] == NEWEST
        assert lost(path, before, columns) == [], f"point {number}"


def test_a_newer_schema_is_refused_by_the_command_and_untouched(tmp_path: Path) -> None:
    path = build(DUMPS[-1], tmp_path / "tidings.db")
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {NEWEST + 1}")
    (tmp_path / "settings.toml").write_text('[mail]\nto = ["ann@desk.example"]\n', "utf-8")
    whole = path.read_bytes()
    for verb in ("run", "once", "status"):
        ended = subprocess.run(
            [sys.executable, "-m", "scheduler", "--settings", str(tmp_path / "settings.toml"), verb],
            cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert ended.returncode == 1
        assert "a newer Tidings wrote it" in ended.stderr
        assert "Traceback" not in ended.stderr
    assert path.read_bytes() == whole
    assert not list(tmp_path.glob("tidings.db.backup*"))
