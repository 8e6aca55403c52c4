"""Only the entries of a feed that changed are parsed, and nothing is lost by it."""

from __future__ import annotations

from tests.program import Program
from tests.site import Site

RSS = {"Content-Type": "application/rss+xml"}


def feed(*entries: tuple[int, str], head: str = "") -> bytes:
    items = "".join(
        f"<item><title>Report number {number} of the harbour</title><link>https://outlet.example/{number}</link>"
        f"<guid>{number}</guid><description>{text}</description></item>"
        for number, text in entries
    )
    return f'<rss version="2.0"><channel><title>T</title>{head}{items}</channel></rss>'.encode()


def titles(program: Program) -> list[str]:
    return [row["title"] for row in program.rows("SELECT title FROM articles ORDER BY id")]


def counts(program: Program) -> list[tuple[int, int, int, int]]:
    rows = program.rows("SELECT entries, new, updated, known FROM polls ORDER BY id")
    return [(row["entries"], row["new"], row["updated"], row["known"]) for row in rows]


def test_a_new_entry_beside_known_ones_is_found_and_all_are_counted(program: Program, site: Site) -> None:
    host = site.host()
    url = host.serve("/rss", feed((1, "The ferry is late."), (2, "The ferry is here.")), headers=RSS)
    program.settings([url], crawl={"every": "10m"})
    program.once()
    host.serve("/rss", feed((3, "A third ferry."), (1, "The ferry is late."), (2, "The ferry is here.")), headers=RSS)
    program.later(minutes=30)
    program.once()
    assert len(titles(program)) == 3
    assert counts(program) == [(2, 2, 0, 0), (3, 1, 0, 2)]


def test_a_document_that_is_written_anew_with_the_same_entries_is_read_and_has_no_news(
    program: Program, site: Site
) -> None:
    host = site.host()
    entries = ((1, "The ferry is late."), (2, "The ferry is here."))
    program.settings([host.serve("/rss", feed(*entries), headers=RSS)], crawl={"every": "10m"})
    program.once()
    host.serve("/rss", feed(*entries, head="<lastBuildDate>Mon, 02 Mar 2026 10:00:00 GMT</lastBuildDate>"), headers=RSS)
    program.later(minutes=30)
    program.once()
    assert counts(program) == [(2, 2, 0, 0), (2, 0, 0, 2)]
    assert [row["outcome"] for row in program.rows("SELECT outcome FROM polls ORDER BY id")] == ["ok", "ok"]


def test_an_entry_that_left_and_came_back_is_no_news(program: Program, site: Site) -> None:
    host = site.host()
    one, two = (1, "The ferry is late."), (2, "The ferry is here.")
    program.settings([host.serve("/rss", feed(one, two), headers=RSS)], crawl={"every": "10m"})
    for document in (feed(one, two), feed(two), feed(one, two)):
        host.serve("/rss", document, headers=RSS)
        program.once()
        program.later(minutes=30)
    assert len(titles(program)) == 2
    assert counts(program)[-1] == (2, 0, 0, 2)
