"""A document with very much text goes through in parts: the loop is free in between, and nothing is lost."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tests.feeds import RSS, Item, rss
from tests.program import Program
from tests.site import Site

MANY = [
    Item(f"https://paper.example/{n}", f"Report number {n}", summary=f"What was said on day {n}. ") for n in range(600)
]
TAGGED = RSS | {"ETag": '"one"'}


def trigger(program: Program, statement: str) -> None:
    with closing(sqlite3.connect(program.folder / "tidings.db")) as db, db:
        db.execute(statement)


def test_parts_make_one_poll(program: Program, site: Site) -> None:
    program.settings([{"url": site.host().serve("/rss", rss(MANY), headers=TAGGED), "pages": "never"}])
    assert program.once().as_json()["articles"] == {"new": 600, "updated": 0, "copies": 0}
    poll = program.one("SELECT entries, new, known, outcome FROM polls")
    assert tuple(poll) == (600, 600, 0, "ok")
    assert program.one("SELECT etag FROM sources")[0] == '"one"'
    assert program.count("articles") == 600
    assert program.once().as_json()["sources"]["unchanged"] == 1


def test_a_part_that_cannot_be_stored_keeps_the_validators_back(program: Program, site: Site) -> None:
    host = site.host()
    program.settings([{"url": host.serve("/rss", rss(MANY[:1]), headers=RSS), "pages": "never"}])
    program.once()
    trigger(
        program,
        "CREATE TRIGGER full BEFORE INSERT ON articles WHEN NEW.title = 'Report number 300'"
        " BEGIN SELECT raise(ABORT, 'no more'); END",
    )
    host.serve("/rss", rss(MANY), headers=TAGGED)
    assert program.once().as_json()["sources"]["failed"] == 1
    assert program.count("articles") == 251, "the known one, and a part of what was read: 250 others"
    assert program.one("SELECT etag FROM sources")[0] == ""
    trigger(program, "DROP TRIGGER full")
    assert program.once().as_json()["articles"]["new"] == 349
    assert program.count("articles") == 600
    assert program.one("SELECT etag FROM sources")[0] == '"one"'
