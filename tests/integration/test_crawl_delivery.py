"""Alerts over real SMTP: delivered, waiting, refused; one Message-ID for life."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.feeds import RSS, Item, rss, story
from tests.postoffice import PostOffice
from tests.program import Program, plain, read_mail
from tests.site import Host, Site

SHIPS = {"name": "Ships", "query": "ferry"}


@dataclass
class Desk:
    """Takes mail, or answers as the test says."""

    answer: str = "250 taken"
    refuses: str = ""
    """A recipient that is refused for good."""
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802  (aiosmtpd asks for this name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer RCPT TO."""
        if address == self.refuses:
            return "550 5.1.1 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Answer the mail itself."""
        assert isinstance(envelope.content, bytes)
        if self.answer.startswith("250"):
            self.taken += [(address, read_mail(envelope.content)) for address in envelope.rcpt_tos]
        return self.answer


def follow(program: Program, host: Host, port: int, **mail: object) -> None:
    """Follow a host with mail going to a port, and let one article appear after the first poll."""
    url = host.serve("/rss", rss([]), headers=RSS)
    program.settings([url], [SHIPS], mail={"smtp": f"smtp://127.0.0.1:{port}", "to": ["ann@desk.example"], **mail})
    program.once()
    host.serve("/rss", rss([Item("https://paper.example/a", "A ferry", story("ferry"))]), headers=RSS)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def alert(program: Program) -> dict[str, object]:
    return dict(program.one("SELECT * FROM alerts"))


def test_mail_goes_out_over_smtp(program: Program, site: Site) -> None:
    desk = Desk()
    with PostOffice(desk) as post:
        follow(program, site.host(), post.port)
        done = program.once()
    assert (done.delivered.delivered, done.delivered.waiting) == (1, 0)
    ((address, mail),) = desk.taken
    assert address == "ann@desk.example"
    assert mail["Message-ID"] == alert(program)["message_id"]
    assert "https://paper.example/a" in plain(mail)
    assert alert(program)["state"] == "sent"


def test_mail_waits_while_the_server_is_down_and_goes_out_as_it_was(program: Program, site: Site) -> None:
    desk, host = Desk(), site.host()
    follow(program, host, free_port())
    done = program.once()
    assert (done.delivered.delivered, done.delivered.waiting) == (0, 1)
    waiting = alert(program)
    assert (waiting["state"], waiting["attempts"]) == ("waiting", 1)
    assert "cannot be reached" in str(waiting["error"])
    program.later(hours=1)
    with PostOffice(desk) as post:
        program.settings([host.url("/rss")], [SHIPS], mail={"smtp": f"smtp://127.0.0.1:{post.port}"})
        assert program.once().delivered.delivered == 1
        assert program.once().delivered.delivered == 0
    ((_, mail),) = desk.taken
    assert mail["Message-ID"] == waiting["message_id"]
    assert mail.as_bytes() == read_mail(bytes(waiting["message"])).as_bytes()  # type: ignore[call-overload]


def test_a_server_that_is_busy_is_tried_again_later(program: Program, site: Site) -> None:
    desk = Desk(answer="451 4.3.0 later please")
    with PostOffice(desk) as post:
        follow(program, site.host(), post.port)
        assert program.once().delivered.waiting == 1
        assert program.send().delivered == 0
        assert alert(program)["attempts"] == 1
        desk.answer = "250 now"
        program.later(minutes=5)
        assert program.send().delivered == 1
    assert alert(program)["attempts"] == 2
    assert len(desk.taken) == 1


def test_a_person_that_does_not_exist_is_told_and_holds_up_nobody(program: Program, site: Site) -> None:
    desk = Desk(refuses="bo@desk.example")
    with PostOffice(desk) as post:
        follow(program, site.host(), post.port, to=["bo@desk.example", "ann@desk.example"])
        done = program.once()
    assert (done.delivered.delivered, done.delivered.failed, done.delivered.waiting) == (1, 1, 0)
    assert [address for address, _ in desk.taken] == ["ann@desk.example"]
    failed = program.one("SELECT * FROM alerts WHERE state = 'failed'")
    assert failed["recipient"] == "bo@desk.example"
    assert "no such person" in failed["error"]
    assert failed["message"]


@pytest.mark.parametrize("days", [1, 10])
def test_mail_is_kept_however_long_the_program_was_away(program: Program, site: Site, days: int) -> None:
    desk, host = Desk(), site.host()
    with PostOffice(desk) as post:
        follow(program, host, post.port)
        program.once(deliver=False)
        program.now += timedelta(days=days)
        assert program.once().delivered.delivered == 1
    assert len(desk.taken) == 1
