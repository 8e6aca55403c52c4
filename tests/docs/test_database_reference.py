"""The database's page and the database say the same, and the page's queries run."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.database_reference import MARK, PAGE, columns, generated, new_database, tables

_TEXT = PAGE.read_text(encoding="utf-8")
_QUERIES = re.findall(r"```sql\n(.+?)```", _TEXT, re.DOTALL)
_PROMISED = {
    "articles": "id url title text language published first_seen source_id copy_of story_id",
    "matches": "article_id topic score evidence matched_at",
    "alerts": "id message_id recipient topic state planned_at sent_at attempts",
}
"""What users may rely on: taking one away needs an issue, and this line."""


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = new_database(tmp_path)
    yield opened
    opened.close()


def test_every_column_explains_itself_inside_the_file(db: sqlite3.Connection) -> None:
    found = tables(db)
    assert len(found) >= 14
    for table, comments in found.items():
        assert list(comments) == [name for name, _, _ in columns(db, table)], table


def test_the_page_repeats_what_the_file_says(db: sqlite3.Connection) -> None:
    below = _TEXT.partition(f"{MARK}\n")[2]
    assert below == generated(db), "the schema changed: run python tests/docs/database_reference.py"


def test_the_overview_names_every_table_once(db: sqlite3.Connection) -> None:
    overview = _TEXT.partition("What scripts may rely on")[0]
    assert re.findall(r"^\| `(\w+)` \|", overview, re.MULTILINE) == list(tables(db))


@pytest.mark.parametrize("table", _PROMISED)
def test_what_was_promised_is_there_and_said(db: sqlite3.Connection, table: str) -> None:
    promised = _PROMISED[table].split()
    assert set(promised) <= {name for name, _, _ in columns(db, table)}
    sentence = re.search(rf"`{table}` \(([^)]+)\)", _TEXT)
    assert sentence is not None
    assert re.findall(r"`(\w+)`", sentence[1]) == promised


@pytest.mark.parametrize("query", _QUERIES, ids=lambda query: query.split("\n")[0][:40])
def test_the_pages_queries_run(db: sqlite3.Connection, query: str) -> None:
    assert db.execute(query).fetchall() == []


def test_the_page_has_queries_to_start_from() -> None:
    assert len(_QUERIES) == 7
