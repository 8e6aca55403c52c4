"""Download handlers, thin: Scrapy's own, with connections that are not kept open for nothing."""

from __future__ import annotations

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Request, Response

from crawler.context import bind_from


class Http(HTTP11DownloadHandler):
    """HTTP/1.1 whose idle connections are closed after the setting ``KEEP_ALIVE`` (seconds).

    Twisted keeps each for 240 s: with 1000 hosts the usual limit of 1024 open files is reached (``performance.md``,
    section 2, item 7).
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool.cachedConnectionTimeout = crawler.settings.getfloat("KEEP_ALIVE")  # type: ignore[assignment]  # Twisted takes both

    async def download_request(self, request: Request) -> Response:
        """Scrapy calls this in a task of its own for every request."""
        bind_from(request.meta)
        return await super().download_request(request)
