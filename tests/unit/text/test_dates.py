"""Dates in running text mean the same day in every language."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.text.dates import dates


def keys(text: str, language: str, published: date | None = None) -> list[str]:
    return [mention.key for mention in dates(text, language, published)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "on May 12"),
        ("en", "on 12 May 2024"),
        ("en", "on the 12th of May"),
        ("en", "on May 12th, 2024"),
        ("uk", "12 травня"),
        ("uk", "12-го травня 2024 року"),
        ("ru", "12 мая 2024 года"),
        ("pl", "12 maja"),
        ("de", "am 12. Mai"),
        ("fr", "le 12 mai"),
        ("es", "el 12 de mayo de 2024"),
        ("it", "il 12 maggio"),
        ("nl", "op 12 mei"),
        ("uk", "12.05.2024"),
        ("en", "2024-05-12"),
    ],
)
def test_a_day_has_one_key_in_every_language(language: str, text: str) -> None:
    assert keys(text, language) == ["05-12"]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("uk", "з 12 по 14 травня", ["05-12", "05-14"]),
        ("en", "May 12-14", ["05-12", "05-14"]),
        ("ru", "12 и 13 мая", ["05-12", "05-13"]),
        ("uk", "у травні 2023 року", ["05"]),
        ("en", "in October", ["10"]),
        ("en", "since 2014", ["2014"]),
        ("uk", "у 2014-му", ["2014"]),
    ],
)
def test_several_days_months_and_years(language: str, text: str, expected: list[str]) -> None:
    assert keys(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "they may march on"),
        ("en", "the price of 2024.50"),
        ("en", "Expo-2030"),
        ("en", "$2024"),
        ("en", "2,024"),
        ("uk", "о 14:30"),
    ],
)
def test_what_only_looks_like_a_date_is_none(language: str, text: str) -> None:
    assert keys(text, language) == []


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("en", "on Thursday", date(2025, 10, 9)),
        ("uk", "у четвер", date(2025, 10, 9)),
        ("ru", "в четверг", date(2025, 10, 9)),
        ("en", "yesterday", date(2025, 10, 9)),
        ("uk", "сьогодні", date(2025, 10, 10)),
        ("en", "next Monday", date(2025, 10, 13)),
        ("ru", "завтра", date(2025, 10, 11)),
    ],
)
def test_near_days_are_resolved_against_publication(language: str, text: str, day: date) -> None:
    (mention,) = dates(text, language, date(2025, 10, 10))
    assert (mention.year, mention.month, mention.day, mention.relative) == (day.year, day.month, day.day, True)


def test_a_missing_year_is_the_nearest_one() -> None:
    assert dates("12 December", "en", date(2025, 2, 1))[0].year == 2024
    assert dates("12 March", "en", date(2025, 2, 1))[0].year == 2025
    assert dates("12 January", "en", date(2025, 12, 30))[0].year == 2026


@given(st.text(max_size=200), st.sampled_from(["en", "uk", "ru", "pl", "de", "fr", "es", "it", "nl", "und"]))
def test_no_text_breaks_it(text: str, language: str) -> None:
    for mention in dates(text, language, date(2025, 10, 10)):
        assert 0 <= mention.start < mention.end <= len(text)
