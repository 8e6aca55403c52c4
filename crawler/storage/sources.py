"""Sources and their polls, as stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from sqlite3 import Row
from typing import Any
from urllib.parse import urlsplit

from sqlite_utils import Database

from crawler.model import Condition, DueSource, Episode, Outcome, Source
from crawler.polling import NEVER, Move, in_full
from crawler.storage.conditions import Conditions
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
    condition: Condition = Condition.WELL
    """How it is, as far as that is certain."""
    condition_since: datetime | None = None
    missed: int = 0
    """Entries that may have come and gone between two polls in the last day; 0 when none did."""
    followed_at: datetime | None = None
    """Since when ``moved_to`` is asked instead of ``url``."""
    ended: bool = False
    """It is gone for good by its own word, and is not asked any more."""


_ROLLED_OVER_SHOWN = timedelta(days=1)
_APART = timedelta(seconds=20)
"""Between two sources of a host whose rest is over: they were held together and should not return together."""
_DUE = """
SELECT s.*, m.url AS address,
    EXISTS (SELECT 1 FROM conditions c WHERE c.source_id = s.id AND c.ended_at IS NULL AND c.condition = 'silent')
        AND (SELECT count(*) = :doubt AND min(status = 304) FROM (SELECT p.status AS status FROM polls p
            WHERE p.source_id = s.id ORDER BY p.started_at DESC LIMIT :doubt)) AS doubted,
    coalesce(d.lied >= 2 AND d.at > :distrusted, 0) AS distrusted
FROM sources s LEFT JOIN moves m ON m.source_id = s.id AND m.followed_at IS NOT NULL
    LEFT JOIN distrust d ON d.source_id = s.id
