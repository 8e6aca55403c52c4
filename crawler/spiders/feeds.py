"""The feed spider: ask what is due, hand on what came."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler import following, looking, pushing
from crawler.answers import (
    HostRestsError,
    explain_document,
    explain_failure,
    explain_status,
    fresh_for,
    moved_to,
    retry_after,
    trouble_of,
    trouble_of_failure,
)
from crawler.config import find_settings, load
from crawler.context import META, PUSHED, binds
from crawler.errors import SourceError, StorageError
from crawler.items import PollItem
from crawler.model import DueHub, DueLook, DueSource, Fetched, Outcome, SourceDocument, Trouble
from crawler.push import offered
from crawler.quiet import QuietPolls
from crawler.runtime import Runtime
from crawler.sources.pieces import Pieces, cut
from crawler.storage import Store
from crawler.topics import read_query

_REST = 300.0
"""Seconds that a page is left alone when what came of it could not be stored."""


class FeedSpider(scrapy.Spider):
    """Poll every source that its runtime's queue hands over.

    The service gives it a runtime whose queue stays open; ``scrapy crawl feeds`` makes its own, from settings.toml,
    and polls what is due once.
    """

    name = "feeds"
    # Everything but redirects is looked at here: 304 is good news, and an error page says why a source fails.
    handle_httpstatus_list = [304, *range(400, 600)]  # noqa: RUF012  (Scrapy's own way of saying it)

    def __init__(self, runtime: Runtime | None = None, **options: Any) -> None:  # noqa: ANN401
        super().__init__(**options)
        self.runtime = runtime or _own_runtime()
        self._owns_store = runtime is None
        self._quiet = QuietPolls(self.runtime)

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """Requests for due sources, as they come."""
        async for due in self.runtime.queue:
            if isinstance(due, DueHub):
                yield self.ask_hub(due)
            else:
                yield self.look(due) if isinstance(due, DueLook) else self.request(due)

    def request(self, due: DueSource) -> scrapy.Request:
        """Ask for a source's document, with the validators of the last one exactly as they were received."""
        headers = {"Accept": b"application/rss+xml, application/atom+xml, application/feed+json, */*;q=0.8"}
        if not (due.doubted or due.distrusted):
            headers |= _validators(due)
        asked = {"due": due, "started": self.runtime.clock()}
        return scrapy.Request(
            due.address or due.source.url,
            headers=headers,
            callback=self.parse,
            errback=self.failed,
            cb_kwargs=asked,
            meta={"asked": asked, META: due, PUSHED: due.pushed},
            dont_filter=True,
        )

    def ask_hub(self, due: DueHub) -> scrapy.Request:
        """Ask a hub; its robots.txt is about pages, and it invites programs by the feeds that name it."""
        return scrapy.Request(
            due.source.url,
            method="POST",
            body=due.form,
            headers={"Content-Type": b"application/x-www-form-urlencoded"},
            callback=self.hub_answered,
            errback=self.hub_failed,
            cb_kwargs={"due": due},
            meta={"asked": {"due": due}, META: due, "dont_obey_robotstxt": True},
            dont_filter=True,
        )

    @binds
    def hub_answered(self, response: Response, due: DueHub) -> None:
        """A hub said whether it takes our wish."""
        taken = 200 <= response.status < 300  # noqa: PLR2004
        self._hear(due, "" if taken else f"the hub answers {explain_status(response)}")

    @binds
    def hub_failed(self, failure: Failure) -> None:
        """A hub could not be asked."""
        request: scrapy.Request = failure.request  # type: ignore[attr-defined]  # Scrapy's own addition
        self._hear(request.meta["asked"]["due"], explain_failure(failure.value or OSError("unknown"), request.url))

    def _hear(self, due: DueHub, error: str) -> None:
        try:
            pushing.heard(self.runtime, due, error)
        except (StorageError, sqlite3.Error) as trouble:
            self.logger.log(logging.ERROR, "what %s answered could not be stored: %s", due.source.url, trouble)

    def look(self, due: DueLook) -> scrapy.Request:
        """Ask for the page of a known article, unless it is what it was."""
        asked = {"due": due}
        return scrapy.Request(
            due.source.url,
            headers=_validators(due),
            callback=self.looked,
            errback=self.look_failed,
            cb_kwargs=asked,
            meta={"asked": asked, META: due},
            dont_filter=True,
        )

    @binds
    async def looked(self, response: Response, due: DueLook) -> None:
        """Judge what came for a known article's page; it brings no item."""
        try:
            await looking.take(self.runtime, due, response)
        except StorageError as error:
            self.logger.log(logging.ERROR, "%s was looked at but not stored, and is again: %s", due.source.url, error)
            self.runtime.queue.rest(due.id, _REST)
        except Exception:
            self.logger.exception("%s: this page could not be compared", due.source.url)
            self.runtime.give_up_on(due, "an error of Tidings itself")

    @binds
    def look_failed(self, failure: Failure) -> None:
        """Keep why a page could not be looked at."""
        request: scrapy.Request = failure.request  # type: ignore[attr-defined]  # Scrapy's own addition
        due: DueLook = request.meta["asked"]["due"]
        error = failure.value or OSError("unknown failure")
        if isinstance(error, HostRestsError):
            self.runtime.postpone(due, error.seconds)
            return
        try:
            self.runtime.fail_look(due, explain_failure(error, request.url))
        except StorageError:
            self.runtime.queue.rest(due.id, _REST)

    @binds
    async def parse(self, response: Response, due: DueSource, started: datetime) -> AsyncIterator[PollItem]:
        """Turn an answer into an item: what came, and its entries. What brought nothing passes the stages by."""
        facts: dict[str, Any] = {
            "started": started,
            "seconds": float(response.meta.get("download_latency", 0.0)),
            "status": None if due.pushed else response.status,
            "size": len(response.body),
            "moved_to": moved_to(response),
            "retry_after": retry_after(response, self.runtime.clock()),
            "fresh_for": fresh_for(response),
        }
        if response.status == 304 and (due.etag or due.last_modified):  # noqa: PLR2004
            self._quiet.add(due, Fetched(Outcome.UNCHANGED, **facts))
            return
        if response.status != 200:  # noqa: PLR2004
            yield PollItem(
                due, Fetched(Outcome.FAILED, error=explain_status(response), trouble=trouble_of(response), **facts)
            )
            return
        received = facts | _received(response)
        if due.pushed is None and received["body_hash"] == due.body_hash:
            self._quiet.add(due, Fetched(Outcome.UNCHANGED, **received))
            return
        item = await self._read(response, due, facts, received)
        for part in item.parts():
            if item.progress.failed:
                return
            yield part
            await asyncio.sleep(0)  # between two parts the others have their turn

    async def _read(
        self, response: Response, due: DueSource, facts: dict[str, Any], received: dict[str, Any]
    ) -> PollItem:
        pieces = cut(response.body)
        try:
            document = await self._entries(response, due, pieces)
        except SourceError as error:
            says, trouble = explain_document(response, error.says), trouble_of(response)
            return PollItem(due, Fetched(Outcome.FAILED, error=says, trouble=trouble, **facts))
        if due.pushed is not None:
            # As a rule it holds what is new alone, so what is known of the whole document stays as it is.
            fetched = Fetched(
                Outcome.OK,
                etag=due.etag,
                last_modified=due.last_modified,
                body_hash=due.body_hash,
                error="; ".join(document.problems),
                **facts,
            )
            return PollItem(due, fetched, document)
        offer = offered(response.url, _link_headers(response), {"hub": document.hub, "self": document.itself})
        document = replace(document, hub=offer.hub if offer else "", itself=offer.topic if offer else "")
        fetched = Fetched(Outcome.OK, error="; ".join(document.problems), **received)
        return PollItem(due, fetched, document, pieces=() if pieces is None else pieces.hashes)

    async def _entries(self, response: Response, due: DueSource, pieces: Pieces | None) -> SourceDocument:
        """Read the entries that did not stand in the last document, byte for byte."""
        body, unread = response.body, 0
        if pieces is not None:
            body, unread = pieces.without(self.runtime.store.documents.known(due.id))
        if unread and unread == len(pieces.spans if pieces else ()):
            return SourceDocument(unread=unread)
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        return replace(await self.runtime.parsers.feed(response.url, body, content_type), unread=unread)

    @binds
    def failed(self, failure: Failure) -> Iterator[PollItem]:
        """Turn a failure into an item that says what it was."""
        request: scrapy.Request = failure.request  # type: ignore[attr-defined]  # Scrapy's own addition
        asked: dict[str, Any] = request.meta["asked"]
        error = failure.value or OSError("unknown failure")
        if isinstance(error, HostRestsError):
            self.runtime.postpone(asked["due"], error.seconds)
            return
        says, trouble = explain_failure(error, request.url), trouble_of_failure(error)
        yield PollItem(asked["due"], Fetched(Outcome.FAILED, started=asked["started"], error=says, trouble=trouble))

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **options: Any) -> FeedSpider:  # noqa: ANN401
        """Scrapy's way of making one."""
        spider = super().from_crawler(crawler, *args, **options)
        crawler.signals.connect(spider.spider_closed, signal=scrapy.signals.spider_closed)
        crawler.signals.connect(spider.item_error, signal=scrapy.signals.item_error)
        crawler.signals.connect(spider.spider_error, signal=scrapy.signals.spider_error)
        return spider

    def item_error(self, item: PollItem, failure: Failure) -> None:
        """A stage failed on a poll: Scrapy logs it; the source is tried again later, not at once for ever."""
        item.progress.failed = True
        self.runtime.turn.leave(item)
        self._give_up(item.due, item.fetched.started, failure)

    def spider_error(self, failure: Failure, response: Response) -> None:
        """Reading an answer failed: as above."""
        asked = response.meta["asked"]
        self._give_up(asked["due"], asked["started"], failure)

    def _give_up(self, due: DueSource, started: datetime, failure: Failure) -> None:
        says = f"an error of Tidings itself: {type(failure.value).__name__}: {failure.value}"
        error = " ".join(says.split())[:500]
        fetched = Fetched(Outcome.FAILED, started=started, error=error, trouble=Trouble.OURS)
        try:
            self.runtime.store_poll(due, fetched)
        except Exception as error:  # not even the failure can be stored, and it must not be asked again at once
            name, bug = due.source.name or due.source.url, not isinstance(error, StorageError)
            self.logger.log(logging.ERROR, "%s: its poll could not be stored: %s", name, error, exc_info=bug)
            self.runtime.leave_alone(due, str(error))

    def spider_closed(self) -> None:
        """Store what waits, and close what was opened here."""
        self._quiet.store()
        if self._owns_store:
            self.runtime.parsers.close()
            self.runtime.store.close()


