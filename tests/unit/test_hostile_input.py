"""What people type and hand over, however strange, is answered or refused in a sentence, and soon."""

from __future__ import annotations

import contextlib
import time

import pytest

from crawler.errors import QueryError, SourceError
from crawler.text import Document
from crawler.topics import Matcher, compile_topic
from scheduler.opml import read_opml

QUERIES = [
    "", " ", "'", '"', '""', "''", "C++", "AT&T", "foo-bar", "a:b", "a AND", "OR", "NOT", "NOT NOT a", "(", ")", "()",
    "(" * 5000, "(" * 5000 + "a" + ")" * 5000, "a NEAR", "a NEAR/0 b", "a NEAR/99999999999 b", "NEAR/5", "*", "a*",
    "^a", "a" * 100_000, " OR ".join(["a"] * 20_000), " AND ".join(f"w{n}" for n in range(300)), "a OR " * 3000 + "b",
    "lang:", "lang:xx", "title:", "title:title:a", "source:", "\x00", "\ud800", "a\nb", "\u202ea", "💥", "а" * 1000,
    "SELECT * FROM articles; DROP TABLE articles", "{a b}", "[a]", "a~3", "a^2", "/(a+)+$/", "%s%n", "\\", "a\\",
    '"' + "a " * 5000 + '"', "a* " * 2000, "-a", "--", "a;b", "a|b", "a&b", "N" * 10_000, "NOT " * 2000 + "a",
    "(a OR b) NEAR/5 " * 200 + "c",
]  # fmt: skip
OPML = {
    "empty": b"",
    "no XML": b"hello",
    "laughs": b"<!DOCTYPE l [<!ENTITY a 'lol'>" + b"".join(
        b"<!ENTITY a%d '%s'>" % (n, b"&a%s;" % (str(n - 1).encode() if n > 1 else b"") * 10) for n in range(1, 10)
    ) + b"]><opml><body><outline xmlUrl='http://x.example/' text='&a9;'/></body></opml>",
    "a file": b"<!DOCTYPE o [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><opml><body>"
              b"<outline xmlUrl='http://x.example/' text='&x;'/></body></opml>",
    "deep": b"<opml><body>" + b"<outline>" * 100_000 + b"</outline>" * 100_000 + b"</body></opml>",
    "many": b"<opml><body>" + b"<outline xmlUrl='http://x.example/'/>" * 50_000 + b"</body></opml>",
    "attributes": b"<opml><body><outline " + b" ".join(b"a%d='1'" % n for n in range(20_000)) + b"/></body></opml>",
    "other schemes": b"<opml><body><outline xmlUrl='file:///etc/x'/><outline xmlUrl='javascript:1'/></body></opml>",
    "no codec": b"<?xml version='1.0' encoding='undefined'?><opml><body/></opml>",
    "binary": bytes(range(256)) * 100,
}  # fmt: skip


@pytest.mark.parametrize("number", range(len(QUERIES)))
def test_a_query_is_taken_or_refused_in_a_sentence(number: int) -> None:
    began = time.process_time()
    with contextlib.suppress(QueryError):
        matcher = Matcher([compile_topic("T", QUERIES[number])])
        matcher.match(Document("a b c " * 50, "w1 w2 a b NEAR c " * 500, "en"), source="S", host="x.example")
    assert time.process_time() - began < 5


@pytest.mark.parametrize("kind", OPML)
def test_a_list_of_feeds_is_read_or_refused_in_a_sentence(kind: str) -> None:
    began = time.process_time()
    try:
        found = str(read_opml(OPML[kind]))
    except SourceError as error:
        found = str(error)
    assert "root:x:0:0" not in found
    assert "file://" not in found
    assert time.process_time() - began < 5
