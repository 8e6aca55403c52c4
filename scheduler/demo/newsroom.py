"""Serves the demo's outlets over real HTTP on loopback, as they stand at a simulated moment.

Each outlet has a server and an address of its own (127.0.0.2, 127.0.0.3, …), so that hosts differ as they do outside.
Where a machine has only 127.0.0.1 (macOS), outlets differ by port alone. Feeds and pages carry strong validators and
answer 304 as RFC 9110, section 13.2.2, orders them.
"""

from __future__ import annotations

import hashlib
import socketserver
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import floor
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from crawler.model import Source
from scheduler.demo.articles import Article, Outlet, load_outlets
from scheduler.demo.render import PHOTO, Document, Edition, article_page, feed_document, front_page

_ROBOTS = b"User-agent: *\nAllow: /\n"
_STOP_WITHIN = 0.02
"""Seconds between a server's looks at whether it should stop."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the newsroom answered it."""

    outlet: str
    """Key of the outlet; empty for the newsroom's own index."""
    method: str
    path: str
    """With its query string."""
    status: int
    if_none_match: str
    if_modified_since: str


class Newsroom:
    """Eight invented outlets on loopback; a context manager that serves while it is open.

    Args:
        start: the simulated first moment, from which the articles count their hours.

    Raises:
        ValueError: ``start`` has no time zone.
    """

    def __init__(self, *, start: datetime) -> None:
        self.start = _aware(start, "start")
        self.outlets: tuple[Outlet, ...] = load_outlets()
        self.requests: list[Request] = []
        self._now = self.start
        self._bases: dict[str, str] = {}
        self._servers: list[_Server] = []

    def __enter__(self) -> Self:
        try:
            self._serve("", 1, self._index)
            for outlet in self.outlets:
                self._serve(outlet.key, outlet.host, partial(self._document, outlet))
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop()

    @property
    def url(self) -> str:
        """Address of a page that lists the outlets."""
        return f"{self._base('')}/"

    @property
    def sources(self) -> list[Source]:
        """Every feed of every outlet, as the settings would name it."""
        return [
            Source(url=f"{self._base(outlet.key)}{feed.path}", name=feed.name, language=feed.language)
            for outlet in self.outlets
            for feed in outlet.feeds
        ]

    @property
    def articles(self) -> list[Article]:
        """Everything that the newsroom ever prints, in the order of its appearance."""
        return sorted((one for outlet in self.outlets for one in outlet.articles), key=lambda one: one.hours)

    @property
    def days(self) -> int:
        """How many simulated days the articles span, from the first moment on."""
        return floor(self.articles[-1].hours / 24) + 1

    def at(self, now: datetime) -> None:
        """Moves the simulated clock: only what was published at or before ``now`` is served from here on.

        Raises:
            ValueError: ``now`` has no time zone.
        """
        self._now = _aware(now, "now")

    def address(self, article: Article) -> str:
        """The canonical address of an article."""
        outlet = next(outlet for outlet in self.outlets if article.id in {one.id for one in outlet.articles})
        return f"{self._base(outlet.key)}{article.path}"

    def _base(self, key: str) -> str:
        if key not in self._bases:
            raise RuntimeError("the newsroom has no address before it is entered: use it in a with statement")
        return self._bases[key]

    def _serve(self, key: str, host: int, find: Callable[[str], Document | None]) -> None:
        server = _bound(f"127.0.0.{host}", lambda: self._now)
        server.find = find
        server.note = self.requests.append
        server.outlet = key
        self._servers.append(server)
        self._bases[key] = f"http://{server.server_name}:{server.server_port}"
        server.thread.start()

    def _stop(self) -> None:
        # All at once: each takes up to _STOP_WITHIN to notice.
        stoppers = [threading.Thread(target=server.shutdown) for server in self._servers]
        for stopper in stoppers:
            stopper.start()
        for stopper, server in zip(stoppers, self._servers, strict=True):
            stopper.join()
            server.thread.join()
            server.server_close()
        self._servers.clear()

    def _index(self, path: str) -> Document | None:
        if path != "/":
            return None
        links = "\n".join(
            f'<li><a href="{self._base(outlet.key)}/">{escape(outlet.name)}</a></li>' for outlet in self.outlets
        )
        page = f"<!DOCTYPE html>\n<title>Newsroom</title>\n<h1>Newsroom</h1>\n<ul>\n{links}\n</ul>\n"
        return Document(page.encode(), "text/html; charset=utf-8", self.start.replace(microsecond=0))

    def _document(self, outlet: Outlet, path: str) -> Document | None:
        edition = Edition(outlet, self._base(outlet.key), self.start, self._now)
        if path == "/":
            return front_page(edition)
        if path == "/robots.txt":
            return Document(_ROBOTS, "text/plain; charset=utf-8", edition.moment(-240)) if outlet.robots else None
        for feed in outlet.feeds:
            if path == feed.path:
                return feed_document(edition, feed)
        if path.startswith("/media/"):
            return Document(PHOTO, "image/gif", edition.moment(-240))
        article = outlet.page(path.removesuffix("/amp"), edition.hours)
        return article_page(edition, article) if article else None


