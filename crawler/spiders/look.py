"""The look spider: fetch a few addresses once and hand back what came, storing nothing.

It asks as the feed spider does: the same robots.txt, address guard, limits and pace.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import scrapy
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.answers import explain_failure, explain_status, moved_to, trouble_of, trouble_of_failure
from crawler.config import Config, find_settings, load
from crawler.model import Trouble


@dataclass(frozen=True, slots=True)
class Looked:
    """What came back for one address."""

    asked: str
    url: str
    """Where redirects led."""
    status: int | None = None
    body: bytes = b""
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    moved_to: str = ""
    """Where permanent redirects alone led."""
    error: str = ""
    """A sentence when nothing usable came."""
    trouble: Trouble = Trouble.NONE
    """What kind of failure it is, unless it is a feed after all."""


@dataclass(frozen=True, slots=True)
class JustConfig:
    """As much of a runtime as the guard and the add-on ask for."""

    config: Config


class LookSpider(scrapy.Spider):
    """Fetch the addresses it was given; ``scrapy crawl look -a urls="https://… https://…"`` logs what came."""

    name = "look"
    custom_settings = {"ITEM_PIPELINES": {}}  # noqa: RUF012  (Scrapy's own way of saying it)
    handle_httpstatus_list = [304, *range(400, 600)]  # noqa: RUF012

    def __init__(
        self,
        urls: str | tuple[str, ...] = (),
        config: Config | None = None,
        found: list[Looked] | None = None,
        **options: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(**options)
        self.urls = tuple(urls.split()) if isinstance(urls, str) else urls
        self.runtime = JustConfig(config or load(find_settings(None, os.environ, Path.cwd()), os.environ))
        self.found = [] if found is None else found

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """A request for every address."""
        for url in self.urls:
            asked = {"asked": url}
            yield scrapy.Request(
                url, callback=self.parse, errback=self.failed, cb_kwargs=asked, meta=asked, dont_filter=True
            )

    def parse(self, response: Response, asked: str) -> None:
        """Keep an answer."""

        def header(name: str) -> str:
            return (response.headers.get(name) or b"").decode("latin-1")

        self._keep(
            Looked(
                asked,
                response.url,
                response.status,
                response.body,
                header("Content-Type"),
                header("ETag"),
                header("Last-Modified"),
                moved_to(response),
                "" if response.status == 200 else explain_status(response),  # noqa: PLR2004
                trouble_of(response),
            )
        )

    def failed(self, failure: Failure) -> None:
        """Keep what a failure means."""
        request: scrapy.Request = failure.request  # type: ignore[attr-defined]
        error = failure.value or OSError("unknown failure")
        says, trouble = explain_failure(error, request.url), trouble_of_failure(error)
        self._keep(Looked(request.meta["asked"], request.url, error=says, trouble=trouble))

    def _keep(self, looked: Looked) -> None:
        self.found.append(looked)
        self.logger.info("%s: %s", looked.url, looked.error or f"{len(looked.body)} bytes, {looked.content_type}")
