"""Redirects over real HTTP: those that last are remembered, none leads into a private network."""

from __future__ import annotations

import pytest

from tests.feeds import RSS, Item, page, rss, story
from tests.program import Program
from tests.site import Host, Site

FEED = rss([Item("https://paper.example/a", "The bridge is open", story("timber"))])


def only(host: Host) -> dict[str, list[str]]:
    """Settings that allow this one address of loopback."""
    return {"allow_networks": [f"{host.address}/32"]}


def moved_to(program: Program) -> str:
    return str(program.one("SELECT moved_to FROM sources")[0])


@pytest.mark.parametrize("status", [301, 308])
def test_a_permanent_redirect_is_recorded(program: Program, site: Site, status: int) -> None:
    host = site.host()
    new = host.serve("/new", FEED, headers=RSS)
    program.settings([host.redirect("/old", new, status)])
    assert program.once().summary.saved.new == 1
    assert moved_to(program) == new


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_passing_redirect_is_followed_and_not_recorded(program: Program, site: Site, status: int) -> None:
    host = site.host()
    program.settings([host.redirect("/old", host.serve("/new", FEED, headers=RSS), status)])
    assert program.once().summary.saved.new == 1
    assert moved_to(program) == ""


def test_a_permanent_redirect_to_a_passing_one_is_not_recorded(program: Program, site: Site) -> None:
    host = site.host()
    passing = host.redirect("/middle", host.serve("/new", FEED, headers=RSS), 302)
    program.settings([host.redirect("/old", passing, 301)])
    assert program.once().summary.saved.new == 1
    assert moved_to(program) == ""


def test_a_redirect_that_is_gone_is_forgotten(program: Program, site: Site) -> None:
    host = site.host()
    program.settings([host.redirect("/old", host.serve("/new", FEED, headers=RSS), 301)])
    program.once()
    host.serve("/old", FEED, headers=RSS)
    program.once()
    assert moved_to(program) == ""


def test_a_circle_of_redirects_ends(program: Program, site: Site) -> None:
    host = site.host()
    program.settings([host.redirect("/old", host.url("/old"), 302)])
    assert program.once().summary.failed == 1
    assert len(host.asked("/old")) < 10
    assert program.one("SELECT last_error FROM sources")[0]


def test_validators_are_sent_to_where_a_source_moved(program: Program, site: Site) -> None:
    host = site.host()
    new = host.serve("/new", FEED, headers=RSS | {"ETag": '"1"'})
    program.settings([host.redirect("/old", new, 301)])
    program.once()
    assert program.once().summary.unchanged == 1
    assert host.asked("/new")[1].status == 304
    assert moved_to(program) == new


def test_a_source_does_not_lead_into_a_private_network(program: Program, site: Site) -> None:
    public, private = site.host(), site.host()
    secret = private.serve("/rss", FEED, headers=RSS)
    program.settings([public.redirect("/rss", secret, 302)], crawl=only(public))
    assert program.once().summary.failed == 1
    assert private.requests == []
    assert f"{private.address} is in a private network" in program.one("SELECT last_error FROM sources")[0]


def test_a_page_link_does_not_lead_there(program: Program, site: Site) -> None:
    public, private = site.host(), site.host()
    program.settings([public.serve("/rss", rss([]), headers=RSS)], crawl=only(public))
    program.once()
    secret = private.serve("/page", page("A secret", story("copper")))
    items = [
        Item(secret, "Straight there", summary="A short word."),
        Item(public.redirect("/away", secret, 302), "There by a turn", summary="Another short word."),
    ]
    public.serve("/rss", rss(items), headers=RSS)
    assert program.once().summary.saved.new == 2
    assert private.requests == []
    for row in program.rows("SELECT * FROM articles"):
        assert row["text_from"] == "teaser"
        assert "private network" in row["page_error"]


def test_robots_txt_does_not_lead_there(program: Program, site: Site) -> None:
    public, private = site.host(), site.host()
    public.redirect("/robots.txt", private.serve("/robots.txt", "User-agent: *\nAllow: /\n"), 302)
    program.settings([public.serve("/rss", FEED, headers=RSS)], crawl=only(public))
    assert program.once().summary.failed == 1
    assert private.requests == []
    assert public.asked("/rss") == []


def test_robots_txt_of_the_host_that_a_redirect_leads_to_counts(program: Program, site: Site) -> None:
    one, two = site.host(), site.host()
    two.serve("/robots.txt", "User-agent: *\nDisallow: /\n")
    program.settings([one.redirect("/rss", two.serve("/rss", FEED, headers=RSS), 301)])
    assert program.once().summary.failed == 1
    assert two.paths() == ["/robots.txt"]
    assert "robots.txt" in program.one("SELECT last_error FROM sources")[0]


def test_loopback_is_refused_where_nothing_is_allowed(program: Program, site: Site) -> None:
    host = site.host()
    program.settings([host.serve("/rss", FEED, headers=RSS)], crawl={"allow_networks": []})
    assert program.once().summary.failed == 1
    assert host.requests == []
    assert "private network" in program.one("SELECT last_error FROM sources")[0]


def test_a_name_that_leads_to_loopback_is_refused_after_dns(program: Program, site: Site) -> None:
    host = site.host()
    url = f"http://localhost:{host.port}/rss"
    program.settings([url], crawl={"allow_networks": []})
    assert program.once().summary.failed == 1
    assert host.requests == []
    assert "private network" in program.one("SELECT last_error FROM sources")[0]


def test_other_schemes_are_not_followed(program: Program, site: Site) -> None:
    host = site.host()
    program.settings([host.redirect("/rss", "file:///etc/passwd", 302)])
    assert program.once().summary.failed == 1
    assert program.count("articles") == 0