def _aware(moment: datetime, name: str) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError(f"{name} is {moment.isoformat()}, without a time zone; it must be an aware datetime")
    return moment.astimezone(UTC)


class _Server(ThreadingHTTPServer):
    """One outlet's server, in a thread of its own."""

    daemon_threads = True
    request_queue_size = 64
    find: Callable[[str], Document | None]
    note: Callable[[Request], None]
    outlet: str

    def __init__(self, address: str, clock: Callable[[], datetime]) -> None:
        super().__init__((address, 0), _Handler)
        self.clock = clock
        self.thread = threading.Thread(target=self.serve_forever, args=(_STOP_WITHIN,), daemon=True)

    def server_bind(self) -> None:
        # HTTPServer's own asks the resolver for the address's name, which takes seconds on a machine without network.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.socket.getsockname()

    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing: a client that hung up is no news."""


def _bound(address: str, clock: Callable[[], datetime]) -> _Server:
    try:
        return _Server(address, clock)
    except OSError:  # this machine has given its loopback device one address only
        return _Server("127.0.0.1", clock)


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD."""

    protocol_version = "HTTP/1.1"
    server_version = "Newsroom/1"
    sys_version = ""
    timeout = 30
    server: _Server

    def do_GET(self) -> None:
        """Answers with the document, or 304, or 404."""
        self._answer()

    def do_HEAD(self) -> None:
        """Answers as GET would, without the body."""
        self._answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Says nothing: the newsroom keeps its own list."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The simulated time, so that Date and Last-Modified agree."""
        moment = self.server.clock() if timestamp is None else datetime.fromtimestamp(timestamp, UTC)
        return format_datetime(moment, usegmt=True)

    def _answer(self) -> None:
        document = self.server.find(urlsplit(self.path).path)
        if document is None:
            self._send(HTTPStatus.NOT_FOUND, {"Content-Type": "text/plain; charset=utf-8"}, b"Not found\n")
            return
        etag = f'"{hashlib.sha256(document.body).hexdigest()[:24]}"'
        headers = {"ETag": etag, "Last-Modified": format_datetime(document.modified, usegmt=True)}
        if is_unchanged(self.headers, etag, document.modified):
            self._send(HTTPStatus.NOT_MODIFIED, headers, None)
            return
        self._send(HTTPStatus.OK, headers | {"Content-Type": document.type}, document.body)

    def _send(self, status: HTTPStatus, headers: dict[str, str], body: bytes | None) -> None:
        self._note(status)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if body is not None:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if body is not None and self.command != "HEAD":
            self.wfile.write(body)

    def _note(self, status: HTTPStatus) -> None:
        asked = (self.headers.get("If-None-Match", ""), self.headers.get("If-Modified-Since", ""))
        self.server.note(Request(self.server.outlet, self.command, self.path, int(status), *asked))


def is_unchanged(headers: Message, etag: str, modified: datetime) -> bool:
    """Whether a conditional request is answered 304 (RFC 9110, section 13.2.2: If-None-Match wins over the date)."""
    asked = headers.get("If-None-Match")
    if asked is not None:
        known = [tag.strip().removeprefix("W/") for tag in asked.split(",")]
        return "*" in known or etag in known
    try:
        since = parsedate_to_datetime(headers.get("If-Modified-Since", ""))
    except ValueError:
        return False
    since = since if since.tzinfo else since.replace(tzinfo=UTC)
    return modified - since < timedelta(seconds=1)
