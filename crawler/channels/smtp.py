"""Mail by SMTP (RFC 5321): one session a mail, blocking, never in the clear unless the settings say so.

What the server answers is sorted by what can be done about it: a code of the 400s, a lost connection or a wrong login
is temporary (it passes, or somebody mends the settings), a code of the 500s for this recipient or message is permanent.
"""

from __future__ import annotations

import base64
import ipaddress
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any, Self

from crawler.channels.base import MailSettings, Send, ServerUnreachableError, bare_address, reveal
from crawler.errors import DeliveryError, PermanentDeliveryError, TemporaryDeliveryError

_NEEDS_LOGIN = frozenset({530, 534, 535, 538})
"""RFC 4954 §6: the settings' fault, whatever step the server notices it at."""
_TOO_LARGE = 552
_PERMANENT = 500
_SECURITIES = ("plain", "starttls", "tls")
_LOGGED_IN = frozenset({235, 503})


@dataclass(frozen=True, slots=True)
class SmtpOptions:
    """How to reach the server; the password never shows in its repr."""

    host: str
    port: int = 25
    security: str = "starttls"
    """``plain``, ``starttls`` or ``tls``; nothing weaker is ever tried."""
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str = "tidings@localhost"
    """The envelope's sender: where a bounce goes."""
    timeout: float = 30.0
    """Seconds for one answer of the server."""
    deadline: float = 120.0
    """Seconds for the whole session: a server that sends a byte now and then keeps no thread for ever."""
    context: ssl.SSLContext | None = field(default=None, repr=False)
    """``None`` takes ``ssl.create_default_context()``: certificates and names are verified."""

    def __post_init__(self) -> None:
        if self.security not in _SECURITIES:
            raise ValueError(f"security is {self.security!r}; it may be {', '.join(_SECURITIES)}")

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def open_smtp(mail: MailSettings) -> Send:
    """The channel that ``[mail].smtp`` describes; connects only when something is sent."""
    options = _options(mail)
    return lambda message, recipient: send(message, recipient, options)


def probe(mail: MailSettings, *, within: float) -> None:
    """Connect, secure the session and log in as for a mail, and send nothing. Blocks ``within`` seconds at most.

    Raises:
        ServerUnreachableError: as ``send``.
    """
    options = replace(_options(mail), timeout=within, deadline=within)
    _refuse_bare_password(options.sender, options)
    with _told(options.sender, options) as guard, _session(options, guard) as client:
        _login(client, options.sender, options)


def _options(mail: MailSettings) -> SmtpOptions:
    server = mail.smtp
    if server is None:
        raise ValueError("[mail].smtp is not set: mail goes to the Maildir")
    return SmtpOptions(
        host=server.host,
        port=server.port,
        security=server.security,
        user=server.user,
        password=reveal(mail.password),
        sender=bare_address(mail.from_address),
    )


def send(message: bytes, recipient: str, options: SmtpOptions) -> None:
    """Hand ``message`` to the server for ``recipient`` (an address, with or without a name). Blocks.

    Raises:
        ServerUnreachableError: no connection, no TLS, no login, or the session broke off.
        TemporaryDeliveryError: the server said "not now".
        PermanentDeliveryError: the server will never take it for this recipient.
    """
    address = bare_address(recipient)
    if "@" not in address or any(ord(letter) <= ord(" ") for letter in address):
        raise PermanentDeliveryError(recipient, "is not a mail address")
    _refuse_bare_password(recipient, options)
    with _told(recipient, options) as guard, _session(options, guard) as client:
        _login(client, recipient, options)
        _transmit(client, message, address, options.sender)


class _Guard:
    """Ends a session at its deadline by shutting its socket: the blocked call then fails at once."""

    def __init__(self, seconds: float) -> None:
        self.client: smtplib.SMTP | None = None
        self.expired = False
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _expire(self) -> None:
        self.expired = True
        if self.client is not None and (sock := self.client.sock) is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


class _Plain(smtplib.SMTP):
    """A session that its guard knows from the first byte on: the greeting is already read in ``__init__``."""

    def __init__(self, guard: _Guard, **arguments: Any) -> None:  # noqa: ANN401 - handed through
        guard.client = self
        super().__init__(**arguments)


