"""What people type or are handed as a file: queries, names, lists of feeds. An answer or a clear sentence."""

from __future__ import annotations

import json
import re
import time
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.config.edit import add_source
from crawler.errors import QueryError, SettingsError, SourceError
from crawler.text import Document
from crawler.topics import Matcher, compile_topic
from scheduler.cli import invoke
from scheduler.opml import DEEPEST, LARGEST, MOST, read_opml
from tests.program import Program
from tests.site import Site
from tests.strangers import MARKUPS, QUERIES, TITLES

LONGEST = 1.0
"""Seconds that an answer may take."""
STEERING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
TEXT = Document("The ferry is late", "word ferry a b " * 500, "en")
SETTINGS = '[mail]\nto = ["a@x.example"]  # who\n\n[[topics]]\nname = "Ships"\nquery = "ferry"\n'


@pytest.mark.parametrize("query", QUERIES, ids=lambda text: ascii(text[:30]))
def test_a_query_is_answered_or_refused_at_once(query: str) -> None:
    began = time.process_time()
    try:
        list(Matcher([compile_topic("x", query)]).match(TEXT, source="S", host="x.example"))
    except QueryError as error:
        assert len(str(error) + error.pointer()) < 1000  # noqa: PT017 - an answer is as good
    assert time.process_time() - began < LONGEST


@pytest.mark.parametrize("verb", [("articles", "search"), ("topics", "test", "Ships", "--query")])
def test_the_command_answers_any_query(
    program: Program, site: Site, capsys: pytest.CaptureFixture[str], verb: tuple[str, ...]
) -> None:
    host = site.host()
    host.serve("/rss", "<rss version='2.0'><channel><title>x</title></channel></rss>")
    program.settings([host.url("/rss")], [{"name": "Ships", "query": "ferry"}])
    program.once(deliver=False)
    for query in QUERIES:
        if query.startswith("-"):
            continue  # an option to click, which says so
        began = time.process_time()
        code = invoke(["--settings", str(program.path), *verb, query])
        assert time.process_time() - began < LONGEST, ascii(query[:30])
        said = capsys.readouterr()
        assert code in {0, 1, 2}
        assert not STEERING.search(said.out + said.err), ascii(query[:30])
        assert "Traceback" not in said.err


@pytest.mark.parametrize(
    "name", [*TITLES, *MARKUPS, "'''", '"""', '"\nurl = "https://evil.example/', "[[topics]]", "\\"]
)
def test_a_feeds_name_is_a_value_and_nothing_else(name: str) -> None:
    _check_added(name)


@settings(deadline=None)
@given(st.text(st.characters() | st.sampled_from("\"'\\\n\r[]=#\t\x00"), max_size=60))
def test_any_name_is_a_value_and_nothing_else(name: str) -> None:
    _check_added(name)


def _check_added(name: str) -> None:
    try:
        text = add_source(SETTINGS, "https://x.example/feed", name)
    except SettingsError as error:
        assert re.search("[\ud800-\udfff]", name)
        assert "write it in UTF-8" in str(error)  # noqa: PT017 - an answer is as good
        return
    text.encode("utf-8")
    wanted = {"url": "https://x.example/feed"} | ({"name": name} if name else {})
    assert tomllib.loads(text) == tomllib.loads(SETTINGS) | {"sources": [wanted]}
    assert text.startswith(SETTINGS)


def outline(attributes: str) -> str:
    return f"<opml><body><outline {attributes}/></body></opml>"


LAUGHS = "<!DOCTYPE o [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {b} '{('&' + a + ';') * 10}'>" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
OPML = {
    "billion laughs": LAUGHS + "]><opml><body><outline text='&i;' xmlUrl='https://x.example/'/></body></opml>",
    "external entity": "<!DOCTYPE o [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + outline("text='&x;'"),
    "external subset": "<!DOCTYPE opml SYSTEM 'http://127.0.0.1:1/x.dtd'>" + outline("text='x'"),
    "unknown entity": outline("text='&nbsp;'"),
    "deep": "<opml><body>" + "<outline>" * (DEEPEST * 2000),
    "200,000 outlines": "<opml><body>" + "<outline xmlUrl='https://x.example/f'/>" * 200_000 + "</body></opml>",
    "200,000 attributes": outline(" ".join(f"a{n}='x'" for n in range(200_000))),
    "too large": "<opml>" + " " * LARGEST,
    "no end": "<opml><body><outline text='",
    "a page": "<!doctype html><html><body>404</body></html>",
    "nothing": "",
    "zeros": "\0" * 1000,
}


@pytest.mark.parametrize("document", OPML.values(), ids=list(OPML))
def test_a_hostile_list_of_feeds_is_read_or_refused_at_once(document: str) -> None:
    told: list[str] = []
    began = time.process_time()
    try:
        found = read_opml(document.encode(), told.append)
    except SourceError as error:
        assert not STEERING.search(str(error))  # noqa: PT017 - an answer is as good
    else:
        assert len(found) <= MOST
    assert time.process_time() - began < LONGEST * 2
    assert not any(STEERING.search(line) for line in told)


def test_what_a_list_of_feeds_calls_them_is_one_short_clean_line() -> None:
    document = outline(f"text='A &#x202E;b&#x9b;31m {'x' * 100_000}' xmlUrl='https://x.example/f'")
    (source,) = read_opml(document.encode())
    assert not STEERING.search(source.name)
    assert len(source.name) <= 200


@pytest.mark.parametrize("url", ["https://me:hunter2@x.example/f", "https://hunter2@x.example/f"])
def test_a_password_in_an_address_is_refused_and_not_repeated(
    program: Program, capsys: pytest.CaptureFixture[str], url: str
) -> None:
    program.settings([])
    code = invoke(["--settings", str(program.path), "sources", "add", url])
    said = capsys.readouterr()
    assert code != 0
    assert "hunter2" not in said.out + said.err + json.dumps(tomllib.loads(program.path.read_text()))
    told: list[str] = []
    assert read_opml(outline(f"text='x' xmlUrl='{url}'").encode(), told.append) == []
    assert "hunter2" not in " ".join(told)
