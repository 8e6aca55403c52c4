"""Articles whose pages are looked at again, as stored."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from crawler.model import DueLook, Source
from crawler.storage.database import to_moment, to_text
from crawler.storage.records import LookIntent


class Looks:
    """The ``looks`` table; writes are parts of a caller's transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def begin(self, article_id: int, at: datetime) -> None:
        """Let an article be looked at again, unless it is already."""
        self._db.execute("INSERT OR IGNORE INTO looks (article_id, next_look) VALUES (?, ?)", [article_id, to_text(at)])

    def due(self, now: datetime, *, limit: int) -> list[DueLook]:
        """The looks whose time has come, the longest due first."""
        rows = self._db.execute(
            "SELECT l.*, a.link, a.first_seen, coalesce(nullif(s.name, ''), a.outlet) AS name FROM looks l"
            " JOIN articles a ON a.id = l.article_id LEFT JOIN sources s ON s.id = a.source_id"
            " WHERE l.next_look <= ? ORDER BY l.next_look LIMIT ?",
            [to_text(now), limit],
        )
        return [
            DueLook(
                article_id=row["article_id"],
                source=Source(row["link"], row["name"]),
                first_seen=datetime.fromisoformat(row["first_seen"]),
                etag=row["etag"],
                last_modified=row["last_modified"],
                missing_since=to_moment(row["missing_since"]),
                title=row["title"],
                text=row["text"],
            )
            for row in rows.fetchall()
        ]

    def record(self, intent: LookIntent) -> None:
        """Keep what a look came to, and when the next one is."""
        if intent.next_look is None:
            self._db.execute("DELETE FROM looks WHERE article_id = ?", [intent.article_id])
            return
        self._db.execute(
            "UPDATE looks SET next_look = ?, looks = looks + 1, etag = ?, last_modified = ?, missing_since = ?,"
            " title = ?, text = ?, error = ? WHERE article_id = ?",
            [
                to_text(intent.next_look),
                intent.etag,
                intent.last_modified,
                to_text(intent.missing_since),
                intent.title,
                intent.text,
                intent.error,
                intent.article_id,
            ],
        )
