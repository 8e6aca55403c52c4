from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.sources import asks


@pytest.mark.parametrize(
    ("head", "seconds"),
    [
        ({}, None),
        ({"ttl": "60"}, 3600.0),
        ({"ttl": " 5 "}, 300.0),
        ({"ttl": "0"}, None),
        ({"ttl": "often"}, None),
        ({"ttl": "-5"}, None),
        ({"ttl": "9" * 400}, None),
        ({"sy_updateperiod": "hourly"}, 3600.0),
        ({"sy_updateperiod": " Daily ", "sy_updatefrequency": "4"}, 21_600.0),
        ({"sy_updateperiod": "hourly", "sy_updatefrequency": "0"}, 3600.0),
        ({"sy_updateperiod": "sometimes"}, None),
        ({"ttl": "15", "sy_updateperiod": "daily"}, 900.0),
    ],
)
def test_what_a_head_says_stays_fresh(head: dict[str, str], seconds: float | None) -> None:
    assert asks.fresh_for(head) == seconds


@pytest.mark.parametrize(
    ("body", "hours"),
    [
        (b"<rss><channel></channel></rss>", ()),
        (b"<skipHours><hour>3</hour><hour>0</hour></skipHours>", (0, 3)),
        (b"<skiphours>\n <hour> 24 </hour> </skiphours>", (0,)),
        (b"<skipHours><hour>25</hour><hour>x</hour></skipHours>", ()),
        (b"<skipHours><hour>3</hour>", ()),
        (b" " * 70_000 + b"<skipHours><hour>3</hour></skipHours>", ()),
    ],
)
def test_hours_to_skip(body: bytes, hours: tuple[int, ...]) -> None:
    assert asks.closed_hours(body) == hours


@given(st.binary())
def test_any_bytes_ask_for_hours_of_the_day(body: bytes) -> None:
    found = asks.closed_hours(b"<skipHours>" + body + b"<hour>7</hour></skipHours>")
    assert all(0 <= hour < 24 for hour in found)
