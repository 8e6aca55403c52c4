"""A database of the first schema, brought up by this version."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from crawler.model import Condition
from crawler.storage import Store
from crawler.storage.database import open_writer
from crawler.storage.migrations import m001_first_schema
from tests.stored import NOW

FIRST = Migrations("tidings")


@FIRST()
def m001_first_schema_(db: Database) -> None:
    m001_first_schema(db)


def first_schema(path: Path) -> None:
    """What version 0.1.0 left behind: a source with an article, a poll and an alert."""
    db = open_writer(path, FIRST)
    db.conn.execute("UPDATE _sqlite_migrations SET name = 'm001_first_schema'")
    db.conn.executescript("""
        INSERT INTO sources (id, url, name, language, state, pages, added_at, interval, next_poll, last_ok, etag)
            VALUES (1, 'https://a.example/rss', 'A', '', 'active', 'auto', '2026-01-01T00:00:00Z', 900,
                '2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z', 'W/"1"');
        INSERT INTO stories (id, title, first_seen, last_seen, articles) VALUES (1, 'T', '2026', '2026', 1);
        INSERT INTO articles (id, url, link, title, text, text_from, page_error, summary, author, language, first_seen,
            source_id, outlet, guid, categories, enclosures, story_id) VALUES (1, 'u', 'l', 'T', 'x', 'feed', '', '',
            '', 'en', '2026-01-01T00:00:00Z', 1, 'a.example', '', '[]', '[]', 1);
        INSERT INTO appearances (article_id, source_id, first_seen, link) VALUES (1, 1, '2026-01-01T00:00:00Z', 'l');
        INSERT INTO polls (source_id, started_at, seconds, outcome, bytes, entries, new, updated, known, copies, error)
            VALUES (1, '2026-01-01T00:00:00Z', 0.1, 'ok', 10, 1, 1, 0, 0, 0, '');
    """)
    db.close()


def counts(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as db:
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {name: db.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        return {name: found[name] for name in ("sources", "articles", "appearances", "polls", "stories", "meta")}


def test_the_first_schema_is_brought_up_with_every_row(tmp_path: Path) -> None:
    path = tmp_path / "tidings.db"
    first_schema(path)
    before = counts(path)
    with Store.writer(path) as store:
        [due] = store.sources.due(NOW)
        assert (due.etag, due.address, due.doubted) == ('W/"1"', "", False)
        assert store.sources.statuses(NOW)[0].condition is Condition.WELL
        assert store.conditions.coverage("anna@example.org", NOW).sources == 1
    assert counts(path) == before
    [backup] = tmp_path.glob("tidings.db.backup-1-*")
    assert counts(backup) == before
