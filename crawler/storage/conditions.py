"""How sources are, as stored: episodes, who was told of them, and what a person has still to be told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from sqlite3 import Row

from sqlite_utils import Database

from crawler import coverage
from crawler.model import Condition, Coverage, CoverageNote, DueSource, Episode, Fetched, Outcome, Trouble
from crawler.storage.database import to_moment, to_text

_LOOKED_AT = 500
"""Polls of other sources that are asked whether the network was there; some of them tell."""
_FIRST_LOOK = timedelta(hours=1)
_ROLLED_OVER_KEPT = timedelta(days=30)
"""What was missed longer ago is no news to anybody, a person who is new least of all."""

# What a person was not told: troubles that are certain; that they are over, to whom was told of them; reminders.
# Rolled over is over as it begins, and told all the same.
_UNTOLD = """
SELECT c.*, s.name, s.url, s.last_error, n.recipient IS NOT NULL AS told
FROM conditions c JOIN sources s ON s.id = c.source_id
LEFT JOIN coverage_notes n ON n.condition_id = c.id AND n.recipient = :person
WHERE c.certain_at IS NOT NULL AND s.state = 'active' AND CASE
    WHEN c.condition = 'rolled over' THEN n.recipient IS NULL AND c.certain_at >= :recent
    WHEN n.recipient IS NULL THEN c.ended_at IS NULL
    WHEN c.ended_at IS NOT NULL THEN n.ended = 0
    ELSE c.reminders > n.reminders END
