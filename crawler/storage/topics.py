"""Topics as stored: which are followed, and how far the archive was tried against them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlite_utils import Database

from crawler.model import Topic
from crawler.storage.database import immediate, to_text

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LastRun:
    """A topic as the service last knew it."""

    query: str
    active: bool
    """It stood in the settings then."""
    added_at: datetime
    changed_at: datetime
    """When its query last changed."""
    backfilled_to: int | None
    """Articles up to this number were tried against the query; ``None``: not begun."""


class Topics:
    """The ``topics`` table."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def sync(self, topics: Sequence[Topic], now: datetime) -> None:
        """Make the table agree with the settings.

        A query that is new or changed, or comes back after it was removed, is to be tried against the archive.
        """
        names = json.dumps([topic.name for topic in topics])
        with immediate(self._db):
            self._db.execute(
                "UPDATE topics SET state = 'removed' WHERE name NOT IN (SELECT value FROM json_each(?))", [names]
            )
            for topic in topics:
                self._db.execute(
                    """
                    INSERT INTO topics (name, query, state, added_at, changed_at)
                    VALUES (:name, :query, 'active', :now, :now)
                    ON CONFLICT (name) DO UPDATE SET
                        state = 'active', query = :query,
                        changed_at = iif(query = :query, changed_at, :now),
                        backfilled_to = iif(query = :query AND state = 'active', backfilled_to, NULL)
                    """,
                    {"name": topic.name, "query": topic.query, "now": to_text(now)},
                )

    def to_backfill(self) -> list[str]:
        """Names of active topics whose present query the archive was not tried against."""
        rows = self._db.execute("SELECT name FROM topics WHERE state = 'active' AND backfilled_to IS NULL")
        return [row["name"] for row in rows]

    def backfilled(self, name: str, upto: int) -> None:
        """The archive was tried against a topic up to this article; part of the caller's transaction."""
        self._db.execute("UPDATE topics SET backfilled_to = ? WHERE name = ?", [upto, name])

    def last_run(self, name: str) -> LastRun | None:
        """A topic as it last ran; ``None`` when it never did."""
        row = self._db.execute("SELECT * FROM topics WHERE name = ?", [name]).fetchone()
        if row is None:
            return None
        return LastRun(
            query=row["query"],
            active=row["state"] == "active",
            added_at=datetime.fromisoformat(row["added_at"]),
            changed_at=datetime.fromisoformat(row["changed_at"]),
            backfilled_to=row["backfilled_to"],
        )

    def since(self, name: str) -> datetime:
        """When a topic was first seen; the beginning of 1970 when it never was."""
        row = self._db.execute("SELECT added_at FROM topics WHERE name = ?", [name]).fetchone()
        return _LONG_AGO if row is None else datetime.fromisoformat(row["added_at"])

    def added_at(self) -> dict[str, str]:
        """When each active topic was first seen."""
        rows = self._db.execute("SELECT name, added_at FROM topics WHERE state = 'active'")
        return {row["name"]: row["added_at"] for row in rows}
