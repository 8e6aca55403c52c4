"""Outbox → channel: each alert on its own, tried again when it must wait, told when it cannot go.

At least once: what is sent is stored before it goes out, and every attempt sends the same bytes, so a crash between the
server's "250" and our note repeats a mail with the same Message-ID, and nothing ever loses one (RFC 1047 is about
exactly that gap).
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Protocol

from crawler.alerts.lines import clean_line
from crawler.channels import KINDS, MailSettings, Send, ServerUnreachableError
from crawler.errors import DeliveryError, PermanentDeliveryError, RecipientGoneError, TemporaryDeliveryError
from crawler.model import Alert

_log = logging.getLogger(__name__)

FIRST_DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(hours=4)
GIVE_UP_AFTER = timedelta(days=5)
"""RFC 5321 §4.5.4.1 asks for at least 4–5 days."""
LEAST_ATTEMPTS = 8
"""Never given up before that many attempts (about 4 hours): a machine that slept for a week has not tried."""
_JITTER = 0.1
_BATCH = 100
_PATIENCE = 3
"""Unreachable servers in a row after which a pass ends: hundreds of timeouts would teach nothing more."""
_WORDS = 600
"""Characters of a reason that are kept; it may hold a server's words, or pieces of what could not be made a mail."""
_LAST_WORD = 5.0
"""Seconds that a cancelled pass waits for the mail under way, so as to note what became of it."""


class Outbox(Protocol):
    """What delivery needs of storage; every call is made on the event loop's thread."""

    def due_alerts(self, now: datetime, limit: int) -> list[int]:
        """Ids of alerts that wait and are due, the oldest first."""

    def load_alert(self, alert_id: int) -> Alert:
        """The alert with its articles, their copies and the sources that fail."""

    def begin_attempt(self, alert_id: int, message: bytes, now: datetime) -> None:
        """Store the bytes and count the attempt, before anything is sent."""

    def mark_sent(self, alert_id: int, now: datetime) -> None:
        """It was taken."""

    def mark_waiting(self, alert_id: int, *, error: str, next_attempt: datetime) -> None:
        """Not now."""

    def mark_failed(self, alert_id: int, *, error: str, now: datetime) -> None:
        """Never: kept, with the reason."""

    def leave(self, recipient: str, reason: str, now: datetime) -> None:
        """The recipient wants nothing more, now or later."""

    def waiting_count(self) -> int:
        """How many alerts wait, due or not."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one pass over the outbox came to."""

    delivered: int = 0
    failed: int = 0
    waiting: int = 0
    """Alerts that wait after the pass, due or not."""


class _Fate(Enum):
    SENT = auto()
    FAILED = auto()
    WAITS = auto()
    UNREACHABLE = auto()


def open_channel(mail: MailSettings) -> tuple[str, Send]:
    """(kind, channel) that ``[mail]`` asks for: SMTP, or the Maildir when no server is named."""
    kind = "smtp" if mail.smtp is not None else "maildir"
    return kind, KINDS[kind](mail)


def retry_delay(attempts: int, alert_id: int) -> timedelta:
    """How long to wait after the ``attempts``-th attempt (from 1) failed: 1 min, doubling to 4 h.

    Up to a tenth is added, always the same for an alert, so that what failed together does not return together.
    """
    doubled = FIRST_DELAY * (1 << min(max(attempts, 1) - 1, 16))
    share = int.from_bytes(hashlib.sha256(str(alert_id).encode()).digest()[:4]) / 2**32
    return min(doubled, LONGEST_DELAY) * (1 + _JITTER * share)


async def deliver(
    outbox: Outbox, send: Send, *, compose: Callable[[Alert], bytes], clock: Callable[[], datetime]
) -> Delivered:
    """Send what is due, each alert once in this pass; one that cannot go never holds up the others.

    ``send`` and nothing else runs in a thread. Storage's errors are raised: without the outbox there is no promise.
    """
    fates: list[_Fate] = []
    unreachable = 0
    tried: set[int] = set()
    while due := [alert_id for alert_id in outbox.due_alerts(clock(), _BATCH) if alert_id not in tried]:
        for alert_id in due:
            tried.add(alert_id)
            fates.append(fate := await _deliver_one(outbox, alert_id, send, compose, clock))
            unreachable = unreachable + 1 if fate is _Fate.UNREACHABLE else 0
            if unreachable >= _PATIENCE:
                return _summary(outbox, fates)
    return _summary(outbox, fates)


