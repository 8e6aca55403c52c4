"""The ``pushes`` table: which hub sends what of which source, and until when."""

from __future__ import annotations

import secrets
from datetime import datetime
from sqlite3 import Row

from sqlite_utils import Database

from crawler.push import PREFIX, Offer, State, Subscription, Verdict, accepted, refused
from crawler.storage.database import immediate, to_moment, to_text
from crawler.storage.records import PushIntent

_MOST_ASKED = 50
_GIVEN_UP = 3
"""Failures after which a hub is not asked any more to forget us: the lease ends by itself."""


class Pushes:
    """The table; ``address`` is always the settings' ``[push].address``, empty where there is none."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def record(self, source_id: int, intent: PushIntent, now: datetime) -> None:
        """What a poll, or a push, says of a source's hub; part of the poll's transaction."""
        if intent.offer is not None:
            self._offer(source_id, intent.offer, now)
        if not intent.fresh:
            return
        if intent.pushed:
            query = "UPDATE pushes SET missed = 0, pushed_at = :now WHERE source_id = :id"
        else:
            query = "UPDATE pushes SET missed = missed + 1 WHERE source_id = :id AND state = 'pushed' AND until > :now"
        self._db.execute(query, {"id": source_id, "now": to_text(now)})

    def _offer(self, source_id: int, offer: Offer, now: datetime) -> None:
        self._db.execute(
            """
            INSERT INTO pushes (source_id, hub, topic, path, secret, state, next_at)
            VALUES (:id, :hub, :topic, :path, :secret, 'offered', :now)
            ON CONFLICT (source_id) DO UPDATE SET hub = :hub, topic = :topic, path = :path, secret = :secret,
                state = 'offered', until = NULL, next_at = :now, failures = 0, missed = 0, says = ''
            WHERE hub != :hub OR topic != :topic
            """,
            {
                "id": source_id,
                "hub": offer.hub,
                "topic": offer.topic,
                "path": secrets.token_urlsafe(32),
                "secret": secrets.token_urlsafe(32),
                "now": to_text(now),
            },
        )

    def of(self, source_id: int, address: str) -> Subscription | None:
        """A source's subscription; ``None`` where no hub was named, or nobody could reach us."""
        if not address:
            return None
        row = self._db.execute("SELECT * FROM pushes WHERE source_id = ?", [source_id]).fetchone()
        return None if row is None else _subscription(row, address)

    def at(self, path: str, address: str) -> Subscription | None:
        """The subscription of a callback's word."""
        if not address:
            return None
        row = self._db.execute("SELECT * FROM pushes WHERE path = ?", [path]).fetchone()
        return None if row is None else _subscription(row, address)

    def due(self, now: datetime, address: str) -> list[Subscription]:
        """Whose hub is to be asked for something now; each counts as a failure until the hub has asked back."""
        with immediate(self._db):
            self._follow_sources(now)
            self._db.execute(
                "UPDATE pushes SET state = 'offered', until = NULL, failures = 0, next_at = ?"
                " WHERE callback NOT IN ('', ?) AND state NOT IN ('leaving', 'offered')",
                [to_text(now), address],
            )
            rows = self._db.execute(
                "SELECT * FROM pushes WHERE next_at <= ? ORDER BY next_at LIMIT ?", [to_text(now), _MOST_ASKED]
            ).fetchall()
            for row in rows:
                again = refused(row["failures"], now) if row["failures"] else accepted(now)
                self._db.execute(
                    "UPDATE pushes SET failures = failures + 1, next_at = ?, callback = ? WHERE source_id = ?",
                    [to_text(again), row["callback"] if row["state"] == "leaving" else address, row["source_id"]],
                )
        return [_subscription(row, address) for row in rows]

    def _follow_sources(self, now: datetime) -> None:
        """Leave the hubs of sources that are not followed any more, and return to those of sources that are again."""
        gone = "SELECT id FROM sources WHERE state != 'active'"
        self._db.execute(
            f"DELETE FROM pushes WHERE source_id IN ({gone}) AND (until IS NULL OR until <= ?"
            " OR (state = 'leaving' AND failures >= ?))",
            [to_text(now), _GIVEN_UP],
        )
        self._db.execute(
            "UPDATE pushes SET state = 'leaving', next_at = ?, failures = 0"
            f" WHERE state != 'leaving' AND source_id IN ({gone})",
            [to_text(now)],
        )
        self._db.execute(
            "UPDATE pushes SET state = 'offered', until = NULL, next_at = ?, failures = 0"
            f" WHERE state = 'leaving' AND source_id NOT IN ({gone})",
            [to_text(now)],
        )

    def asked(self, source_id: int) -> None:
        """The hub took our wish; whether it means it too, it will say by asking back, or has said already."""
        with immediate(self._db):
            self._db.execute(
                "UPDATE pushes SET state = 'asked', says = 'the hub has not asked back yet'"
                " WHERE source_id = ? AND state IN ('offered', 'denied')",
                [source_id],
            )

    def failed(self, source_id: int, says: str) -> None:
        """The hub could not be asked, or refused at once; when it is asked again was settled before."""
        with immediate(self._db):
            self._db.execute("UPDATE pushes SET says = ? WHERE source_id = ?", [says, source_id])

    def settle(self, source_id: int, verdict: Verdict) -> None:
        """The hub asked back."""
        with immediate(self._db):
            if verdict.state is None:
                self._db.execute("DELETE FROM pushes WHERE source_id = ?", [source_id])
                return
            self._db.execute(
                "UPDATE pushes SET state = ?, until = ?, next_at = coalesce(?, next_at), failures = 0, says = ?"
                " WHERE source_id = ?",
                [verdict.state.value, to_text(verdict.until), to_text(verdict.again), verdict.says, source_id],
            )


def _subscription(row: Row, address: str) -> Subscription:
    reached = row["callback"] == address
    return Subscription(
        row["source_id"],
        Offer(row["hub"], row["topic"]),
        f"{address}{PREFIX}{row['path']}",
        row["secret"],
        State(row["state"]),
        # Told another address, the hub sends to where nobody is.
        to_moment(row["until"]) if reached else None,
        row["failures"],
        row["missed"],
        row["says"],
    )
