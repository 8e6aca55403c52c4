"""Write the tables of ``docs/reference/database.md`` anew from the comments that stand in the schema.

    python tests/docs/database_reference.py

What stands above the mark is written by hand.
"""

from __future__ import annotations

import re
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "database.md"
MARK = "<!-- From here on: python tests/docs/database_reference.py -->"
_OWN = "name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name != '_sqlite_migrations'"
_COLUMN = re.compile(r"^\s+(\w+) (?:INTEGER|TEXT|REAL|BLOB)\b.*?,?\s+-- (.+)$", re.MULTILINE)


def new_database(folder: Path) -> sqlite3.Connection:
    """A database as this version makes it."""
    from crawler.storage import Store  # noqa: PLC0415  (run as a script, the path is set below)

    Store.writer(folder / "tidings.db").close()
    return sqlite3.connect(folder / "tidings.db")


def tables(db: sqlite3.Connection) -> dict[str, dict[str, str]]:
    """Each table's columns with their comments, in the schema's order."""
    found = db.execute(f"SELECT name, sql FROM sqlite_master WHERE type = 'table' AND {_OWN} ORDER BY rowid")
    return {name: dict(_COLUMN.findall(sql)) for name, sql in found}


def columns(db: sqlite3.Connection, table: str) -> list[tuple[str, str, bool]]:
    """(name, type, may be null) of each column, as SQLite knows them."""
    rows = db.execute(f"PRAGMA table_info({table})")
    return [(name, kind, not (not_null or key)) for _, name, kind, not_null, _, key in rows]


def _section(db: sqlite3.Connection, table: str, comments: dict[str, str]) -> Iterator[str]:
    leads = {row[3]: f" → `{row[2]}.{row[4]}`" for row in db.execute(f"PRAGMA foreign_key_list({table})")}
    yield f"\n## {table}\n"
    yield "| column | type | meaning |"
    yield "|---|---|---|"
    for name, kind, nullable in columns(db, table):
        says = comments.get(name, "")
        yield f"| `{name}` | {kind}{', or null' if nullable else ''}{leads.get(name, '')} | {says} |"


def generated(db: sqlite3.Connection) -> str:
    """Everything below the mark."""
    return "\n".join(line for table, comments in tables(db).items() for line in _section(db, table, comments)) + "\n"


def main() -> None:
    """Write the page's lower part."""
    above = PAGE.read_text(encoding="utf-8").partition(MARK)[0]
    with tempfile.TemporaryDirectory() as folder:
        db = new_database(Path(folder))
        PAGE.write_text(f"{above}{MARK}\n{generated(db)}", encoding="utf-8")
        db.close()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
