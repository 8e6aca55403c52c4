"""What people asked not to be told: stories and sources that are mute for a while, topics that they left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from crawler.storage.database import immediate, to_text

EVERY_TOPIC = ""
"""Stands in ``stops`` for everything that a recipient could be told."""

UNWANTED = "not sent: unsubscribed before it went"
"""The error of an alert that waited when its person left the topic."""


@dataclass(frozen=True, slots=True)
class Mute:
    """A story or source of which one person hears nothing for a while, in one topic."""

    id: int
    recipient: str
    topic: str
    kind: str
    """``story`` or ``source``."""
    target: int
    """Number of the story or source."""
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Stop:
    """A topic that one person left, or (topic empty) everything."""

    recipient: str
    topic: str
    since: str
    reason: str


@dataclass(frozen=True, slots=True)
class Meant:
    """Whom and what an answer to a mail is about."""

    recipient: str
    topic: str
    title: str
    """The article's headline; empty where no article is meant."""
    source: str
    source_id: int | None
    story: int
    score: float
    """What the article scored when the topic took it."""
    topics: tuple[str, ...] = ()
    """Where no article is meant: every topic that the mail told of."""


class Wishes:
    """The ``mutes`` and ``stops`` tables."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def stop(self, recipient: str, topic: str, reason: str, now: datetime) -> bool:
        """Tell a person nothing more of a topic (of none, where it is empty); whether that is new.

        What was planned and waits is taken back, but for a mail that was tried already: nobody knows who has it.
        """
        with immediate(self._db):
            cursor = self._db.execute(
                "INSERT OR IGNORE INTO stops (recipient, topic, since, reason) VALUES (?, ?, ?, ?)",
                [recipient, topic, to_text(now), reason],
            )
            self._take_back(recipient, topic)
        return bool(cursor.rowcount)

    def _take_back(self, recipient: str, topic: str) -> None:
        """Take a topic out of what waits for a person; a mail of nothing else stays, as one that nobody wants."""
        mine = "recipient = :person AND state = 'waiting' AND attempts = 0"
        others = "SELECT 1 FROM alert_articles t WHERE t.alert_id = alerts.id AND t.topic <> :topic"
        said = "SELECT 1 FROM alert_articles t WHERE t.alert_id = alerts.id AND t.topic = :topic"
        values = {"person": recipient, "topic": topic, "says": UNWANTED}
        self._db.execute(
            "UPDATE alerts SET state = 'failed', gathers = 0, error = :says"
            f" WHERE {mine} AND (topic = :topic OR EXISTS ({said})) AND NOT EXISTS ({others})",
            values,
        )
        self._db.execute(
            f"DELETE FROM alert_articles WHERE topic = :topic AND alert_id IN (SELECT id FROM alerts WHERE {mine})",
            values,
        )

    def unwanted(self) -> int:
        """How many mails were not sent because their person left the topic first."""
        row = self._db.execute("SELECT count(*) FROM alerts WHERE state = 'failed' AND error = ?", [UNWANTED])
        return int(row.fetchone()[0])

    def resume(self, recipient: str, topic: str) -> bool:
        """Tell a person of a topic again; whether there was a stop."""
        cursor = self._db.execute("DELETE FROM stops WHERE recipient = ? AND topic = ?", [recipient, topic])
        return bool(cursor.rowcount)

    def stops(self) -> list[Stop]:
        """Every stop."""
        rows = self._db.execute("SELECT recipient, topic, since, reason FROM stops ORDER BY since, recipient, topic")
        return [Stop(*row) for row in rows]

    def has_left(self, recipient: str, topic: str) -> bool:
        """Whether a person is told nothing of a topic."""
        row = self._db.execute(
            "SELECT 1 FROM stops WHERE recipient = ? AND topic IN (?, ?)", [recipient, topic, EVERY_TOPIC]
        ).fetchone()
        return row is not None

    def mute(self, recipient: str, topic: str, kind: str, target: int, *, now: datetime, until: datetime) -> None:
        """Tell a person nothing of a story or source in a topic before ``until``; again moves the end."""
        self._db.execute(
            "INSERT INTO mutes (recipient, topic, kind, target, since, until) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (recipient, topic, kind, target) DO UPDATE SET until = max(until, excluded.until)",
            [recipient, topic, kind, target, to_text(now), to_text(until)],
        )

    def unmute(self, recipient: str, topic: str, kind: str, target: int) -> bool:
        """Tell a person of it again; whether it was mute."""
        cursor = self._db.execute(
            "DELETE FROM mutes WHERE recipient = ? AND topic = ? AND kind = ? AND target = ?",
            [recipient, topic, kind, target],
        )
        return bool(cursor.rowcount)

    def remove(self, number: int) -> bool:
        """End a mute by its number; whether there was one."""
        return bool(self._db.execute("DELETE FROM mutes WHERE id = ?", [number]).rowcount)

    def mutes(self, now: datetime) -> list[Mute]:
        """What is mute now, the soonest to end first."""
        rows = self._db.execute(
            "SELECT id, recipient, topic, kind, target, since, until FROM mutes WHERE until > ? ORDER BY until, id",
            [to_text(now)],
        )
        return [Mute(*row) for row in rows]

    def muted_until(
        self, recipient: str, topic: str, *, story: int | None, source: int | None, now: datetime
    ) -> str | None:
        """Until when a person hears nothing of an article of this story and source, if it is mute."""
        row = self._db.execute(
            "SELECT max(until) FROM mutes WHERE recipient = ? AND topic = ? AND until > ?"
            " AND (kind = 'story' AND target = ? OR kind = 'source' AND target = ?)",
            [recipient, topic, to_text(now), story, source],
        ).fetchone()
        return None if row is None or row[0] is None else str(row[0])

    def meant(self, alert: int, article: int) -> Meant | None:
        """Whom and what an answer to an alert means; ``None`` when it, or its article, is not there any more."""
        if not article:
            row = self._db.execute("SELECT recipient, topic FROM alerts WHERE id = ?", [alert]).fetchone()
            told = self._db.execute("SELECT DISTINCT topic FROM alert_articles WHERE alert_id = ? ORDER BY 1", [alert])
            every = tuple(each[0] for each in told)
            return None if row is None else Meant(row[0], row[1], "", "", None, 0, 0.0, every)
        row = self._db.execute(
            """
            SELECT a.recipient, coalesce(t.topic, a.topic) AS topic, r.title, coalesce(s.name, '') AS source,
                r.source_id, r.story_id, coalesce(m.score, 0.0) AS score
            FROM alerts a
            JOIN articles r ON r.id = :article
            LEFT JOIN alert_articles t ON t.alert_id = a.id AND t.article_id = r.id
            LEFT JOIN sources s ON s.id = r.source_id
            LEFT JOIN matches m ON m.article_id = r.id AND m.topic = coalesce(t.topic, a.topic)
            WHERE a.id = :alert
            """,
            {"alert": alert, "article": article},
        ).fetchone()
        return None if row is None else Meant(*row)

    def note_trouble(self, says: str, now: datetime) -> bool:
        """Note why answers by mail cannot be read, empty when they can; whether that is another reason than before."""
        before = self.trouble()
        if (before[1] if before else "") == says:
            return False
        with immediate(self._db):
            self._db.execute("DELETE FROM meta WHERE key = 'answers_trouble'")
            if says:
                values = [f"{to_text(now)} {says}"]
                self._db.execute("INSERT INTO meta (key, value) VALUES ('answers_trouble', ?)", values)
        return True

    def trouble(self) -> tuple[str, str] | None:
        """(since when, why) answers by mail cannot be read; ``None`` while they can."""
        row = self._db.execute("SELECT value FROM meta WHERE key = 'answers_trouble'").fetchone()
        if row is None:
            return None
        since, _, says = str(row[0]).partition(" ")
        return since, says

    def key(self, fresh: str) -> str:
        """What this database signs links with; ``fresh`` becomes it where there was none."""
        with immediate(self._db):
            self._db.execute("INSERT OR IGNORE INTO meta (key, value) VALUES ('answer_key', ?)", [fresh])
            row = self._db.execute("SELECT value FROM meta WHERE key = 'answer_key'").fetchone()
        return str(row[0])
