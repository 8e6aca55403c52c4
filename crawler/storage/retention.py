"""What the archive lets go of, in steps that are short enough for polls to be stored in between."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from sqlite3 import Row

from sqlite_utils import Database

from crawler.storage.database import to_text

_ARTICLES_A_STEP = 50
_SHINGLES_A_STEP = 3_000
_POLLS_A_STEP = 2_000
"""A step takes some 16 ms, and 0.24 s at most on a machine with much else to do (tests/bench/prune_archive.py)."""
_LEAST, _MOST = -(1 << 63), (1 << 63) - 1


def pruning(db: Database, *, articles: datetime, shingles: datetime, polls: datetime) -> Iterator[int]:
    """Delete what is from before these moments, a step at a time; each step is part of the caller's transaction.

    Yields how many articles a step deleted. Identities stay: what is deleted never comes back as new.
    """
    yield from _articles(db, articles)
    yield from _shingles(db, shingles)
    some = "SELECT id FROM polls WHERE started_at < ? LIMIT ?"
    while db.execute(f"DELETE FROM polls WHERE id IN ({some})", [to_text(polls), _POLLS_A_STEP]).rowcount:
        yield 0


def _articles(db: Database, before: datetime) -> Iterator[int]:
    last = ("", 0)
    while batch := _not_kept(db, before, last):
        last = (batch[-1]["first_seen"], batch[-1]["id"])
        _delete(db, [row["id"] for row in batch], sorted({row["story_id"] for row in batch}))
        yield len(batch)


def _not_kept(db: Database, before: datetime, last: tuple[str, int]) -> list[Row]:
    """The next articles that no topic took; one that others are copies of stays while they do."""
    return db.execute(
        "SELECT id, first_seen, story_id FROM articles a"
        " WHERE first_seen < :before AND (first_seen, id) > (:seen, :id)"
        " AND NOT EXISTS (SELECT 1 FROM matches WHERE article_id = a.id)"
        " AND NOT EXISTS (SELECT 1 FROM articles WHERE copy_of = a.id)"
        " ORDER BY first_seen, id LIMIT :most",
        {"before": to_text(before), "seen": last[0], "id": last[1], "most": _ARTICLES_A_STEP},
    ).fetchall()


def _delete(db: Database, ids: list[int], stories: list[int]) -> None:
    told = json.dumps(stories)
    db.execute("DELETE FROM articles WHERE id IN (SELECT value FROM json_each(?))", [json.dumps(ids)])
    db.execute(
        "UPDATE stories SET articles = (SELECT count(*) FROM articles WHERE story_id = stories.id)"
        " WHERE id IN (SELECT value FROM json_each(?))",
        [told],
    )
    db.execute("DELETE FROM stories WHERE articles = 0 AND id IN (SELECT value FROM json_each(?))", [told])


def _shingles(db: Database, before: datetime) -> Iterator[int]:
    """Walk through the table once in its own order; no index knows which belong to older articles, or to none."""
    last: tuple[int, int] | None = (_LEAST, _LEAST)
    while last is not None:
        edge = db.execute(
            "SELECT shingle, article_id FROM shingles WHERE (shingle, article_id) > (?, ?)"
            " ORDER BY shingle, article_id LIMIT 1 OFFSET ?",
            [*last, _SHINGLES_A_STEP],
        ).fetchone()
        upto = (_MOST, _MOST) if edge is None else (edge["shingle"], edge["article_id"])
        db.execute(
            "DELETE FROM shingles WHERE (shingle, article_id) > (?, ?) AND (shingle, article_id) <= (?, ?)"
            " AND article_id NOT IN (SELECT id FROM articles WHERE first_seen >= ?)",
            [*last, *upto, to_text(before)],
        )
        last = None if edge is None else upto
        yield 0
