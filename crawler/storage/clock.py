"""After the clock was wrong: what a clock that was ahead wrote is brought back to now.

Left alone, a source polled in "2036" would not be asked for ten years, an alert planned then not be sent, and the
articles found then head every list. Each moment below says when Tidings did something, so none can lie ahead; what
outlets say of themselves (``published``) is theirs and stays.
"""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from crawler.storage.database import immediate, to_text

_WRITTEN = {
    "sources": ("added_at", "first_read_at", "last_poll", "last_ok", "failing_since"),
    "polls": ("started_at",),
    "stories": ("first_seen", "last_seen"),
    "articles": ("first_seen",),
    "versions": ("seen_at",),
    "appearances": ("first_seen",),
    "topics": ("added_at", "changed_at"),
    "matches": ("matched_at",),
    "alerts": ("planned_at", "sent_at"),
    "conditions": ("since", "certain_at", "ended_at"),
    "coverage_notes": ("told_at",),
    "moves": ("since", "followed_at"),
}


def was_ahead(db: Database, now: datetime) -> bool:
    """Whether a poll or an alert was written at a moment that is still to come."""
    query = (
        "SELECT (SELECT max(started_at) FROM polls) > :now OR EXISTS (SELECT 1 FROM sources WHERE last_poll > :now)"
        " OR EXISTS (SELECT 1 FROM alerts WHERE planned_at > :now OR sent_at > :now)"
    )
    return bool(db.execute(query, {"now": to_text(now)}).fetchone()[0])


def bring_back(db: Database, now: datetime) -> None:
    """Let nothing have happened after ``now``; next polls and alerts are ``Sources.wake``'s and ``Outbox.wake``'s."""
    with immediate(db):
        for table, columns in _WRITTEN.items():
            for column in columns:
                db.execute(f"UPDATE {table} SET {column} = :now WHERE {column} > :now", {"now": to_text(now)})
