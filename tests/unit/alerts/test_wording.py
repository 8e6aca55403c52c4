from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from crawler.alerts.wording import count, lag, language_name, language_tag, moment

NOON = datetime(2025, 10, 10, 11, 5, tzinfo=UTC)


def test_moment_names_the_persons_zone() -> None:
    kyiv = ZoneInfo("Europe/Kyiv")
    assert moment(NOON, kyiv) == "10 Oct 2025, 14:05 EEST"
    assert moment(datetime(2026, 1, 5, 6, 7, tzinfo=UTC), kyiv) == "5 Jan 2026, 08:07 EET"
    assert moment(NOON, UTC) == "10 Oct 2025, 11:05 UTC"
    assert moment(NOON, ZoneInfo("America/Sao_Paulo")) == "10 Oct 2025, 08:05 UTC-03"


def test_moment_survives_the_ends_of_time() -> None:
    assert moment(datetime.min.replace(tzinfo=UTC), timezone(timedelta(hours=-5))) == "1 Jan 1, 00:00 UTC"
    assert moment(datetime.max.replace(tzinfo=UTC), timezone(timedelta(hours=5))) == "31 Dec 9999, 23:59 UTC"


@pytest.mark.parametrize(
    ("minutes", "says"),
    [
        (0.5, "less than a minute"), (14, "14 min"), (89, "89 min"), (90, "1 h 30 min"), (120, "2 h"),
        (47 * 60 + 59, "47 h 59 min"), (48 * 60, "2 days"), (-1, ""),
    ],
)  # fmt: skip
def test_lag(minutes: float, says: str) -> None:
    assert lag(NOON, NOON + timedelta(minutes=minutes)) == says


def test_lag_without_a_date() -> None:
    assert lag(None, NOON) == ""


@pytest.mark.parametrize("tag", ["uk", "uk-UA", "zh-Hant-TW", "kab"])
def test_language_tags_that_say_something(tag: str) -> None:
    assert language_tag(tag) == tag


@pytest.mark.parametrize("declared", ["", "und", "UND", "x", "english language", 'uk" onload="x', "uk\r\n", "uk_UA"])
def test_language_tags_that_do_not(declared: str) -> None:
    assert language_tag(declared) == ""


def test_language_names() -> None:
    assert [language_name(tag) for tag in ("uk", "RU-ru", "kab")] == ["Ukrainian", "Russian", "kab"]


def test_count() -> None:
    assert [count(n, "article", "articles") for n in (0, 1, 2)] == ["0 articles", "1 article", "2 articles"]
