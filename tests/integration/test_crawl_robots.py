"""robots.txt over real HTTP (RFC 9309)."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from crawler import run
from crawler.storage import Store
from tests.feeds import RSS, Item, page, rss, story
from tests.program import Program
from tests.site import Site

FEED = rss([Item("https://paper.example/a", "The bridge is open", story("timber"))])


def error_of(program: Program, number: int = 1) -> str:
    return str(program.one("SELECT last_error FROM sources WHERE id = ?", number)[0])


def test_a_feed_that_robots_txt_forbids_is_not_fetched(program: Program, site: Site) -> None:
    host = site.host()
    host.serve("/robots.txt", "User-agent: *\nDisallow: /private/\n")
    program.settings([host.serve("/private/rss", FEED, headers=RSS), host.serve("/rss", FEED, headers=RSS)])
    done = program.once()
    assert host.asked("/private/rss") == []
    assert (done.summary.polled, done.summary.failed) == (2, 1)
    assert "robots.txt" in error_of(program)
    assert "not allow" in error_of(program)


def test_rules_for_us_by_name_count(program: Program, site: Site) -> None:
    host = site.host()
    host.serve("/robots.txt", "User-agent: Tidings\nDisallow: /\n\nUser-agent: *\nAllow: /\n")
    program.settings([host.serve("/rss", FEED, headers=RSS)])
    assert program.once().summary.failed == 1
    assert host.paths() == ["/robots.txt"]


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_robots_txt_that_is_not_there_allows_everything(program: Program, site: Site, status: int) -> None:
    host = site.host()
    host.serve("/robots.txt", "User-agent: *\nDisallow: /\n", status=status)
    program.settings([host.serve("/rss", FEED, headers=RSS)])
    assert program.once().summary.failed == 0
    assert len(host.asked("/rss")) == 1


def test_a_host_whose_robots_txt_fails_is_left_alone(program: Program, site: Site) -> None:
    host = site.host()
    host.serve("/robots.txt", status=503)
    program.settings([host.serve("/rss", FEED, headers=RSS)])
    assert program.once().summary.failed == 1
    assert host.asked("/rss") == []
    assert "503" in error_of(program)


def test_robots_txt_is_fetched_once_for_many_polls(program: Program, site: Site) -> None:
    host = site.host()
    program.settings([host.serve(f"/{number}", FEED, headers=RSS) for number in range(3)])

    async def three_rounds_of_one_crawl() -> None:
        with Store.writer(program.folder / "tidings.db") as store:
            runtime = program.runtime(store)
            run.sync(runtime)
            crawl = asyncio.ensure_future(run.crawl(runtime))
            for _ in range(3):
                runtime.queue.put(store.sources.due(program.now, everything=True))
                await runtime.queue.idle()
            runtime.queue.finish()
            await crawl

    program.reactor.run(three_rounds_of_one_crawl)
    assert host.paths().count("/robots.txt") == 1
    assert len(host.requests) == 10


def test_a_host_that_refuses_connections_costs_one_attempt(program: Program, site: Site) -> None:
    host = site.host()
    program.settings([host.serve("/rss", FEED, headers=RSS)])
    host.stop()
    done = program.once()
    assert done.summary.failed == 1
    assert "refuses connections" in error_of(program)


def test_a_host_that_never_answers_is_asked_once(program: Program, site: Site) -> None:
    host = site.host()
    host.serve("/robots.txt", delay=3)
    program.settings([host.serve("/rss", FEED, headers=RSS)], crawl={"timeout": "1s"})
    assert program.once().summary.failed == 1
    assert "did not answer in time" in error_of(program)
    assert host.paths() == ["/robots.txt"]


def test_pages_obey_it_too(program: Program, site: Site) -> None:
    host, article = site.host(), site.host()
    article.serve("/robots.txt", "User-agent: *\nDisallow: /paid/\n")
    program.settings([host.serve("/rss", rss([]), headers=RSS)])
    program.once()
    items = [
        Item(article.serve(path, page(title, story(subject))), title, summary=f"In short: {subject}.")
        for path, title, subject in (("/paid/a", "The bridge", "timber"), ("/free/b", "The ferry", "copper"))
    ]
    host.serve("/rss", rss(items), headers=RSS)
    program.once()
    assert [path for path in article.paths() if path != "/robots.txt"] == ["/free/b"]
    paid = program.one("SELECT * FROM articles WHERE title = 'The bridge'")
    assert (paid["text_from"], paid["text"]) == ("teaser", "In short: timber.")
    assert "robots.txt" in paid["page_error"]
    assert program.one("SELECT text_from FROM articles WHERE title = 'The ferry'")[0] == "page"


def test_a_crawl_delay_is_kept(program: Program, site: Site) -> None:
    host = site.host()
    host.serve("/robots.txt", "User-agent: *\nCrawl-delay: 0.5\n")
    program.settings([host.serve(f"/{number}", FEED, headers=RSS) for number in range(3)])
    program.once()
    starts = [asked.began for asked in host.requests if asked.path != "/robots.txt"]
    assert all(later - earlier > 0.45 for earlier, later in pairwise(starts))
