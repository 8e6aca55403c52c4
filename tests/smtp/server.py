"""A mail server on raw sockets that goes wrong at one step of its dialogue, until it is mended."""

from __future__ import annotations

import select
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

VICTIM = "ann@desk.example"
"""Whose mail meets a fault at the recipient or later; everybody's does before that."""
PASSWORD = "correct-horse-battery"
_ONE_MAIL = frozenset({"RCPT", "DATA", "text"})
_ANSWERS = {
    "banner": b"220 post.example ready",
    "HELO": b"250 post.example",
    "STARTTLS": b"220 go ahead",
    "AUTH": b"235 2.7.0 welcome",
    "MAIL": b"250 2.1.0 sender taken",
    "RCPT": b"250 2.1.5 recipient taken",
    "DATA": b"354 go on",
    "text": b"250 2.0.0 queued",
    "QUIT": b"221 bye",
}


class HangUpError(Exception):
    """The server closes the connection here."""


@dataclass
class Taken:
    """What reached the server, over all its sessions."""

    mails: list[tuple[str, bytes]] = field(default_factory=list)
    """(recipient, bytes) of each mail that was read to its end."""
    clear: bytes = b""
    """Everything that was said to it without TLS."""
    sessions: list[float] = field(default_factory=list)
    """Seconds from the connection to its end."""


class Talk:
    """One session, as the server sees it."""

    def __init__(self, server: FaultServer, connection: socket.socket) -> None:
        self.server = server
        self.connection = connection
        self.secure = False
        self.recipient = ""
        self.step = "banner"
        self.byte_by_byte = False
        self._read = b""

    def run(self) -> None:
        """The dialogue, to its end."""
        if "hello" in self.server.steps and not self.server.mended:
            self.answer("hello")
        if self.server.security == "smtps":
            self.encrypt()
        self.answer("banner")
        while line := self.line():
            verb = line.split()[0].decode("latin-1").upper() if line.split() else ""
            if verb == "RCPT":
                self.recipient = line.decode().partition("<")[2].partition(">")[0]
            said = self.answer(verb)
            if verb == "STARTTLS" and said.startswith(b"220"):
                self.encrypt()
            if verb == "DATA" and said.startswith(b"354"):
                self.take()
            if verb == "QUIT":
                return

    def answer(self, step: str) -> bytes:
        """Say what belongs to a step, or go wrong."""
        self.step = step
        server = self.server
        concerned = step in server.steps and (step not in _ONE_MAIL or self.recipient == VICTIM)
        said = server.act(self) if server.act and concerned and not server.mended else self.usual()
        self.say(said + b"\r\n")
        return said

    def usual(self) -> bytes:
        """The answer of a server that is well."""
        return self.features() if self.step == "EHLO" else _ANSWERS.get(self.step, b"502 what?")

    def features(self) -> bytes:
        """The answer to EHLO."""
        wanted = [b"post.example", b"SIZE 10000000", b"8BITMIME"]
        if self.server.security == "smtp+starttls" and not self.secure:
            wanted.append(b"STARTTLS")
        elif self.server.logins:
            wanted.append(b"AUTH PLAIN LOGIN")
        return b"\r\n".join([b"250-" + word for word in wanted[:-1]] + [b"250 " + wanted[-1]])

    def take(self) -> None:
        """Read a mail's text to its dot; the mail counts as taken from there on, whatever is answered."""
        text = b""
        while not text.endswith(b"\r\n.\r\n"):
            line = self.line()
            if not line:
                raise HangUpError
            text += line
        self.server.taken.mails.append((self.recipient, text.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")))
        self.answer("text")

    def line(self) -> bytes:
        """One line of the client; empty at its end."""
        while b"\n" not in self._read:
            more = self.connection.recv(65_536)
            if not more:
                return b""
            if not self.secure:
                self.server.taken.clear += more
            self._read += more
        line, _, self._read = self._read.partition(b"\n")
        return line + b"\n"

    def say(self, data: bytes) -> None:
        """Send, all at once or byte by byte."""
        size = 1 if self.byte_by_byte else len(data)
        for start in range(0, len(data), size):
            self.connection.sendall(data[start : start + size])

    def wait(self, paces: float) -> None:
        """Do nothing for so many of the server's seconds, or until the client has had enough."""
        ends = time.monotonic() + paces * self.server.pace
        while (left := ends - time.monotonic()) > 0:
            readable, _, _ = select.select([self.connection], [], [], min(left, 0.05))
            gone = bool(readable) and not self.secure and not self.connection.recv(1, socket.MSG_PEEK)
            if gone or self.server.closing.is_set():
                raise HangUpError
            if readable:
                time.sleep(min(left, 0.05))

    def encrypt(self) -> None:
        """Start TLS with the server's certificate."""
        self._read = b""
        self.connection = self.server.context().wrap_socket(self.connection, server_side=True)
        self.secure = True


Act = Callable[[Talk], bytes]
"""Goes wrong: sends what it likes, and gives the answer still to be sent or hangs up."""


class FaultServer:
    """Listens on a free port of loopback while a ``with`` block lasts."""

    def __init__(
        self,
        steps: tuple[str, ...] = (),
        act: Act | None = None,
        *,
        security: str = "smtp",
        logins: bool = False,
        certificates: tuple[ssl.SSLContext, ssl.SSLContext] | None = None,
        pace: float = 1.0,
    ) -> None:
        self.steps = steps
        self.act = act
        self.security = security
        self.logins = logins
        self.certificates = certificates
        """(the faulty server's, the mended one's)."""
        self.pace = pace
        """Seconds for a second: less where the client's patience is shortened likewise."""
        self.taken = Taken()
        self.mended = False
        self.closing = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=16)
        self.port = self._socket.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._socket.settimeout(0.05)
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()
        self._socket.close()

    def context(self) -> ssl.SSLContext:
        """What TLS is started with."""
        assert self.certificates is not None
        return self.certificates[self.mended]

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.closing.is_set():
            with suppress(TimeoutError):
                connection, _ = self._socket.accept()
                self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        began = time.monotonic()
        self._open.append(connection.dup())
        talk = Talk(self, connection)
        try:
            with suppress(OSError, HangUpError):
                talk.run()
        finally:
            self.taken.sessions.append(time.monotonic() - began)
            with suppress(OSError):
                talk.connection.shutdown(socket.SHUT_RDWR)
            talk.connection.close()
