from __future__ import annotations

import binascii
import smtplib
import socket
import ssl

import pytest

from crawler.channels.base import ServerUnreachableError, bare_address
from crawler.channels.smtp import SmtpOptions, _failure, _is_loopback, _refusal, _Step, send
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


SENDER, RECIPIENT, ANNOUNCED, TEXT = _Step


@pytest.mark.parametrize(
    ("step", "code", "says", "kind", "words"),
    [
        (SENDER, 450, "later", TemporaryDeliveryError, "refused the sender 't@x': 450 later"),
        (SENDER, 553, "who?", TemporaryDeliveryError, "refused the sender 't@x': 553 who?"),
        (SENDER, 552, "too big", PermanentDeliveryError, "552 too big"),
        (SENDER, 421, "bye", ServerUnreachableError, "ended the session: 421 bye"),
        (RECIPIENT, 550, "no such user", PermanentDeliveryError, "550 no such user"),
        (RECIPIENT, 550, "5.1.1 no such user", PermanentDeliveryError, "550 5.1.1 no such user"),
        (RECIPIENT, 501, "what address is that", PermanentDeliveryError, "501 what"),
        (RECIPIENT, 450, "greylisted", TemporaryDeliveryError, "450 greylisted"),
        (RECIPIENT, 530, "log in", TemporaryDeliveryError, "wants a login: 530"),
        (RECIPIENT, 554, "5.7.1 Relay access denied", TemporaryDeliveryError, "Relay access denied"),
        (RECIPIENT, 552, "too many", TemporaryDeliveryError, "552 too many"),
        (RECIPIENT, 552, "5.2.2 mailbox full", TemporaryDeliveryError, "552 5.2.2 mailbox full"),
        (RECIPIENT, 550, "5.4.4 no route", TemporaryDeliveryError, "550 5.4.4 no route"),
        (RECIPIENT, 503, "need MAIL", TemporaryDeliveryError, "503 need MAIL"),
        (RECIPIENT, 421, "bye", ServerUnreachableError, "ended the session: 421 bye"),
        (RECIPIENT, 550, "5.11.1 x", PermanentDeliveryError, "550"),
        (RECIPIENT, 550, "see 5.7.1 in our rules", PermanentDeliveryError, "550"),
        (ANNOUNCED, 451, "busy", TemporaryDeliveryError, "451 busy"),
        (ANNOUNCED, 554, "no", PermanentDeliveryError, "554 no"),
        (ANNOUNCED, 502, "no DATA here", TemporaryDeliveryError, "502 no DATA"),
        (TEXT, 554, "5.7.1 spam", PermanentDeliveryError, "554 5.7.1 spam"),
        (TEXT, 554, "спам\r\n\x1b[31m", PermanentDeliveryError, "554 спам [31m"),
        (TEXT, 552, "5.3.4 too big", PermanentDeliveryError, "552 5.3.4 too big"),
        (TEXT, 554, "5.3.0 local trouble", TemporaryDeliveryError, "554 5.3.0"),
        (TEXT, 452, "disk full", TemporaryDeliveryError, "452 disk full"),
        (TEXT, 221, "bye", TemporaryDeliveryError, "221 bye"),
        (TEXT, -1, "gibberish", TemporaryDeliveryError, "-1 gibberish"),
    ],
)
def test_refusals_are_sorted(step: _Step, code: int, says: str, kind: type[DeliveryError], words: str) -> None:
    options = SmtpOptions("mail.example", sender="t@x")
    told = _refusal("a@x.example", code, says.encode(), step=step, options=options)
    assert type(told) is kind
    assert words in told.says


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (smtplib.SMTPConnectError(554, "closed"), "does not take mail now: 554 closed"),
        (OSError(111, "Connection refused"), "cannot be reached: Connection refused"),
        (smtplib.SMTPServerDisconnected("gone"), "cannot be reached: gone"),
        (TimeoutError("timed out"), "gave no answer within 30 s"),
        (ConnectionRefusedError(111, "refused"), "refused"),
        (socket.gaierror(-2, "Name or service not known"), "Name or service not known"),
        (ssl.SSLError(1, "wrong version number"), "wrong version number"),
        (smtplib.SMTPNotSupportedError("no"), "offers no STARTTLS"),
        (binascii.Error("Incorrect padding"), "Incorrect padding"),
    ],
)
def test_a_session_that_breaks_off_is_the_servers(error: Exception, words: str) -> None:
    told = _failure(error, "a@x.example", OPTIONS)
    assert type(told) is ServerUnreachableError
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
