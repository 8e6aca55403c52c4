"""What every way out promises; a new kind is asked by being in KINDS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from pydantic import SecretStr

from crawler.channels import KINDS, ServerUnreachableError
from tests.postoffice import PostOffice

MESSAGE = (
    b"From: Tidings <t@x.example>\r\nTo: a@x.example\r\nSubject: News\r\nMessage-ID: <1@x.example>\r\n"
    b"\r\nOne line\r\n.\r\n..two dots\r\nFrom here\r\n"
)


@dataclass(frozen=True)
class Server:
    port: int
    security: str = "plain"
    host: str = "127.0.0.1"
    user: str = ""


@dataclass(frozen=True)
class Mail:
    maildir: Path
    smtp: Server | None = None
    from_address: str = "Tidings <tidings@localhost>"
    password: SecretStr | None = None
    token_command: str = ""


class Postbox:
    """Takes everything."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.taken.append(envelope.content)
        return "250 OK"


@pytest.fixture(params=sorted(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, int]]:
    box = Postbox()
    with PostOffice(box) as office:
        yield box, office.port


def delivered(kind: str, mail: Mail, box: Postbox) -> list[bytes]:
    if kind == "smtp":
        return [content.replace(b"\r\n", b"\n") for content in box.taken]
    return [file.read_bytes() for file in (mail.maildir / "new").iterdir()]


def test_delivers_the_message_unchanged(kind: str, tmp_path: Path, postbox: tuple[Postbox, int]) -> None:
    box, port = postbox
    mail = Mail(tmp_path / "mail", Server(port))
    KINDS[kind](mail)(MESSAGE, "A <a@x.example>")
    assert delivered(kind, mail, box) == [MESSAGE.replace(b"\r\n", b"\n")]


def test_opening_touches_nothing(kind: str, tmp_path: Path) -> None:
    KINDS[kind](Mail(tmp_path / "mail", Server(9)))
    assert list(tmp_path.iterdir()) == []


def test_a_shut_way_out_says_so(kind: str, tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file where the folder should be")
    closed = Server(1)
    with pytest.raises(ServerUnreachableError) as caught:
        KINDS[kind](Mail(tmp_path / "mail", closed))(MESSAGE, "a@x.example")
    assert caught.value.recipient == "a@x.example"
    assert len(caught.value.says) > 20
