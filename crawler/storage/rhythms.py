"""When each source publishes, as stored."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlite_utils import Database

from crawler.polling import Demand
from crawler.rhythm import Habits, Rhythm
from crawler.storage.database import to_moment, to_text

_URGENT_FOR = timedelta(days=30)


class Rhythms:
    """The ``rhythms`` table."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of(self, source_id: int) -> Habits | None:
        """What is known of a source; ``None`` when nothing is yet."""
        row = self._db.execute("SELECT * FROM rhythms WHERE source_id = ?", [source_id]).fetchone()
        at = to_moment(row["at"]) if row else None
        rhythm = Rhythm.from_bytes(at, row["counts"]) if at is not None else None
        if rhythm is None:
            return None
        return Habits(rhythm, row["window"], row["fresh_for"], frozenset(json.loads(row["closed"])))

    def record(self, source_id: int, habits: Habits) -> None:
        """Keep what is known now; part of the poll's transaction."""
        self._db.execute(
            "INSERT OR REPLACE INTO rhythms (source_id, at, counts, demand, window, fresh_for, closed)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                source_id,
                to_text(habits.rhythm.at),
                habits.rhythm.to_bytes(),
                habits.demand,
                habits.window,
                habits.fresh_for,
                json.dumps(sorted(habits.closed)),
            ],
        )

    def demands(self, urgent: Iterable[int]) -> list[Demand]:
        """What each active source is worth of a budget; ``urgent`` are the numbers of those that come first."""
        first = set(urgent)
        rows = self._db.execute(
            "SELECT s.id, s.every, r.demand FROM sources s LEFT JOIN rhythms r ON r.source_id = s.id"
            " WHERE s.state = 'active'"
        )
        return [Demand(row["demand"], row["every"], urgent=row["id"] in first) for row in rows]

    def feeding(self, topics: Iterable[str], now: datetime) -> set[int]:
        """Numbers of the sources that carried first what one of these topics took in the last 30 days."""
        found: set[int] = set()
        for topic in topics:
            rows = self._db.execute(
                "SELECT DISTINCT a.source_id FROM matches m JOIN articles a ON a.id = m.article_id"
                " WHERE m.topic = ? AND m.matched_at >= ? AND a.source_id IS NOT NULL",
                [topic, to_text(now - _URGENT_FOR)],
            )
            found |= {row["source_id"] for row in rows}
        return found
