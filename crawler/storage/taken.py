"""What topics took, the newest first, for their feeds."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from crawler.model import AlertArticle
from crawler.storage.telling import Telling


class Taken:
    """The ``matches`` table as a feed tells it."""

    def __init__(self, db: Database, telling: Telling) -> None:
        self._db = db
        self._telling = telling

    def latest(self, topic: str, limit: int) -> list[tuple[AlertArticle, datetime]]:
        """(article, when) of what a topic took last, the newest first; a copy of one that it took is told with it."""
        rows = self._db.execute(
            "SELECT m.article_id, m.matched_at FROM matches m JOIN articles a ON a.id = m.article_id"
            " WHERE m.topic = :topic AND (a.copy_of IS NULL OR NOT EXISTS"
            " (SELECT 1 FROM matches o WHERE o.article_id = a.copy_of AND o.topic = :topic))"
            " ORDER BY m.matched_at DESC, m.article_id DESC LIMIT :limit",
            {"topic": topic, "limit": limit},
        ).fetchall()
        at = {int(row["article_id"]): datetime.fromisoformat(row["matched_at"]) for row in rows}
        return [(article, at[article.id]) for article in self._telling.articles(list(at), topic, told_to="")]

    def last(self, topic: str) -> datetime | None:
        """When a topic took something last."""
        row = self._db.execute("SELECT max(matched_at) FROM matches WHERE topic = ?", [topic]).fetchone()
        return None if row[0] is None else datetime.fromisoformat(row[0])
