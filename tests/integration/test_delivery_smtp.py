"""Alerts through real SMTP on loopback: TLS, logins, refusals, servers that drop the line or never end."""

from __future__ import annotations

import asyncio
import email
import email.policy
import socket
import ssl
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from crawler.alerts.compose import compose
from crawler.channels import ServerUnreachableError
from crawler.channels.smtp import SmtpOptions, send
from crawler.delivery import Delivered, deliver
from crawler.errors import PermanentDeliveryError, TemporaryDeliveryError
from crawler.model import Alert, AlertArticle, AlertKind
from tests.fakes import FakeOutbox
from tests.postoffice import PostOffice

NOW = datetime(2025, 10, 10, 12, 0, tzinfo=UTC)
MESSAGE = b"From: t@x.example\r\nTo: a@x.example\r\nSubject: News\r\nMessage-ID: <1@x.example>\r\n\r\nHello\r\n"
PASSWORDS = (b"secret", "пароль".encode())


class Office:
    """A mail server's rules: whom it refuses and how, what it answers to the mail itself."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.tls: list[bool] = []
        self.refused: dict[str, str] = {}
        self.answers: list[str] = []
        self.drop_after_data = False

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.taken.append(envelope)
        self.tls.append(session.ssl is not None)
        if self.drop_after_data:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return self.answers.pop(0) if self.answers else "250 2.0.0 queued"


def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    known = isinstance(data, LoginPassword) and data.login == b"olya" and data.password in PASSWORDS
    return AuthResult(success=known, handled=False)


# aiosmtpd warns of what these tests want: a login without TLS, on loopback.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

Open = Callable[..., SmtpOptions]


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def open_office(office: Office) -> Iterator[Open]:
    with ExitStack() as running:

        def start(**settings: object) -> SmtpOptions:
            opened = running.enter_context(PostOffice(office, **settings))  # type: ignore[arg-type]
            return SmtpOptions("localhost", opened.port, security="plain", sender="t@x.example", timeout=5)

        yield start


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost that nobody signed, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert, private = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert, private


@pytest.fixture
def server_tls(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


@pytest.fixture
def client_tls(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate[0]))


def test_plain(open_office: Open, office: Office) -> None:
    send(MESSAGE, "Оля <a@x.example>", open_office())
    (envelope,) = office.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == ("t@x.example", ["a@x.example"])
    assert envelope.content == MESSAGE


def test_starttls(open_office: Open, office: Office, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    options = open_office(tls_context=server_tls, require_starttls=True)
    send(MESSAGE, "a@x.example", replace(options, security="starttls", context=client_tls))
    assert office.tls == [True]


def test_tls(open_office: Open, office: Office, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    options = open_office(tls=server_tls)
    send(MESSAGE, "a@x.example", replace(options, security="tls", context=client_tls))
    assert len(office.taken) == 1


def test_unknown_certificate_is_refused(open_office: Open, office: Office, server_tls: ssl.SSLContext) -> None:
    options = replace(open_office(tls_context=server_tls), security="starttls")
    with pytest.raises(ServerUnreachableError, match="the certificate is not right"):
        send(MESSAGE, "a@x.example", options)
    assert office.taken == []


def test_certificate_for_another_name_is_refused(
    open_office: Open, office: Office, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    options = open_office(tls_context=server_tls)
    with pytest.raises(ServerUnreachableError, match="the certificate is not right"):
        send(MESSAGE, "a@x.example", replace(options, host="127.0.0.1", security="starttls", context=client_tls))
    assert office.taken == []


def test_never_falls_back_to_plain(open_office: Open, office: Office) -> None:
    with pytest.raises(ServerUnreachableError, match="offers no STARTTLS; nothing was sent in the clear"):
        send(MESSAGE, "a@x.example", replace(open_office(), security="starttls", user="olya", password="secret"))
    assert office.taken == []


@pytest.mark.parametrize("password", ["secret", "пароль"])
def test_login(open_office: Open, office: Office, password: str) -> None:
    options = open_office(authenticator=authenticate, auth_required=True, auth_require_tls=False)
    send(MESSAGE, "a@x.example", replace(options, user="olya", password=password))
    assert len(office.taken) == 1


@pytest.mark.parametrize("password", ["wrong", "помилка"])
def test_wrong_password_is_temporary_and_not_told(open_office: Open, office: Office, password: str) -> None:
    options = open_office(authenticator=authenticate, auth_required=True, auth_require_tls=False)
    with pytest.raises(ServerUnreachableError, match="refused the login of 'olya'") as caught:
        send(MESSAGE, "a@x.example", replace(options, user="olya", password=password))
    assert password not in str(caught.value)
    assert "check the user in [mail].smtp and the password" in caught.value.says


def test_missing_login_is_temporary(open_office: Open) -> None:
    options = open_office(authenticator=authenticate, auth_required=True, auth_require_tls=False)
    with pytest.raises(TemporaryDeliveryError, match="530"):
        send(MESSAGE, "a@x.example", options)


def test_server_without_logins(open_office: Open) -> None:
    with pytest.raises(ServerUnreachableError, match="offers no login"):
        send(MESSAGE, "a@x.example", replace(open_office(), user="olya", password="secret"))


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("550 5.1.1 no such user", PermanentDeliveryError),
        ("451 4.7.1 greylisted", TemporaryDeliveryError),
        ("530 5.7.0 log in first", TemporaryDeliveryError),
    ],
)
def test_refused_recipient(open_office: Open, office: Office, answer: str, kind: type[Exception]) -> None:
    office.refused = {"a@x.example": answer}
    with pytest.raises(kind) as caught:
        send(MESSAGE, "a@x.example", open_office())
    assert type(caught.value) is kind
    assert answer in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("554 5.7.1 looks like spam", PermanentDeliveryError), ("452 4.3.1 disk full", TemporaryDeliveryError)],
)
def test_refused_message(open_office: Open, office: Office, answer: str, kind: type[Exception]) -> None:
    office.answers = [answer]
    with pytest.raises(kind) as caught:
        send(MESSAGE, "a@x.example", open_office())
    assert type(caught.value) is kind


def test_line_lost_after_the_mail_is_temporary(open_office: Open, office: Office) -> None:
    office.drop_after_data = True
    with pytest.raises(ServerUnreachableError):
        send(MESSAGE, "a@x.example", open_office())


def test_recipient_outside_ascii(open_office: Open, office: Office) -> None:
    raw = MESSAGE.replace(b"To: a@", "To: оля@".encode())
    send(raw, "оля@пошта.example", open_office(enable_SMTPUTF8=True))
    (envelope,) = office.taken
    assert envelope.rcpt_tos == ["оля@xn--80a1acn3a.example"]
    assert envelope.smtp_utf8
    with pytest.raises(PermanentDeliveryError, match="SMTPUTF8"):
        send(raw, "оля@пошта.example", open_office(enable_SMTPUTF8=False))


def test_nobody_listens() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        options = SmtpOptions("127.0.0.1", held.getsockname()[1], security="plain", timeout=5)
        with pytest.raises(ServerUnreachableError, match="cannot be reached"):
            send(MESSAGE, "a@x.example", options)


def test_silent_server_times_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        options = SmtpOptions("127.0.0.1", silent.getsockname()[1], security="plain", timeout=0.3)
        with pytest.raises(ServerUnreachableError, match=r"gave no answer within 0\.3 s"):
            send(MESSAGE, "a@x.example", options)


def test_dripping_server_meets_the_deadline() -> None:
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            connection, _ = listening.accept()
            with connection, suppress(OSError):
                while not stop.wait(0.05):
                    connection.sendall(b"2")

        dripping = threading.Thread(target=drip)
        dripping.start()
        options = SmtpOptions("127.0.0.1", listening.getsockname()[1], security="plain", timeout=5, deadline=0.5)
        begun = time.monotonic()
        with pytest.raises(ServerUnreachableError, match=r"did not finish within 0\.5 s"):
            send(MESSAGE, "a@x.example", options)
        assert time.monotonic() - begun < 3
        stop.set()
        dripping.join(5)


def alert(number: int, recipient: str) -> Alert:
    title = f"Повернулися ще {number} дітей"
    article = AlertArticle(
        number, f"https://visnyk.example/{number}", title, "Про це повідомили в п’ятницю. " * 5, "uk", "Вісник", "",
        NOW, NOW, 1.0, (),
    )  # fmt: skip
    return Alert(number, f"<{number}@t.example>", recipient, "Діти", AlertKind.NEWS, NOW, (article,))


def test_outbox_to_inbox(open_office: Open, office: Office) -> None:
    office.refused = {"gone@x.example": "550 5.1.1 no such user", "grey@x.example": "451 4.7.1 later"}
    options = open_office()
    outbox = FakeOutbox(
        alert(1, "olya@x.example"), alert(2, "gone@x.example"), alert(3, "grey@x.example"), alert(4, "not an address")
    )

    def write(told: Alert) -> bytes:
        return compose(told, sender="Tidings <t@x.example>", timezone=UTC, now=NOW, version="0.1.0")

    def channel(message: bytes, to: str) -> None:
        send(message, to, options)

    def work(now: datetime) -> Delivered:
        return asyncio.run(
            deliver(outbox, lambda message, to: send(message, to, options), compose=write, clock=lambda: now)
        )

    assert work(NOW) == Delivered(delivered=1, failed=2, waiting=1)
    assert "550 5.1.1 no such user" in outbox.errors[2]
    assert "is not one mail address" in outbox.errors[4]
    office.refused = {}
    assert work(NOW) == Delivered(delivered=0, failed=0, waiting=1)
    assert work(NOW + timedelta(minutes=2)) == Delivered(delivered=1, failed=0, waiting=0)
    first, second = (email.message_from_bytes(env.content, policy=email.policy.default) for env in office.taken)  # type: ignore[arg-type]
    assert first["Subject"] == "Повернулися ще 1 дітей – Вісник"
    assert second["Message-ID"] == "<3@t.example>"
    assert office.taken[1].content == outbox.alerts[3].message


def test_crash_between_answer_and_note_sends_the_same_again(open_office: Open, office: Office) -> None:
    options = open_office()
    outbox = FakeOutbox(alert(1, "olya@x.example"))

    def write(told: Alert) -> bytes:
        return compose(told, sender="t@x.example", timezone=UTC, now=datetime.now(UTC), version="0.1.0")

    def sent_then_killed(message: bytes, recipient: str) -> None:
        send(message, recipient, options)
        raise TemporaryDeliveryError(recipient, "killed before the note")

    asyncio.run(deliver(outbox, sent_then_killed, compose=write, clock=lambda: NOW))
    later = NOW + timedelta(hours=1)
    asyncio.run(deliver(outbox, lambda message, to: send(message, to, options), compose=write, clock=lambda: later))
    assert office.taken[0].content == office.taken[1].content
    assert outbox.states[1] == "sent"


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
@pytest.mark.parametrize("password", ["secret", "пароль"])
def test_every_way_to_log_in(open_office: Open, office: Office, mechanism: str, password: str) -> None:
    other = "LOGIN" if mechanism == "PLAIN" else "PLAIN"
    options = open_office(
        authenticator=authenticate, auth_required=True, auth_require_tls=False, auth_exclude_mechanism=[other]
    )
    send(MESSAGE, "a@x.example", replace(options, user="olya", password=password))
    assert len(office.taken) == 1


def test_a_login_that_keeps_the_password_to_itself() -> None:
    challenge = b"<1896.697170952@postoffice.reston.mci.net>"
    said: list[bytes] = []

    def answer(connection: socket.socket) -> None:
        with connection, connection.makefile("rwb", buffering=0) as line:
            for reply in (
                b"220 post",
                b"250-post\r\n250 AUTH PLAIN CRAM-MD5",
                b"334 " + b64encode(challenge),
                b"535 no",
            ):
                line.write(reply + b"\r\n")
                said.append(line.readline())

    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = threading.Thread(target=lambda: answer(listening.accept()[0]))
        serving.start()
        options = SmtpOptions(
            "127.0.0.1", listening.getsockname()[1], security="plain", user="tim", password="tanstaaftanstaaf"
        )
        with pytest.raises(ServerUnreachableError, match="535"):
            send(MESSAGE, "a@x.example", options)
        serving.join(5)
    # RFC 2195's own example.
    assert b64decode(said[2]) == b"tim b913a602c7eda7a495b4e6e7334d3890"
