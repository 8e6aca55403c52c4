"""The outbox: alerts from plan to delivery, and their history. Implements ``crawler.delivery.Outbox``."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from sqlite3 import Row

from sqlite_utils import Database

from crawler.model import Alert, AlertKind, Coverage, Section
from crawler.storage import digests
from crawler.storage.articles import Articles
from crawler.storage.changes import Changes
from crawler.storage.conditions import Conditions
from crawler.storage.database import immediate, to_moment, to_text
from crawler.storage.records import AlertIntent, ChangeIntent
from crawler.storage.sources import Sources
from crawler.storage.telling import Telling, subject_of

_ARCHIVE_SAMPLE = 5
"""An archive alert tells the newest few of what was already there and counts the rest."""
COVERAGE_TOPIC = "Coverage"
"""What stands for a topic in a mail that is about the sources alone."""
SUMMARY_TOPIC = "Summary"
"""What stands for one in a summary."""
_COVERAGE_WAITS, _COVERAGE_AGAIN = timedelta(days=3), timedelta(days=7)
"""How long a note waits for a mail that can tell it, and how often one is written for notes alone."""
_COVERAGE_JOINS = timedelta(days=1)
"""A digest that goes out within so long tells them anyway."""
_ARCHIVE_PATIENCE = timedelta(minutes=30)
"""How long an archive alert waits for sources that have not been asked yet."""
_LONGEST_WAIT = timedelta(hours=5)
"""No alert waits longer for its next attempt (``crawler.delivery.LONGEST_DELAY`` and its jitter) by a clock that is
right."""

_LISTED = """
SELECT a.*, (SELECT count(*) FROM alert_articles m WHERE m.alert_id = a.id)
        + (SELECT count(DISTINCT c.article_id) FROM change_alerts c WHERE c.alert_id = a.id) AS articles,
    coalesce((SELECT r.title FROM alert_articles m JOIN articles r ON r.id = m.article_id
        WHERE m.alert_id = a.id ORDER BY r.id DESC LIMIT 1), (SELECT r.title FROM change_alerts c
        JOIN articles r ON r.id = c.article_id WHERE c.alert_id = a.id LIMIT 1), '') AS title,
    substr(a.message, 1, 8192) AS head
FROM alerts a
"""


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert as ``tidings alerts list`` shows it."""

    id: int
    message_id: str
    recipient: str
    topic: str
    kind: str
    state: str
    planned_at: str
    due_at: str
    sent_at: str | None
    attempts: int
    error: str
    articles: int
    title: str
    """The newest article's headline as it stands now."""
    subject: str
    """The mail's subject, once the mail is made."""


