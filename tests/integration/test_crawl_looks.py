"""Pages of articles that were told are looked at again: what is asked for, and what comes of it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from tests.feeds import RSS, Item, page, rss, story
from tests.program import Program, plain
from tests.site import Host, Site

TITLE = "Seven children rescued from ferry"
REPORT = (
    "Seven children were rescued from the ferry on Tuesday, the coast guard said. The youngest is 3 years old.\n\n"
    "“We will go on until everybody is found,” captain Anna Reyes told reporters at the harbour of Lisbon.\n\n"
    "The ferry left the island on 14 October with 120 people and sank after 31 minutes in a storm that nobody expected."
)


def told(program: Program, host: Host, *, text: str = "", crawl: dict[str, object] | None = None) -> str:
    """Let an article be told whose page stands at /a; the feed carries a teaser, or a text."""
    host.serve("/rss", rss([Item(host.url("/old"), "Old news", story("copper"))]), headers=RSS)
    program.settings([host.url("/rss")], [{"name": "Ships", "query": "ferry"}], crawl=crawl)
    program.once()
    link = host.serve("/a", page(TITLE, REPORT), headers={"ETag": '"1"'})
    host.serve("/rss", rss([Item(link, TITLE, text, summary="They are safe …")]), headers=RSS)
    program.once()
    assert len(program.mails()) == 1
    return link


def look(program: Program, **span: float) -> None:
    program.later(**span)
    program.once(everything=False)


def kinds(program: Program) -> list[list[str]]:
    return [json.loads(row[0]) for row in program.rows("SELECT kinds FROM changes ORDER BY version_id")]


def test_a_page_is_looked_at_six_times_and_then_never(program: Program, site: Site) -> None:
    host = site.host()
    told(program, host)
    asked = len(host.asked("/a"))
    for hours in (1.2, 2.2, 6, 18, 50, 180, 1000):
        look(program, hours=hours)
    assert len(host.asked("/a")) - asked == 6
    assert program.count("looks") == 0
    assert kinds(program) == []


def test_what_changed_on_the_page_is_a_version_and_a_mail(program: Program, site: Site) -> None:
    host = site.host()
    told(program, host)
    host.serve("/a", page(TITLE, REPORT.replace("120 people", "140 people")))
    look(program, hours=1.2)
    assert kinds(program) == [["figure"]]
    first, change = program.mails()
    assert change["In-Reply-To"] == first["Message-ID"]
    assert "“120 people” is now “140 people”" in plain(change)
    assert "140 people" in program.one("SELECT text FROM articles WHERE title = ?", TITLE)[0]
    look(program, hours=2.2)
    assert len(program.mails()) == 2, "told once"


def test_a_page_that_is_what_it_was_is_asked_for_by_its_validators(program: Program, site: Site) -> None:
    host = site.host()
    told(program, host)
    look(program, hours=1.2)
    look(program, hours=2.2)
    assert [(ask.headers.get("if-none-match"), ask.status) for ask in host.asked("/a")[1:]] == [
        (None, 200),
        ('"1"', 304),
    ]
    assert kinds(program) == []


def test_the_page_of_a_text_from_the_feed_is_compared_with_itself(program: Program, site: Site) -> None:
    host = site.host()
    told(
        program, host, text=REPORT.partition("\n\n“")[0] + "\n\n" + REPORT.rpartition("\n\n")[2] + "\n\n" + story("tin")
    )
    look(program, hours=1.2)
    assert kinds(program) == [], "the page has other paragraphs than the feed"
    host.serve("/a", page(TITLE.replace("rescued", "reportedly rescued"), REPORT))
    look(program, hours=2.2)
    assert kinds(program) == [["softened"]]
    assert "the headline was softened" in plain(program.mails()[1])


@pytest.mark.parametrize("how", ["404", "410", "home"])
def test_a_page_that_is_missing_over_a_day_was_taken_away(program: Program, site: Site, how: str) -> None:
    host = site.host()
    told(program, host)
    if how == "home":
        host.serve("/", page("A newspaper", story("tin")))
        host.redirect("/a", host.url("/"), 302)
    else:
        host.serve("/a", status=int(how))
    look(program, hours=1.2)
    assert kinds(program) == [], "sites have bad hours"
    for _ in range(6):
        look(program, hours=6)
    assert kinds(program) == [["gone"]]
    assert "the article was taken away" in plain(program.mails()[1])
    assert program.count("looks") == 0
    assert program.one("SELECT text FROM articles WHERE title = ?", TITLE)[0].startswith("Seven children")


def test_a_page_that_comes_back_was_not_taken_away(program: Program, site: Site) -> None:
    host = site.host()
    told(program, host)
    host.serve("/a", status=404)
    look(program, hours=1.2)
    host.serve("/a", page(TITLE, REPORT))
    for _ in range(6):
        look(program, hours=6)
    assert kinds(program) == []


@pytest.mark.parametrize("answer", ["500", "wall", "other"])
def test_what_cannot_be_compared_is_no_change(program: Program, site: Site, answer: str) -> None:
    host = site.host()
    told(program, host)
    if answer == "500":
        host.serve("/a", status=500)
    elif answer == "wall":
        host.serve("/a", page(TITLE, REPORT.partition("\n\n")[0]))
    else:
        host.serve("/a", page("Weather", story("rain")))
    look(program, hours=1.2)
    assert kinds(program) == []
    assert program.one("SELECT error FROM looks")[0]
    assert len(program.mails()) == 1


def test_only_what_was_told_is_looked_at_and_only_where_the_settings_allow(program: Program, site: Site) -> None:
    host = site.host()
    told(program, host, crawl={"look_again": False})
    assert program.count("looks") == 0
    link = host.serve("/b", page("Bread is dearer", story("bread")))
    host.serve("/rss", rss([Item(link, "Bread is dearer", summary="Why …")]), headers=RSS)
    program.later(minutes=30)
    program.once()
    asked = len(host.paths())
    look(program, days=2)
    assert program.count("looks") == 0
    assert [path for path in host.paths()[asked:] if path in ("/a", "/b")] == []


def test_a_change_is_stored_with_its_mail_and_its_look_or_not_at_all(program: Program, site: Site) -> None:
    host = site.host()
    told(program, host)
    host.serve("/a", page(TITLE, REPORT.replace("120 people", "140 people")))
    with closing(sqlite3.connect(program.folder / "tidings.db")) as db, db:
        db.execute("CREATE TRIGGER stop BEFORE UPDATE ON looks BEGIN SELECT raise(ABORT, 'full'); END")
    look(program, hours=1.2)
    assert kinds(program) == []
    assert len(program.mails()) == 1
    with closing(sqlite3.connect(program.folder / "tidings.db")) as db, db:
        db.execute("DROP TRIGGER stop")
    look(program, minutes=10)
    assert kinds(program) == [["figure"]]
    assert len(program.mails()) == 2


def test_the_feed_s_word_and_the_page_s_are_told_once(program: Program, site: Site) -> None:
    host = site.host()
    told(program, host)
    changed = REPORT.replace("120 people", "140 people")
    host.serve("/a", page(TITLE, changed))
    look(program, hours=1.2)
    teaser = Item(host.url("/a"), TITLE, summary="They are all safe now …")
    host.serve("/rss", rss([teaser, replace(teaser, link=host.url("/old"), title="Old")]), headers=RSS)
    program.later(hours=1)
    program.once()
    assert kinds(program) == [["figure"]]
    assert len(program.mails()) == 2


def test_what_the_feed_told_is_not_told_again_by_the_page(program: Program, site: Site) -> None:
    host = site.host()
    link = told(program, host, text=REPORT)
    look(program, hours=1.2)
    later, title = REPORT.replace("Seven children", "Nine children"), TITLE.replace("Seven", "Nine")
    host.serve("/rss", rss([Item(link, title, later, summary="They are safe …")]), headers=RSS)
    host.serve("/a", page(title, later))
    program.once()
    assert len(program.mails()) == 2
    look(program, hours=8)
    assert len(program.mails()) == 2
    host.serve("/a", page(title, later.replace("120 people", "140 people")))
    look(program, hours=20)
    assert len(program.mails()) == 3, "what only the page says is told"
