"""One digest for a person, over all topics that are due at once; and the summary that comes where nothing else does."""

from __future__ import annotations

from datetime import datetime, timedelta
from sqlite3 import Row

from sqlite_utils import Database

from crawler.model import AlertKind, Tally
from crawler.storage.database import to_text

JOINED = "joined"
"""The state of a digest whose articles another mail tells; its name stays, so that its moment has no second one."""
_STANDS_IN = timedelta(minutes=10)
"""How soon after its moment a digest has to be closed to stand in for the summary of that moment."""
_LONGEST = timedelta(days=8)
"""A summary counts no further back: who asks for none for a month and then again wants no month in one line."""


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


def wants_summary(db: Database, person: str, message_id: str, moment: datetime) -> bool:
    """Whether a person's summary of a moment is still to be planned.

    Not where that was done, or before anything was followed; nor where a digest of that moment tells them anyway.
    """
    row = db.execute(
        "SELECT EXISTS (SELECT 1 FROM topics WHERE added_at <= :moment) AND NOT EXISTS (SELECT 1 FROM alerts"
        " WHERE message_id = :name OR (recipient = :person AND kind = 'digest' AND planned_at >= :moment"
        " AND planned_at < :soon AND gathers = 0))",
        {
            "name": message_id,
            "person": person,
            "moment": to_text(moment),
            "soon": to_text(moment + _STANDS_IN),
        },
    ).fetchone()
    return bool(row[0])


def tally(db: Database, alert: Row) -> Tally:
    """What a person was told since their last summary, or in the day before, and how much was read for it."""
    until = datetime.fromisoformat(alert["planned_at"])
    last = db.execute(
        "SELECT max(planned_at) FROM alerts WHERE recipient = ? AND kind = 'summary' AND id < ? AND planned_at >= ?",
        [alert["recipient"], alert["id"], to_text(until - _LONGEST)],
    ).fetchone()[0]
    since = datetime.fromisoformat(last) if last else until - timedelta(days=1)
    span = {"person": alert["recipient"], "since": to_text(since), "until": to_text(until)}
    topics = db.execute(
        "SELECT t.topic, count(*) FROM alert_articles t JOIN alerts a ON a.id = t.alert_id"
        " WHERE t.recipient = :person AND a.kind IN ('news', 'digest') AND a.sent_at > :since AND a.sent_at <= :until"
        " GROUP BY t.topic ORDER BY 2 DESC, 1",
        span,
    ).fetchall()
    read = db.execute(
        "SELECT count(*) FROM articles WHERE first_seen > :since AND first_seen <= :until", span
    ).fetchone()[0]
    return Tally(since, tuple((row[0], int(row[1])) for row in topics), int(read))


def members(db: Database, alert_id: int, kind: AlertKind, topic: str) -> dict[str, list[int]]:
    """Topic → ids of the articles that an alert tells for it; topics by name, articles in order of arrival."""
    found: dict[str, list[int]] = {}
    for row in db.execute(
        "SELECT article_id, topic FROM alert_articles WHERE alert_id = ? ORDER BY topic, article_id", [alert_id]
    ):
        found.setdefault(row["topic"] if kind is AlertKind.DIGEST else topic, []).append(row["article_id"])
    return found or {topic: []}
