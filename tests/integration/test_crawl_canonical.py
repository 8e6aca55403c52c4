"""What a page says about its own address is believed as far as it makes sense."""

from __future__ import annotations

from tests.feeds import RSS, Item, page, rss, story
from tests.program import Program
from tests.site import Host, Site

TOPIC = {"name": "Ships", "query": "ferry"}


def article(host: Host, path: str, title: str, text: str, canonical: str) -> Item:
    """An entry with a teaser, and its page behind the link."""
    link = f'<link rel="canonical" href="{host.url(canonical)}"></head>'
    host.serve(path, page(title, text).replace("</head>", link))
    return Item(host.url(path), title, summary=f"{title}, our reporter says.")


def poll(program: Program, host: Host, *items: Item) -> None:
    host.serve("/rss", rss(items), headers=RSS)
    program.later(minutes=30)
    program.once()


def test_one_address_for_every_page_merges_no_two_articles(program: Program, site: Site) -> None:
    host = site.host()
    program.settings([host.url("/rss")], [TOPIC])
    poll(program, host)
    market = article(host, "/market", "Market closed for winter", story("market"), "/news")
    poll(program, host, market)
    ferry = article(host, "/ferry", "Ferry sunk off the island", story("ferry"), "/news")
    poll(program, host, ferry, market)
    assert [row["title"] for row in program.rows("SELECT title FROM articles ORDER BY id")] == [
        "Market closed for winter",
        "Ferry sunk off the island",
    ]
    assert program.count("versions") == 2
    assert len(program.mails()) == 1
    assert host.url("/ferry") in program.one("SELECT url FROM articles WHERE id = 2")["url"]


def test_an_article_that_moved_is_found_by_what_its_page_says(program: Program, site: Site) -> None:
    host = site.host()
    program.settings([host.url("/rss")], [TOPIC])
    poll(program, host)
    poll(program, host, article(host, "/ferry", "Ferry sunk", story("ferry"), "/news/ferry"))
    poll(program, host, article(host, "/short/1", "Ferry sunk", story("ferry"), "/news/ferry"))
    assert program.count("articles") == 1
    assert len(program.mails()) == 1
