from __future__ import annotations

import smtplib
import socket
import ssl

import pytest

from crawler.channels.base import ServerUnreachableError, bare_address
from crawler.channels.smtp import SmtpOptions, _is_loopback, _sorted, send
from crawler.errors import DeliveryError, PermanentDeliveryError, TemporaryDeliveryError

OPTIONS = SmtpOptions("mail.example", 587, user="olya", password="s3cret-word")


def test_unknown_security_is_not_taken_for_plain() -> None:
    with pytest.raises(ValueError, match="security is 'ssl'; it may be plain, starttls, tls"):
        SmtpOptions("mail.example", security="ssl")


def test_password_never_shows() -> None:
    assert "s3cret-word" not in repr(OPTIONS)
    assert "s3cret-word" not in str(OPTIONS)


@pytest.mark.parametrize("host", ["mail.example", "192.0.2.1", "localhost.example", "::2"])
def test_password_is_not_sent_in_the_clear(host: str) -> None:
    with pytest.raises(ServerUnreachableError, match="password is not sent"):
        send(b"x", "a@x.example", SmtpOptions(host, security="plain", user="olya", password="p"))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.2", "::1", "[::1]", "LOCALHOST.", "mail.localhost"])
def test_loopback_is_known(host: str) -> None:
    assert _is_loopback(host)


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (smtplib.SMTPRecipientsRefused({"a@x": (550, b"no such user")}), PermanentDeliveryError, "550 no such user"),
        (smtplib.SMTPRecipientsRefused({"a@x": (450, b"greylisted")}), TemporaryDeliveryError, "450 greylisted"),
        (smtplib.SMTPRecipientsRefused({"a@x": (530, b"log in")}), TemporaryDeliveryError, "wants a login: 530"),
        (smtplib.SMTPSenderRefused(553, b"who?", "t@x"), TemporaryDeliveryError, "refused the sender 't@x': 553 who?"),
        (smtplib.SMTPSenderRefused(552, b"too big", "t@x"), PermanentDeliveryError, "552 too big"),
        (smtplib.SMTPDataError(554, "спам\r\n\x1b[31m".encode()), PermanentDeliveryError, "554 спам [31m"),
        (smtplib.SMTPDataError(452, b"disk full"), TemporaryDeliveryError, "452 disk full"),
        (smtplib.SMTPDataError(-1, b"gibberish"), TemporaryDeliveryError, "-1 gibberish"),
        (smtplib.SMTPConnectError(554, "closed"), ServerUnreachableError, "does not take mail now: 554 closed"),
        (OSError(111, "Connection refused"), ServerUnreachableError, "cannot be reached: Connection refused"),
        (smtplib.SMTPServerDisconnected("gone"), ServerUnreachableError, "cannot be reached: gone"),
        (TimeoutError("timed out"), ServerUnreachableError, "gave no answer within 30 s"),
        (ConnectionRefusedError(111, "refused"), ServerUnreachableError, "refused"),
        (socket.gaierror(-2, "Name or service not known"), ServerUnreachableError, "Name or service not known"),
        (ssl.SSLError(1, "wrong version number"), ServerUnreachableError, "wrong version number"),
        (smtplib.SMTPNotSupportedError("no"), ServerUnreachableError, "offers no STARTTLS"),
    ],
)
def test_answers_are_sorted(error: Exception, kind: type[DeliveryError], words: str) -> None:
    told = _sorted(error, "a@x.example", OPTIONS)
    assert type(told) is kind
    assert words in told.says


@pytest.mark.parametrize("recipient", ["", "nobody", "Nobody <>"])
def test_no_address_is_permanent(recipient: str) -> None:
    with pytest.raises(PermanentDeliveryError, match="not a mail address"):
        send(b"x", recipient, OPTIONS)


@pytest.mark.parametrize(
    ("mailbox", "address"),
    [
        ("Оля К. <olya@x.example>", "olya@x.example"),
        ("olya@x.example", "olya@x.example"),
        ("olya@пошта.укр", "olya@xn--80a1acn3a.xn--j1amh"),
        ("оля@x.example", "оля@x.example"),
        (f"a@{'ї' * 80}", f"a@{'ї' * 80}"),
    ],
)
def test_envelope_takes_the_bare_address(mailbox: str, address: str) -> None:
    assert bare_address(mailbox) == address
