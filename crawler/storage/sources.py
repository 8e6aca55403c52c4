"""Sources and their polls, as stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Row
from typing import Any

from sqlite_utils import Database

from crawler.model import DueSource, Outcome, Source
from crawler.storage.database import immediate, to_moment, to_text
from crawler.storage.records import PollIntent, Saved


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """How one source is, for ``tidings sources list`` and ``tidings status``."""

    id: int
    url: str
    name: str
    language: str
    state: str
    next_poll: datetime
    last_poll: datetime | None
    last_ok: datetime | None
    failures: int
    failing_since: datetime | None
    last_error: str
    moved_to: str
    articles: int


class Sources:
    """The ``sources`` and ``polls`` tables."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def sync(self, sources: Sequence[Source], now: datetime) -> None:
        """Make the table agree with the settings; what left the settings stays, marked ``removed``."""
        with immediate(self._db):
            self._db.execute("UPDATE sources SET state = 'removed'")
            for source in sources:
                self._put(source, now)
        self.wake(now)

    def wake(self, now: datetime) -> None:
        """Let sources be due that were last asked after ``now``: by a clock that was wrong, as is their next poll."""
        with immediate(self._db):
            self._db.execute("UPDATE sources SET next_poll = :now WHERE last_poll > :now", {"now": to_text(now)})

    def _put(self, source: Source, now: datetime) -> None:
        self._db.execute(
            """
            INSERT INTO sources (url, name, language, state, every, pages, added_at, interval, next_poll)
            VALUES (:url, :name, :language, :state, :every, :pages, :now, 0, :now)
            ON CONFLICT (url) DO UPDATE SET
                name = :name, language = :language, state = :state, every = :every, pages = :pages
            """,
            {
                "url": source.url,
                "name": source.name,
                "language": source.language,
                "state": "paused" if source.paused else "active",
                "every": source.every,
                "pages": source.pages,
                "now": to_text(now),
            },
        )

    def named(self, name: str, url: str, now: datetime) -> int:
        """The number of the source with this address, or with this name; one that settings.toml never named is added.

        Such a source is ``removed`` from the first: nobody asks it, but the articles imported from it keep its name.
        """
        row = self._db.execute(
            "SELECT id FROM sources WHERE url = :url OR (:url = '' AND name = :name) ORDER BY id LIMIT 1",
            {"url": url, "name": name},
        ).fetchone()
        if row is not None:
            return int(row["id"])
        with immediate(self._db):
            cursor = self._db.execute(
                "INSERT INTO sources (url, name, language, state, pages, added_at, interval, next_poll)"
                " VALUES (?, ?, '', 'removed', 'auto', ?, 0, ?)",
                [url or f"import:{name}", name, to_text(now), to_text(now)],
            )
        return int(cursor.lastrowid or 0)

    def due(self, now: datetime, *, everything: bool = False, limit: int = 1_000_000) -> list[DueSource]:
        """Active sources whose time has come (all active ones with ``everything``), longest due first."""
        rows = self._db.execute(
            f"SELECT * FROM sources WHERE state = 'active' {'' if everything else 'AND next_poll <= :now'}"
            " ORDER BY next_poll, id LIMIT :limit",
            {"now": to_text(now), "limit": limit},
        )
        return [_due_source(row) for row in rows]

    def never_asked(self) -> int:
        """How many active sources have not been asked once yet."""
        query = "SELECT count(*) FROM sources WHERE state = 'active' AND last_poll IS NULL"
        return int(self._db.execute(query).fetchone()[0])

    def statuses(self) -> list[SourceStatus]:
        """Every source that the settings name, in their order of arrival."""
        rows = self._db.execute(
            "SELECT s.*, (SELECT count(*) FROM appearances a WHERE a.source_id = s.id) AS articles"
            " FROM sources s WHERE s.state != 'removed' ORDER BY s.id"
        )
        return [_status(row) for row in rows]

    def failing(self, *, failures: int = 3) -> tuple[str, ...]:
        """Names of active sources that failed at least that many polls in a row."""
        rows = self._db.execute(
            "SELECT name FROM sources WHERE state = 'active' AND failures >= ? ORDER BY name", [failures]
        )
        return tuple(row["name"] for row in rows)

    def record(self, intent: PollIntent, saved: Saved) -> None:
        """Write a poll's row and the source's new state; part of the poll's transaction."""
        self._record_poll(intent, saved)
        if intent.fetched.outcome is Outcome.FAILED:
            self._record_failure(intent)
        else:
            self._record_success(intent)

    def prune_polls(self, before: datetime) -> None:
        """Forget polls from before a moment; part of the caller's transaction."""
        self._db.execute("DELETE FROM polls WHERE started_at < ?", [to_text(before)])

    def _record_poll(self, intent: PollIntent, saved: Saved) -> None:
        fetched = intent.fetched
        self._db.execute(
            "INSERT INTO polls (source_id, started_at, seconds, outcome, status, bytes, entries, new, updated, known,"
            " copies, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                intent.source_id,
                to_text(fetched.started),
                round(fetched.seconds, 3),
                fetched.outcome.value,
                fetched.status,
                fetched.size,
                intent.entries,
                saved.new,
                saved.updated,
                intent.entries - saved.new - saved.updated,
                saved.copies,
                fetched.error,
            ],
        )

    def _record_failure(self, intent: PollIntent) -> None:
        now = to_text(intent.now)
        self._db.execute(
            "UPDATE sources SET last_poll = ?, next_poll = ?, failures = failures + 1,"
            " failing_since = coalesce(failing_since, ?), last_error = ? WHERE id = ?",
            [now, to_text(intent.next_poll), now, intent.fetched.error, intent.source_id],
        )

    def _record_success(self, intent: PollIntent) -> None:
        fetched, now = intent.fetched, to_text(intent.now)
        self._db.execute(
            "UPDATE sources SET last_poll = :now, last_ok = :now, next_poll = :next, interval = :interval,"
            " failures = 0, failing_since = NULL, last_error = '', first_read_at = coalesce(first_read_at, :now),"
            " moved_to = :moved WHERE id = :id",
            {
                "now": now,
                "next": to_text(intent.next_poll),
                "interval": intent.interval,
                "moved": fetched.moved_to,
                "id": intent.source_id,
            },
        )
        if fetched.outcome is Outcome.OK:
            self._db.execute(
                "UPDATE sources SET etag = ?, last_modified = ?, body_hash = ? WHERE id = ?",
                [fetched.etag, fetched.last_modified, fetched.body_hash, intent.source_id],
            )


def _due_source(row: Row) -> DueSource:
    source = Source(url=row["url"], name=row["name"], language=row["language"], every=row["every"], pages=row["pages"])
    return DueSource(
        id=row["id"],
        source=source,
        etag=row["etag"],
        last_modified=row["last_modified"],
        body_hash=row["body_hash"],
        failures=row["failures"],
        interval=row["interval"],
        first_poll=row["first_read_at"] is None,
    )


def _status(row: Row) -> SourceStatus:
    next_poll = to_moment(row["next_poll"])
    assert next_poll is not None  # noqa: S101  (NOT NULL in the schema)
    plain: dict[str, Any] = {
        name: row[name]
        for name in ("id", "url", "name", "language", "state", "failures", "last_error", "moved_to", "articles")
    }
    return SourceStatus(
        **plain,
        next_poll=next_poll,
        last_poll=to_moment(row["last_poll"]),
        last_ok=to_moment(row["last_ok"]),
        failing_since=to_moment(row["failing_since"]),
    )
