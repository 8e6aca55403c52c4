"""Answers that come by mail, through a Maildir on disk and an IMAP server's own words over a socket."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from pydantic import SecretStr

from crawler.alerts.replies import VALID_FOR
from crawler.channels.inbox import ImapOptions, InboxError, read_imap, subject_of
from crawler.config import AnswersConfig, ImapUrl
from crawler.runtime import Runtime
from crawler.storage import Store
from scheduler.health import look
from scheduler.letters import read_answers
from tests.stored import ANNA, BORYS, NOW, news, rows, save, settings, taken, topic

YES, NO, STORY, SOURCE = range(4)


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    answers = AnswersConfig(address="answers@example.org", maildir=tmp_path / "inbox")
    config = replace(settings(tmp_path, topic(to=(ANNA, BORYS))), answers=answers)
    (tmp_path / "inbox" / "new").mkdir(parents=True)
    with Store.writer(config.storage.path) as store:
        store.sources.sync(config.sources, NOW)
        store.topics.sync(config.topics, NOW)
        save(store, news(1, matches=[taken(ANNA), taken(BORYS, topic="U")]))
        yield Runtime(config, store, clock=lambda: NOW)


def asked(runtime: Runtime, number: int | None) -> tuple[str, str]:
    """(address, subject) that a link of the mail prepares; of ``None`` the link that unsubscribes."""
    made = runtime.replies()
    assert made is not None
    link = made.leaving(1)[-1] if number is None else made.of_article(1, 1)[number][1]
    parts = urlsplit(link)
    assert parts.scheme == "mailto"
    return unquote(parts.path), parse_qs(parts.query)["subject"][0]


def drop(runtime: Runtime, subject: str, *more: str, name: str = "1.a.host") -> Path:
    folder = runtime.config.answers.maildir
    assert folder is not None
    path = folder / "new" / name
    path.write_text("\n".join([f"From: {ANNA}", f"Subject: {subject}", *more, "", "anything\n"]))
    return path


def work(runtime: Runtime) -> int:
    return asyncio.run(read_answers(runtime))


def judged(runtime: Runtime) -> list[tuple[object, ...]]:
    return rows(runtime.store, "SELECT article_id, belongs FROM feedback")


def test_the_link_of_a_mail_prepares_one_to_the_mailbox_whose_subject_acts_once(runtime: Runtime) -> None:
    address, subject = asked(runtime, NO)
    assert address == "answers@example.org"
    assert "not this" in subject
    path = drop(runtime, f"Re: {subject}")
    assert work(runtime) == 1
    assert judged(runtime) == [(1, 0)]
    assert not path.exists()
    assert [each.name for each in (path.parents[1] / "cur").iterdir()] == ["1.a.host:2,S"]
    assert work(runtime) == 0


def test_a_subject_that_a_mail_program_encoded_or_folded_acts(runtime: Runtime) -> None:
    _, subject = asked(runtime, STORY)
    before, _, word = subject.partition("[")
    drop(runtime, f"=?utf-8?q?{before.strip().replace(' ', '_')}?=\n [{word}")
    assert work(runtime) == 1
    assert [each.kind for each in runtime.store.wishes.mutes(NOW)] == ["story"]


@pytest.mark.parametrize(
    "header",
    ["Auto-Submitted: auto-replied", "Auto-Submitted: auto-generated; x=y", "Precedence: bulk", "Return-Path: <>"],
)
def test_what_a_program_sent_does_nothing(runtime: Runtime, header: str) -> None:
    path = drop(runtime, asked(runtime, NO)[1], header)
    assert work(runtime) == 0
    assert judged(runtime) == []
    assert path.exists()


def test_a_word_that_was_not_signed_here_or_is_too_old_does_nothing(runtime: Runtime) -> None:
    subject = asked(runtime, NO)[1]
    forged = re.sub(r"n\.1\.1", "n.2.1", subject)
    assert forged != subject
    drop(runtime, forged)
    assert work(runtime) == 0
    drop(runtime, subject, name="2.b.host")
    runtime.clock = lambda: NOW + VALID_FOR + timedelta(days=1)
    assert work(runtime) == 0
    assert judged(runtime) == []


def test_other_mail_stays_unread_and_what_is_no_mail_harms_nothing(runtime: Runtime) -> None:
    other = drop(runtime, "Lunch?", name="1.o.host")
    folder = other.parent
    (folder / "2.big.host").write_bytes(b"Subject: " + b"x" * 5_000_000)
    (folder / "3.bytes.host").write_bytes(bytes(range(256)) * 40)
    os.mkfifo(folder / "4.pipe.host")
    (folder / "5.link.host").symlink_to("/etc/passwd")
    drop(runtime, asked(runtime, YES)[1], name="9.z.host")
    assert work(runtime) == 1
    assert judged(runtime) == [(1, 1)]
    assert other.exists()
    assert work(runtime) == 0


def test_unsubscribing_takes_back_what_waits_and_is_not_an_illness(runtime: Runtime) -> None:
    drop(runtime, asked(runtime, None)[1])
    assert work(runtime) == 1
    assert runtime.store.wishes.has_left(ANNA, "T")
    found = dict(rows(runtime.store, "SELECT recipient, state FROM alerts"))
    assert found == {ANNA: "failed", BORYS: "waiting"}
    assert not [each for each in look(runtime.store, runtime.config, NOW).problems if "delivered" in each]


def test_a_mailbox_that_cannot_be_read_is_told_once_and_shown(
    runtime: Runtime, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    good = runtime.config
    runtime.config = replace(good, answers=AnswersConfig(address="a@example.org", maildir=tmp_path / "gone"))
    assert work(runtime) == work(runtime) == 0
    assert sum("answers by mail are not read" in each.message for each in caplog.records) == 1
    assert any("not read since" in each for each in look(runtime.store, runtime.config, NOW).problems)
    runtime.config = good
    work(runtime)
    assert not any("not read since" in each for each in look(runtime.store, runtime.config, NOW).problems)


class Imap:
    """As much of an IMAP server as answers need; what it was told is kept."""

    def __init__(self, *subjects: str, flaw: str = "") -> None:
        self.mails = dict(enumerate(subjects, 7))
        self.seen: set[int] = set()
        self.told: list[str] = []
        self._flaw = flaw

    def serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rwb", buffering=0) as wire:
            wire.write(b"* OK ready\r\n")
            while line := wire.readline().decode().strip():
                self.told.append(line)
                tag, _, said = line.partition(" ")
                for each in self._answers(said):
                    wire.write(each)
                wire.write(f"{tag} {self._verdict(said)}\r\n".encode())

    def _verdict(self, said: str) -> str:
        refused = (self._flaw == "login" and said.startswith("LOGIN")) or (
            self._flaw == "folder" and said.startswith("SELECT")
        )
        return "NO refused" if refused else "OK done"

    def _answers(self, said: str) -> Iterator[bytes]:
        if said == "CAPABILITY":
            yield b"* CAPABILITY IMAP4rev1\r\n"
        elif said.startswith("UID SEARCH"):
            left = [str(each) for each in self.mails if each not in self.seen]
            yield f"* SEARCH {' '.join(left)}\r\n".encode()
        elif said.startswith("UID FETCH"):
            number = int(said.split()[2])
            head = f"Subject: {self.mails[number]}\r\n\r\n".encode()
            size = 10**9 if self._flaw == "literal" else len(head)
            yield f"* 1 FETCH (UID {number} BODY[HEADER.FIELDS (SUBJECT)]<0> {{{size}}}\r\n".encode() + head + b")\r\n"
        elif said.startswith("UID STORE"):
            self.seen.add(int(said.split()[2]))


@contextmanager
def serving(server: Imap) -> Iterator[int]:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def accept() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                    server.serve(connection)
                except OSError:
                    return

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def test_answers_are_read_from_imap_and_marked(runtime: Runtime) -> None:
    server = Imap(asked(runtime, NO)[1], "[tidings] nothing of ours")
    with serving(server) as port:
        url = ImapUrl("plain", "127.0.0.1", port, "ann", 'Odd "name"')
        answers = AnswersConfig(address="answers@example.org", imap=url, password=SecretStr("secret"))
        runtime.config = replace(runtime.config, answers=answers)
        assert work(runtime) == 1
        assert judged(runtime) == [(1, 0)]
        assert server.seen == {7, 8}
        assert any(each.endswith('SELECT "Odd \\"name\\""') for each in server.told)
        assert work(runtime) == 0


@pytest.mark.parametrize(
    ("flaw", "says"), [("login", "refused the login"), ("folder", "no folder"), ("literal", "says more than")]
)
def test_an_imap_server_that_fails_is_told_in_a_sentence(flaw: str, says: str) -> None:
    with serving(Imap("[tidings] x", flaw=flaw)) as port:
        options = ImapOptions("127.0.0.1", port, "plain", "ann", "hunter2")
        with pytest.raises(InboxError, match=says) as told:
            read_imap(options, lambda _: True)
    assert "hunter2" not in str(told.value)


def test_an_imap_server_that_says_nothing_is_not_waited_for() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        options = ImapOptions("127.0.0.1", listening.getsockname()[1], "plain", "a", "b", timeout=0.2, deadline=0.5)
        with pytest.raises(InboxError, match=r"no answer within|did not finish"):
            read_imap(options, lambda _: True)


def test_heads_that_nobody_can_read_have_no_subject() -> None:
    assert subject_of(b"Subject: =?nonsense?q?x?=\n\n") == ""
    assert subject_of(b"") == ""
    assert subject_of(b"Subject: hello\n\n") == "hello"