class _Tls(smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""

    def __init__(self, guard: _Guard, **arguments: Any) -> None:  # noqa: ANN401 - handed through
        guard.client = self
        super().__init__(**arguments)


@contextmanager
def _session(options: SmtpOptions, guard: _Guard) -> Iterator[smtplib.SMTP]:
    """A greeted session with the security that was asked for, and quit politely."""
    context = options.context or ssl.create_default_context()
    where: dict[str, Any] = {"host": options.host, "port": options.port, "timeout": options.timeout}
    client = _Tls(guard, context=context, **where) if options.security == "tls" else _Plain(guard, **where)
    try:
        client.ehlo_or_helo_if_needed()
        if options.security == "starttls":
            client.starttls(context=context)
            client.ehlo_or_helo_if_needed()
        yield client
        # The mail is taken: a server that stumbles over the farewell changes nothing.
        with suppress(OSError, smtplib.SMTPException):
            client.quit()
    finally:
        client.close()


def _login(client: smtplib.SMTP, recipient: str, options: SmtpOptions) -> None:
    if not options.user:
        return
    try:
        if (options.user + options.password).isascii():
            client.login(options.user, options.password)
            return
        # smtplib's own login knows only ASCII; RFC 4616 says UTF-8.
        token = base64.b64encode(f"\0{options.user}\0{options.password}".encode()).decode("ascii")
        code, says = client.docmd("AUTH", f"PLAIN {token}")
    except smtplib.SMTPAuthenticationError as error:
        raise _refused_login(recipient, options, error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPNotSupportedError as error:
        raise ServerUnreachableError(
            recipient,
            f"{options} offers no login over this connection; [mail].smtp may have to be smtps:// "
            "or smtp+starttls://, or have no user",
        ) from error
    if code not in _LOGGED_IN:
        raise _refused_login(recipient, options, code, says)


def _refused_login(recipient: str, options: SmtpOptions, code: int, says: bytes | str) -> DeliveryError:
    """Temporary: somebody mends the settings."""
    words = _words(code, says)
    return ServerUnreachableError(
        recipient,
        f"{options} refused the login of {options.user!r} ({words}); check the user in [mail].smtp and the password",
    )


def _transmit(client: smtplib.SMTP, message: bytes, address: str, sender: str) -> None:
    """MAIL, RCPT, DATA with the extensions that these addresses and bytes need (RFC 6152, RFC 6531)."""
    extensions = []
    if not (address + sender).isascii():
        if not client.has_extn("smtputf8"):
            raise PermanentDeliveryError(address, "the mail server takes no addresses outside ASCII (SMTPUTF8)")
        extensions.append("SMTPUTF8")
    if not message.isascii():
        if not client.has_extn("8bitmime"):
            raise PermanentDeliveryError(address, "the mail server takes no mail outside ASCII (8BITMIME)")
        extensions.append("BODY=8BITMIME")
    client.sendmail(sender, [address], message, mail_options=extensions)


@contextmanager
def _told(recipient: str, options: SmtpOptions) -> Iterator[_Guard]:
    """Every way in which a session fails, told as one of our errors."""
    with _Guard(options.deadline) as guard:
        try:
            yield guard
        except DeliveryError:
            raise
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            if guard.expired:
                says = f"{options} did not finish within {options.deadline:g} s"
                raise ServerUnreachableError(recipient, says) from error
            raise _sorted(error, recipient, options) from error


def _sorted(error: Exception, recipient: str, options: SmtpOptions) -> DeliveryError:
    """The error of ours that ``error`` amounts to."""
    # smtplib tells a silent server as "connection unexpectedly closed", with the true reason as its context.
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return ServerUnreachableError(recipient, f"{options} gave no answer within {options.timeout:g} s")
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, says = next(iter(error.recipients.values()))
            return _answer(recipient, code, says)
        case smtplib.SMTPSenderRefused() if error.smtp_code != _TOO_LARGE:
            # The sender is ours: a mistake in [mail].from must not use up the outbox.
            words = _words(error.smtp_code, error.smtp_error)
            return TemporaryDeliveryError(recipient, f"the server refused the sender {error.sender!r}: {words}")
        case smtplib.SMTPDataError() | smtplib.SMTPSenderRefused():
            return _answer(recipient, error.smtp_code, error.smtp_error)
        case smtplib.SMTPNotSupportedError():
            return ServerUnreachableError(recipient, f"{options} offers no STARTTLS; nothing was sent in the clear")
        case smtplib.SMTPResponseException():
            words = _words(error.smtp_code, error.smtp_error)
            return ServerUnreachableError(recipient, f"{options} does not take mail now: {words}")
        case ssl.SSLCertVerificationError():
            return ServerUnreachableError(recipient, f"{options}: the certificate is not right: {error.verify_message}")
        case UnicodeError():
            return ServerUnreachableError(recipient, f"{options}: {error}")
    reason = (isinstance(error, OSError) and error.strerror) or error  # without "[Errno 111]"
    return ServerUnreachableError(recipient, f"{options} cannot be reached: {reason}")


def _answer(recipient: str, code: int, says: bytes | str) -> DeliveryError:
    words = _words(code, says)
    if code in _NEEDS_LOGIN:
        return TemporaryDeliveryError(recipient, f"the server wants a login: {words}; see [mail].smtp")
    # A server that answers outside its grammar (code -1) has refused nothing for good.
    return PermanentDeliveryError(recipient, words) if code >= _PERMANENT else TemporaryDeliveryError(recipient, words)


def _words(code: int, says: bytes | str) -> str:
    """The server's own words on one line; they are a stranger's."""
    text = says.decode("utf-8", "replace") if isinstance(says, bytes) else says
    return f"{code} {' '.join(''.join(c if c.isprintable() else ' ' for c in text).split())}"[:500]


def _refuse_bare_password(recipient: str, options: SmtpOptions) -> None:
    if options.user and options.security == "plain" and not _is_loopback(options.host):
        raise ServerUnreachableError(
            recipient,
            f"the password is not sent to {options.host} over a plain connection; "
            "write smtps:// or smtp+starttls:// in [mail].smtp",
        )


def _is_loopback(host: str) -> bool:
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
