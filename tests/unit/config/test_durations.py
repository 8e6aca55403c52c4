"""Lengths of time as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.config import parse_duration, show_duration
from crawler.config.durations import parse_budget


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("15m", 900), ("2h", 7200), ("1d", 86400), ("400d", 34_560_000), ("1h30m", 5400), (" 2H ", 7200)],
)
def test_a_number_and_a_unit_make_seconds(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "value", ["", " ", "15", "m", "15 minutes", "1m1h", "-1s", "1.5h", "٣s", "99999999d", 15, 1.5, True, None, []]
)
def test_anything_else_is_refused_with_a_hint(value: object) -> None:
    with pytest.raises(ValueError, match='such as "30s", "15m"'):
        parse_duration(value)


@given(st.integers(0, 36_500 * 86_400))
def test_what_is_shown_is_read_again(seconds: int) -> None:
    assert parse_duration(show_duration(seconds)) == seconds


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        seconds = parse_duration(text)
    except ValueError:
        return
    assert 0 <= seconds <= 36_500 * 86_400
    assert text.strip()[-1] in "smhdSMHD"


@pytest.mark.parametrize(
    ("text", "a_second"),
    [("200/min", 200 / 60), ("3/s", 3.0), (" 10000 / Hour ", 10_000 / 3600), ("1/day", 1 / 86_400), ("", None)],
)
def test_a_budget_is_read(text: str, a_second: float | None) -> None:
    assert parse_budget(text) == a_second


@pytest.mark.parametrize("wrong", ["200", "0/min", "-3/s", "200/week", "many/min", "2.5/s", 200, None, "/min"])
def test_a_budget_that_is_none_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match="200/min"):
        parse_budget(wrong)
