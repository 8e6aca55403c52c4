"""Mail by SMTP (RFC 5321): one session a mail, blocking, never in the clear unless the settings say so.

What the server answers is sorted by what can be done about it, and by when it was said. Whatever passes by itself or
can be mended in the settings is temporary: a code of the 400s, a lost connection, a wrong login, a refused sender, a
full mailbox, a policy against us. A code of the 500s about this recipient or this message is permanent.
"""

from __future__ import annotations

import base64
import hmac
import ipaddress
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from crawler.channels.base import MailSettings, Send, ServerUnreachableError, bare_address, reveal
from crawler.channels.connection import Client, Deadline, connect
from crawler.channels.tokens import access_token, xoauth2
from crawler.errors import DeliveryError, PermanentDeliveryError, TemporaryDeliveryError

_NEEDS_LOGIN = frozenset({530, 534, 535, 538})
"""RFC 4954 §6: the settings' fault, whatever step the server notices it at."""
_TAKEN = frozenset({250, 251, 252})
"""Yes; the latter two to a recipient: "will forward", "cannot verify, will try"."""
_PERMANENT = 500
_TOO_LARGE = 552
_CLOSING = 421
"""RFC 5321 §3.8: may be said at any moment, whatever was asked."""
_NOT_UNDERSTOOD = frozenset({500, 502, 503, 504})
"""RFC 5321 §4.2.2: the server's trouble with a command, which says nothing about the mail."""
_STATUS = re.compile(r"5\.(\d{1,3})\.(\d{1,3})(?!\S)")
_FULL = (2, 2)
_TOO_BIG = (3, 4)
_SYSTEM, _ROUTING, _POLICY = 3, 4, 7
_SECURITIES = ("plain", "starttls", "tls")
_GO_ON = 334
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
    token_command: str = ""
    """What prints an access token (OAuth 2.0); then the login is XOAUTH2, and there is no password."""
    sender: str = "tidings@localhost"
    """The envelope's sender: where a bounce goes."""
    timeout: float = 30.0
    """Seconds for one answer of the server."""
    deadline: float = 50.0
    """Seconds for the whole session, the look-up of the server's name included. RFC 5321 §4.5.3.2 would wait ten
    minutes after the mail's end alone; a session that is cut off sends the same bytes again, so nothing is lost by it,
    and a server that hangs holds up nobody."""
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
    with _told(options.sender, options) as deadline, _session(options, deadline) as client:
        _login(client, options.sender, options)


class _Step(Enum):
    """What the server was told last."""

    SENDER = auto()
    RECIPIENT = auto()
    ANNOUNCED = auto()
    TEXT = auto()


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
        token_command=mail.token_command,
        sender=bare_address(mail.from_address),
    )


def send(message: bytes, recipient: str, options: SmtpOptions) -> None:
    """Hand ``message`` to the server for ``recipient`` (an address, with or without a name). Blocks.

    Raises:
        ServerUnreachableError: no connection, no TLS, no login, or the session broke off.
        TemporaryDeliveryError: the server said "not now", or what somebody can mend.
        PermanentDeliveryError: the server will never take it for this recipient.
    """
    address = bare_address(recipient)
    if "@" not in address or any(ord(letter) <= ord(" ") for letter in address):
        raise PermanentDeliveryError(recipient, "is not a mail address")
    _refuse_bare_password(recipient, options)
    with _told(recipient, options) as deadline, _session(options, deadline) as client:
        _login(client, recipient, options)
        _transmit(client, message, address, options, deadline)


@contextmanager
def _session(options: SmtpOptions, deadline: Deadline) -> Iterator[Client]:
    """A greeted session with the security that was asked for, and quit politely."""
    context = options.context or ssl.create_default_context()
    client = Client(connect(options.host, options.port, deadline, options.timeout), options.timeout)
    try:
        if options.security == "tls":
            client.secure(context, options.host)
        _expect(client.getreply(), 220)
        client.ehlo_or_helo_if_needed()
        if options.security == "starttls":
            if not client.has_extn("starttls"):
                raise smtplib.SMTPNotSupportedError
            _expect(client.docmd("STARTTLS"), 220)
            client.secure(context, options.host)
            client.ehlo_or_helo_if_needed()
        yield client
        client.part()
    finally:
        client.close()


def _expect(answer: tuple[int, bytes], wanted: int) -> None:
    if answer[0] != wanted:
        raise smtplib.SMTPResponseException(*answer)


