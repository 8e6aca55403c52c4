from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.channels import ServerUnreachableError
from crawler.delivery import GIVE_UP_AFTER, LEAST_ATTEMPTS, Delivered, deliver, open_channel, retry_delay
from crawler.errors import PermanentDeliveryError, StorageError, TemporaryDeliveryError
from crawler.model import Alert, AlertKind
from tests.fakes import FakeOutbox

NOW = datetime(2025, 10, 10, 12, 0, tzinfo=UTC)


def alert(number: int, *, planned: datetime = NOW, attempts: int = 0, message: bytes | None = None) -> Alert:
    return Alert(
        number, f"<{number}@t.example>", f"p{number}@t.example", "T", AlertKind.NEWS, planned, (), attempts, message
    )


def compose(told: Alert) -> bytes:
    return f"mail {told.id}".encode()


class Channel:
    """Takes mail, or fails as it is told to for one recipient or for everybody."""

    def __init__(self, errors: dict[str, Exception] | None = None, always: type[Exception] | None = None) -> None:
        self.errors = errors or {}
        self.always = always
        self.taken: list[tuple[bytes, str]] = []
        self.threads: set[int] = set()
        self.calls = 0

    def __call__(self, message: bytes, recipient: str) -> None:
        self.calls += 1
        self.threads.add(threading.get_ident())
        if self.always:
            raise self.always(recipient, "no")
        if recipient in self.errors:
            raise self.errors[recipient]
        self.taken.append((message, recipient))


def run(
    outbox: FakeOutbox, channel: Callable[[bytes, str], None], write: Callable[[Alert], bytes] = compose,
    now: datetime = NOW,
) -> Delivered:  # fmt: skip
    return asyncio.run(deliver(outbox, channel, compose=write, clock=lambda: now))


def test_sends_what_is_due_oldest_first() -> None:
    outbox = FakeOutbox(
        alert(1), alert(2, planned=NOW - timedelta(hours=1)), alert(3, planned=NOW + timedelta(hours=1))
    )
    channel = Channel()
    assert run(outbox, channel) == Delivered(delivered=2, failed=0, waiting=1)
    assert channel.taken == [(b"mail 2", "p2@t.example"), (b"mail 1", "p1@t.example")]
    assert outbox.log == [("begin", 2), ("sent", 2), ("begin", 1), ("sent", 1)]
    assert threading.get_ident() not in channel.threads


def test_more_than_a_batch_goes_out_in_one_pass() -> None:
    outbox = FakeOutbox(*(alert(n) for n in range(1, 251)))
    assert run(outbox, Channel()) == Delivered(delivered=250, failed=0, waiting=0)


def test_row_that_cannot_be_told_fails_alone() -> None:
    def write(told: Alert) -> bytes:
        if told.id == 1:
            raise UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed")
        if told.id == 5:
            raise RuntimeError("a bug")
        if told.id == 2:
            raise PermanentDeliveryError(told.recipient, "'x' is not one mail address")
        return compose(told)

    outbox = FakeOutbox(*(alert(n) for n in (1, 2, 3, 4, 5)))
    outbox.broken = {3}
    assert run(outbox, Channel(), write) == Delivered(delivered=1, failed=4, waiting=0)
    assert "surrogates not allowed" in outbox.errors[1]
    assert outbox.errors[2] == "'x' is not one mail address"
    assert outbox.errors[3] == "the alert's row cannot be read: ValueError('evidence is not JSON')"
    assert "a bug" in outbox.errors[5]
    assert outbox.states[4] == "sent"


def test_permanent_fails_temporary_waits() -> None:
    errors: dict[str, Exception] = {
        "p1@t.example": PermanentDeliveryError("p1@t.example", "550 no such user"),
        "p2@t.example": TemporaryDeliveryError("p2@t.example", "451 try later"),
        "p3@t.example": RuntimeError("bug"),
    }
    outbox = FakeOutbox(*(alert(n) for n in (1, 2, 3, 4)))
    assert run(outbox, Channel(errors)) == Delivered(delivered=1, failed=1, waiting=2)
    assert (outbox.states[1], outbox.errors[1]) == ("failed", "550 no such user")
    assert (outbox.states[2], outbox.errors[2]) == ("waiting", "451 try later")
    assert "bug" in outbox.errors[3]
    assert outbox.due[2] == NOW + retry_delay(1, 2)


def test_later_attempts_send_the_first_bytes() -> None:
    outbox = FakeOutbox(alert(1, attempts=1, message=b"the first bytes"))
    channel = Channel()

    def never(_: Alert) -> bytes:
        raise AssertionError("composed again")

    run(outbox, channel, never)
    assert channel.taken == [(b"the first bytes", "p1@t.example")]


