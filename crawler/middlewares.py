"""Downloader middlewares, thin: robots.txt with an expiry date, and no asking where asking is in vain or unwelcome."""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest, StopDownload
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.answers import NoNetworkError
from crawler.bounds import PATIENCE, spend
from crawler.context import PUSHED, bind_from
from crawler.model import Pushed

_KEPT = 24 * 3600.0
"""Seconds; RFC 9309, section 2.4 has robots.txt cached for a day at most. Scrapy's own middleware never asks again."""
_KEPT_AFTER_ERROR = 600.0
_KEPT_AFTER_FAILURE = 60.0
_KEPT_AFTER_FAILURES = 900.0
"""Seconds; doubled from the one to the other while a host stays away, so that thirty sources of a dead host ask it four
times an hour between them and not thirty times. Sources themselves back off no further than an hour."""
_MOST_HOSTS = 10_000
_MOST_BYTES = 500 * 1024
"""RFC 9309, section 2.5: at least 500 KiB are read; what lies beyond is left."""
_TAKEN = "robots_bytes"
"""The key of ``Request.meta`` that counts how much of a robots.txt came."""
_LONGEST_DELAY = 30.0
"""Seconds between two requests that a Crawl-delay may ask for."""
_SHOWN = 80
"""Characters of an impossible host name that its sentence quotes."""


@dataclass(frozen=True, slots=True)
class _Rules:
    parser: Protego | None
    """``None``: the host could not say, so it is left alone."""
    says: str
    expires: float


class HubSent:
    """Answer requests for documents that a hub sent with just these: they take the path of every other document."""

    def process_request(self, request: Request) -> Response | None:
        """Scrapy asks before anything else does; what is answered here is not asked for."""
        sent: Pushed | None = request.meta.get(PUSHED)
        if sent is None:
            return None
        bind_from(request.meta)
        headers = {"Content-Type": sent.content_type.encode("latin-1", "replace")} if sent.content_type else {}
        return Response(request.url, 200, headers, sent.body)