def _login(client: Client, recipient: str, options: SmtpOptions) -> None:
    """One attempt, one mechanism: a second after a refusal would count twice towards a lock."""
    if not options.user:
        return
    offered = client.esmtp_features.get("auth", "").upper().split()
    # Without TLS (on this machine alone) the one that does not say the password comes first.
    if options.token_command:
        _login_by_token(client, recipient, options)
        return
    preferred = reversed(_LOGINS) if options.security == "plain" else iter(_LOGINS)
    mechanism = next((name for name in preferred if name in offered), None)
    if mechanism is None:
        raise ServerUnreachableError(
            recipient,
            f"{options} offers no login over this connection; [mail].smtp may have to be smtps:// "
            "or smtp+starttls://, or have no user",
        )
    code, says = _LOGINS[mechanism](client, options.user, options.password)
    if code not in _LOGGED_IN:
        raise _refused_login(recipient, options, code, says)


def _login_by_token(client: Client, recipient: str, options: SmtpOptions) -> None:
    """XOAUTH2 (developers.google.com/gmail/imap/xoauth2-protocol), which Microsoft and Google both speak.

    A refusal comes as a challenge with JSON in it; an empty answer to that brings the code (§ "Error response").
    """
    token = _access_token(recipient, options)
    said = _base64(xoauth2(options.user, token).encode())
    code, says = client.docmd("AUTH", f"XOAUTH2 {said}")
    if code == _GO_ON:
        code, says = client.docmd("")
    if code not in _LOGGED_IN:
        words = _words(code, says)
        raise ServerUnreachableError(
            recipient,
            f"{options} refused the login of {options.user!r} by access token ({words}); check the user in [mail].smtp "
            "and what [mail].token_command prints",
        )


def _access_token(recipient: str, options: SmtpOptions) -> str:
    try:
        return access_token(options.token_command, "[mail].token_command")
    except ValueError as error:
        raise ServerUnreachableError(recipient, str(error)) from None


def _plain(client: Client, user: str, password: str) -> tuple[int, bytes]:
    """RFC 4616, in UTF-8, which smtplib's own does not speak."""
    token = _base64(f"\0{user}\0{password}".encode())
    return client.docmd("AUTH", f"PLAIN {token}")


def _by_questions(client: Client, user: str, password: str) -> tuple[int, bytes]:
    """``AUTH LOGIN``, which nobody wrote down and many speak: two questions, whose words do not matter."""
    answer = client.docmd("AUTH", "LOGIN")
    for word in (user, password):
        if answer[0] != _GO_ON:
            return answer
        answer = client.docmd(_base64(word.encode()))
    return answer


def _cram_md5(client: Client, user: str, password: str) -> tuple[int, bytes]:
    """RFC 2195."""
    code, challenge = client.docmd("AUTH", "CRAM-MD5")
    if code != _GO_ON:
        return code, challenge
    digest = hmac.new(password.encode(), base64.b64decode(challenge), "md5").hexdigest()
    return client.docmd(_base64(f"{user} {digest}".encode()))


_LOGINS = {"PLAIN": _plain, "LOGIN": _by_questions, "CRAM-MD5": _cram_md5}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _refused_login(recipient: str, options: SmtpOptions, code: int, says: bytes | str) -> DeliveryError:
    """Temporary: somebody mends the settings."""
    words = _words(code, says)
    return ServerUnreachableError(
        recipient,
        f"{options} refused the login of {options.user!r} ({words}); check the user in [mail].smtp and the password",
    )


def _transmit(client: Client, message: bytes, address: str, options: SmtpOptions, deadline: Deadline) -> None:
    """MAIL, RCPT, DATA, the text: each answer judged by what it answers."""

    def judge(answer: tuple[int, bytes], step: _Step) -> None:
        if answer[0] not in _TAKEN:
            raise _refusal(address, *answer, step=step, options=options)

    judge(client.mail(options.sender, _extensions(client, message, address, options.sender)), _Step.SENDER)
    judge(client.rcpt(address), _Step.RECIPIENT)
    # The answer to the text decides whether it is sent again: it may take until the deadline (RFC 1047).
    client.wait_at_most(deadline.left() + options.timeout)
    try:
        answer = client.data(message)
    except smtplib.SMTPDataError as error:
        raise _refusal(address, error.smtp_code, error.smtp_error, step=_Step.ANNOUNCED, options=options) from error
    judge(answer, _Step.TEXT)


