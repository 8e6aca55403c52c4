"""What every stage has: the runtime of the crawl that it belongs to, and care for each draft by itself."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Self, cast

from scrapy.crawler import Crawler

from crawler.items import Draft, PollItem
from crawler.runtime import HasRuntime, Runtime
from crawler.turn import breathe

_log = logging.getLogger(__name__)


class Stage:
    """Base of the pipelines."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of making one."""
        return cls(crawler)

    @property
    def runtime(self) -> Runtime:
        """The crawl's settings, database, topics and clock."""
        return cast("HasRuntime", self.crawler.spider).runtime


async def keep_each(item: PollItem, work: Callable[[Draft], bool]) -> None:
    """Keep the drafts for which ``work`` says so; one that fails costs itself and nothing else.

    Between two of them the loop goes on: a draft takes a hundredth of a second, a new source brings thirty and more.

    A failed draft is not marked as seen, so it is tried again when its feed next changes.
    """
    kept = []
    for draft in item.drafts:
        try:
            if work(draft):
                kept.append(draft)
        except Exception:  # noqa: BLE001  (one entry must not cost the others; it is logged with its traceback)
            _log.exception(
                "%s: this entry could not be worked on and is left out", draft.entry.link or draft.entry.title
            )
            item.seen = [number for number in item.seen if number != draft.entry_hash]
            item.progress.gaps = True
        await breathe()
    item.drafts = kept
