"""An SMTP connection that ends: bounded in time from the look-up of its name on, and in what its server may say.

``smtplib`` alone is bounded by neither. Its timeout is one for each read, so a server that sends a byte now and then is
listened to for ever; nothing bounds the look-up of names (``getfqdn`` for the greeting included) or the number of lines
in an answer. So the socket is opened and encrypted here, where its deadline knows it from the first moment on.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Self

MOST_SAID = 65_536
"""Bytes that a server may answer in one session; an honest one says less than 2,000."""
_FAREWELL = 1.0
"""Seconds that the answer to QUIT is waited for: the mail is taken, and a crash now would send it twice."""
_NAME = re.compile(r"[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")

_Address = tuple[Any, Any, int, str, Any]
"""As ``socket.getaddrinfo`` gives it."""


class Deadline:
    """Ends a session after ``seconds`` by shutting its connection: whatever is blocked on it then fails at once."""

    def __init__(self, seconds: float) -> None:
        self.expired = False
        self._ends = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._watched: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            if self._watched is not None:
                self._watched.close()
            self._watched = None

    def left(self) -> float:
        """Seconds until the end.

        Raises:
            TimeoutError: it has come.
        """
        seconds = self._ends - time.monotonic()
        if self.expired or seconds <= 0:
            self.expired = True
            raise TimeoutError("the session's time is over")
        return seconds

    def watch(self, connection: socket.socket) -> None:
        """Shut this connection at the end, also when it was wrapped in TLS meanwhile, or is about to be."""
        with self._lock:
            if self._watched is not None:
                self._watched.close()
            self._watched = connection.dup()
        self.left()

    def _expire(self) -> None:
        with self._lock:
            self.expired = True
            if self._watched is not None:
                with suppress(OSError):
                    self._watched.shutdown(socket.SHUT_RDWR)


class Client(smtplib.SMTP):
    """An ``smtplib`` session over a socket that is open already, which stops listening to a server without end."""

    def __init__(self, connection: socket.socket, timeout: float) -> None:
        super().__init__(local_hostname=_own_name(connection), timeout=timeout)
        self.sock = connection
        self._said = 0

    def getreply(self) -> tuple[int, bytes]:
        """(code, text) of the next answer, as ``smtplib``'s own, which waits for the last line of an endless one."""
        if self.file is None and self.sock is not None:
            self.file = _Listener(self, self.sock.makefile("rb"))
        return super().getreply()

    def count(self, line: bytes) -> bytes:
        """Note what was said.

        Raises:
            OSError: that was too much.
        """
        self._said += len(line)
        if self._said > MOST_SAID:
            raise OSError(f"it says more than {MOST_SAID:,} bytes")
        return line

    def secure(self, context: ssl.SSLContext, host: str) -> None:
        """Encrypt from here on; what was said before counts for nothing (RFC 3207 §4.2)."""
        assert self.sock is not None  # noqa: S101 - set in __init__; smtplib's type allows for a closed one
        self.sock = context.wrap_socket(self.sock, server_hostname=host)
        self.file = None
        self.helo_resp = self.ehlo_resp = None
        self.esmtp_features = {}
        self.does_esmtp = False

    def wait_at_most(self, seconds: float) -> None:
        """Wait that long for each answer from here on."""
        if self.sock is not None:
            self.sock.settimeout(seconds)

    def part(self) -> None:
        """Take leave (RFC 5321 §4.1.1.10), whatever the server makes of it."""
        with suppress(OSError, smtplib.SMTPException):
            self.wait_at_most(_FAREWELL)
            self.quit()


class _Listener:
    """The part of a file that ``smtplib`` reads answers from, counted."""

    def __init__(self, client: Client, file: Any) -> None:  # noqa: ANN401 - socket.makefile's own type
        self._client = client
        self._file = file

    def readline(self, size: int) -> bytes:
        return self._client.count(self._file.readline(size))

    def close(self) -> None:
        self._file.close()


def connect(
    host: str, port: int, deadline: Deadline, timeout: float, *, may: Callable[[str], bool] = lambda _address: True
) -> socket.socket:
    """A connection to the first address of ``host`` that answers, watched by ``deadline``.

    ``may`` says of a numeric address whether it may be connected to; it is asked after the name was looked up, and the
    address that it let through is the one that is connected to.

    Raises:
        PermissionError: the name has addresses, and none may be connected to.
        OSError: none answers; TimeoutError is one.
    """
    failure: OSError = OSError(f"the name {host} has no address")
    there = _look_up(host, port, min(timeout, deadline.left()))
    found = [each for each in there if may(str(each[4][0]))]
    if there and not found:
        raise PermissionError(f"{host} is an address of a private network")
    for number, (family, kind, protocol, _, address) in enumerate(found):
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(min(timeout, deadline.left() / (len(found) - number)))
            connection.connect(address)
            connection.settimeout(timeout)
            deadline.watch(connection)
        except OSError as error:
            connection.close()
            failure = error
            continue
        return connection
    raise failure


def _look_up(host: str, port: int, seconds: float) -> list[_Address]:
    """``getaddrinfo`` in a thread of its own: nothing else can end it (measured: 30 s with three dead resolvers)."""
    found: Future[list[_Address]] = Future()

    def look() -> None:
        try:
            found.set_result(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            found.set_exception(error)

    threading.Thread(target=look, name="mail server's name", daemon=True).start()
    try:
        return found.result(seconds)
    except TimeoutError:
        raise OSError(f"the name {host} was not resolved within {seconds:g} s") from None


def _own_name(connection: socket.socket) -> str:
    """How we greet (RFC 5321 §4.1.4): our full name, or the address that we come from. Asks no name server."""
    name = socket.gethostname()
    if _NAME.fullmatch(name):
        return name
    address = str(connection.getsockname()[0]).partition("%")[0]
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"
