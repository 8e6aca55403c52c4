"""``/health``, ``/metrics`` and the topics' feeds over HTTP on this machine alone; nothing else, and nothing for long.

It answers on the service's own loop, so that a loop that hangs does not answer and is found out; what it says is made
in a thread, once for everybody who asks within ``_FRESH`` seconds. HTTP itself is h11's: what is no request never gets
here, and a head of more than ``_MOST_BYTES`` is none.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import format_datetime
from urllib.parse import urlsplit

import h11

from crawler.config import Listen
from crawler.errors import StorageError
from scheduler.answer_pages import PREFIX, AnswerPages
from scheduler.feeds import Feeds
from scheduler.metrics import Metrics
from scheduler.push_pages import MOST_PUSHED, PushPages
from scheduler.push_pages import PREFIX as PUSHES
from scheduler.reply import Reply

_log = logging.getLogger(__name__)
_WITHIN = 5.0
"""Seconds for a whole exchange, however slowly somebody sends or reads."""
_MOST_BYTES = 8192
_MOST_OPEN = 16
_MOST_BODY = 1024
"""Bytes: a mail program's one-click POST (RFC 8058) has 26."""
_SENT_WITHIN = 60.0
"""Seconds for the whole exchange with a hub that sends a document."""
_FRESH = 2.0
_MOST_PAGES = 2_000
_OK, _NOT_MODIFIED = 200, 304
_HEADERS = (
    ("Cache-Control", "no-store"),
    ("Connection", "close"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
)
_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(slots=True)
class _Kept:
    """One page, made in a thread by one asker at a time."""

    make: Callable[[], Reply]
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    reply: Reply | None = None
    made: float = 0.0

    async def get(self) -> Reply:
        loop = asyncio.get_running_loop()
        async with self.lock:
            if self.reply is None or loop.time() - self.made > _FRESH:
                self.reply = await asyncio.to_thread(self.make)
                self.made = loop.time()
            return self.reply


class Endpoint:
    """The server: there or not, as the settings say."""

    def __init__(
        self,
        metrics: Metrics,
        feeds: Feeds | None = None,
        answers: AnswerPages | None = None,
        pushes: PushPages | None = None,
    ) -> None:
        self._metrics = metrics
        self._answers = answers
        self._pushes = pushes
        self._addresses: set[str] = set()
        """The hosts by which ``[service].address`` and ``[push].address`` say that others reach us."""
        self._feeds = feeds
        self._pages = {"/health": _Kept(self._health), "/metrics": _Kept(self._text)}
        self._answering = asyncio.Lock()
        self._listen: Listen | None = None
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    async def follow(self, listen: Listen | None, *addresses: str) -> None:
        """Listen there from now on, or not at all; an address that is taken is told, and the service goes on."""
        self._addresses = {(urlsplit(address).hostname or "").lower() for address in addresses} - {""}
        if listen == self._listen and (self._server is not None or listen is None):
            return
        self._listen = listen
        if self._server is not None:
            self._server.close()
            for task in self._open:
                task.cancel()
            self._server = None
        if listen is None:
            return
        try:
            self._server = await asyncio.start_server(self._take, listen.host, listen.port, limit=_MOST_BYTES)
        except OSError as error:
            _log.error("nothing answers at %s:%d: %s", listen.host, listen.port, error.strerror or error)
        else:
            _log.info("/health and /metrics are answered at %s:%d", listen.host, listen.port)

    def _health(self) -> Reply:
        well, document = self._metrics.health()
        return Reply(200 if well else 503, document + "\n", "application/json")

    def _text(self) -> Reply:
        return Reply(200, self._metrics.text(), _PROMETHEUS)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  (a coroutine runs in a task)
        if len(self._open) >= _MOST_OPEN:
            writer.transport.abort()
            return
        self._open.add(task)
        try:
            async with asyncio.timeout(_WITHIN) as deadline:
                await self._exchange(reader, writer, deadline)
                writer.close()
                await writer.wait_closed()
        except (TimeoutError, OSError):
            pass  # whoever asked is too slow, or gone
        except asyncio.CancelledError:
            pass  # the service stops listening
        finally:
            self._open.discard(task)
            writer.transport.abort()

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, deadline: asyncio.Timeout
    ) -> None:
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=_MOST_BYTES)
        head, body = False, bytearray()
        try:
            while (event := connection.next_event()) is h11.NEED_DATA:
                connection.receive_data(await reader.read(_MOST_BYTES))
            whole = not isinstance(event, h11.Request) or event.method != b"POST"
            if isinstance(event, h11.Request) and not whole:
                whole = await _read_whole(connection, reader, body, self._most(event, deadline))
        except h11.RemoteProtocolError as error:
            reply = Reply(error.error_status_hint, "this is no request that is answered here\n")
        else:
            if not isinstance(event, h11.Request):
                return  # connected and closed again
            head = event.method == b"HEAD"
            reply = (
                await self._answer(event, bytes(body))
                if whole
                else Reply(413, "a body of this size is not read here\n")
            )
        with suppress(h11.LocalProtocolError):  # after a request that cannot be read h11 may refuse to answer at all
            writer.write(_bytes(connection, reply, head=head))
        await writer.drain()

    def _most(self, request: h11.Request, deadline: asyncio.Timeout) -> int:
        """How large a body is read; a hub that sends a document gets the time for it."""
        path = request.target.decode("latin-1").partition("?")[0]
        if self._pushes is None or not self._pushes.knows(path):
            return _MOST_BODY
        deadline.reschedule(asyncio.get_running_loop().time() + _SENT_WITHIN)
        return MOST_PUSHED

    async def _answer(self, request: h11.Request, body: bytes) -> Reply:
        hosts = [value.decode("latin-1") for name, value in request.headers if name == b"host"]
        if not self._is_ours(hosts):
            # A page in a browser of this machine could otherwise read us by a name that it lets lead here.
            return Reply(421, "this host is not answered for here\n")
        path, _, query = request.target.decode("latin-1").partition("?")
        if path.startswith(PUSHES) and self._pushes is not None:
            if request.method == b"POST":
                return self._pushes.sent(path, _headers(request), body)
            if request.method != b"GET":
                return Reply(405, "GET and POST are answered\n", more=(("Allow", "GET, POST"),))
            return self._pushes.asked(path, query)
        if path.startswith(PREFIX) and self._answers is not None:
            return await self._page_of_link(path.removeprefix(PREFIX), request.method)
        page = self._page(path)
        if page is None:
            return Reply(404, "there are /health, /metrics and /topics\n")
        if request.method not in (b"GET", b"HEAD"):
            return Reply(405, "GET and HEAD are answered\n", more=(("Allow", "GET, HEAD"),))
        return _unless_known(await page.get(), request)

    async def _page_of_link(self, word: str, method: bytes) -> Reply:
        """Looking changes nothing: mail scanners open every link of a mail, some by HEAD, none by POST."""
        if method not in (b"GET", b"HEAD", b"POST") or self._answers is None:
            return Reply(405, "GET, HEAD and POST are answered\n", more=(("Allow", "GET, HEAD, POST"),))
        async with self._answering:
            return await asyncio.to_thread(self._answers.answer, word, posted=method == b"POST")

    def _page(self, path: str) -> _Kept | None:
        """What is answered at a path; the feed of a topic keeps for as long as the others."""
        if path in self._pages or self._feeds is None or not path.startswith("/topics"):
            return self._pages.get(path)
        if len(self._pages) > _MOST_PAGES:
            return None
        if path == "/topics":
            return _Kept(self._listed)
        name = path.removeprefix("/topics/").removesuffix(".atom")
        if path != f"/topics/{name}.atom" or not self._feeds.has(name):
            return None
        return self._pages.setdefault(path, _Kept(lambda: self._feed(name)))

    def _listed(self) -> Reply:
        return Reply(200, "" if self._feeds is None else self._feeds.listed())

    def _feed(self, name: str) -> Reply:
        try:
            made = None if self._feeds is None else self._feeds.get(name)
        except (StorageError, sqlite3.Error):
            return Reply(503, "the database cannot be read now\n")
        if made is None:
            return Reply(404, "there is no such topic any more\n")
        return Reply(
            200,
            made.body.decode(),
            "application/atom+xml; charset=utf-8",
            (
                ("Cache-Control", "no-cache"),
                ("ETag", made.etag),
                ("Last-Modified", format_datetime(made.updated.astimezone(UTC), usegmt=True)),
            ),
        )

    def _is_ours(self, hosts: list[str]) -> bool:
        own = {"localhost", "127.0.0.1", "[::1]"}
        for address in self._addresses:
            own |= {address, f"[{address}]"}
        if self._listen is not None:
            own |= {self._listen.host, f"[{self._listen.host}]"}
        return len(hosts) == 1 and _without_port(hosts[0]).lower() in own