def _received(response: Response) -> dict[str, Any]:
    return {
        "etag": (response.headers.get("ETag") or b"").decode("latin-1"),
        "last_modified": (response.headers.get("Last-Modified") or b"").decode("latin-1"),
        "body_hash": blake2b(response.body, digest_size=16).hexdigest(),
    }


def _validators(due: DueSource | DueLook) -> dict[str, bytes]:
    # As bytes: of a text Scrapy would send UTF-8, and headers were read as Latin-1.
    found = {}
    if due.etag:
        found["If-None-Match"] = due.etag.encode("latin-1")
    if due.last_modified:
        found["If-Modified-Since"] = due.last_modified.encode("latin-1")
    return found


def _link_headers(response: Response) -> list[str]:
    return [value.decode("latin-1") for value in response.headers.getlist("Link")[:20]]


def _own_runtime() -> Runtime:
    settings = find_settings(None, os.environ, Path.cwd())
    config = load(settings, os.environ, read_query)
    store = Store.writer(config.storage.path)
    runtime = Runtime(config, store)
    store.sources.sync(config.sources, runtime.clock())
    store.topics.sync(config.topics, runtime.clock())
    runtime.set_price()
    following.sync(runtime)
    runtime.queue.put(store.sources.due(runtime.clock()))
    runtime.queue.finish()
    return runtime