def _extensions(client: Client, message: bytes, address: str, sender: str) -> list[str]:
    """What these addresses and bytes need (RFC 6152, RFC 6531), and how many there are (RFC 1870)."""
    wanted = [f"SIZE={len(message)}"] if client.has_extn("size") else []
    if not (address + sender).isascii():
        if not client.has_extn("smtputf8"):
            raise PermanentDeliveryError(address, "the mail server takes no addresses outside ASCII (SMTPUTF8)")
        wanted.append("SMTPUTF8")
    if not message.isascii():
        if not client.has_extn("8bitmime"):
            raise PermanentDeliveryError(address, "the mail server takes no mail outside ASCII (8BITMIME)")
        wanted.append("BODY=8BITMIME")
    return wanted


@contextmanager
def _told(recipient: str, options: SmtpOptions) -> Iterator[Deadline]:
    """Every way in which a session fails, told as one of our errors."""
    with Deadline(options.deadline) as deadline:
        try:
            yield deadline
        except DeliveryError:
            raise
        except (OSError, smtplib.SMTPException, ValueError) as error:
            if deadline.expired:
                says = f"{options} did not finish within {options.deadline:g} s"
                raise ServerUnreachableError(recipient, says) from error
            raise _failure(error, recipient, options) from error


def _failure(error: Exception, recipient: str, options: SmtpOptions) -> DeliveryError:
    """The error of ours that a session's end amounts to."""
    # smtplib tells a silent server as "connection unexpectedly closed", with the true reason as its context.
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return ServerUnreachableError(recipient, f"{options} gave no answer within {options.timeout:g} s")
    match error:
        case smtplib.SMTPNotSupportedError():
            return ServerUnreachableError(recipient, f"{options} offers no STARTTLS; nothing was sent in the clear")
        case smtplib.SMTPResponseException():
            words = _words(error.smtp_code, error.smtp_error)
            return ServerUnreachableError(recipient, f"{options} does not take mail now: {words}")
        case ssl.SSLCertVerificationError():
            return ServerUnreachableError(recipient, f"{options}: the certificate is not right: {error.verify_message}")
        case ValueError():
            return ServerUnreachableError(recipient, f"{options}: {error}")
    reason = (isinstance(error, OSError) and error.strerror) or error  # without "[Errno 111]"
    return ServerUnreachableError(recipient, f"{options} cannot be reached: {reason}")


def _refusal(recipient: str, code: int, says: bytes | str, *, step: _Step, options: SmtpOptions) -> DeliveryError:
    """What a "no" to one of a mail's commands amounts to."""
    words = _words(code, says)
    text = words.partition(" ")[2]
    if code == _CLOSING:
        return ServerUnreachableError(recipient, f"{options} ended the session: {words}")
    if code in _NEEDS_LOGIN:
        return TemporaryDeliveryError(recipient, f"the server wants a login: {words}; see [mail].smtp")
    if step is _Step.SENDER and code != _TOO_LARGE:
        # The sender is ours: a mistake in [mail].from must not use up the outbox.
        return TemporaryDeliveryError(recipient, f"the server refused the sender {options.sender!r}: {words}")
    # A server that answers outside its grammar (code -1) has refused nothing for good.
    if code < _PERMANENT or _can_be_mended(code, text, step):
        return TemporaryDeliveryError(recipient, words)
    return PermanentDeliveryError(recipient, words)


def _can_be_mended(code: int, says: str, step: _Step) -> bool:
    """Whether a code of the 500s tells of something that another day may see mended (RFC 3463 §3).

    A policy against our machine or a login that is missing is often told at the recipient (Postfix' default), and means
    every alert: before the text was seen it waits. A text that was seen and refused is refused.
    """
    if code in _NOT_UNDERSTOOD or (code == _TOO_LARGE and step is _Step.RECIPIENT):  # RFC 5321 §4.5.3.1.10
        return True
    found = _STATUS.match(says)
    if found is None:
        return False
    subject, detail = int(found[1]), int(found[2])
    if (subject, detail) == _FULL:
        return True
    if subject == _POLICY:
        return step is not _Step.TEXT
    return subject in {_SYSTEM, _ROUTING} and (subject, detail) != _TOO_BIG


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
