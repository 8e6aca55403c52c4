"""Every log record of a poll knows its source, whoever writes it and however many polls are at work at once."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from crawler import context
from crawler.handlers import Http
from crawler.model import Due
from crawler.pipelines.identify import Identify
from tests.feeds import RSS, Item, rss, story
from tests.program import Program
from tests.site import Site

SOURCES = 12


class Heard(logging.Handler):
    """Keeps what was said, and which source the work was about at that moment."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[tuple[str, str, Due | None]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append((record.name, record.getMessage(), context.current()))


@pytest.fixture
def heard() -> Iterator[Heard]:
    handler = Heard()
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(before)


def test_records_of_polls_at_the_same_time_keep_their_sources_apart(
    program: Program, site: Site, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slip(*_: object) -> None:
        raise RuntimeError("a slip")

    monkeypatch.setattr(Identify, "process_item", slip)
    hosts = [site.host() for _ in range(SOURCES)]
    for number, host in enumerate(hosts):
        item = Item(host.url("/page"), f"Ferry {number}", story(f"ferry {number}"))
        host.serve("/rss", rss([item]), headers=RSS, delay=0.02 * (number % 3))
    hosts[0].serve("/rss", status=500)
    program.settings([host.url("/rss") for host in hosts])

    program.once()

    slips = [(said, about) for name, said, about in heard.said if name == "scrapy.core.scraper" and "Error" in said]
    assert len(slips) == SOURCES, "Scrapy's own record of each stage that failed"
    for said, about in slips:
        assert about is not None
        assert f"'{about.source.url}'" in said or f"url='{about.source.url}'" in said
    asked = {about.source.url for name, said, about in heard.said if about is not None}
    assert asked == {host.url("/rss") for host in hosts}


def test_requests_are_about_their_own_source_even_where_scrapy_makes_the_task(
    program: Program, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    met: list[tuple[str, str]] = []
    plain = Http.download_request

    async def watched(self: Http, request):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        response = await plain(self, request)
        about = context.current()
        met.append((request.url, about.source.url if about else ""))
        return response

    monkeypatch.setattr(Http, "download_request", watched)
    hosts = [site.host() for _ in range(SOURCES)]
    for number, host in enumerate(hosts):
        host.serve("/rss", rss([]), headers=RSS, delay=0.02 * (number % 3))
    program.settings([{"url": host.url("/rss"), "pages": "always"} for host in hosts])
    program.once()
    for number, host in enumerate(hosts):
        host.serve("/page", f"<p>{story(f'page {number}')}</p>")
        host.serve("/rss", rss([Item(host.url("/page"), f"Ferry {number}", "A ferry.")]), headers=RSS)
    program.once()

    feeds = [(url, about) for url, about in met if url.endswith("/rss")]
    pages = [(url, about) for url, about in met if url.endswith("/page")]
    assert (len(feeds), len(pages)) == (2 * SOURCES, SOURCES)
    assert all(url == about for url, about in feeds)
    assert all(url.removesuffix("/page") == about.removesuffix("/rss") for url, about in pages)
    assert {about for url, about in met if url.endswith("/robots.txt")} == {""}
