"""Lengths of time as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.config import parse_duration, show_duration


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
