"""Is it the same article? Over real feeds and a database on disk, poll after poll."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.feeds import MORNING, RSS, Item, atom, rss, story
from tests.program import Program
from tests.site import Site

BRIDGE = Item("https://www.paper.example/news/bridge?id=7", "The bridge is open", story("timber"), guid="bridge-7")

ADDRESSES = {
    "tracking": "https://www.paper.example/news/bridge?utm_source=rss&id=7&utm_medium=feed&fbclid=x",
    "order": "https://www.paper.example/news/bridge?at_medium=rss&id=7#comments",
    "amp-suffix": "https://www.paper.example/news/bridge/amp?id=7",
    "amp-host": "https://amp.paper.example/news/bridge?id=7",
    "mobile": "https://m.paper.example/news/bridge/?id=7",
    "plain-http": "http://paper.example/news/bridge?id=7",
    "case": "HTTPS://WWW.Paper.Example:443/news/./bridge?id=7",
}


def accounted(program: Program) -> bool:
    """Every poll says of each of its entries what became of it."""
    polls = program.rows("SELECT * FROM polls WHERE outcome = 'ok'")
    return all(p["new"] + p["updated"] + p["known"] == p["entries"] and p["known"] >= 0 for p in polls)


@pytest.mark.parametrize("address", ADDRESSES)
def test_one_article_under_another_address(program: Program, site: Site, address: str) -> None:
    host = site.host()
    other = replace(BRIDGE, link=ADDRESSES[address], guid="another guid")
    program.settings([host.serve("/rss", rss([BRIDGE]), headers=RSS), host.serve("/atom", atom([other]))])
    program.once()
    host.serve("/rss", rss([other]), headers=RSS)
    program.once()
    row = program.one("SELECT * FROM articles")
    assert row["url"].endswith("paper.example/news/bridge?id=7")
    assert program.count("appearances") == 2
    assert program.count("versions") == 1
    assert accounted(program)


def test_one_article_in_two_sections_one_with_the_text_and_one_with_its_beginning(program: Program, site: Site) -> None:
    host = site.host()
    whole = replace(BRIDGE, text=story("timber", sentences=8))
    start = Item("https://paper.example/ukraine/55-bridge", BRIDGE.title, summary=whole.text[:200], guid="55")
    later = replace(start, link="https://paper.example/world/77-bridge", guid="77", summary="", text=whole.text)
    program.settings([host.serve("/ukraine", rss([start]), headers=RSS), host.serve("/world", rss([]), headers=RSS)])
    program.once()
    host.serve("/world", rss([later]), headers=RSS)
    program.once()
    row = program.one("SELECT * FROM articles")
    assert len(row["text"]) > 300
    assert (program.count("articles"), program.count("versions"), program.count("appearances")) == (1, 2, 2)
    assert accounted(program)


def test_two_days_of_one_form_are_two_articles(program: Program, site: Site) -> None:
    host = site.host()
    form = (
        "Air in the city was measured at nine stations this morning and found to hold {} units of dust at noon today."
    )
    days = [
        Item(f"https://paper.example/air-{day}", "Air today", form.format(30 + day), guid=f"{day}") for day in (1, 2)
    ]
    program.settings([host.serve("/rss", rss(days[:1]), headers=RSS)])
    program.once()
    host.serve("/rss", rss(days), headers=RSS)
    program.once()
    assert program.count("articles") == 2


def test_one_article_under_an_address_that_says_nothing(program: Program, site: Site) -> None:
    host = site.host()
    moved = replace(BRIDGE, link="https://paper.example/2026/bridge-is-open")
    program.settings([host.serve("/rss", rss([BRIDGE]), headers=RSS)])
    program.once()
    host.serve("/rss", rss([moved]), headers=RSS)
    program.once()
    assert program.count("articles") == 1


@pytest.mark.parametrize("link", [BRIDGE.link, ""], ids=["with-link", "without-link"])
def test_a_guid_and_a_date_that_change_at_every_poll(program: Program, site: Site, link: str) -> None:
    host = site.host()
    program.settings([host.url("/rss")])
    for number in range(4):
        item = replace(BRIDGE, link=link, guid=f"guid {number}", published=MORNING + timedelta(hours=number))
        host.serve("/rss", rss([item]), headers=RSS)
        program.once()
        program.later(hours=1)
    assert program.count("articles") == 1
    assert program.count("versions") == 1
    assert accounted(program)


def test_what_retention_deleted_does_not_come_back(program: Program, site: Site) -> None:
    host = site.host()
    ferry = Item("https://paper.example/ferry", "The ferry sinks", story("copper"))
    program.settings([host.serve("/rss", rss([BRIDGE]), headers=RSS)], storage={"keep": "2d"})
    program.once()
    program.later(days=3)
    assert program.prune() == 1
    assert program.count("articles") == 0
    host.serve("/rss", rss([replace(BRIDGE, guid="anew"), ferry]), headers=RSS)
    host.serve("/atom", atom([replace(BRIDGE, link=ADDRESSES["tracking"])]))
    program.settings([host.url("/rss"), host.url("/atom")])
    program.once()
    assert [row["title"] for row in program.rows("SELECT title FROM articles")] == ["The ferry sinks"]
    assert accounted(program)


def test_a_link_that_is_used_for_a_new_article(program: Program, site: Site) -> None:
    host = site.host()
    program.settings([host.serve("/rss", rss([BRIDGE]), headers=RSS)])
    program.once()
    program.later(days=1)
    again = Item(BRIDGE.link, "Ferry runs aground off the cape", story("copper"), guid="ferry-8",
                 published=MORNING + timedelta(days=1))  # fmt: skip
    host.serve("/rss", rss([again]), headers=RSS)
    assert program.once().summary.saved.new == 1
    titles = [row["title"] for row in program.rows("SELECT title FROM articles ORDER BY id")]
    assert titles == ["The bridge is open", "Ferry runs aground off the cape"]
    host.serve("/rss", rss([replace(again, guid="ferry-9")]), headers=RSS)
    assert program.once().summary.saved.new == 0


def test_two_articles_that_share_only_a_headline(program: Program, site: Site) -> None:
    host = site.host()
    items = [
        Item("https://paper.example/monday", "Weather for the coast today", story("drizzle")),
        Item("https://paper.example/tuesday", "Weather for the coast today", story("sunshine")),
    ]
    program.settings([host.serve("/rss", rss(items), headers=RSS)])
    assert program.once().summary.saved.new == 2
    assert program.rows("SELECT id FROM articles WHERE copy_of IS NOT NULL") == []


def test_entries_with_one_link_and_other_words_are_all_there(program: Program, site: Site) -> None:
    host = site.host()
    link = "https://paper.example/liveblog"
    titles = ("Timber is dear", "No copper left", "Wool by the shipload", "Amber washed ashore")
    items = [Item(link, title, story(title), guid=f"g-{title}") for title in titles]
    program.settings([host.serve("/rss", rss(items), headers=RSS)])
    program.once()
    assert {row["title"] for row in program.rows("SELECT title FROM articles")} == set(titles)
    host.serve("/rss", rss([*items, Item("https://paper.example/x", "One more", story("salt"))]), headers=RSS)
    assert program.once().summary.saved.new == 1
    assert program.count("versions") == 5
    assert accounted(program)


def test_a_changed_text_is_a_version_and_a_changed_comma_is_none(program: Program, site: Site) -> None:
    host = site.host()
    program.settings([host.serve("/rss", rss([BRIDGE]), headers=RSS)])
    program.once()
    host.serve("/rss", rss([replace(BRIDGE, text=BRIDGE.text.replace(",", ";"))]), headers=RSS)
    assert program.once().summary.saved.updated == 0
    corrected = replace(
        BRIDGE, text=BRIDGE.text + "\n\nA correction: the bridge had been closed for nine weeks, not six."
    )
    host.serve("/rss", rss([corrected]), headers=RSS)
    assert program.once().summary.saved.updated == 1
    assert program.count("articles") == 1
    assert program.count("versions") == 2
    assert "nine weeks" in program.one("SELECT text FROM articles")[0]
    assert accounted(program)


def test_an_entry_twice_in_one_document_is_one_article(program: Program, site: Site) -> None:
    host = site.host()
    items = [
        BRIDGE,
        replace(BRIDGE, link=ADDRESSES["tracking"]),
        BRIDGE,
        replace(BRIDGE, guid="x", title="The bridge opens"),
    ]
    program.settings([host.serve("/rss", rss(items), headers=RSS)])
    program.once()
    poll = program.one("SELECT * FROM polls")
    assert (poll["entries"], poll["new"], poll["known"]) == (4, 1, 3)


def test_an_older_feed_served_again_brings_nothing(program: Program, site: Site) -> None:
    """Servers behind a balancer answer with documents of different age in turn."""
    host = site.host()
    old = rss([BRIDGE])
    new = rss([Item("https://paper.example/ferry", "The ferry sinks", story("copper")), BRIDGE])
    program.settings([host.url("/rss")])
    for document in (old, new, old, new):
        host.serve("/rss", document, headers=RSS)
        program.once()
    assert [row["new"] for row in program.rows("SELECT new FROM polls ORDER BY id")] == [1, 1, 0, 0]
    assert program.count("versions") == 2
