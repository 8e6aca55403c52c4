"""What the database knows of the life of one article, or of why it has none: look-ups for ``tidings explain``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Row

from sqlite_utils import Database

from crawler.model import Condition
from crawler.storage.database import to_moment, to_text

_MOST_LIKE = 5


@dataclass(frozen=True, slots=True)
class Told:
    """An alert that tells an article, as far as it came."""

    article_id: int
    alert: int
    topic: str
    recipient: str
    kind: str
    state: str
    gathers: bool
    due_at: datetime
    sent_at: datetime | None
    attempts: int
    error: str


@dataclass(frozen=True, slots=True)
class SourceTrace:
    """A source as it is and was, removed ones too."""

    id: int
    url: str
    name: str
    state: str
    added_at: datetime
    first_read_at: datetime | None
    last_poll: datetime | None
    last_ok: datetime | None
    next_poll: datetime
    failures: int
    failing_since: datetime | None
    last_error: str


@dataclass(frozen=True, slots=True)
class PollTrace:
    """One poll of a source."""

    started_at: datetime
    outcome: str
    entries: int
    error: str


@dataclass(frozen=True, slots=True)
class TroubleTrace:
    """A time in which a source was not well."""

    condition: Condition
    since: datetime
    ended_at: datetime | None
    missed: int
    certain: bool
    read_before: datetime | None
    """The last good poll before it, where that is still known."""


class Traces:
    """Reads what several tables say of one article or one outlet."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def told(self, article_ids: Iterable[int]) -> list[Told]:
        """Alerts that tell any of these articles, in the order they were planned."""
        rows = self._db.execute(
            "SELECT m.article_id, a.* FROM alert_articles m JOIN alerts a ON a.id = m.alert_id"
            " WHERE m.article_id IN (SELECT value FROM json_each(?)) ORDER BY a.id, m.article_id",
            [json.dumps(list(article_ids))],
        )
        return [_told(row) for row in rows]

    def titles(self) -> Iterator[tuple[int, str]]:
        """(number, headline) of every article, the newest first, from an index that holds both."""
        rows = self._db.execute("SELECT id, title FROM articles INDEXED BY articles_headed").fetchall()
        yield from sorted(((row["id"], row["title"]) for row in rows), reverse=True)

    def alike(self, outlet: str, part: str) -> list[int]:
        """Numbers of an outlet's articles whose address holds a text, the newest first; a few at most."""
        rows = self._db.execute(
            "SELECT id FROM articles WHERE outlet = ? AND instr(url, ?) ORDER BY id DESC LIMIT ?",
            [outlet, part, _MOST_LIKE],
        )
        return [row["id"] for row in rows]

    def sources(self) -> list[SourceTrace]:
        """Every source there ever was; those that only name imported articles are left out."""
        rows = self._db.execute("SELECT * FROM sources WHERE url NOT LIKE 'import:%' ORDER BY id")
        return [_source(row) for row in rows]

    def carriers(self, outlet: str) -> set[int]:
        """Numbers of the sources that carried an article of an outlet."""
        rows = self._db.execute(
            "SELECT DISTINCT p.source_id FROM articles a JOIN appearances p ON p.article_id = a.id WHERE a.outlet = ?",
            [outlet],
        )
        return {row["source_id"] for row in rows}

    def polls(self, source_id: int, since: datetime, until: datetime) -> list[PollTrace]:
        """A source's polls between two moments, and the last one before and the first one after them."""
        query = "SELECT started_at, outcome, entries, error FROM polls WHERE source_id = ?"
        values = [source_id, to_text(since), to_text(until)]
        within = self._db.execute(f"{query} AND started_at >= ? AND started_at <= ? ORDER BY started_at", values)
        before = self._db.execute(f"{query} AND started_at < ? ORDER BY started_at DESC LIMIT 1", values[:2])
        after = self._db.execute(f"{query} AND started_at > ? ORDER BY started_at LIMIT 1", [source_id, values[2]])
        return [_poll(row) for rows in (before, within, after) for row in rows.fetchall()]

    def troubles(self, source_id: int, since: datetime, until: datetime) -> list[TroubleTrace]:
        """When a source was not well between two moments, in order."""
        rows = self._db.execute(
            "SELECT c.*, (SELECT max(p.started_at) FROM polls p WHERE p.source_id = c.source_id"
            " AND p.started_at < c.since AND p.outcome != 'failed') AS read_before"
            " FROM conditions c WHERE c.source_id = ? AND c.since <= ? AND coalesce(c.ended_at, '9') >= ?"
            " ORDER BY c.since, c.id",
            [source_id, to_text(until), to_text(since)],
        )
        return [_trouble(row) for row in rows]


def _told(row: Row) -> Told:
    return Told(
        article_id=row["article_id"],
        alert=row["id"],
        topic=row["topic"],
        recipient=row["recipient"],
        kind=row["kind"],
        state=row["state"],
        gathers=bool(row["gathers"]),
        due_at=datetime.fromisoformat(row["due_at"]),
        sent_at=to_moment(row["sent_at"]),
        attempts=row["attempts"],
        error=row["error"],
    )


def _source(row: Row) -> SourceTrace:
    return SourceTrace(
        id=row["id"],
        url=row["url"],
        name=row["name"] or row["url"],
        state=row["state"],
        added_at=datetime.fromisoformat(row["added_at"]),
        first_read_at=to_moment(row["first_read_at"]),
        last_poll=to_moment(row["last_poll"]),
        last_ok=to_moment(row["last_ok"]),
        next_poll=datetime.fromisoformat(row["next_poll"]),
        failures=row["failures"],
        failing_since=to_moment(row["failing_since"]),
        last_error=row["last_error"],
    )


def _poll(row: Row) -> PollTrace:
    return PollTrace(datetime.fromisoformat(row["started_at"]), row["outcome"], row["entries"], row["error"])


def _trouble(row: Row) -> TroubleTrace:
    return TroubleTrace(
        condition=Condition(row["condition"]),
        since=datetime.fromisoformat(row["since"]),
        ended_at=to_moment(row["ended_at"]),
        missed=row["missed"],
        certain=row["certain_at"] is not None,
        read_before=to_moment(row["read_before"]),
    )
