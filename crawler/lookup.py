"""Look at addresses once, as carefully as a poll would, and store nothing."""

from __future__ import annotations

from collections.abc import Sequence

from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import Settings

from crawler.config import Config
from crawler.run import run_on_reactor
from crawler.spiders.look import Looked

__all__ = ["Looked", "look", "look_at"]


async def look_at(config: Config, urls: Sequence[str]) -> list[Looked]:
    """What the addresses answer, in their order; inside a running reactor."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    found: list[Looked] = []
    await AsyncCrawlerRunner(settings).crawl("look", urls=tuple(urls), config=config, found=found)
    order = {url: number for number, url in enumerate(urls)}
    return sorted(found, key=lambda looked: order[looked.asked])


def look(config: Config, urls: Sequence[str]) -> list[Looked]:
    """As ``look_at``, on this process's reactor, which runs once per process."""
    return run_on_reactor(lambda: look_at(config, urls))
