"""The feed as a feed reader takes it: through feedparser, and by the rules of RFC 4287."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import feedparser
import pytest

from crawler.alerts.feed import MOST_ENTRIES, FeedEntry, atom, feed_name
from tests.unit.alerts.conftest import MakeArticle

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def feed(*entries: FeedEntry, topic: str = "Return of children", install: str = "abc") -> bytes:
    return atom(topic, entries, install=install, since=SINCE, version="1")


def test_a_feed_reader_finds_what_the_mail_says(make_article: MakeArticle) -> None:
    hostile = make_article(
        id=2, title="<b>Діти</b> & \x00\ud800\x0bдім", text="Одне ]]> два &amp;", language="uk", copies=()
    )
    parsed = feedparser.parse(feed(FeedEntry(make_article(), AT), FeedEntry(hostile, AT - timedelta(hours=1))))
    assert not parsed.bozo
    assert parsed.version == "atom10"
    assert parsed.feed.title == "Return of children"
    assert parsed.feed.updated == "2026-03-01T12:00:00Z"
    first, second = parsed.entries
    assert first.title == make_article().title
    assert first.link == make_article().url
    assert first.author == "Kyiv Courier"
    assert first.content[0].type == "text/plain"
    assert first.content[0].value.startswith(make_article().text)
    assert "Also: Harbour Daily, Дніпровський вісник" in first.content[0].value
    assert second.content[0].value == "Одне ]]> два &amp;"
    assert second.content[0].language == "uk"


def test_every_element_that_the_rfc_asks_for_is_there_once(make_article: MakeArticle) -> None:
    bare = make_article(title="", source="", url="javascript:alert(1)", published=None, language="und", text="")
    root = ET.fromstring(feed(FeedEntry(bare, AT)))
    space = "{http://www.w3.org/2005/Atom}"
    [entry] = root.findall(f"{space}entry")
    for parent in (root, entry):
        for name in ("id", "title", "updated", "author"):
            assert len(parent.findall(f"{space}{name}")) == 1
            assert parent.find(f"{space}author/{space}name") is not None
    assert entry.find(f"{space}link") is None
    assert entry.find(f"{space}content") is not None


def test_ids_stay_whatever_changes_and_differ_between_databases(make_article: MakeArticle) -> None:
    def ids(body: bytes) -> list[str]:
        parsed = feedparser.parse(body)
        return [parsed.feed.id, *(entry.id for entry in parsed.entries)]

    before = ids(feed(FeedEntry(make_article(), AT)))
    assert ids(feed(FeedEntry(replace(make_article(), title="Other", url="https://b.example/"), AT))) == before
    assert not set(ids(feed(FeedEntry(make_article(), AT), install="other"))) & set(before)
    assert len(set(before)) == 2
    assert all(each.startswith("urn:uuid:") for each in before)


def test_nothing_yet_is_a_feed_too() -> None:
    parsed = feedparser.parse(feed())
    assert (parsed.bozo, parsed.feed.updated, parsed.entries) == (False, "2026-01-01T00:00:00Z", [])


def test_the_last_hundred_are_told(make_article: MakeArticle) -> None:
    many = [FeedEntry(make_article(id=number), AT) for number in range(MOST_ENTRIES + 5)]
    assert len(feedparser.parse(feed(*many)).entries) == 100


@pytest.mark.parametrize("topic", ["Return of children", "Діти", "../../etc", "", "x" * 300, "\ud800"])
def test_a_name_in_addresses_is_safe_and_its_own(topic: str) -> None:
    name = feed_name(topic)
    assert name == feed_name(topic)
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert len(name) < 60
    assert name != feed_name(topic + "!")
