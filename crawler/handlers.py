"""Download handlers, thin: Scrapy's own, with connections that are not kept for nothing, and hosts left in peace."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Request, Response

from crawler.answers import HostRestsError, retry_after
from crawler.bounds import BoundedFactory, BoundedPool, NamesVerified, spend
from crawler.context import bind_from
from crawler.polling import ASKED_OFF, believed
from crawler.runtime import utc_now

_RESTS: WeakKeyDictionary[Crawler, dict[str, float]] = WeakKeyDictionary()
"""Of each crawl, which has a handler for each scheme: the hosts to be left alone, and until when (``monotonic``)."""


class Http(HTTP11DownloadHandler):
    """HTTP/1.1 whose idle connections are few, and closed after the setting ``KEEP_ALIVE`` (seconds).

    Twisted keeps one to each host for 240 s: with 1000 hosts the usual limit of 1024 open files is reached
    (``performance.md``, section 2, item 7); and 10 s are enough for it when many sources are due at once.

    What a request took is taken from its patience, which redirects carry on: else a chain of them could take the whole
    patience at every step (``reliability.md``, section 4: 30 s for any one case).

    A host that said when to come back (429 or 503 with Retry-After) is asked for nothing before. That is looked at
    here, where a request has waited for its turn, and not in a middleware: its other sources have passed there already.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool = BoundedPool(_reactor())  # type: ignore[no-untyped-call]
        self._pool.maxPersistentPerHost = crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        self._pool.cachedConnectionTimeout = crawler.settings.getfloat("KEEP_ALIVE")  # type: ignore[assignment]  # Twisted takes both
        self._pool._factory = BoundedFactory  # noqa: SLF001  (Scrapy's own way to set it)
        self._contextFactory = NamesVerified(self._contextFactory)  # type: ignore[assignment]  # zope's way to say it
        self._rests = _RESTS.setdefault(crawler, {})

    async def download_request(self, request: Request) -> Response:
        """Scrapy calls this in a task of its own for every request; raises HostRestsError while its host is to rest."""
        bind_from(request.meta)
        host = urlsplit(request.url).hostname or ""
        left = self._rests.get(host, 0.0) - time.monotonic()
        if left > 0:
            raise HostRestsError(host, left)
        self._rests.pop(host, None)
        began = time.monotonic()
        try:
            response = await super().download_request(request)
        finally:
            spend(request, time.monotonic() - began)
        seconds = believed(retry_after(response, utc_now()))
        if response.status in ASKED_OFF and seconds:
            self._rests[host] = time.monotonic() + seconds
        return response


def _reactor() -> Any:  # noqa: ANN401  (its interface is declared in parts that mypy cannot put together)
    from twisted.internet import reactor  # noqa: PLC0415  (importing it installs a reactor)

    return reactor
