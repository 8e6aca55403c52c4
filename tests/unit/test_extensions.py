"""The guard stands as long as any crawl runs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest
from scrapy.crawler import Crawler
from scrapy.signalmanager import SignalManager
from twisted.internet.error import ConnectError

from crawler import extensions
from crawler.extensions import AddressGuard


class Door:
    """What of a reactor the guard stands before."""

    def __init__(self) -> None:
        self.opened: list[str] = []

    def connectTCP(self, host: str, port: int) -> None:  # noqa: N802  (Twisted's name)
        """Note who came through."""
        self.opened.append(host)


def guard() -> AddressGuard:
    crawl = SimpleNamespace(allow_networks=())
    spider = SimpleNamespace(runtime=SimpleNamespace(config=SimpleNamespace(crawl=crawl)))
    return AddressGuard(cast("Crawler", SimpleNamespace(spider=spider, signals=SignalManager())))


@pytest.mark.parametrize("first_to_end", [0, 1])
def test_a_crawl_that_ends_leaves_another_guarded(first_to_end: int, monkeypatch: pytest.MonkeyPatch) -> None:
    door = Door()
    monkeypatch.setattr(extensions, "_reactor", lambda: door)
    plain = door.connectTCP
    guards = [guard(), guard()]
    for each in guards:
        each.engine_started()
    guards.pop(first_to_end).engine_stopped()
    with pytest.raises(ConnectError, match="private network"):
        door.connectTCP("10.0.0.1", 80)
    door.connectTCP("93.184.215.14", 80)
    guards.pop().engine_stopped()
    assert door.connectTCP == plain
    assert door.opened == ["93.184.215.14"]
