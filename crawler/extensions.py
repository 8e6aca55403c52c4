"""Extensions, thin: the guard that keeps fetches out of private networks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self, cast

from scrapy import signals
from scrapy.crawler import Crawler
from twisted.internet.error import ConnectError

from crawler.addresses import may_connect
from crawler.runtime import HasRuntime


class AddressGuard:
    """Refuse connections to addresses that are not public and not allowed by the settings.

    It stands where the socket is about to connect, so that feeds, pages, robots.txt and every redirect pass it after
    DNS has answered.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        crawler.signals.connect(self.engine_started, signal=signals.engine_started)
        crawler.signals.connect(self.engine_stopped, signal=signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of making one."""
        return cls(crawler)

    def engine_started(self) -> None:
        """Stand before the reactor's own connect."""
        if not _STANDING:
            _PLAIN.append(_reactor().connectTCP)
            _reactor().connectTCP = _guarded
        _STANDING.append(self)

    def engine_stopped(self) -> None:
        """Step aside; the last one gives the reactor its own connect back."""
        if self not in _STANDING:
            return
        _STANDING.remove(self)
        if not _STANDING:
            _reactor().connectTCP = _PLAIN.pop()

    def check(self, host: str) -> None:
        """Raise ConnectError for an address that may not be connected to."""
        allowed = cast("HasRuntime", self._crawler.spider).runtime.config.crawl.allow_networks
        if not may_connect(host, allowed):
            says = f"{host} is in a private network; crawl.allow_networks in the settings would allow it"
            raise ConnectError(string=says)  # type: ignore[no-untyped-call]


_STANDING: list[AddressGuard] = []
"""The guards of the crawls that run. While settings are read again an old crawl may end after a new one began: its end
must not leave the new one unguarded."""
_PLAIN: list[Callable[..., Any]] = []
"""The reactor's own connect, while a guard stands before it."""


def _guarded(host: str, port: int, *args: Any, **options: Any) -> Any:  # noqa: ANN401
    _STANDING[-1].check(host)
    return _PLAIN[0](host, port, *args, **options)


def _reactor() -> Any:  # noqa: ANN401  (its interface is declared in parts that mypy cannot put together)
    from twisted.internet import reactor  # noqa: PLC0415  (importing it installs a reactor)

    return reactor
