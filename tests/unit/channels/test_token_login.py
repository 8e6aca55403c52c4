"""The login by access token (XOAUTH2), at a server that speaks it."""

from __future__ import annotations

import sys
from base64 import b64decode
from pathlib import Path
from shlex import quote

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from crawler.channels import ServerUnreachableError
from crawler.channels.smtp import SmtpOptions, send
from tests.postoffice import PostOffice

MESSAGE = b"From: t@x.example\r\nTo: a@x.example\r\nSubject: News\r\n\r\nHello\r\n"
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


class Provider:
    """Takes one user with one token, and refuses with a challenge first, as Google and Microsoft do."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.after_challenge: list[bytes] = []

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802
        if b64decode(args[1]) == b"user=olya\1auth=Bearer t0ken\1\1":
            return AuthResult(success=True, auth_data=b"olya")
        await server.push("334 eyJzdGF0dXMiOiI0MDEifQ==")
        self.after_challenge.append(await server._reader.readline())
        return AuthResult(success=False, handled=False)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.taken.append(str(envelope.rcpt_tos[0]))
        return "250 OK"


def printing(code: str) -> str:
    return f"{quote(sys.executable)} -c {quote(code)}"


def deliver(provider: Provider, command: str) -> None:
    with PostOffice(provider, auth_required=True, auth_require_tls=False) as office:
        options = SmtpOptions("127.0.0.1", office.port, security="plain", user="olya", token_command=command)
        send(MESSAGE, "a@x.example", options)


def test_the_token_that_the_command_prints_logs_in() -> None:
    provider = Provider()
    deliver(provider, printing("print('t0ken'); print('more')"))
    assert provider.taken == ["a@x.example"]


def test_a_refused_token_is_answered_to_its_end_and_waits() -> None:
    provider = Provider()
    with pytest.raises(ServerUnreachableError, match=r"refused the login of 'olya' by access token \(535") as told:
        deliver(provider, printing("print('wr0ng')"))
    assert provider.after_challenge == [b"\r\n"]
    assert "wr0ng" not in str(told.value)
    assert provider.taken == []


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (printing("import sys; print('s3cret'); sys.exit(3)"), r"printed no access token \(it ended with 3\)"),
        (printing("pass"), "printed no access token"),
        ("/no/such/command", "cannot be run: No such file"),
        ("'", "its quotation marks do not match"),
    ],
)
def test_a_command_that_gives_none_is_told_without_what_it_printed(command: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(ServerUnreachableError, match=says) as told:
        deliver(Provider(), command)
    assert "s3cret" not in str(told.value)