def _summary(outbox: Outbox, fates: list[_Fate]) -> Delivered:
    return Delivered(fates.count(_Fate.SENT), fates.count(_Fate.FAILED), outbox.waiting_count())


async def _deliver_one(
    outbox: Outbox, alert_id: int, send: Send, compose: Callable[[Alert], bytes], clock: Callable[[], datetime]
) -> _Fate:
    try:
        alert = outbox.load_alert(alert_id)
    except (LookupError, TypeError, ValueError) as error:
        return _failed(outbox, alert_id, f"the alert's row cannot be read: {error!r}", clock())
    try:
        message = alert.message if alert.message is not None else compose(alert)
    except PermanentDeliveryError as error:
        return _failed(outbox, alert_id, error.says, clock())
    except (OSError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever one mail is spoiled by, the queue behind it goes on
        return _failed(outbox, alert_id, f"the mail cannot be put together: {error!r}", clock())
    outbox.begin_attempt(alert_id, message, clock())
    return await _attempt(outbox, alert, message, send, clock)


def _failed(outbox: Outbox, alert_id: int, says: str, now: datetime) -> _Fate:
    says = clean_line(says, _WORDS)
    outbox.mark_failed(alert_id, error=says, now=now)
    _log.error("alert %d cannot be delivered: %s", alert_id, says)
    return _Fate.FAILED


async def _attempt(outbox: Outbox, alert: Alert, message: bytes, send: Send, clock: Callable[[], datetime]) -> _Fate:
    under_way = in_thread(lambda: send(message, alert.recipient), name="delivery")
    try:
        await asyncio.wait({under_way})
    except asyncio.CancelledError:
        # The thread cannot be stopped: what it achieves in time is noted, or the mail would be sent twice.
        with suppress(asyncio.CancelledError):
            await asyncio.wait({under_way}, timeout=_LAST_WORD)
        if under_way.done():
            _note(outbox, alert, under_way.exception(), clock())
        raise
    return _note(outbox, alert, under_way.exception(), clock())


def in_thread(work: Callable[[], None], *, name: str) -> asyncio.Future[None]:
    """Do it in a daemon thread: for one of ``asyncio.to_thread`` the program's end waits while a server hangs."""
    loop = asyncio.get_running_loop()
    attempt: asyncio.Future[None] = loop.create_future()

    def finish(error: Exception | None) -> None:
        if attempt.done():
            return
        if error is None:
            attempt.set_result(None)
        else:
            attempt.set_exception(error)

    def run() -> None:
        failure: Exception | None = None
        try:
            work()
        except Exception as error:  # noqa: BLE001  (the attempt's outcome, whatever it is)
            failure = error
        with suppress(RuntimeError):  # the loop is closed: the program has ended, and its next start tries again
            loop.call_soon_threadsafe(finish, failure)

    threading.Thread(target=run, name=name, daemon=True).start()
    return attempt


def _asked(error: BaseException) -> timedelta:
    """How long the other side asked to be left alone."""
    seconds = error.retry_after if isinstance(error, TemporaryDeliveryError) else None
    return min(timedelta(seconds=seconds or 0), LONGEST_DELAY)


def _note(outbox: Outbox, alert: Alert, error: BaseException | None, now: datetime) -> _Fate:
    """Record what an attempt came to."""
    if error is None:
        outbox.mark_sent(alert.id, now)
        return _Fate.SENT
    says = clean_line(error.says if isinstance(error, DeliveryError) else f"the channel broke: {error!r}", _WORDS)
    attempts = alert.attempts + 1
    if isinstance(error, PermanentDeliveryError):
        fate = _failed(outbox, alert.id, says, now)
        if isinstance(error, RecipientGoneError):
            outbox.leave(alert.recipient, says, now)
        return fate
    if attempts >= LEAST_ATTEMPTS and now - alert.planned_at >= GIVE_UP_AFTER:
        tried = f"given up after {GIVE_UP_AFTER.days} days and {attempts} attempts"
        return _failed(outbox, alert.id, f"{tried}: {says}", now)
    next_attempt = now + max(retry_delay(attempts, alert.id), _asked(error))
    outbox.mark_waiting(alert.id, error=says, next_attempt=next_attempt)
    _log.warning("alert %d waits until %s: %s", alert.id, next_attempt.isoformat(timespec="seconds"), says)
    return _Fate.UNREACHABLE if isinstance(error, ServerUnreachableError) else _Fate.WAITS