def _headers(request: h11.Request) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in request.headers}


async def _read_whole(connection: h11.Connection, reader: asyncio.StreamReader, body: bytearray, most: int) -> bool:
    """Read the rest of a request into ``body``; whether it is of a size that we read.

    Raises:
        h11.RemoteProtocolError: it is no request.
    """
    while len(body) <= most:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(_MOST_BYTES))
        elif isinstance(event, h11.Data):
            body += event.data
        else:
            return isinstance(event, h11.EndOfMessage)
    return False


def _unless_known(reply: Reply, request: h11.Request) -> Reply:
    """The reply, or 304 when who asks has it (RFC 9110 §13.2.2: If-None-Match goes before If-Modified-Since)."""
    has, asked = dict(reply.more), {name: value.decode("latin-1") for name, value in request.headers}
    if reply.status != _OK or "ETag" not in has:
        return reply
    if b"if-none-match" in asked:
        tags = {tag.strip().removeprefix("W/") for tag in asked[b"if-none-match"].split(",")}
        known = bool(tags & {has["ETag"], "*"})
    else:
        known = asked.get(b"if-modified-since", "").strip() == has["Last-Modified"]
    return Reply(304, "", reply.kind, reply.more) if known else reply


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isascii() and port.isdigit() else host


def _bytes(connection: h11.Connection, reply: Reply, *, head: bool) -> bytes:
    """The whole answer; to HEAD without its body."""
    body = reply.body.encode("utf-8", "replace")
    length = () if reply.status == _NOT_MODIFIED else (("Content-Length", str(len(body))),)
    own = {name for name, _ in reply.more}
    general = [header for header in _HEADERS if header[0] not in own]
    headers = [("Content-Type", reply.kind), *length, *general, *reply.more]
    parts = [connection.send(h11.Response(status_code=reply.status, headers=headers))]
    if not head and body:
        parts.append(connection.send(h11.Data(data=body)))
    parts.append(connection.send(h11.EndOfMessage()))
    return b"".join(part or b"" for part in parts)
