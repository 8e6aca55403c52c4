"""What versions of articles changed, and who was told of it, as stored."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from sqlite3 import Row

from sqlite_utils import Database

from crawler.model import AlertVersion, Change, Segment
from crawler.storage.database import to_moment, to_text

_NEVER_TOLD = "('archive', 'coverage', 'change')"
"""Alerts that announce no article by itself."""


@dataclass(frozen=True, slots=True)
class Announced:
    """A person was told of an article, for a topic."""

    topic: str
    recipient: str
    alert_id: int
    """The first alert that told it."""
    lately: int
    """Alerts about changes of the article since the moment that was asked for."""


class Changes:
    """The ``changes`` and ``change_alerts`` tables; writes are parts of a caller's transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def record(self, version_id: int, changes: Sequence[Change], difference: Sequence[Segment]) -> None:
        """Keep what a version changed."""
        if not changes:
            return
        kinds = list(dict.fromkeys(change.kind for change in changes))
        self._db.execute(
            "INSERT INTO changes (version_id, kinds, told, difference) VALUES (?, ?, ?, ?)",
            [version_id, _json(kinds), _json([asdict(each) for each in changes]), _json(list(map(asdict, difference)))],
        )

    def of(self, article_id: int) -> dict[int, AlertVersion]:
        """What each version of an article changed, by its number; the first has nothing to change."""
        rows = self._db.execute(
            "SELECT c.*, v.id, v.seen_at FROM changes c JOIN versions v ON v.id = c.version_id WHERE v.article_id = ?"
            " ORDER BY v.id",
            [article_id],
        )
        return {row["id"]: _version(row) for row in rows}

    def told(self, article_id: int, since: datetime) -> list[Announced]:
        """Who was told of an article by a mail that is made, and so does not know what changed since."""
        rows = self._db.execute(
            "SELECT t.topic, t.recipient, t.alert_id, (SELECT count(DISTINCT c.alert_id) FROM change_alerts c"
            "   JOIN alerts o ON o.id = c.alert_id WHERE c.article_id = t.article_id AND c.topic = t.topic"
            "   AND c.recipient = t.recipient AND o.planned_at >= :since) AS lately"
            " FROM alert_articles t JOIN alerts a ON a.id = t.alert_id WHERE t.article_id = :id"
            f" AND a.kind NOT IN {_NEVER_TOLD} AND (a.state = 'sent' OR a.message IS NOT NULL) ORDER BY t.alert_id",
            {"id": article_id, "since": to_text(since)},
        )
        return [Announced(row["topic"], row["recipient"], row["alert_id"], row["lately"]) for row in rows]

    def waiting(self, article_id: int, topic: str, recipient: str) -> int | None:
        """An alert about the article's earlier changes whose mail is not made yet, so that it tells the next too."""
        row = self._db.execute(
            "SELECT a.id FROM change_alerts c JOIN alerts a ON a.id = c.alert_id WHERE c.article_id = ?"
            " AND c.topic = ? AND c.recipient = ? AND a.state = 'waiting' AND a.message IS NULL LIMIT 1",
            [article_id, topic, recipient],
        ).fetchone()
        return None if row is None else int(row["id"])

    def tell(self, version_id: int, told: Announced, article_id: int, alert_id: int) -> None:
        """Let an alert tell a version."""
        self._db.execute(
            "INSERT OR IGNORE INTO change_alerts (version_id, topic, recipient, article_id, alert_id, follows)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [version_id, told.topic, told.recipient, article_id, alert_id, told.alert_id],
        )

    def mailed(self, article_id: int) -> list[tuple[int, str, str, datetime]]:
        """(alert, recipient, topic, when) of the mails that told changes of an article."""
        rows = self._db.execute(
            "SELECT DISTINCT a.id, a.recipient, a.topic, a.sent_at FROM change_alerts c"
            " JOIN alerts a ON a.id = c.alert_id"
            " WHERE c.article_id = ? AND a.sent_at IS NOT NULL ORDER BY a.id",
            [article_id],
        )
        return [(row["id"], row["recipient"], row["topic"], datetime.fromisoformat(row["sent_at"])) for row in rows]

    def in_alert(self, alert_id: int) -> tuple[list[int], tuple[AlertVersion, ...], int | None]:
        """The articles and versions that an alert about changes tells, and the alert whose thread it joins."""
        rows = self._db.execute(
            "SELECT t.article_id, t.follows, v.seen_at, c.told, c.difference FROM change_alerts t"
            " LEFT JOIN versions v ON v.id = t.version_id LEFT JOIN changes c ON c.version_id = t.version_id"
            " WHERE t.alert_id = ? ORDER BY t.version_id",
            [alert_id],
        ).fetchall()
        articles = list(dict.fromkeys(row["article_id"] for row in rows))
        versions = tuple(_version(row) for row in rows if row["told"] is not None)
        return articles, versions, rows[0]["follows"] if rows else None


def _version(row: Row) -> AlertVersion:
    changes = tuple(
        Change(**(each | {"before_at": tuple(each["before_at"]), "after_at": tuple(each["after_at"])}))
        for each in json.loads(row["told"])
    )
    seen_at = to_moment(row["seen_at"])
    assert seen_at is not None  # noqa: S101  (the schema says so)
    return AlertVersion(seen_at, changes, tuple(Segment(**each) for each in json.loads(row["difference"])))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
