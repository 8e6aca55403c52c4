"""Where an article's text comes from, and that all that the feed gives is kept."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from tests.feeds import RSS, Item, atom, page, rss, story
from tests.program import Program
from tests.site import Host, Site

UKRAINIAN = (
    "У Чернівцях відкрили міст через річку після дев'яти тижнів ремонту. Мешканці чекали на це всю зиму, бо пором"
    " ходив лише двічі на день. Міський голова подякував будівельникам і пообіцяв, що восени відремонтують і набережну."
)


def first_poll(program: Program, host: Host) -> None:
    """Follow /rss and let its first poll, which only archives, be over."""
    program.settings([host.serve("/rss", rss([]), headers=RSS)])
    program.once()


def test_a_full_text_in_the_feed_asks_for_no_page(program: Program, site: Site) -> None:
    host = site.host()
    first_poll(program, host)
    link = host.serve("/a", page("The bridge is open", story("copper")))
    host.serve("/rss", rss([Item(link, "The bridge is open", story("timber"))]), headers=RSS)
    program.once()
    article = program.one("SELECT * FROM articles")
    assert (article["text"], article["text_from"]) == (story("timber"), "feed")
    assert host.asked("/a") == []


def test_a_teaser_asks_for_the_page(program: Program, site: Site) -> None:
    host = site.host()
    first_poll(program, host)
    link = host.serve("/a", page("The bridge is open", story("timber")))
    host.serve("/rss", rss([Item(link, "The bridge is open", summary="It took nine weeks …")]), headers=RSS)
    program.once()
    article = program.one("SELECT * FROM articles")
    assert (article["text"], article["text_from"]) == (story("timber"), "page")
    assert (article["summary"], article["page_error"]) == ("It took nine weeks …", "")
    program.once()
    assert len(host.asked("/a")) == 1


def test_the_first_poll_of_a_source_asks_for_no_page(program: Program, site: Site) -> None:
    host = site.host()
    link = host.serve("/a", page("The bridge is open", story("timber")))
    teaser = Item(link, "The bridge is open", summary="It took nine weeks …")
    program.settings([host.serve("/rss", rss([teaser]), headers=RSS)])
    program.once()
    assert program.one("SELECT text_from FROM articles")[0] == "teaser"
    assert host.asked("/a") == []


def test_pages_are_asked_for_as_the_settings_say(program: Program, site: Site) -> None:
    host = site.host()
    sources = [{"url": host.serve(f"/{pages}", rss([]), headers=RSS), "pages": pages} for pages in ("never", "always")]
    program.settings(sources)
    program.once()
    long, short = story("timber", sentences=20), story("timber")
    full = Item(host.serve("/full", page("The bridge is open", long)), "The bridge is open", short)
    teaser = Item(host.serve("/teaser", page("The ferry", story("wool"))), "The ferry", summary="It sinks …")
    host.serve("/never", rss([teaser]), headers=RSS)
    host.serve("/always", rss([full]), headers=RSS)
    program.once()
    assert host.asked("/teaser") == []
    assert program.one("SELECT text FROM articles WHERE title = 'The bridge is open'")[0] == long


def test_a_page_that_cannot_be_read_leaves_the_teaser(program: Program, site: Site) -> None:
    host, dead = site.host(), site.host()
    first_poll(program, host)
    links = {
        "HTTP 404": host.serve("/gone", status=404),
        "HTTP 500": host.serve("/broken", status=500),
        "no article text": host.serve("/bare", "<html><body></body></html>"),
        "refuses connections": dead.url("/dead"),
    }
    dead.stop()
    items = [Item(link, f"{why} {why}", summary=story(why, sentences=1)) for why, link in links.items()]
    host.serve("/rss", rss(items), headers=RSS)
    program.once()
    for why in links:
        article = program.one("SELECT * FROM articles WHERE title = ?", f"{why} {why}")
        assert (article["text"], article["text_from"]) == (story(why, sentences=1), "teaser")
        assert why.lower() in article["page_error"].lower()


def test_a_page_that_fails_later_keeps_the_text_that_is_there(program: Program, site: Site) -> None:
    host = site.host()
    first_poll(program, host)
    link = host.serve("/a", page("The bridge is open", story("timber")))
    teaser = Item(link, "The bridge is open", summary="It took nine weeks …")
    host.serve("/rss", rss([teaser]), headers=RSS)
    program.once()
    host.serve("/a", status=500)
    host.serve("/rss", rss([replace(teaser, title="The bridge is open after 12 weeks")]), headers=RSS)
    program.once()
    article = program.one("SELECT * FROM articles")
    assert (article["title"], article["text"]) == ("The bridge is open after 12 weeks", story("timber"))


def test_a_page_that_did_not_come_is_asked_for_again(program: Program, site: Site) -> None:
    host = site.host()
    program.settings([host.serve("/rss", rss([]), headers=RSS)], [{"name": "Ships", "query": "ferry"}])
    program.once()
    link = host.serve("/a", status=503)
    # The document stays as it is: neither its validators nor its hash may hide the entry.
    host.serve("/rss", rss([Item(link, "Something happened", summary="A teaser.")]), headers=RSS | {"ETag": '"1"'})
    program.once()
    assert program.one("SELECT text_from, page_error FROM articles")["text_from"] == "teaser"
    host.serve("/a", page("Something happened", story("ferry")))
    program.later(minutes=30)
    program.once()
    assert program.one("SELECT text_from, page_error FROM articles")[:] == ("page", "")
    assert len(program.mails()) == 1
    program.once()
    assert program.once().summary.unchanged == 1
    assert len(host.asked("/a")) == 2


def test_a_page_that_stays_away_is_given_up(program: Program, site: Site) -> None:
    host = site.host()
    first_poll(program, host)
    items = [Item(host.serve(f"/{n}", status=503), f"Story {n}", summary=f"Teaser {n}.") for n in range(9)]
    host.serve("/rss", rss(items), headers=RSS)
    program.once()
    assert [len(host.asked(f"/{n}")) for n in range(9)].count(1) == 3
    program.later(hours=7)
    program.once()
    program.later(hours=1)
    assert program.once().summary.unchanged == 1
    assert sum(len(host.asked(f"/{n}")) for n in range(9)) == 3
    assert program.count("versions") == 9


def test_everything_that_the_feed_gives_is_kept(program: Program, site: Site) -> None:
    host = site.host()
    extra = (
        "<dc:creator>Ann Bell</dc:creator><category>Bridges</category><category>Harbour</category>"
        '<enclosure url="https://paper.example/a.jpg" type="image/jpeg" length="1234"/>'
    )
    item = Item("https://paper.example/a?utm_source=rss", "Bridge &amp; ferry", story("timber"), "In short", "g-1",
                extra=extra)  # fmt: skip
    program.settings([{"url": host.serve("/rss", rss([item], language="en-GB"), headers=RSS), "name": "The Paper"}])
    program.once()
    article = program.one("SELECT * FROM articles")
    assert article["author"] == "Ann Bell"
    assert (article["published"], article["first_seen"]) == ("2026-03-02T08:00:00Z", "2026-03-02T09:00:00Z")
    assert json.loads(article["categories"]) == ["Bridges", "Harbour"]
    assert json.loads(article["enclosures"]) == [
        {"url": "https://paper.example/a.jpg", "type": "image/jpeg", "length": 1234}
    ]
    assert (article["url"], article["link"]) == ("https://paper.example/a", "https://paper.example/a?utm_source=rss")
    assert (article["guid"], article["summary"], article["outlet"]) == ("g-1", "In short", "paper.example")
    assert article["language"].startswith("en")
    assert article["source_id"] == 1


def test_atom_gives_as_much(program: Program, site: Site) -> None:
    host = site.host()
    extra = '<author><name>Ann Bell</name></author><category term="Bridges"/>'
    item = Item("https://paper.example/a", "The bridge", story("timber"), "In short", "urn:1", extra=extra)
    program.settings([host.serve("/atom", atom([item], language="en"))])
    program.once()
    article = program.one("SELECT * FROM articles")
    assert (article["author"], article["guid"], article["categories"]) == ("Ann Bell", "urn:1", '["Bridges"]')
    assert (article["published"], article["updated"]) == ("2026-03-02T08:00:00Z", "2026-03-02T08:00:00Z")
    assert article["text"] == story("timber")


def test_an_entry_that_says_only_when_it_changed_is_dated_by_that(program: Program, site: Site) -> None:
    host = site.host()
    document = atom([Item("/1", "Ferry sunk", text=story("ferry"))])
    host.serve("/atom", re.sub(r"<published>.*?</published>", "", document))
    program.settings([host.url("/atom")])
    program.once()
    assert program.one("SELECT published FROM articles")[0] == "2026-03-02T08:00:00Z"


def test_a_wrong_declaration_does_not_decide_the_language(program: Program, site: Site) -> None:
    host = site.host()
    item = Item("https://paper.example/a", "Міст через річку знову відкрито", UKRAINIAN * 3)
    program.settings([{"url": host.serve("/rss", rss([item], language="en-us"), headers=RSS), "language": "en"}])
    program.once()
    assert program.one("SELECT language FROM articles")[0] == "uk"


def test_markup_does_not_survive(program: Program, site: Site) -> None:
    host = site.host()
    nasty = "<p>Seen <b>at</b> noon</p><script>alert(1)</script><img src=x onerror=alert(2)>"
    extra = f"<content:encoded><![CDATA[{nasty}]]></content:encoded>"
    program.settings(
        [host.serve("/rss", rss([Item("https://paper.example/a", "<b>Bold</b>", extra=extra)]), headers=RSS)]
    )
    program.once()
    article = program.one("SELECT * FROM articles")
    assert (article["title"], article["text"]) == ("Bold", "Seen at noon")
