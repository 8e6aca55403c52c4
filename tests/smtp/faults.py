"""The catalogue: how a mail server can fail, and what has to become of the alert.

``waiting``: kept, with the next attempt and the server's words. ``failed``: kept, with the reason. ``delivered``: the
fault does not matter. After the server is mended, what waited has to arrive.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tests.smtp.server import Act, HangUpError, Talk


@dataclass(frozen=True)
class Fault:
    """One way to fail."""

    name: str
    outcome: str
    says: str
    """What has to stand in the alert's error; empty where it was delivered."""
    steps: tuple[str, ...] = ()
    act: Act | None = None
    security: str = "smtp"
    logins: bool = False
    certificate: str = "good"
    host: str = "localhost"
    listens: bool = True
    slow: bool = False
    """Takes the client's whole patience."""
    everybody: bool = True
    """It happens to every mail, not to one."""


def _say(answer: str) -> Act:
    return lambda _: answer.encode()


def _drop(_: Talk) -> bytes:
    raise HangUpError


def _say_and_drop(answer: str) -> Act:
    def act(talk: Talk) -> bytes:
        talk.say(answer.encode() + b"\r\n")
        raise HangUpError

    return act


def _hang(talk: Talk) -> bytes:
    talk.wait(math.inf)
    raise HangUpError


def _say_and_hang(answer: str) -> Act:
    def act(talk: Talk) -> bytes:
        talk.say(answer.encode())
        return _hang(talk)

    return act


def _repeat(data: bytes, paces: float = 0.0) -> Act:
    """The same for ever, at a byte a second or as fast as it goes."""

    def act(talk: Talk) -> bytes:
        while not talk.server.closing.is_set():
            talk.say(data)
            talk.wait(paces)
        raise HangUpError

    return act


def _late(paces: float) -> Act:
    def act(talk: Talk) -> bytes:
        talk.wait(paces)
        return talk.usual()

    return act


def _cut_short(talk: Talk) -> bytes:
    """Takes some of the text and resets the connection."""
    talk.say(b"354 go on\r\n")
    talk.line()
    raise HangUpError


def _take_nothing(talk: Talk) -> bytes:
    """Asks for the text and never reads it."""
    talk.say(b"354 go on\r\n")
    return _hang(talk)


def _slowly(talk: Talk) -> bytes:
    """The right answer, one byte at a time."""
    talk.byte_by_byte = True
    return talk.usual()


def _only_starttls(talk: Talk) -> bytes:
    """STARTTLS, and nothing more once the session is encrypted."""
    return b"250 post.example" if talk.secure else talk.usual()


def _drip_handshake(talk: Talk) -> bytes:
    """The beginning of a TLS record of 16 kB, and then a byte of it now and again."""
    if talk.step == "STARTTLS":
        talk.say(b"220 go ahead\r\n")
    talk.line()
    talk.say(b"\x16\x03\x03\x40\x00")
    return _repeat(b"\x02", 1)(talk)


_INJECTED = "220 go ahead\r\n250 injected\r\n250-evil.example\r\n250 AUTH PLAIN"
"""More than the answer to STARTTLS in one segment: what an attacker on the line would put in."""
_ALL = ("banner", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "text")
_TLS, _STARTTLS = "smtps", "smtp+starttls"
_NO_ANSWER, _NO_END = "gave no answer within", "did not finish within"
_BROKEN, _WRONG = "cannot be reached", "the certificate is not right"

