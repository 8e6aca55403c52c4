"""What an entry is known by, and what it is to the article that was found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.dedupe.identity import (
    Candidate,
    Identity,
    Key,
    KnownArticle,
    Verdict,
    decide,
    entry_hash,
    keys,
    reprinted,
    twins,
)
from crawler.model import Entry

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
FERRY = "The ferry at Pereviz runs again after three weeks, the village council said on Monday morning."
BRIDGE = "Engineers found cracks in two piers of the railway bridge and closed it to freight trains until autumn."
ENTRY = Entry(link="https://news.example.org/ferry?id=5", guid="ferry-5", title="Ferry runs again", summary=FERRY)
KNOWN = KnownArticle("Ferry runs again", FERRY, "ferry-5", NOON, ENTRY.link, id=7)
SOURCE = "https://news.example.org/rss"
ANYTIME = st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 hypothesis adds the zone


def seen_as(**changes: object) -> Candidate:
    found = Candidate(KNOWN.title, KNOWN.text, KNOWN.guid, KNOWN.published, KNOWN.url)
    return replace(found, **changes)  # type: ignore[arg-type]


def test_section_feeds_share_url_and_content_but_no_guid() -> None:
    one = keys(ENTRY, SOURCE, "example.org")
    other = keys(
        replace(ENTRY, link=ENTRY.link + "&utm_source=rss"), "https://news.example.org/sport/rss", "example.org"
    )
    assert (one.url, one.content) == (other.url, other.content)
    assert one.guid != other.guid


def test_hashes_fit_sqlite_and_are_stable() -> None:
    found = keys(ENTRY, SOURCE, "example.org")
    assert [kind for kind, _ in found.pairs()] == ["url", "guid", "content"]
    assert all(-(2**63) <= value < 2**63 for _, value in found.pairs())
    # They are stored: other hashes would make every article new once more.
    assert found == Identity(3274882891382637528, 6310801650443603621, -2723758887193229149)
    assert entry_hash(ENTRY) == 3804602182257099972


def test_a_front_page_names_no_article() -> None:
    assert keys(replace(ENTRY, link="https://news.example.org/"), SOURCE, "example.org").url is None
    assert keys(replace(ENTRY, link=""), SOURCE, "example.org").url is None


@pytest.mark.parametrize("guid", ["", "https://news.example.org/ferry?id=5", "http://news.example.org/ferry?id=5#2"])
def test_a_guid_that_is_the_link_counts_once(guid: str) -> None:
    assert keys(replace(ENTRY, guid=guid), SOURCE, "example.org").guid is None


def test_little_text_is_no_content() -> None:
    assert keys(replace(ENTRY, summary="Sunny, 21 degrees."), SOURCE, "example.org").content is None
    assert keys(replace(ENTRY, title=""), SOURCE, "example.org").content is None


def test_content_is_known_within_the_outlet_and_without_typography() -> None:
    here = keys(ENTRY, SOURCE, "example.org").content
    assert keys(replace(ENTRY, title="«FERRY» runs again!"), SOURCE, "example.org").content == here
    assert keys(ENTRY, SOURCE, "other.example").content != here


def test_the_headline_alone_does_not_make_two_articles_one() -> None:
    other = replace(ENTRY, link="https://news.example.org/9", guid="9", summary=BRIDGE)
    one, two = keys(ENTRY, SOURCE, "example.org"), keys(other, SOURCE, "example.org")
    assert not set(one.pairs()) & set(two.pairs())


@pytest.mark.parametrize(
    "changes",
    [
        {"guid": "another at every poll"},
        {"published": NOON},
        {"updated": NOON + timedelta(days=1)},
        {"link": ENTRY.link + "&fbclid=1"},
        {"categories": ("x",)},
    ],
)
def test_noise_makes_no_new_entry(changes: dict[str, object]) -> None:
    assert entry_hash(replace(ENTRY, **changes)) == entry_hash(ENTRY)  # type: ignore[arg-type]


@pytest.mark.parametrize("changes", [{"title": "X"}, {"summary": "X"}, {"content": "X"}, {"link": "https://e.org/x"}])
def test_any_other_word_makes_a_new_entry(changes: dict[str, str]) -> None:
    assert entry_hash(replace(ENTRY, **changes)) != entry_hash(ENTRY)  # type: ignore[arg-type]


@pytest.mark.parametrize("link", ["", "https://news.example.org/"])
def test_without_an_address_of_its_own_the_guid_counts(link: str) -> None:
    entry = replace(ENTRY, link=link)
    assert entry_hash(replace(entry, guid="6")) != entry_hash(entry)


@given(st.text(), st.text(), st.text())
def test_moving_a_word_between_fields_changes_the_hash(link: str, title: str, summary: str) -> None:
    assert entry_hash(Entry(link, "g", title + "x", summary)) != entry_hash(Entry(link, "g", title, "x" + summary))
    keys(Entry(link, title, summary, title), SOURCE, "e.org")


@pytest.mark.parametrize(
    ("by", "changes", "verdict"),
    [
        (Key.URL, {}, Verdict.SAME),
        (Key.GUID, {"url": "https://news.example.org/moved"}, Verdict.SAME),
        (Key.CONTENT, {"url": "https://news.example.org/sport/ferry"}, Verdict.SAME),
        (Key.CONTENT, {"text": "The page's own text is longer than the feed's and another one."}, Verdict.SAME),
        (Key.URL, {"title": "FERRY runs again", "text": FERRY.upper()}, Verdict.SAME),
        (Key.URL, {"text": FERRY[:40]}, Verdict.SAME),
        (Key.URL, {"text": ""}, Verdict.SAME),
        (Key.URL, {"guid": "changes at every poll"}, Verdict.SAME),
        (Key.URL, {"text": FERRY.replace("three", "four")}, Verdict.CHANGED),
        (Key.URL, {"title": "Ferry stops again"}, Verdict.CHANGED),
        (Key.URL, {"text": FERRY + " " + BRIDGE}, Verdict.CHANGED),
        (Key.URL, {"title": "Railway bridge closed", "guid": "new"}, Verdict.CHANGED),
        (Key.URL, {"title": "Railway bridge closed", "text": BRIDGE}, Verdict.CHANGED),
        (Key.URL, {"title": "Railway bridge closed", "text": BRIDGE, "guid": "new"}, Verdict.CHANGED),
        (
            Key.URL,
            {"title": "Railway bridge closed", "text": BRIDGE, "guid": "new", "published": NOON + timedelta(minutes=5)},
            Verdict.NEW,
        ),
        (
            Key.URL,
            {"title": "Railway bridge closed", "text": BRIDGE, "published": NOON + timedelta(minutes=5)},
            Verdict.CHANGED,
        ),
        (Key.URL, {"title": "Railway bridge closed", "text": BRIDGE, "guid": "new", "published": None}, Verdict.NEW),
        (
            Key.URL,
            {"title": "Railway bridge closed", "text": BRIDGE, "published": NOON + timedelta(hours=12)},
            Verdict.NEW,
        ),
        (
            Key.GUID,
            {"title": "Railway bridge closed", "text": BRIDGE, "url": "https://news.example.org/bridge"},
            Verdict.NEW,
        ),
        (Key.GUID, {"title": "Railway bridge closed", "text": BRIDGE, "url": ""}, Verdict.CHANGED),
    ],
)
def test_the_decision_table(by: Key, changes: dict[str, object], verdict: Verdict) -> None:
    assert decide(KNOWN, by, seen_as(**changes)) is verdict


def test_nothing_found_is_new_and_what_was_deleted_stays_away() -> None:
    assert decide(None, None, seen_as()) is Verdict.NEW
    assert decide(None, Key.URL, seen_as(text=BRIDGE)) is Verdict.SAME


def test_articles_without_text_are_judged_by_their_titles() -> None:
    known = replace(KNOWN, text="", guid="")
    later = NOON + timedelta(days=1)
    assert decide(known, Key.URL, seen_as(text="", title="Ferry runs again today", published=later)) is Verdict.CHANGED
    assert decide(known, Key.URL, seen_as(text="", title="Railway bridge closed", published=later)) is Verdict.NEW


@given(st.text(), st.text(), st.text(), st.none() | ANYTIME, st.sampled_from(Key))
def test_every_entry_gets_a_verdict(title: str, text: str, url: str, when: datetime | None, by: Key) -> None:
    known = KnownArticle(title, text, url, when, url, id=1)
    assert decide(known, by, Candidate(title, text, url, when, url)) is Verdict.SAME
    assert decide(KNOWN, by, Candidate(title, text, url, when, url)) in Verdict


def test_items_of_one_document_headed_alike_are_two_when_their_guids_and_texts_say_so() -> None:
    copper = Candidate("Copper prices today", "Copper rose by two percent in London after strikes at two mines.", "g1")
    timber = Candidate("Timber prices today", "Sawmills in the north cut shifts because nobody builds houses.", "g2")
    assert not twins(copper, timber)
    assert twins(copper, replace(copper, guid="g3"))
    assert twins(replace(copper, guid=""), replace(timber, guid="", title="Copper prices now"))
    assert not twins(replace(copper, guid=""), replace(timber, guid="", title="Sawmills cut shifts"))


def test_a_reprint_has_the_title_the_words_and_the_figures() -> None:
    text = "Nine ferries left the harbour on Monday with 214 people who had waited for a week because of the storm."
    whole = Candidate("Ferries leave again", f"{text} The tenth is still being mended in the yard.", published=NOON)
    assert reprinted(whole, Candidate("Ferries leave again", text))
    assert reprinted(Candidate("FERRIES leave again!", text), whole)
    assert not reprinted(whole, Candidate("Ferries leave", text))
    assert not reprinted(whole, Candidate("Ferries leave again", text.replace("214", "241")))
    assert not reprinted(whole, Candidate("Ferries leave again", text, published=NOON + timedelta(days=4)))
    assert not reprinted(whole, Candidate("Ferries leave again", "Nine ferries left."))
