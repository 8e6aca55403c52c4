"""One digest for a person, over all topics that are due at once; and the summary that comes where nothing else does."""

from __future__ import annotations

from datetime import datetime
from sqlite3 import Row

from sqlite_utils import Database

from crawler.model import AlertKind
from crawler.storage.database import to_text

JOINED = "joined"
"""The state of a digest whose articles another mail tells; its name stays, so that its moment has no second one."""


def close(db: Database, now: datetime) -> int:
    """Close the digests whose moment has come; those of one person become one mail. How many mails that gives.

    Part of the caller's transaction. A digest is planned to the end when it is closed: from then on it can be late,
    not since its first article. A way out that is no mail gets each topic by itself: its programs go by the topic.
    """
    found = db.execute(
        "SELECT id, recipient FROM alerts WHERE gathers = 1 AND state = 'waiting' AND kind = 'digest'"
        " AND due_at <= ? ORDER BY due_at, id",
        [to_text(now)],
    ).fetchall()
    first: dict[str, int] = {}
    joined = 0
    for row in found:
        carrier = first.setdefault(row["recipient"], row["id"])
        if carrier == row["id"] or row["recipient"].startswith("@"):
            db.execute("UPDATE alerts SET gathers = 0, planned_at = ? WHERE id = ?", [to_text(now), row["id"]])
        else:
            _join(db, row, carrier, now)
            joined += 1
    return len(found) - joined


def _join(db: Database, row: Row, carrier: int, now: datetime) -> None:
    """Let one mail tell the articles of another digest."""
    db.execute("UPDATE alert_articles SET alert_id = ? WHERE alert_id = ?", [carrier, row["id"]])
    db.execute(
        "UPDATE alerts SET state = ?, gathers = 0, planned_at = ?, error = ? WHERE id = ?",
        [JOINED, to_text(now), f"told together with alert {carrier}", row["id"]],
    )


def members(db: Database, alert_id: int, kind: AlertKind, topic: str) -> dict[str, list[int]]:
    """Topic → ids of the articles that an alert tells for it; topics by name, articles in order of arrival."""
    found: dict[str, list[int]] = {}
    for row in db.execute(
        "SELECT article_id, topic FROM alert_articles WHERE alert_id = ? ORDER BY topic, article_id", [alert_id]
    ):
        found.setdefault(row["topic"] if kind is AlertKind.DIGEST else topic, []).append(row["article_id"])
    return found or {topic: []}