_TALK = (
    Fault("connection refused", "waiting", "refused", listens=False),
    Fault("name does not resolve", "waiting", _BROKEN, host="nowhere.invalid"),
    Fault("no banner", "waiting", _NO_ANSWER, ("banner",), _hang, slow=True),
    Fault("banner of 1 byte/s", "waiting", _NO_END, ("banner",), _repeat(b"2", 1), slow=True),
    Fault("half a banner, then silence", "waiting", _NO_ANSWER, ("banner",), _say_and_hang("220 po"), slow=True),
    Fault("banner 554", "waiting", "554 no mail", ("banner",), _say("554 no mail from you")),
    Fault("banner 421", "waiting", "421 too busy", ("banner",), _say_and_drop("421 too busy")),
    Fault("banner of garbage", "waiting", "does not take mail", ("banner",), _say("\x00\xff\x1b[31m SSH-2.0")),
    Fault("banner without a line's end", "waiting", "Line too long", ("banner",), _repeat(b"2" * 9000)),
    Fault("banner without end", "waiting", "says more than", ("banner",), _repeat(b"220-" + b"x" * 990 + b"\r\n")),
    Fault("hangs up at once", "waiting", _BROKEN, ("banner",), _drop),
    Fault("EHLO and HELO refused", "waiting", "502 no", ("EHLO", "HELO"), _say("502 no")),
    Fault("EHLO refused", "delivered", "", ("EHLO",), _say("502 no")),
    Fault("hangs up at EHLO", "waiting", _BROKEN, ("EHLO",), _drop),
    Fault("EHLO without end", "waiting", "says more than", ("EHLO",), _repeat(b"250-SIZE " + b"9" * 900 + b"\r\n")),
    Fault("silence at EHLO", "waiting", _NO_ANSWER, ("EHLO",), _hang, slow=True),
    Fault("every answer 2 s late", "delivered", "", _ALL, _late(2)),
    Fault("every answer 20 s late", "waiting", _NO_END, _ALL, _late(20), slow=True),
    Fault("every answer byte by byte", "delivered", "", _ALL, _slowly),
)
_SECURITY = (
    Fault(
        "STARTTLS stripped",
        "waiting",
        "nothing was sent in the clear",
        ("EHLO",),
        _say("250-post\r\n250 AUTH PLAIN LOGIN"),
        _STARTTLS,
        logins=True,
    ),
    Fault(
        "EHLO refused where TLS is wanted",
        "waiting",
        "nothing was sent in the clear",
        ("EHLO",),
        _say("502 no"),
        _STARTTLS,
        logins=True,
    ),
    Fault("STARTTLS 454", "waiting", "454 no TLS", ("STARTTLS",), _say("454 no TLS now"), _STARTTLS, logins=True),
    Fault(
        "STARTTLS, then garbage",
        "waiting",
        _BROKEN,
        ("STARTTLS",),
        _say_and_drop("220 go ahead\r\n250 not TLS at all"),
        _STARTTLS,
        logins=True,
    ),
    Fault(
        "STARTTLS, then hangs up",
        "waiting",
        _BROKEN,
        ("STARTTLS",),
        _say_and_drop("220 go ahead"),
        _STARTTLS,
        logins=True,
    ),
    Fault(
        "STARTTLS, then silence",
        "waiting",
        _NO_ANSWER,
        ("STARTTLS",),
        _say_and_hang("220 go ahead\r\n"),
        _STARTTLS,
        logins=True,
        slow=True,
    ),
    Fault(
        "STARTTLS, then 1 byte/s",
        "waiting",
        _NO_ANSWER,
        ("STARTTLS",),
        _drip_handshake,
        _STARTTLS,
        logins=True,
        slow=True,
    ),
    Fault("answers injected before TLS", "delivered", "", ("STARTTLS",), _say(_INJECTED), _STARTTLS, logins=True),
    Fault("certificate self-signed", "waiting", _WRONG, security=_STARTTLS, logins=True, certificate="self_signed"),
    Fault("certificate expired", "waiting", _WRONG, security=_STARTTLS, logins=True, certificate="expired"),
    Fault("certificate of another host", "waiting", _WRONG, security=_STARTTLS, logins=True, certificate="other_name"),
    Fault("smtps, certificate expired", "waiting", _WRONG, security=_TLS, logins=True, certificate="expired"),
    Fault(
        "smtps, certificate of another host", "waiting", _WRONG, security=_TLS, logins=True, certificate="other_name"
    ),
    Fault("smtps, no TLS there", "waiting", _BROKEN, ("hello",), _say("220 post"), _TLS, logins=True),
    Fault("smtps, 1 byte/s", "waiting", _NO_ANSWER, ("hello",), _drip_handshake, _TLS, logins=True, slow=True),
    Fault("AUTH refused", "waiting", "refused the login", ("AUTH",), _say("535 5.7.8 wrong"), _STARTTLS, logins=True),
    Fault("AUTH 454", "waiting", "454 4.7.0", ("AUTH",), _say("454 4.7.0 not now"), _STARTTLS, logins=True),
    Fault("AUTH 421", "waiting", "421", ("AUTH",), _say_and_drop("421 bye"), _STARTTLS, logins=True),
    Fault("hangs up at AUTH", "waiting", _BROKEN, ("AUTH",), _drop, _STARTTLS, logins=True),
    Fault("no AUTH offered", "waiting", "offers no login", ("EHLO",), _only_starttls, _STARTTLS, logins=True),
    Fault("AUTH in clear asked", "waiting", "wants a login: 530", ("MAIL",), _say("530 5.7.0 log in first")),
)
_MAIL = (
    Fault("MAIL FROM 451", "waiting", "451 4.3.0", ("MAIL",), _say("451 4.3.0 later")),
    Fault("MAIL FROM 550", "waiting", "refused the sender", ("MAIL",), _say("550 5.1.8 who are you")),
    Fault("MAIL FROM 421", "waiting", "421 4.3.2", ("MAIL",), _say_and_drop("421 4.3.2 going down")),
    Fault("hangs up at MAIL FROM", "waiting", _BROKEN, ("MAIL",), _drop),
    Fault("RCPT TO 450", "waiting", "450 4.2.1", ("RCPT",), _say("450 4.2.1 greylisted"), everybody=False),
    Fault("RCPT TO 452", "waiting", "452 4.2.2", ("RCPT",), _say("452 4.2.2 mailbox full"), everybody=False),
    Fault("RCPT TO 552 5.2.2", "waiting", "5.2.2", ("RCPT",), _say("552 5.2.2 mailbox full"), everybody=False),
    Fault("RCPT TO 554 5.7.1", "waiting", "5.7.1", ("RCPT",), _say("554 5.7.1 relay access denied"), everybody=False),
    Fault("RCPT TO 421", "waiting", "421", ("RCPT",), _say_and_drop("421 4.7.0 bye"), everybody=False),
    Fault("one of two refused, 550", "failed", "550 5.1.1", ("RCPT",), _say("550 5.1.1 no such user"), everybody=False),
    Fault("DATA 451", "waiting", "451 4.3.0", ("DATA",), _say("451 4.3.0 disk full"), everybody=False),
    Fault("DATA 554", "failed", "554 no", ("DATA",), _say("554 no"), everybody=False),
    Fault("hangs up at DATA", "waiting", _BROKEN, ("DATA",), _drop, everybody=False),
    Fault("dropped in mid-message", "waiting", _BROKEN, ("DATA",), _cut_short, everybody=False),
    Fault("reads nothing of the message", "waiting", _NO_END, ("DATA",), _take_nothing, everybody=False, slow=True),
    Fault("drops after the dot: 250 lost", "waiting", _BROKEN, ("text",), _drop, everybody=False),
    Fault("hangs after the dot", "waiting", _NO_END, ("text",), _hang, everybody=False, slow=True),
    Fault("451 after the dot", "waiting", "451 4.7.1", ("text",), _say("451 4.7.1 later"), everybody=False),
    Fault("421 after the dot", "waiting", "421", ("text",), _say_and_drop("421 4.3.2 down"), everybody=False),
    Fault("552 after the dot", "failed", "552 5.3.4", ("text",), _say("552 5.3.4 too big"), everybody=False),
    Fault("554 after the dot", "failed", "554 5.7.1", ("text",), _say("554 5.7.1 spam \x1b[31m"), everybody=False),
    Fault("garbage after the dot", "waiting", "-1", ("text",), _say("\x1b[2Jok"), everybody=False),
    Fault("QUIT refused", "delivered", "", ("QUIT",), _say("500 no")),
    Fault("hangs up at QUIT", "delivered", "", ("QUIT",), _drop),
    Fault("hangs at QUIT", "delivered", "", ("QUIT",), _hang),
)
FAULTS = {fault.name: fault for fault in (*_TALK, *_SECURITY, *_MAIL)}
