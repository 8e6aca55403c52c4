"""Conditional requests over real HTTP: what is unchanged costs a header and stores nothing."""

from __future__ import annotations

import pytest

from tests.feeds import RSS, Item, rss, story
from tests.program import Program
from tests.site import Site

FEED = rss([Item("https://paper.example/a", "The bridge is open", story("timber"))])


@pytest.mark.parametrize(
    "etag",
    ['"abc"', 'W/"abc"', "abc", '"', 'W/"a,b" , "c"', '"with \\" in it"', "W/unquoted", '"dé"'],
    ids=["strong", "weak", "bare", "half", "list", "escaped", "weak-bare", "latin-1"],
)
def test_an_etag_goes_back_as_it_came(program: Program, site: Site, etag: str) -> None:
    host = site.host()
    program.settings([host.serve("/rss", FEED, headers=RSS | {"ETag": etag})])
    program.once()
    again = program.once()
    first, second = host.asked("/rss")
    assert "if-none-match" not in first.headers
    assert second.headers["if-none-match"] == etag
    assert second.status == 304
    assert again.summary.unchanged == 1


@pytest.mark.parametrize(
    "date",
    ["Mon, 02 Mar 2026 08:00:00 GMT", "Monday, 02-Mar-26 08:00:00 GMT", "2026-03-02T08:00:00Z", "yesterday", "0"],
)
def test_a_date_goes_back_as_it_came(program: Program, site: Site, date: str) -> None:
    host = site.host()
    program.settings([host.serve("/rss", FEED, headers=RSS | {"Last-Modified": date})])
    program.once()
    assert program.once().summary.unchanged == 1
    second = host.asked("/rss")[1]
    assert second.headers["if-modified-since"] == date
    assert second.status == 304


def test_a_304_keeps_the_validators_for_the_next_poll(program: Program, site: Site) -> None:
    host = site.host()
    program.settings([host.serve("/rss", FEED, headers=RSS | {"ETag": '"1"'})])
    for _ in range(4):
        program.once()
    assert [asked.status for asked in host.asked("/rss")] == [200, 304, 304, 304]


def test_the_same_bytes_with_a_new_validator_renew_it(program: Program, site: Site) -> None:
    host = site.host()
    url = host.serve("/rss", FEED, headers=RSS | {"ETag": '"old"'})
    program.settings([url])
    program.once()
    host.serve("/rss", FEED, headers=RSS | {"ETag": '"new"'})
    assert program.once().summary.unchanged == 1
    assert program.once().summary.unchanged == 1
    assert [asked.status for asked in host.asked("/rss")] == [200, 200, 304]


def test_the_same_bytes_without_validators_are_unchanged(program: Program, site: Site) -> None:
    host = site.host()
    program.settings([host.serve("/rss", FEED, headers=RSS)])
    program.once()
    before = [tuple(row) for row in program.rows("SELECT * FROM articles")]
    again = program.once()
    assert [asked.status for asked in host.asked("/rss")] == [200, 200]
    assert again.summary.unchanged == 1
    assert again.summary.saved.new == again.summary.saved.updated == 0
    assert [tuple(row) for row in program.rows("SELECT * FROM articles")] == before
    assert program.count("versions") == 1
    assert [row["outcome"] for row in program.rows("SELECT outcome FROM polls ORDER BY id")] == ["ok", "unchanged"]


def test_a_new_document_replaces_the_validators(program: Program, site: Site) -> None:
    host = site.host()
    program.settings([host.serve("/rss", FEED, headers=RSS | {"ETag": '"1"'})])
    program.once()
    more = rss([Item("https://paper.example/b", "The ferry sinks", story("copper"))])
    host.serve("/rss", more, headers=RSS | {"ETag": '"2"'})
    assert program.once().summary.saved.new == 1
    program.once()
    assert [asked.headers.get("if-none-match") for asked in host.asked("/rss")] == [None, '"1"', '"2"']


def test_validators_that_are_gone_are_not_sent_again(program: Program, site: Site) -> None:
    host = site.host()
    program.settings([host.serve("/rss", FEED, headers=RSS | {"ETag": '"1"'})])
    program.once()
    host.serve("/rss", rss([Item("https://paper.example/b", "The ferry sinks", story("copper"))]), headers=RSS)
    program.once()
    program.once()
    assert "if-none-match" not in host.asked("/rss")[2].headers


def test_a_compressed_document_is_read(program: Program, site: Site) -> None:
    host = site.host()
    program.settings([host.serve("/rss", FEED, headers=RSS, compressed=True)])
    assert program.once().summary.saved.new == 1
    assert "gzip" in host.asked("/rss")[0].headers["accept-encoding"]
    assert program.one("SELECT text FROM articles")["text"] == story("timber")


def test_a_304_to_an_unconditional_request_is_no_first_reading(program: Program, site: Site) -> None:
    host = site.host()
    program.settings([host.serve("/rss", status=304)])
    assert program.once().summary.failed == 1
    assert "was not asked that way" in program.one("SELECT last_error FROM sources")[0]
    host.serve("/rss", FEED, headers=RSS)
    program.once()
    assert program.one("SELECT first_read_at IS NOT NULL, failures FROM sources")[:] == (1, 0)