ORDER BY c.since, c.id
"""
# One row for a source: what keeps it from being read goes before what it does not say.
_TROUBLED = """
SELECT c.*, s.name, s.url FROM conditions c JOIN sources s ON s.id = c.source_id
WHERE c.ended_at IS NULL AND c.certain_at IS NOT NULL AND s.state = 'active'
ORDER BY c.condition IN ('empty', 'frozen', 'silent') DESC
"""


class Conditions:
    """The ``conditions`` and ``coverage_notes`` tables."""

    def __init__(self, db: Database) -> None:
        self._db = db

    # -- a poll -------------------------------------------------------------------------------------------------------

    def standing(self, due: DueSource, fetched: Fetched, *, fresh: int, now: datetime) -> coverage.Standing:
        """What is known of a source before its poll is stored; ``fresh`` entries of it were not there before."""
        opened = tuple(self._open(due.id))
        if fetched.outcome is Outcome.FAILED:
            gone_since = self._ended_since(due.id) if fetched.trouble is Trouble.ENDED else None
            return coverage.Standing(opened, others=self._others(due.id, now), ended_since=gone_since)
        if fresh:
            return coverage.Standing(opened)
        arrivals = self._arrivals(due.id, now)
        return coverage.Standing(opened, arrivals=arrivals, had_entries=self._had_entries(due.id))

    def record(self, source_id: int, episodes: Iterable[Episode]) -> None:
        """Write episodes as they stand; part of the poll's transaction. What ended uncertain was nothing."""
        for episode in episodes:
            if episode.ended_at is not None and episode.certain_at is None:
                self._db.execute("DELETE FROM conditions WHERE id = ?", [episode.id])
            else:
                self._put(source_id, episode)

    def _put(self, source_id: int, episode: Episode) -> None:
        self._db.execute(
            "INSERT INTO conditions"
            " (id, source_id, condition, since, polls, certain_at, ended_at, reminders, good, missed)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET condition = excluded.condition,"
            " since = excluded.since, polls = excluded.polls, certain_at = excluded.certain_at,"
            " ended_at = excluded.ended_at, reminders = excluded.reminders, good = excluded.good",
            [
                episode.id,
                source_id,
                episode.condition.value,
                to_text(episode.since),
                episode.polls,
                to_text(episode.certain_at),
                to_text(episode.ended_at),
                episode.reminders,
                episode.good,
                episode.missed,
            ],
        )

    def close(self, source_ids: Sequence[int], now: datetime) -> None:
        """Let everything that is open of these sources be over without a word: a person has just seen to them."""
        for source_id in source_ids:
            which = "(SELECT id FROM conditions WHERE source_id = ? AND ended_at IS NULL)"
            self._db.execute(f"UPDATE coverage_notes SET ended = 1 WHERE condition_id IN {which}", [source_id])
            self._db.execute(
                "DELETE FROM conditions WHERE source_id = ? AND ended_at IS NULL AND certain_at IS NULL", [source_id]
            )
            self._db.execute(
                "UPDATE conditions SET ended_at = ? WHERE source_id = ? AND ended_at IS NULL", [to_text(now), source_id]
            )

    def prune(self, before: datetime) -> None:
        """Forget episodes that were over before a moment; part of the caller's transaction."""
        old = "(SELECT id FROM conditions WHERE ended_at < ?)"
        self._db.execute(f"DELETE FROM coverage_notes WHERE condition_id IN {old}", [to_text(before)])
        self._db.execute("DELETE FROM conditions WHERE ended_at < ?", [to_text(before)])

    def _open(self, source_id: int) -> list[Episode]:
        rows = self._db.execute("SELECT * FROM conditions WHERE source_id = ? AND ended_at IS NULL", [source_id])
        return [_episode(row) for row in rows]

    def _others(self, source_id: int, now: datetime) -> coverage.Others:
        """What became of the other sources since this one was asked before."""
        before = self._db.execute(
            "SELECT last_poll, (SELECT count(*) FROM sources WHERE state = 'active' AND id != :id) AS active"
            " FROM sources WHERE id = :id",
            {"id": source_id},
        ).fetchone()
        polls = self._db.execute(
            "SELECT max(status IS NOT NULL), max(outcome != 'failed') FROM (SELECT status, outcome FROM polls"
            " WHERE started_at >= ? AND source_id != ? ORDER BY started_at DESC LIMIT ?)",
            [before["last_poll"] or to_text(now - _FIRST_LOOK), source_id, _LOOKED_AT],
        ).fetchone()
        return coverage.Others(before["active"], answered=bool(polls[0]), read=bool(polls[1]))

    def _ended_since(self, source_id: int) -> datetime | None:
        row = self._db.execute(
            "SELECT min(p.started_at) FROM polls p JOIN sources s ON s.id = p.source_id"
            " WHERE p.source_id = ? AND p.status = 410 AND p.started_at > coalesce(s.last_ok, '')",
            [source_id],
        ).fetchone()
        return to_moment(row[0])

    def _arrivals(self, source_id: int, now: datetime) -> list[datetime]:
        """When the source's articles came, the newest first; nothing when that is too lately to matter.

        What its first document held came when it says it was published, everything later when it was seen.
        """
        latest = self._db.execute(
            "SELECT max(first_seen) FROM appearances WHERE source_id = ? AND first_seen >= ?",
            [source_id, to_text(now - coverage.SHORTEST_SILENCE)],
        ).fetchone()[0]
        first_read = self._first_read(source_id)
        if first_read is None or (latest is not None and latest > first_read):
            return []
        rows = self._db.execute(
            "SELECT CASE WHEN a.first_seen <= :first THEN min(a.first_seen, coalesce(r.published, a.first_seen))"
            " ELSE a.first_seen END FROM (SELECT article_id, first_seen FROM appearances WHERE source_id = :id"
            " ORDER BY first_seen DESC LIMIT :most) a LEFT JOIN articles r ON r.id = a.article_id",
            {"id": source_id, "first": first_read, "most": coverage.ARRIVALS},
        )
        return sorted({datetime.fromisoformat(row[0]) for row in rows}, reverse=True)

    def _first_read(self, source_id: int) -> str | None:
        row = self._db.execute("SELECT first_read_at FROM sources WHERE id = ?", [source_id]).fetchone()
        return None if row is None else row[0]

    def _had_entries(self, source_id: int) -> bool:
        row = self._db.execute("SELECT 1 FROM appearances WHERE source_id = ? LIMIT 1", [source_id]).fetchone()
        return row is not None

    # -- people -------------------------------------------------------------------------------------------------------

    def troubled(self) -> dict[int, Episode]:
        """The certain trouble of each active source that has one, by the source's number."""
        return {row["source_id"]: _episode(row) for row in self._db.execute(_TROUBLED)}

    def rolled_over(self, since: datetime) -> dict[int, int]:
        """Entries that each source may have missed since a moment, by the source's number."""
        rows = self._db.execute(
            "SELECT source_id, sum(missed) FROM conditions WHERE condition = 'rolled over' AND certain_at >= ?"
            " GROUP BY source_id",
            [to_text(since)],
        )
        return {row[0]: row[1] for row in rows}

    def coverage(self, person: str, now: datetime) -> Coverage:
        """What is and what is not watched now, with what this person was not told yet."""
        troubled = {row["source_id"]: row for row in self._db.execute(_TROUBLED)}
        untold = self._untold(person, now)
        for row in untold:
            if row["condition"] == Condition.ROLLED_OVER:
                troubled.setdefault(row["source_id"], row)
        active = self._db.execute("SELECT count(*) FROM sources WHERE state = 'active'").fetchone()[0]
        return Coverage(now, active, _groups(troubled.values()), tuple(_note(row) for row in untold))

    def mark_told(self, notes: Iterable[CoverageNote], person: str, alert_id: int, now: datetime) -> None:
        """Remember that a mail tells these notes; part of the transaction that keeps the mail."""
        self._db.conn.executemany(
            "INSERT OR REPLACE INTO coverage_notes (condition_id, recipient, alert_id, told_at, reminders, ended)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [
                (note.episode, person, alert_id, to_text(now), note.reminders, int(note.ended_at is not None))
                for note in notes
            ],
        )

    def forget_told(self, alert_id: int) -> None:
        """The mail that told them never went out: they are told in the next one.

        Who heard of a trouble by an earlier mail has still heard of it: of what this mail told only its end, or its
        latest reminder, is open again. A first note is forgotten as a whole.
        """
        first = "(ended = 0 AND reminders = 0 OR condition_id IN (SELECT id FROM conditions WHERE condition = ?))"
        self._db.execute(
            f"DELETE FROM coverage_notes WHERE alert_id = ? AND {first}", [alert_id, Condition.ROLLED_OVER.value]
        )
        self._db.execute(
            "UPDATE coverage_notes SET ended = 0, reminders = reminders - (ended = 0) WHERE alert_id = ?", [alert_id]
        )

    def waits_since(self, person: str, now: datetime) -> datetime | None:
        """Since when the oldest thing that this person should know was not told; ``None`` when there is none."""
        untold = self._untold(person, now)
        return min((coverage.fell_due(_episode(row), told=bool(row["told"])) for row in untold), default=None)

    def _untold(self, person: str, now: datetime) -> list[Row]:
        values = {"person": person, "recent": to_text(now - _ROLLED_OVER_KEPT)}
        return self._db.execute(_UNTOLD, values).fetchall()


