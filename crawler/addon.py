"""Lay settings.toml over Scrapy's settings, for ``scrapy crawl`` and the service alike."""

from __future__ import annotations

from typing import Self, cast

from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from crawler import __version__
from crawler.runtime import HasRuntime


class SettingsToml:
    """Scrapy add-on: the pace, the patience and the name that ``[crawl]`` asks for."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of making one."""
        return cls(crawler)

    def update_settings(self, settings: BaseSettings) -> None:
        """Scrapy calls this once, when the spider with its runtime exists."""
        crawl = cast("HasRuntime", self._crawler.spider).runtime.config.crawl
        # A delay of zero would switch off the limit of one request at a time to a host (Scrapy 2.19, performance.md).
        settings.set("DOWNLOAD_DELAY", max(crawl.pace, 0.001), "addon")
        settings.set("DOWNLOAD_TIMEOUT", crawl.timeout, "addon")
        settings.set("DNS_TIMEOUT", crawl.timeout, "addon")
        settings.set("USER_AGENT", f"Tidings/{__version__} (news monitor; {crawl.contact})", "addon")
