"""Points inside the program at which it can be killed: what it says to SQLite, to the mail server and to the Maildir.

Nothing of the program is replaced: each call goes through as it is, and is counted before and after. Used only in the
process that the launcher starts.
"""

from __future__ import annotations

import os
import signal
import smtplib
import sqlite3
import threading
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from crawler.model import Outcome
from crawler.storage import PollIntent, Saved, Store
from crawler.storage.database import immediate, to_text
from crawler.storage.outbox import Outbox

_WRITES = frozenset(
    {"INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "ALTER", "DROP", "COMMIT", "BEGIN", "ROLLBACK", "VACUUM"}
)
_PRAGMAS = ("user_version =", "journal_mode", "wal_checkpoint", "optimize")


class Points:
    """Counts the points that the program passes, in all its threads, and kills it at one of them."""

    def __init__(self, kill_at: int, names: Path, kind: str = "") -> None:
        self._kill_at = kill_at
        """0 to pass all of them."""
        self._kind = kind
        """Count points of this name alone; empty counts all."""
        self._names = names.open("ab", buffering=0)
        self._passed = 0
        self._lock = threading.Lock()

    def hit(self, name: str) -> None:
        """Pass one point."""
        with self._lock:
            self._passed += name == self._kind or not self._kind
            killed = self._passed == self._kill_at > 0
            if killed or not self._kill_at:
                self._names.write(f"{name}\n".encode())
            if killed:
                os.kill(os.getpid(), signal.SIGKILL)
                signal.pause()


def watch(points: Points) -> None:
    """Let the program pass points at all that it writes."""
    _watch_sqlite(points)
    _watch_smtp(points)
    for name in ("fsync", "rename", "replace", "unlink"):
        setattr(os, name, _around(points, name, getattr(os, name)))


def _around(points: Points, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(call)
    def counted(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        points.hit(f"before {name}")
        result = call(*arguments, **options)
        points.hit(f"after {name}")
        return result

    return counted


def _watch_sqlite(points: Points) -> None:
    class Watched(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:  # noqa: ANN401
            name = _point_of(sql)
            if not name:
                return super().execute(sql, *values)
            points.hit(f"before {name}")
            cursor = super().execute(sql, *values)
            if name != "statement":  # between two statements is one point, not two
                points.hit(f"after {name}")
            return cursor

        def backup(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401
            _around(points, "backup", super().backup)(*arguments, **options)

    connect = sqlite3.connect

    @wraps(connect)
    def watched(*arguments: Any, **options: Any) -> sqlite3.Connection:  # noqa: ANN401
        opened: sqlite3.Connection = connect(*arguments, **({"factory": Watched} | options))
        return opened

    sqlite3.connect = watched  # type: ignore[assignment]


def _point_of(sql: str) -> str:
    """The kind of point that a statement is; empty when it writes nothing."""
    words = sql.split(None, 1)
    verb = words[0].upper() if words else ""
    if verb == "PRAGMA":
        return "pragma" if any(name in sql for name in _PRAGMAS) else ""
    if verb not in _WRITES:
        return ""
    return verb if verb in {"COMMIT", "VACUUM"} else "statement"


def _watch_smtp(points: Points) -> None:
    """Before the mail's bytes go out, between their last and the server's answer, and after that."""
    data, reply = smtplib.SMTP.data, smtplib.SMTP.getreply
    inside = threading.local()

    def counted_data(self: smtplib.SMTP, message: Any) -> tuple[int, bytes]:  # noqa: ANN401
        points.hit("before DATA")
        inside.replies = 0
        try:
            answer = data(self, message)
        finally:
            inside.replies = None
        points.hit("after 250")
        return answer

    def counted_reply(self: smtplib.SMTP) -> tuple[int, bytes]:
        if getattr(inside, "replies", None) is not None:
            inside.replies += 1
            if inside.replies == 2:  # the first answers "DATA" itself
                points.hit("before 250")
        return reply(self)

    smtplib.SMTP.data = counted_data  # type: ignore[assignment, method-assign]
    smtplib.SMTP.getreply = counted_reply  # type: ignore[method-assign]


# -- designs that lose, to see whether the harness can tell -----------------------------------------------------------


def _validators_apart() -> None:
    """Store a source's validators in a transaction of their own, before its articles."""
    whole = Store.save_poll

    def save_poll(self: Store, intent: PollIntent) -> Saved:
        fetched = intent.fetched
        if fetched.outcome is Outcome.OK:
            with immediate(self._db):
                self._db.execute(
                    "UPDATE sources SET etag = ?, last_modified = ?, body_hash = ? WHERE id = ?",
                    [fetched.etag, fetched.last_modified, fetched.body_hash, intent.source_id],
                )
        return whole(self, intent)

    Store.save_poll = save_poll  # type: ignore[method-assign]


def _marked_first() -> None:
    """Mark an alert as sent before it is sent."""
    begin = Outbox.begin_attempt

    def begin_attempt(self: Outbox, alert_id: int, message: bytes, now: Any) -> None:  # noqa: ANN401
        begin(self, alert_id, message, now)
        with immediate(self._db):
            self._db.execute("UPDATE alerts SET state = 'sent', sent_at = ? WHERE id = ?", [to_text(now), alert_id])

    Outbox.begin_attempt = begin_attempt  # type: ignore[method-assign]


def _new_number_each_time() -> None:
    """Give a mail another Message-ID at each attempt."""
    begin = Outbox.begin_attempt

    def begin_attempt(self: Outbox, alert_id: int, message: bytes, now: Any) -> None:  # noqa: ANN401
        with immediate(self._db):
            self._db.execute(
                "UPDATE alerts SET message = NULL, message_id = replace(message_id, '<tidings.', '<tidings.9')"
                " WHERE id = ?",
                [alert_id],
            )
        begin(self, alert_id, message, now)

    Outbox.begin_attempt = begin_attempt  # type: ignore[method-assign]


BROKEN: dict[str, Callable[[], None]] = {
    "validators apart": _validators_apart,
    "marked first": _marked_first,
    "new Message-ID": _new_number_each_time,
}
