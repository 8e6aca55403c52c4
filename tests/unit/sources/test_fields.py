"""Links, dates, languages."""

from __future__ import annotations

from datetime import UTC, datetime
from time import struct_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.sources import fields


@pytest.mark.parametrize(
    ("declared", "tag"),
    [
        ("uk", "uk"),
        ("ua", "uk"),
        ("UA_ua", "uk-UA"),
        ("ru-RU", "ru-RU"),
        ("EN_us", "en-US"),
        ("pt-br", "pt-BR"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("rus", "ru"),
        ("crh", "crh"),
        ("es-419", "es-419"),
        ("en-x-private", "en"),
        ("english", ""),
        ("und", ""),
        ("", ""),
        (None, ""),
        (5, ""),
    ],
)
def test_languages_are_normalised(declared: object, tag: str) -> None:
    assert fields.language(declared) == tag


def test_the_first_usable_language_counts() -> None:
    assert fields.language(None, "english", "de", "fr") == "de"


@pytest.mark.parametrize(
    ("link", "absolute"),
    [
        ("/a b", "https://example.org/ab"),
        ("//cdn.example.net/x", "https://cdn.example.net/x"),
        ("http://example.org/\nx", "http://example.org/x"),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("http://[bad/", ""),
        ("http://example.org:99999/", ""),
        ("http:///nohost", ""),
        ("http://example.org:0/", ""),
        ("", ""),
        (None, ""),
        ("https://example.org/" + "a" * fields.MAX_LINK, ""),
    ],
)
def test_only_web_links_are_kept(link: object, absolute: str) -> None:
    assert fields.web_link("https://example.org/feed", link) == absolute


@pytest.mark.parametrize("parsed", [None, (0,) * 9, (10000, 1, 1, 0, 0, 0, 0, 1, 0), (1989, 12, 31, 0, 0, 0, 0, 1, 0)])
def test_impossible_dates_are_dropped(parsed: tuple[int, ...] | None) -> None:
    assert fields.moment(parsed) is None


def test_dates_are_utc() -> None:
    assert fields.moment(struct_time((2026, 1, 2, 3, 4, 5, 0, 2, 0))) == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert fields.iso_moment("2026-01-02T03:04:05+02:00") == datetime(2026, 1, 2, 1, 4, 5, tzinfo=UTC)
    assert fields.iso_moment("2026-01-02T03:04:05Z") == fields.iso_moment("2026-01-02t03:04:05")


@pytest.mark.parametrize("text", ["", "2026-01-02", "soon T", "0001-01-01T00:00:00+14:00", None, 7])
def test_what_is_no_moment_is_dropped(text: object) -> None:
    assert fields.iso_moment(text) is None


@given(st.text(), st.text())
def test_web_links_never_raise(base: str, link: str) -> None:
    assert fields.web_link(base, link) == "" or "://" in fields.web_link(base, link)


@given(st.tuples(*[st.integers(-(10**12), 10**12)] * 9))
def test_dates_never_raise(parsed: tuple[int, ...]) -> None:
    found = fields.moment(parsed)
    assert found is None or 1990 <= found.year <= 2100


@given(st.text(st.characters()), st.text(st.characters()))
def test_what_a_file_is_called_can_be_stored(path: str, media: str) -> None:
    for found in fields.enclosures("https://e.org/", [(f"https://e.org/{path}", media, None)]):
        assert f"{found.url}{found.type}".encode()
        assert len(found.type) <= fields.MAX_NAME


def test_a_lone_surrogate_in_a_media_type_is_dropped() -> None:
    (found,) = fields.enclosures("https://e.org/", [("https://e.org/a.mp3", " Audio/\ud800MPEG ", 3)])
    assert found.type == "audio/mpeg"