"""
_DOUBT = 5
"""304 answers in a row after which a silent source is asked once without validators: some servers never say else."""


_DISTRUSTED = timedelta(days=30)
"""So long the validators of a server that said "unchanged" when it was not are not sent; then it is tried again."""


class Sources:
    """The ``sources``, ``polls``, ``moves`` and ``distrust`` tables."""

    def __init__(self, db: Database, conditions: Conditions) -> None:
        self._db = db
        self._conditions = conditions

    def sync(self, sources: Sequence[Source], now: datetime) -> None:
        """Make the table agree with the settings; what left the settings stays, marked ``removed``."""
        with immediate(self._db):
            asleep = "SELECT id FROM sources WHERE state != 'active'"
            before = {row["id"] for row in self._db.execute(asleep)}
            self._db.execute("UPDATE sources SET state = 'removed'")
            for source in sources:
                self._put(source, now)
            self._begin_anew(before - {row["id"] for row in self._db.execute(asleep)}, now)
        self.wake(now)

    def _begin_anew(self, source_ids: set[int], now: datetime) -> None:
        """Sources that are resumed or come back are asked again, even those that had gone for good."""
        self._conditions.close(sorted(source_ids), now)
        self._db.conn.executemany(
            "UPDATE sources SET next_poll = min(next_poll, ?) WHERE id = ?",
            [(to_text(now), source_id) for source_id in source_ids],
        )

    def wake(self, now: datetime) -> None:
        """Let sources be due that were last asked after ``now``: by a clock that was wrong, as is their next poll."""
        with immediate(self._db):
            self._db.execute(
                "UPDATE sources SET next_poll = :now WHERE last_poll > :now AND next_poll < :never",
                {"now": to_text(now), "never": to_text(NEVER)},
            )

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
            f"{_DUE} WHERE s.state = 'active' {'' if everything else 'AND s.next_poll <= :now'}"
            " ORDER BY s.next_poll, s.id LIMIT :limit",
            {"now": to_text(now), "limit": limit, "doubt": _DOUBT, "distrusted": to_text(now - _DISTRUSTED)},
        )
        return [_due_source(row, now) for row in rows]

    def wake_one(self, source_id: int, now: datetime) -> DueSource | None:
        """Let an active source be due now, as it stands; ``None`` when it is not active."""
        with immediate(self._db):
            self._db.execute(
                "UPDATE sources SET next_poll = min(next_poll, ?) WHERE id = ? AND state = 'active'",
                [to_text(now), source_id],
            )
        row = self._db.execute(
            f"{_DUE} WHERE s.state = 'active' AND s.id = :id",
            {"id": source_id, "doubt": _DOUBT, "distrusted": to_text(now - _DISTRUSTED)},
        ).fetchone()
        return None if row is None else _due_source(row, now)

    def never_asked(self, *, due: datetime | None = None) -> int:
        """How many active sources have not been asked once yet; with ``due`` those that could be by then."""
        query = "SELECT count(*) FROM sources WHERE state = 'active' AND last_poll IS NULL AND next_poll <= ?"
        return int(self._db.execute(query, [to_text(due or NEVER)]).fetchone()[0])

    def statuses(self, now: datetime | None = None) -> list[SourceStatus]:
        """Every source that the settings name, in their order of arrival.

        What rolled over is told for a day before ``now``; not at all without it.
        """
        rows = self._db.execute(
            "SELECT s.*, m.followed_at, (SELECT count(*) FROM appearances a WHERE a.source_id = s.id) AS articles"
            " FROM sources s LEFT JOIN moves m ON m.source_id = s.id WHERE s.state != 'removed' ORDER BY s.id"
        )
        troubled = self._conditions.troubled()
        missed = {} if now is None else self._conditions.rolled_over(now - _ROLLED_OVER_SHOWN)
        return [_status(row, troubled.get(row["id"]), missed.get(row["id"])) for row in rows]

    def failing(self, *, failures: int = 3) -> tuple[str, ...]:
        """Names of active sources that failed at least that many polls in a row."""
        rows = self._db.execute(
            "SELECT name FROM sources WHERE state = 'active' AND failures >= ? ORDER BY name", [failures]
        )
        return tuple(row["name"] for row in rows)

    def rest(self, url: str, until: datetime) -> None:
        """Ask no source of an address's host before a moment; part of the poll's transaction."""
        host = _host(url)
        rows = self._db.execute(
            "SELECT id, url FROM sources WHERE state = 'active' AND next_poll < ?", [to_text(until)]
        ).fetchall()
        for place, row in enumerate(row for row in rows if _host(row["url"]) == host):
            later = until + _APART * place
            self._db.execute("UPDATE sources SET next_poll = ? WHERE id = ?", [to_text(later), row["id"]])

    def postpone(self, source_id: int, until: datetime) -> None:
        """Ask a source later, though it is due: its host is to be left alone."""
        with immediate(self._db):
            self._db.execute("UPDATE sources SET next_poll = ? WHERE id = ?", [to_text(until), source_id])

    def record(self, intent: PollIntent, saved: Saved) -> None:
        """Write a poll's row and the source's new state; part of the poll's transaction."""
        self._record_poll(intent, saved)
        if intent.fetched.outcome is Outcome.FAILED:
            self._record_failure(intent)
        else:
            self._record_success(intent)
        self._conditions.record(intent.source_id, intent.episodes)
        self._record_move(intent)
        if intent.lied:
            self._disbelieve(intent)
        if intent.rest:
            self._let_host_rest(intent)

    def last_move(self, source_id: int) -> Move | None:
        """Where a source's address leads for good, as far as that is known."""
        row = self._db.execute("SELECT * FROM moves WHERE source_id = ?", [source_id]).fetchone()
        if row is None:
            return None
        return Move(row["url"], datetime.fromisoformat(row["since"]), row["polls"], to_moment(row["followed_at"]))

    def last_entries(self, source_id: int) -> tuple[int, datetime | None]:
        """(entries of the last document that had any, the last good poll)."""
        row = self._db.execute(
            "SELECT (SELECT entries FROM polls WHERE source_id = :id AND outcome = 'ok' AND entries > 0"
            " AND status IS NOT NULL ORDER BY started_at DESC LIMIT 1) AS entries, last_ok FROM sources WHERE id = :id",
            {"id": source_id},
        ).fetchone()
        return (0, None) if row is None else (row["entries"] or 0, to_moment(row["last_ok"]))

    def said_unchanged(self, source_id: int) -> datetime | None:
        """When a source's server said "unchanged" (304), if that was its last answer."""
        row = self._db.execute(
            "SELECT status, started_at FROM polls WHERE source_id = ? ORDER BY started_at DESC LIMIT 1", [source_id]
        ).fetchone()
        return to_moment(row["started_at"]) if row is not None and row["status"] == 304 else None  # noqa: PLR2004

    def distrusted(self, source_id: int, now: datetime) -> datetime | None:
        """Since when the validators of a source are not sent, because its server said "unchanged" when it was not."""
        row = self._db.execute(
            "SELECT at FROM distrust WHERE source_id = ? AND lied >= 2 AND at > ?",
            [source_id, to_text(now - _DISTRUSTED)],
        ).fetchone()
        return None if row is None else to_moment(row["at"])

    def _disbelieve(self, intent: PollIntent) -> None:
        self._db.execute(
            "INSERT INTO distrust (source_id, lied, at) VALUES (:id, :lied, :now)"
            " ON CONFLICT (source_id) DO UPDATE SET lied = min(lied + :lied, 9), at = :now",
            {"id": intent.source_id, "lied": intent.lied, "now": to_text(intent.now)},
        )

    def replaces_all(self, source_id: int) -> bool:
        """Whether the last document that brought news (but for the very first) shared nothing with the one before."""
        row = self._db.execute(
            "SELECT p.known = 0 AND p.updated = 0 AND p.entries > 1 FROM polls p JOIN sources s ON s.id = p.source_id"
            " WHERE p.source_id = ? AND p.new > 0 AND p.started_at > s.first_read_at AND p.status IS NOT NULL"
            " ORDER BY p.started_at DESC LIMIT 1",
            [source_id],
        ).fetchone()
        return row is not None and bool(row[0])

    def carried(self, source_id: int, article_ids: Sequence[int]) -> set[int]:
        """Which of these articles this source carried before."""
        found: set[int] = set()
        for number in article_ids:
            query = "SELECT 1 FROM appearances WHERE article_id = ? AND source_id = ?"
            if self._db.execute(query, [number, source_id]).fetchone():
                found.add(number)
        return found

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

    def _record_move(self, intent: PollIntent) -> None:
        move = intent.move
        if move is None:
            self._db.execute("DELETE FROM moves WHERE source_id = ?", [intent.source_id])
            return
        self._db.execute(
            "INSERT OR REPLACE INTO moves (source_id, url, since, polls, followed_at) VALUES (?, ?, ?, ?, ?)",
            [intent.source_id, move.url, to_text(move.since), move.polls, to_text(move.followed_at)],
        )

    def _let_host_rest(self, intent: PollIntent) -> None:
        row = self._db.execute(
            "SELECT coalesce((SELECT url FROM moves WHERE source_id = s.id AND followed_at IS NOT NULL), s.url)"
            " FROM sources s WHERE s.id = ?",
            [intent.source_id],
        ).fetchone()
        self.rest(row[0], intent.now + timedelta(seconds=intent.rest))

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
                "moved": intent.move.url if intent.move else fetched.moved_to,
                "id": intent.source_id,
            },
        )
        if fetched.outcome is Outcome.OK or fetched.body_hash:  # the same document again may have new validators
            self._db.execute(
                "UPDATE sources SET etag = ?, last_modified = ?, body_hash = ? WHERE id = ?",
                [fetched.etag, fetched.last_modified, fetched.body_hash, intent.source_id],
            )


def _due_source(row: Row, now: datetime) -> DueSource:
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
        address=row["address"] or "",
        doubted=bool(row["doubted"]) or in_full(row["id"], row["interval"], now),
        distrusted=bool(row["distrusted"]),
    )


def _status(row: Row, episode: Episode | None, missed: int | None) -> SourceStatus:
    next_poll = to_moment(row["next_poll"])
    assert next_poll is not None  # noqa: S101  (NOT NULL in the schema)
    plain: dict[str, Any] = {
        name: row[name]
        for name in ("id", "url", "name", "language", "state", "failures", "last_error", "moved_to", "articles")
    }
    rolled = Condition.WELL if missed is None else Condition.ROLLED_OVER
    return SourceStatus(
        **plain,
        next_poll=next_poll,
        last_poll=to_moment(row["last_poll"]),
        last_ok=to_moment(row["last_ok"]),
        failing_since=to_moment(row["failing_since"]),
        condition=rolled if episode is None else episode.condition,
        condition_since=None if episode is None else episode.since,
        missed=missed or 0,
        followed_at=to_moment(row["followed_at"]),
        ended=next_poll >= NEVER,
    )


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url