def _groups(troubled: Iterable[Row]) -> tuple[tuple[Condition, tuple[str, ...], datetime], ...]:
    """(condition, which sources, since when), in the order in which ``Condition`` names them."""
    found: dict[Condition, list[Row]] = {}
    for row in sorted(troubled, key=lambda row: row["source_id"]):
        found.setdefault(Condition(row["condition"]), []).append(row)
    return tuple(
        (
            condition,
            tuple(row["name"] or row["url"] for row in found[condition]),
            min(datetime.fromisoformat(row["since"]) for row in found[condition]),
        )
        for condition in Condition
        if condition in found
    )


def _episode(row: Row) -> Episode:
    return Episode(
        condition=Condition(row["condition"]),
        since=datetime.fromisoformat(row["since"]),
        polls=row["polls"],
        certain_at=to_moment(row["certain_at"]),
        ended_at=to_moment(row["ended_at"]),
        reminders=row["reminders"],
        good=row["good"],
        missed=row["missed"],
        id=row["id"],
    )


def _note(row: Row) -> CoverageNote:
    episode = _episode(row)
    return CoverageNote(
        source=row["name"] or row["url"],
        condition=episode.condition,
        since=episode.since,
        ended_at=episode.ended_at,
        missed=episode.missed,
        says=row["last_error"],
        advice=coverage.ADVICE[episode.condition],
        episode=row["id"],
        reminders=episode.reminders,
    )