class Network:
    """Tell a network that is not there from hosts that are gone, and stop asking for a moment.

    A resolver without a network can take 5 s and more for each name. When the last ``_ENOUGH`` hosts could not be
    resolved and none was in between, the others fail at once with that reason; after ``_PAUSE`` one is let through.
    """

    _ENOUGH = 8
    _PAUSE = 15.0

    def __init__(self) -> None:
        self._unknown: set[str] = set()
        self._since = 0.0

    def process_request(self, request: Request) -> None:
        """Let a request pass, or raise IgnoreRequest when there is no network."""
        bind_from(request.meta)
        parts = urlsplit(request.url)
        host = parts.hostname or ""
        if "@" in parts.netloc:
            raise IgnoreRequest(f"the address that leads to {host[:_SHOWN]} has a login in it, and none is sent")
        if not _can_be_asked_for(host):
            raise IgnoreRequest(f"{host[:_SHOWN]} cannot be the name of a host")
        if len(self._unknown) < self._ENOUGH or time.monotonic() - self._since > self._PAUSE:
            return
        if not _is_number(host):
            raise NoNetworkError(f"{host} was not asked: there seems to be no network, no name can be resolved")

    def process_response(self, request: Request, response: Response) -> Response:
        """Somebody answered: there is a network."""
        if request.meta.get(PUSHED) is None:
            self._unknown.clear()
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Count the hosts whose names could not be resolved."""
        if isinstance(exception, CannotResolveHostError):
            self._unknown.add(urlsplit(request.url).netloc)
            self._since = time.monotonic()


class Robots:
    """Ask robots.txt of every host once a day and keep to it (RFC 9309).

    A host that cannot be reached is not asked a second time for the document itself: the failure to fetch its
    robots.txt is the failure of the request, and of every other request to it for a minute (up to 15 while it stays
    away), so that a dead host costs one attempt however many sources it has.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._agent: str = crawler.settings["BOT_NAME"]
        self._rules: OrderedDict[str, asyncio.Task[_Rules]] = OrderedDict()
        self._failed: dict[str, tuple[float, int]] = {}
        """When fetching robots.txt failed last, and how often in a row."""
        self._patience = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        crawler.signals.connect(self.bytes_received, signal=signals.bytes_received)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of making one."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let a request pass, or raise IgnoreRequest with the reason (or what fetching robots.txt raised)."""
        parts = urlsplit(request.url)
        if request.meta.get("dont_obey_robotstxt") or parts.scheme not in ("http", "https"):
            return
        request.meta.setdefault(PATIENCE, self._patience)
        rules = await self._rules_of(f"{parts.scheme}://{parts.netloc}", request)
        if rules.parser is None:
            raise IgnoreRequest(rules.says)
        if not rules.parser.can_fetch(request.url, self._agent):
            raise IgnoreRequest(f"robots.txt of {parts.netloc} does not allow it")
        self._keep_pace(request, rules.parser)

    def bytes_received(self, data: bytes, request: Request) -> None:
        """Scrapy tells every piece of every document: of a robots.txt no more is taken than is read."""
        if _TAKEN not in request.meta:
            return
        request.meta[_TAKEN] += len(data)
        if request.meta[_TAKEN] >= _MOST_BYTES:
            raise StopDownload(fail=False)

    async def _rules_of(self, origin: str, asking: Request) -> _Rules:
        task = self._rules.get(origin)
        if task is not None and task.done() and self._stale(origin, task):
            task = None
        if task is None:
            task = self._rules[origin] = asyncio.ensure_future(self._fetch(origin, asking))
            task.add_done_callback(lambda done: self._remember_failure(origin, done))
            while len(self._rules) > _MOST_HOSTS:
                self._failed.pop(self._rules.popitem(last=False)[0], None)
        return await asyncio.shield(task)

    def _remember_failure(self, origin: str, task: asyncio.Task[_Rules]) -> None:
        _, failures = self._failed.pop(origin, (0.0, 0))
        failed = task.cancelled() or task.exception() is not None  # asked, or asyncio calls it never retrieved
        if failed and self._rules.get(origin) is task:  # not when it was let go of while it was being fetched
            self._failed[origin] = (time.monotonic(), failures + 1)

    def _stale(self, origin: str, task: asyncio.Task[_Rules]) -> bool:
        if origin in self._failed:
            when, failures = self._failed[origin]
            kept = min(_KEPT_AFTER_FAILURE * 2.0 ** min(failures - 1, 10), _KEPT_AFTER_FAILURES)
            return task.cancelled() or time.monotonic() - when > kept
        return task.result().expires < time.monotonic()

    async def _fetch(self, origin: str, asking: Request) -> _Rules:
        """Fetch them on the patience of the request that asks for them first."""
        engine = self._crawler.engine
        assert engine is not None  # noqa: S101  (there is a request, so there is an engine)
        patience = asking.meta[PATIENCE]
        meta = {"dont_obey_robotstxt": True, PATIENCE: patience, _TAKEN: 0}
        request = Request(f"{origin}/robots.txt", callback=NO_CALLBACK, meta=meta, dont_filter=True)
        response = await engine.download_async(request)
        spend(asking, patience - response.meta[PATIENCE])
        return _read_rules(origin, response)

    def _keep_pace(self, request: Request, parser: Protego) -> None:
        delay = parser.crawl_delay(self._agent)
        engine = self._crawler.engine
        if not delay or engine is None:
            return
        slot = engine.downloader.slots.get(engine.downloader.get_slot_key(request))
        more = min(float(delay), _LONGEST_DELAY) - slot.delay if slot is not None else 0.0
        if slot is not None and more > 0:  # not so for "nan"
            slot.delay += more
            slot.lastseen -= more  # robots.txt was no such request: the document itself is asked for at the usual pace


def _can_be_asked_for(host: str) -> bool:
    """The resolver takes the name: Twisted 26 answers no request whose name has an empty or overlong label."""
    try:
        return bool(host.encode("idna"))
    except UnicodeError:
        return False


def _is_number(host: str) -> bool:
    """The host needs no resolver."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _read_rules(origin: str, response: Response) -> _Rules:
    now = time.monotonic()
    if response.status >= 500:  # noqa: PLR2004
        says = f"robots.txt of {urlsplit(origin).netloc} answers {response.status}, so the host is left alone for now"
        return _Rules(None, says, now + _KEPT_AFTER_ERROR)
    body = response.body[:_MOST_BYTES] if response.status == 200 else b""  # noqa: PLR2004
    return _Rules(Protego.parse(body.decode("utf-8", "replace")), "", now + _KEPT)