class Outbox:
    """The ``alerts`` and ``alert_articles`` tables."""

    def __init__(self, db: Database, articles: Articles, sources: Sources, conditions: Conditions) -> None:
        self._db = db
        self._telling = Telling(db, articles)
        self._sources = sources
        self._conditions = conditions
        self._changes = Changes(db)
        self._to_tell: dict[int, Alert] = {}
        """Alerts whose mail is being made, with the notes on coverage that it tells."""
        self._taken: dict[int, datetime] = {}
        """Alerts that a channel took but that could not be marked, as when the disk was full; never sent again."""

    # -- planning (parts of a poll's transaction) -------------------------------------------------------------

    def plan(self, intent: AlertIntent, article_id: int, now: datetime) -> bool:
        """Let an article be told to one person; True when that made a new message."""
        told = self._db.execute(
            "SELECT 1 FROM alert_articles WHERE article_id = ? AND topic = ? AND recipient = ?",
            [article_id, intent.topic, intent.recipient],
        ).fetchone()
        if told:
            return False
        open_id = self._open_message(intent) if intent.gathers else None
        alert_id = open_id or self._new_message(intent, now)
        self._db.execute(
            "INSERT INTO alert_articles (alert_id, article_id, topic, recipient) VALUES (?, ?, ?, ?)",
            [alert_id, article_id, intent.topic, intent.recipient],
        )
        if intent.kind is AlertKind.NEWS:
            self._telling.join_thread(alert_id, article_id, intent.topic, intent.recipient)
        return open_id is None

    def plan_change(self, intent: ChangeIntent, article_id: int, version_id: int, now: datetime) -> bool:
        """Let a version be told to a person who was told of its article; True when that made a new message."""
        told = intent.told
        waiting = self._changes.waiting(article_id, told.topic, told.recipient)
        alert = AlertIntent(told.recipient, told.topic, AlertKind.CHANGE, intent.due_at)
        alert_id = waiting or self._new_message(alert, now)
        self._changes.tell(version_id, told, article_id, alert_id)
        if waiting is None:
            self._telling.join_thread(alert_id, article_id, told.topic, told.recipient)
        return waiting is None

    def told(self, topic: str, recipient: str, article_ids: Iterable[int]) -> bool:
        """Whether any of these articles was told, or is planned to be told, to this person for this topic."""
        return any(
            self._db.execute(
                "SELECT 1 FROM alert_articles WHERE article_id = ? AND topic = ? AND recipient = ?",
                [article_id, topic, recipient],
            ).fetchone()
            for article_id in article_ids
        )

    def planned_since(self, topic: str, recipient: str, since: datetime) -> int:
        """How many messages of their own were planned for a person and topic since a moment."""
        row = self._db.execute(
            "SELECT count(*) FROM alerts WHERE topic = ? AND recipient = ? AND kind = 'news' AND planned_at >= ?",
            [topic, recipient, to_text(since)],
        ).fetchone()
        return int(row[0])

    def digest_is_closed(self, topic: str, recipient: str, due_at: datetime) -> bool:
        """Whether the digest of that moment takes no more: it went out, and the clock was set back since."""
        row = self._db.execute(
            "SELECT 1 FROM alerts WHERE message_id = ? AND NOT (gathers = 1 AND state = 'waiting')",
            [self._digest_id(topic, recipient, due_at)],
        ).fetchone()
        return row is not None

    def _open_message(self, intent: AlertIntent) -> int | None:
        # An archive message takes whatever is found while it is open; a digest belongs to its hour.
        when = "" if intent.kind is AlertKind.ARCHIVE else "AND due_at = :due"
        row = self._db.execute(
            "SELECT id FROM alerts WHERE gathers = 1 AND state = 'waiting' AND topic = :topic"
            f" AND recipient = :recipient AND kind = :kind {when} ORDER BY id LIMIT 1",
            {
                "topic": intent.topic,
                "recipient": intent.recipient,
                "kind": intent.kind.value,
                "due": to_text(intent.due_at),
            },
        ).fetchone()
        return None if row is None else int(row["id"])

    def _new_message(self, intent: AlertIntent, now: datetime) -> int:
        is_digest = intent.kind in (AlertKind.DIGEST, AlertKind.SUMMARY)
        cursor = self._db.execute(
            "INSERT INTO alerts (message_id, recipient, topic, kind, state, gathers, planned_at, due_at)"
            " VALUES (?, ?, ?, ?, 'waiting', ?, ?, ?)",
            [
                self._digest_id(intent.topic, intent.recipient, intent.due_at)
                if is_digest
                else self._next_id(intent.recipient),
                intent.recipient,
                intent.topic,
                intent.kind.value,
                int(intent.gathers),
                to_text(now),
                to_text(intent.due_at),
            ],
        )
        return int(cursor.lastrowid or 0)

    def _next_id(self, recipient: str) -> str:
        number = self._db.execute(
            "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'alerts'), 0) + 1"
        ).fetchone()[0]
        return self._message_id(str(number), recipient)

    def _digest_id(self, topic: str, recipient: str, due_at: datetime) -> str:
        """The one Message-ID of the digest of a topic, a person and a moment.

        The column is UNIQUE, so the database itself refuses a second one, whatever the clock does (rule 13).
        """
        stamp = (to_text(due_at) or "").translate({ord(sign): None for sign in "-:TZ"})
        return self._message_id(stamp, recipient, topic, recipient)

    def _message_id(self, number: str, recipient: str, *names: str) -> str:
        install = self.install_id()
        name = "\0".join((f"{install}:{number}", *names))
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        return f"<tidings.{number}.{digest}@{_domain(recipient)}>"

    def plan_coverage(self, people: Iterable[str], now: datetime, *, due: datetime | None = None) -> int:
        """Let people be told of their sources by a mail of its own, where no other told them; how many are.

        Only what waited for three days, at most once a week, and never while another mail of theirs waits: that one
        will tell it. It goes out at ``due``, at once without.
        """
        planned = 0
        with immediate(self._db):
            for person in dict.fromkeys(people):
                waits = self._conditions.waits_since(person, now)
                if waits is None or now - waits < _COVERAGE_WAITS or self._mailed_lately(person, now):
                    continue
                self._new_message(AlertIntent(person, COVERAGE_TOPIC, AlertKind.COVERAGE, due or now), now)
                planned += 1
        return planned

    def plan_summaries(self, people: Iterable[str], moment: datetime, now: datetime) -> int:
        """Let people be told what was told and watched up to a moment, each once, whatever the clock does; how many.

        Only the last moment counts: a machine that was off for a week sends one summary, which counts all of it.
        """
        planned = 0
        with immediate(self._db):
            for person in dict.fromkeys(people):
                name = self._digest_id(SUMMARY_TOPIC, person, moment)
                if not digests.wants_summary(self._db, person, name, moment):
                    continue
                self._new_message(AlertIntent(person, SUMMARY_TOPIC, AlertKind.SUMMARY, moment), now)
                planned += 1
        return planned

    def _mailed_lately(self, person: str, now: datetime) -> bool:
        row = self._db.execute(
            "SELECT 1 FROM alerts WHERE recipient = :person AND ((state = 'waiting' AND due_at <= :soon)"
            " OR (kind = 'coverage' AND planned_at > :lately)) LIMIT 1",
            {"person": person, "soon": to_text(now + _COVERAGE_JOINS), "lately": to_text(now - _COVERAGE_AGAIN)},
        ).fetchone()
        return row is not None

    # -- delivery ---------------------------------------------------------------------------------------------

    def close_digests(self, now: datetime) -> int:
        """Let no more articles join the digests whose hour has come; how many mails that gives, one for a person."""
        with immediate(self._db):
            return digests.close(self._db, now)

    def wake(self, now: datetime, next_digest: Callable[[str, str], datetime | None]) -> None:
        """Bring back to ``now`` what waits by a clock that was ahead; part of no other transaction.

        ``next_digest`` says when the open digest of a topic and person is due by the clock as it is now; None when the
        topic is not followed any more, whose last digest then goes out at once.
        """
        with immediate(self._db):
            rows = self._db.execute(
                "SELECT * FROM alerts WHERE state = 'waiting'"
                " AND (planned_at > :now OR attempts > 0 AND due_at > :late)",
                {"now": to_text(now), "late": to_text(now + _LONGEST_WAIT)},
            ).fetchall()
            for row in rows:
                gathers = row["gathers"] and row["kind"] == AlertKind.DIGEST.value
                due = next_digest(row["topic"], row["recipient"]) if gathers else None
                if due is not None:
                    self._move_digest(row, due, now)
                elif row["due_at"] > (to_text(now) or ""):
                    self._db.execute("UPDATE alerts SET due_at = ? WHERE id = ?", [to_text(now), row["id"]])

    def _move_digest(self, row: Row, due: datetime, now: datetime) -> None:
        """Let an open digest be due at another moment, or its articles join the one that is due then."""
        name = self._digest_id(row["topic"], row["recipient"], due)
        there = self._db.execute("SELECT id FROM alerts WHERE message_id = ?", [name]).fetchone()
        if there is None:
            self._db.execute(
                "UPDATE alerts SET message_id = ?, due_at = ?, planned_at = ? WHERE id = ?",
                [name, to_text(due), to_text(now), row["id"]],
            )
        elif there["id"] != row["id"]:
            self._db.execute("UPDATE alert_articles SET alert_id = ? WHERE alert_id = ?", [there["id"], row["id"]])
            self._db.execute("DELETE FROM alerts WHERE id = ?", [row["id"]])

    def due_alerts(self, now: datetime, limit: int) -> list[int]:
        """Ids of waiting alerts whose time has come, oldest first.

        An archive alert waits until every source was asked once, so that it is one message and not one a source; it
        waits half an hour at most.
        """
        self._mark_taken()
        patience = "" if self._sources.never_asked() == 0 else "AND (kind != 'archive' OR planned_at <= :patience)"
        rows = self._db.execute(
            "SELECT id FROM alerts WHERE state = 'waiting' AND due_at <= :now"
            f" AND (kind != 'digest' OR gathers = 0) {patience} ORDER BY due_at, id LIMIT :limit",
            {"now": to_text(now), "patience": to_text(now - _ARCHIVE_PATIENCE), "limit": limit},
        )
        return [row["id"] for row in rows]

    def load_alert(self, alert_id: int) -> Alert:
        """An alert with everything its mail tells.

        Raises:
            KeyError: there is no such alert.
        """
        row = self._db.execute("SELECT * FROM alerts WHERE id = ?", [alert_id]).fetchone()
        if row is None:
            raise KeyError(alert_id)
        kind = AlertKind(row["kind"])
        members = digests.members(self._db, alert_id, kind, row["topic"])
        ids = [number for numbers in members.values() for number in numbers]
        changed, versions, follows = self._changes.in_alert(alert_id) if kind is AlertKind.CHANGE else ([], (), None)
        first = self._db.execute("SELECT message_id, planned_at FROM alerts WHERE id = ?", [follows]).fetchone()
        if kind is AlertKind.ARCHIVE:
            members = {row["topic"]: ids[::-1][:_ARCHIVE_SAMPLE]}
        elif changed:
            members = {row["topic"]: changed}
        sections = self._sections(row, kind, members)
        alert = Alert(
            id=row["id"],
            message_id=row["message_id"],
            recipient=row["recipient"],
            topic=row["topic"],
            kind=kind,
            planned_at=datetime.fromisoformat(row["planned_at"]),
            articles=self._telling.together(members, told_to=row["recipient"], before=alert_id),
            attempts=row["attempts"],
            message=row["message"],
            total=len(ids) or len(changed),
            versions=versions,
            follows=first["message_id"] if first else "",
            told_at=to_moment(first["planned_at"]) if first else None,
            coverage=self._untold(row["recipient"], kind, datetime.fromisoformat(row["due_at"])),
            thread=self._telling.thread(alert_id),
            apart=sections[0].apart,
            rate=sections[0].rate,
            tally=digests.tally(self._db, row) if kind is AlertKind.SUMMARY else None,
            sections=sections if len(sections) > 1 else (),
        )
        self._to_tell[alert_id] = alert
        return alert

    def _sections(self, row: Row, kind: AlertKind, topics: Iterable[str]) -> tuple[Section, ...]:
        """What is to be said of each topic of a mail."""
        at, person, telling = datetime.fromisoformat(row["planned_at"]), row["recipient"], self._telling
        is_digest = kind is AlertKind.DIGEST
        return tuple(
            Section(each, telling.mails_apart(each, person, at) if is_digest else 0, telling.rate(each, at))
            for each in topics
        )

    def preview(self, topic: str, article_ids: list[int], recipient: str, kind: AlertKind, now: datetime) -> Alert:
        """An alert as it would be now, with nothing stored."""
        return Alert(
            id=0,
            message_id=f"<tidings.preview@{_domain(recipient)}>",
            recipient=recipient,
            topic=topic,
            kind=kind,
            planned_at=now,
            articles=self._telling.articles(article_ids, topic, told_to=recipient),
            total=len(article_ids),
            coverage=self._untold(recipient, kind, now),
        )

    def _untold(self, person: str, kind: AlertKind, now: datetime) -> Coverage | None:
        """The coverage to tell a person; nothing when nothing has changed since they were told."""
        found = self._conditions.coverage(person, now)
        return found if found.notes or kind in (AlertKind.COVERAGE, AlertKind.SUMMARY) else None

    def install_id(self) -> str:
        """What makes this database's names its own."""
        return str(self._db.execute("SELECT value FROM meta WHERE key = 'install_id'").fetchone()[0])

    def begin_attempt(self, alert_id: int, message: bytes, now: datetime) -> None:
        """Keep the mail's bytes and count the attempt, before anything is sent."""
        with immediate(self._db):
            self._db.execute(
                "UPDATE alerts SET attempts = attempts + 1, gathers = 0, message = coalesce(message, ?), due_at = ?"
                " WHERE id = ?",
                [message, to_text(now), alert_id],
            )
            told = self._to_tell.pop(alert_id, None)
            if told is not None and told.message is None and told.coverage is not None:
                self._conditions.mark_told(told.coverage.notes, told.recipient, alert_id, now)

    def mark_sent(self, alert_id: int, now: datetime) -> None:
        """The channel took it; where that cannot be stored now, it is before the next ``due_alerts``."""
        self._taken[alert_id] = now
        self._mark_taken()

    def _mark_taken(self) -> None:
        if not self._taken:
            return
        with immediate(self._db):
            for alert_id, at in self._taken.items():
                self._db.execute(
                    "UPDATE alerts SET state = 'sent', gathers = 0, sent_at = ?, error = '' WHERE id = ?",
                    [to_text(at), alert_id],
                )
        self._taken.clear()

    def mark_waiting(self, alert_id: int, *, error: str, next_attempt: datetime) -> None:
        """Not now: try again then."""
        with immediate(self._db):
            self._db.execute(
                "UPDATE alerts SET due_at = ?, error = ? WHERE id = ?", [to_text(next_attempt), error, alert_id]
            )

    def leave(self, recipient: str, reason: str, now: datetime) -> None:
        """Tell a recipient nothing more: nothing is planned for it, and what waits fails with this reason."""
        with immediate(self._db):
            self._db.execute(
                "INSERT OR IGNORE INTO stops (recipient, topic, since, reason) VALUES (?, '', ?, ?)",
                [recipient, to_text(now), reason],
            )
            self._db.execute(
                "UPDATE alerts SET state = 'failed', error = ?, gathers = 0 WHERE recipient = ? AND state = 'waiting'",
                [reason, recipient],
            )

    def mark_failed(self, alert_id: int, *, error: str, now: datetime) -> None:
        """Never as it is: kept, marked, told."""
        with immediate(self._db):
            self._db.execute(
                "UPDATE alerts SET state = 'failed', gathers = 0, due_at = ?, error = ? WHERE id = ?",
                [to_text(now), error, alert_id],
            )
            self._conditions.forget_told(alert_id)

    def send_again(self, alert_id: int, now: datetime) -> None:
        """Let a sent or failed alert go out again, under the same Message-ID.

        Raises:
            KeyError: there is no such alert, or another mail tells its articles.
        """
        with immediate(self._db):
            changed = self._db.execute(
                "UPDATE alerts SET state = 'waiting', gathers = 0, due_at = ?, attempts = 0, error = ''"
                " WHERE id = ? AND state != 'joined'",
                [to_text(now), alert_id],
            )
        if not changed.rowcount:
            raise KeyError(alert_id)

    def waiting_count(self) -> int:
        """Alerts whose time has come but that have not gone out."""
        return self._count("state = 'waiting' AND gathers = 0")

    # -- for people -------------------------------------------------------------------------------------------

    def counts(self) -> dict[str, int]:
        """Alerts by state."""
        return {state: self._count("state = ?", state) for state in ("waiting", "sent", "failed")}

    def last_sent(self) -> datetime | None:
        """When the last alert went out."""
        return to_moment(self._db.execute("SELECT max(sent_at) FROM alerts").fetchone()[0])

    def waiting_since(self) -> datetime | None:
        """When the oldest alert that should be out by now was planned."""
        query = "SELECT min(planned_at) FROM alerts WHERE state = 'waiting' AND gathers = 0"
        return to_moment(self._db.execute(query).fetchone()[0])

    def last_error(self) -> str:
        """What the last attempt at an alert that still waits said."""
        row = self._db.execute(
            "SELECT error FROM alerts WHERE state = 'waiting' AND error != '' ORDER BY id DESC LIMIT 1"
        ).fetchone()
        return "" if row is None else str(row["error"])

    def rows(self, *, limit: int, state: str = "", topic: str = "") -> list[AlertRow]:
        """Alerts, newest first."""
        found = self._db.execute(
            f"{_LISTED} WHERE (:state = '' AND a.state != 'joined' OR a.state = :state) AND (:topic = '' OR"
            " a.topic = :topic OR a.id IN (SELECT t.alert_id FROM alert_articles t WHERE t.topic = :topic))"
            " ORDER BY a.id DESC LIMIT :n",
            {"state": state, "topic": topic, "n": limit},
        )
        return [_alert_row(row) for row in found]

    def message(self, alert_id: int) -> tuple[AlertRow, bytes | None] | None:
        """One alert with its mail's bytes, if they were made."""
        row = self._db.execute(f"{_LISTED} WHERE a.id = ?", [alert_id]).fetchone()
        return None if row is None else (_alert_row(row), row["message"])

    def _count(self, where: str, *values: str) -> int:
        return int(self._db.execute(f"SELECT count(*) FROM alerts WHERE {where}", values).fetchone()[0])


def _domain(recipient: str) -> str:
    """The recipient's domain in ASCII, to stand in a Message-ID (RFC 5322, section 3.6.4)."""
    name = "" if recipient.startswith("@") else recipient.rpartition("@")[2].strip(" >")
    try:
        return (name if name.isascii() else name.encode("idna").decode("ascii")) or "tidings.localhost"
    except UnicodeError:
        return "tidings.localhost"


def _alert_row(row: Row) -> AlertRow:
    plain = {name: row[name] for name in AlertRow.__slots__ if name != "subject"}
    return AlertRow(**plain, subject=subject_of(row["head"]))
