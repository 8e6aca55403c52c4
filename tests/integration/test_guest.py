"""A good guest, seen from the server: real HTTP, a clock that the test sets."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crawler import __version__
from tests.feeds import RSS, Item, page, rss, story
from tests.program import Program
from tests.site import Site

FEED = rss([Item("https://paper.example/a", "The bridge is open", story("timber"))])


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_holds_for_every_source_of_the_host(program: Program, site: Site, status: int) -> None:
    host, other = site.host(), site.host()
    urls = [host.serve(f"/{name}", FEED, headers=RSS) for name in "abc"]
    program.settings([*urls, other.serve("/rss", FEED, headers=RSS)])
    program.once()
    for name in "abc":
        host.serve(f"/{name}", status=status, headers={"Retry-After": "7200"})
    host.requests.clear()
    summary = program.once().summary
    assert len([path for path in host.paths() if path != "/robots.txt"]) == 1, "the others were not asked any more"
    assert (summary.polled, summary.failed) == (2, 1), "and did not fail"
    program.later(minutes=119)
    host.requests.clear()
    assert program.once(everything=False).summary.polled == 1
    assert host.requests == []
    program.later(minutes=10)
    for name in "abc":
        host.serve(f"/{name}", FEED, headers=RSS)
    assert program.once(everything=False).summary.unchanged >= 3


def test_a_pages_retry_after_lets_the_next_pages_wait(program: Program, site: Site) -> None:
    host = site.host()
    program.settings([host.serve("/rss", rss([]), headers=RSS)])
    program.once()
    links = [host.serve(f"/{number}", status=429, headers={"Retry-After": "600"}) for number in range(3)]
    host.serve("/rss", rss([Item(link, f"Story {link[-1]}") for link in links]), headers=RSS)
    host.requests.clear()
    program.once()
    assert len([path for path in host.paths() if path not in ("/rss", "/robots.txt")]) == 1
    for number in range(3):
        host.serve(f"/{number}", page("A page", story(f"tin{number}")))
    program.later(hours=1)
    program.once()
    assert program.one("SELECT count(*) FROM articles WHERE text_from = 'page'")[0] == 3


def test_a_move_is_followed_once_it_has_lasted_and_left_when_it_fails(program: Program, site: Site) -> None:
    old, new = site.host(), site.host()
    target = new.serve("/feed", FEED, headers=RSS | {"ETag": '"n"'})
    program.settings([old.redirect("/rss", target, 301)])
    for _ in range(3):
        program.once()
        program.later(hours=13)
    assert program.one("SELECT url, moved_to FROM sources")[:] == (old.url("/rss"), target)
    old.requests.clear()
    program.once()
    assert "/rss" not in old.paths(), "asked where it stands now"
    assert new.asked("/feed")[-1].headers["if-none-match"] == '"n"'
    new.serve("/feed", status=404)
    old.serve("/rss", FEED, headers=RSS)
    assert program.once().summary.failed == 1
    assert program.once().summary.failed == 0
    assert old.asked("/rss")


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_passing_redirect_is_never_followed_for_good(program: Program, site: Site, status: int) -> None:
    old, new = site.host(), site.host()
    program.settings([old.redirect("/rss", new.serve("/feed", FEED, headers=RSS), status)])
    for _ in range(4):
        program.once()
        program.later(hours=13)
    assert len(old.asked("/rss")) == 4
    assert program.count("moves") == 0


def test_a_410_ends_polling_once_it_is_said_again(program: Program, site: Site) -> None:
    host = site.host()
    url = host.serve("/rss", FEED, headers=RSS)
    program.settings([url])
    program.once()
    host.serve("/rss", status=410)
    program.later(hours=2)
    program.once(everything=False)
    program.later(hours=23)
    program.once(everything=False)
    assert len(host.asked("/rss")) == 2, "asked once more a day later, not sooner"
    program.later(hours=2)
    program.once(everything=False)
    asked = len(host.asked("/rss"))
    for _ in range(3):
        program.later(days=60)
        program.once(everything=False)
    assert len(host.asked("/rss")) == asked == 3
    host.serve("/rss", FEED, headers=RSS)
    program.settings([{"url": url, "name": "S1", "paused": True}])
    program.once(everything=False)
    program.settings([url])
    assert program.once(everything=False).summary.unchanged == 1, "a person resumed it"


def test_thirty_sources_of_a_dead_host_ask_it_once(program: Program, site: Site) -> None:
    host = site.host()
    program.settings([host.serve(f"/{number}", FEED, headers=RSS) for number in range(30)])
    program.once()
    for path in [f"/{number}" for number in range(30)] + ["/robots.txt"]:
        host.answers.pop(path, None)
    from tests.site import Answer  # noqa: PLC0415

    host.answers["/robots.txt"] = Answer(reset=True)
    host.requests.clear()
    assert program.once().summary.failed == 30
    assert len(host.requests) <= 2, "a connection that was kept open may be tried again"
    waits = sorted(row[0] for row in program.rows("SELECT next_poll FROM sources"))
    assert len(set(waits)) >= 10, "and they do not return together"


def test_the_user_agent_says_who_asks_and_whom_to_write_to(program: Program, site: Site) -> None:
    host = site.host()
    program.settings([host.serve("/rss", FEED, headers=RSS)], crawl={"contact": "desk@paper.example"})
    program.once()
    agents = {asked.headers["user-agent"] for asked in host.requests}
    assert agents == {f"Tidings/{__version__} (news monitor; desk@paper.example)"}


def test_what_is_fresh_is_left_alone_for_an_hour_at_most(program: Program, site: Site) -> None:
    host = site.host()
    program.settings([host.serve("/rss", FEED, headers=RSS | {"Cache-Control": "max-age=86400"})])
    program.once()
    row = program.one("SELECT next_poll FROM sources")
    assert str(row[0]) <= (program.now + timedelta(minutes=64)).isoformat().replace("+00:00", "Z")
    program.later(minutes=30)
    assert program.once(everything=False).summary.polled == 0
