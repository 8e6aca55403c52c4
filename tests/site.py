"""A small programmable web site for tests: real sockets on loopback, an address of its own for each host.

Every path answers as the test last said, 404 until it said anything; every request is kept with its headers and times.
"""

from __future__ import annotations

import gzip
import itertools
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

_NUMBERS = itertools.count(2)
_STOP_WITHIN = 0.02
"""Seconds between a server's looks at whether it should stop."""


@dataclass(frozen=True)
class Answer:
    """What a path answers."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    gzip: bool = False
    """Compress the body and say so."""
    conditional: bool = True
    """Answer 304 without a body when the request repeats this answer's ETag or Last-Modified exactly."""
    delay: float = 0.0
    """Seconds before anything is sent."""
    until: threading.Event | None = None
    """Send nothing before it is set."""
    reset: bool = False
    """Close the connection with a TCP reset instead of answering."""


@dataclass
class Asked:
    """One request as it arrived; times are of ``time.monotonic``."""

    method: str
    path: str
    headers: dict[str, str]
    """By lower-case name."""
    began: float
    ended: float | None = None
    status: int | None = None
    body: bytes = b""


Reply = Answer | Callable[[Asked], Answer]


class Host:
    """One web server at an address of its own, such as 127.0.0.7."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.answers: dict[str, Reply] = {}
        self.requests: list[Asked] = []
        self._lock = threading.Lock()
        self._server = _Server((address, 0), _handler(self))
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(_STOP_WITHIN,), daemon=True)
        self._thread.start()

    def url(self, path: str) -> str:
        """The address of a path here."""
        return f"http://{self.address}:{self.port}{path}"

    def serve(
        self,
        path: str,
        body: bytes | str = b"",
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        compressed: bool = False,
        delay: float = 0.0,
    ) -> str:
        """Let a path answer so from now on; its whole address."""
        data = body.encode() if isinstance(body, str) else body
        self.answers[path] = Answer(data, status, headers or {}, gzip=compressed, delay=delay)
        return self.url(path)

    def redirect(self, path: str, target: str, status: int) -> str:
        """Let a path lead somewhere else; its whole address."""
        return self.serve(path, status=status, headers={"Location": target})

    def asked(self, path: str) -> list[Asked]:
        """The requests for a path so far, in order of arrival."""
        with self._lock:
            return [request for request in self.requests if request.path == path]

    def paths(self) -> list[str]:
        """The paths asked for so far, in order of arrival."""
        with self._lock:
            return [request.path for request in self.requests]

    def most_in_flight(self) -> int:
        """How many requests were being answered at once, at the most."""
        with self._lock:
            spans = [(request.began, request.ended or time.monotonic()) for request in self.requests]
        return max((sum(began <= moment < ended for began, ended in spans) for moment, _ in spans), default=0)

    def stop(self) -> None:
        """Stop listening: from now on connections are refused."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @contextmanager
    def record(self, asked: Asked) -> Iterator[None]:
        """Keep a request while and after it is answered."""
        with self._lock:
            self.requests.append(asked)
        try:
            yield
        finally:
            asked.ended = time.monotonic()


class Site:
    """Hosts that live as long as the ``with`` block."""

    def __init__(self) -> None:
        self._hosts: list[Host] = []

    def host(self) -> Host:
        """A new host at an address that this process did not use before, so that nothing of another test meets it."""
        number = next(_NUMBERS)
        host = Host(f"127.0.{number // 250}.{number % 250 + 1}")
        self._hosts.append(host)
        return host

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for host in self._hosts:
            for answer in host.answers.values():
                if isinstance(answer, Answer) and answer.until is not None:
                    answer.until.set()
            host.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is the client's affair."""


def _handler(host: Host) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", "0")))
            asked = Asked(self.command, self.path, headers, time.monotonic(), body=body)
            with host.record(asked):
                found = host.answers.get(self.path, Answer(status=404))
                self._answer(asked, found if isinstance(found, Answer) else found(asked))

        do_POST = do_GET  # noqa: N815  (the base class's name)

        def _answer(self, asked: Asked, answer: Answer) -> None:
            time.sleep(answer.delay)
            if answer.until is not None:
                answer.until.wait(60)
            if answer.reset:
                self._reset()
                return
            unchanged = answer.conditional and _repeats(asked, answer)
            asked.status = 304 if unchanged else answer.status
            body = b"" if unchanged else gzip.compress(answer.body) if answer.gzip else answer.body
            self.send_response_only(asked.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.gzip and not unchanged:
                self.send_header("Content-Encoding", "gzip")
            if not unchanged:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _reset(self) -> None:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class's name)
            """Say nothing; the requests are kept."""

    return Handler


def _repeats(asked: Asked, answer: Answer) -> bool:
    etag, modified = answer.headers.get("ETag"), answer.headers.get("Last-Modified")
    if "if-none-match" in asked.headers:
        return asked.headers["if-none-match"] == etag
    return modified is not None and asked.headers.get("if-modified-since") == modified
