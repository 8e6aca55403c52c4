"""A line of JSON Lines is an article or a sentence, whatever it holds."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.importing import read_line

NOW = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)
KEYS = (
    "url", "title", "text", "summary", "author", "language", "published", "updated", "first_seen", "source", "outlet",
    "source_url", "link", "guid", "categories", "enclosures",
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)

TELLING = st.sampled_from(["https://a.example/", "2026-11-22", "0001-01-01", "9999-12-31T23:59:59-12:00", "\ud800"])


def line(**fields: Any) -> bytes:  # noqa: ANN401
    return json.dumps({"url": "https://paper.example/1", "title": "A title"} | fields).encode()


@given(
    st.dictionaries(st.sampled_from(KEYS), JSON | st.sampled_from(["https://a.example/", "2026-11-22", "0001-01-01"]))
)
def test_any_object_is_read_or_refused_in_a_sentence(fields: dict[str, Any]) -> None:
    try:
        found = read_line(1, line(**fields), NOW)
    except ValueError as error:
        assert str(error)  # noqa: PT017  (either outcome is fine, a silent one is not)
        return
    article = found.draft.article
    assert article.title
    assert article.first_seen is not None
    assert article.first_seen <= NOW
    article.title.encode()
    article.text.encode()


@given(st.binary())
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"it is|missing|must be there"):
        read_line(1, raw, NOW)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-20T10:00:00Z", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("2026-11-20T10:00:00+02:00", datetime(2026, 11, 20, 8, tzinfo=UTC)),
        ("2026-11-20 10:00", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
    ],
)
def test_dates_are_taken_as_iso_8601_has_them(text: str, moment: datetime) -> None:
    article = read_line(1, line(published=text), NOW).draft.article
    assert (article.published, article.first_seen) == (moment, moment)


def test_what_says_it_comes_from_the_future_is_seen_now() -> None:
    article = read_line(1, line(published="2031-01-01"), NOW).draft.article
    assert article.first_seen == NOW
    assert article.published == datetime(2031, 1, 1, tzinfo=UTC)


def test_an_article_is_known_by_link_and_address() -> None:
    by_link = read_line(1, line(link="https://paper.example/short"), NOW).draft.article
    by_url = read_line(1, line(), NOW).draft.article
    assert set(by_url.keys) < set(by_link.keys)
    assert by_link.url == "https://paper.example/1"