def test_bytes_are_stored_before_they_go() -> None:
    outbox = FakeOutbox(alert(1))
    seen: list[bytes | None] = []
    run(outbox, lambda *_: seen.append(outbox.alerts[1].message))
    assert seen == [b"mail 1"]


def test_pass_ends_after_three_dead_ends() -> None:
    outbox = FakeOutbox(*(alert(n) for n in range(1, 50)))
    channel = Channel(always=ServerUnreachableError)
    assert run(outbox, channel) == Delivered(delivered=0, failed=0, waiting=49)
    assert channel.calls == 3
    assert outbox.alerts[4].attempts == 0


def test_greylisting_does_not_end_the_pass() -> None:
    outbox = FakeOutbox(*(alert(n) for n in range(1, 11)))
    channel = Channel(always=TemporaryDeliveryError)
    run(outbox, channel)
    assert channel.calls == 10


def test_each_alert_is_tried_once_in_a_pass() -> None:
    class StillDue(FakeOutbox):
        def mark_waiting(self, alert_id: int, *, error: str, next_attempt: datetime) -> None:
            super().mark_waiting(alert_id, error=error, next_attempt=NOW)
            assert self.alerts[alert_id].attempts == 1

    channel = Channel(always=TemporaryDeliveryError)
    assert run(StillDue(alert(1), alert(2)), channel) == Delivered(delivered=0, failed=0, waiting=2)
    assert channel.calls == 2


def test_given_up_after_five_days_of_trying() -> None:
    old = NOW - GIVE_UP_AFTER
    outbox = FakeOutbox(alert(1, planned=old, attempts=LEAST_ATTEMPTS - 1), alert(2, planned=old, attempts=2))
    assert run(outbox, Channel(always=TemporaryDeliveryError)) == Delivered(delivered=0, failed=1, waiting=1)
    assert outbox.errors[1] == "given up after 5 days and 8 attempts: no"
    assert outbox.states[2] == "waiting"


def test_storage_errors_are_raised() -> None:
    class Full(FakeOutbox):
        def begin_attempt(self, alert_id: int, message: bytes, now: datetime) -> None:
            raise StorageError("t.db", "the disk is full")

    channel = Channel()
    with pytest.raises(StorageError, match="the disk is full"):
        run(Full(alert(1)), channel)
    assert channel.calls == 0


def test_mail_under_way_is_noted_when_the_pass_is_cancelled() -> None:
    outbox = FakeOutbox(alert(1), alert(2))
    started, go_on = threading.Event(), threading.Event()

    def slow(_: bytes, __: str) -> None:
        started.set()
        go_on.wait(10)

    async def cancelled() -> None:
        task = asyncio.create_task(deliver(outbox, slow, compose=compose, clock=lambda: NOW))
        await asyncio.to_thread(started.wait, 10)
        task.cancel()
        asyncio.get_running_loop().call_later(0.05, go_on.set)
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancelled())
    assert outbox.states == {1: "sent", 2: "waiting"}


@given(attempts=st.integers(1, 10_000), number=st.integers(0, 10**12))
def test_delay_doubles_from_a_minute_to_four_hours(attempts: int, number: int) -> None:
    delay = retry_delay(attempts, number)
    assert timedelta(minutes=1) <= delay <= timedelta(hours=4) * 1.1
    assert delay == retry_delay(attempts, number)
    assert retry_delay(attempts + 1, number) >= delay


def test_delays_differ_between_alerts() -> None:
    assert len({retry_delay(3, number) for number in range(100)}) == 100
    assert [round(retry_delay(n, 1) / retry_delay(1, 1)) for n in range(1, 12)] == [
        1, 2, 4, 8, 16, 32, 64, 128, 240, 240, 240,
    ]  # fmt: skip


@dataclass(frozen=True)
class Server:
    security: str = "plain"
    host: str = "localhost"
    port: int = 25
    user: str = ""


@dataclass(frozen=True)
class Mail:
    maildir: Path
    smtp: Server | None = None
    from_address: str = "Tidings <tidings@localhost>"
    password: str = ""
    token_command: str = ""


def test_channel_follows_the_settings(tmp_path: Path) -> None:
    assert open_channel(Mail(tmp_path, Server()))[0] == "smtp"
    kind, send = open_channel(Mail(tmp_path / "mail"))
    assert kind == "maildir"
    assert not (tmp_path / "mail").exists()
    send(b"Message-ID: <1@x>\r\n\r\nHello\r\n", "a@x.example")
    assert len(list((tmp_path / "mail" / "new").iterdir())) == 1
