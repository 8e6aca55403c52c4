"""What is remembered of hosts whose robots.txt cannot be fetched is bounded, also for those still being fetched."""

from __future__ import annotations

import asyncio

import pytest
from scrapy import Request
from scrapy.utils.test import get_crawler

from crawler import middlewares
from crawler.middlewares import Robots


class _DeadHosts:
    """An engine that reaches nobody, once it is let go on."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()

    async def download_async(self, request: Request) -> None:
        await self.go_on.wait()
        raise OSError(f"nobody answers at {request.url}")


async def _ask_many(hosts: int) -> Robots:
    crawler = get_crawler()
    engine = _DeadHosts()
    crawler.engine = engine  # type: ignore[assignment]
    robots = Robots(crawler)
    asking = [
        asyncio.ensure_future(robots.process_request(Request(f"http://host{number}.example/rss")))
        for number in range(hosts)
    ]
    await asyncio.sleep(0)
    engine.go_on.set()
    assert {type(each) for each in await asyncio.gather(*asking, return_exceptions=True)} == {OSError}
    await asyncio.sleep(0)
    return robots


def test_failures_of_hosts_that_were_let_go_of_are_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middlewares, "_MOST_HOSTS", 3)
    robots = asyncio.run(_ask_many(20))
    assert sorted(robots._failed) == sorted(robots._rules)
    assert len(robots._failed) == 3
