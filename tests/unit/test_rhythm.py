from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.rhythm import Rates, Rhythm, learn, rates, wait

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = 3600.0
EVEN = Rhythm(MONDAY, (20.0,) * 24 + (8.0,) * 24, (11.2,) * 60, (20.0, 8.0))
"""One entry an hour, day and night, spread over the hour."""


def watched(moments: list[datetime], *, days: int = 28) -> Rhythm:
    """What is known after some weeks before Monday, looked at once a day."""
    rhythm = learn(None, [], MONDAY - days * DAY)
    for day in range(days):
        begins = MONDAY - (days - day) * DAY
        rhythm = learn(rhythm, [moment for moment in moments if begins < moment <= begins + DAY], begins + DAY)
    return rhythm


def each(days: int, *hours: int, minute: int = 0, weekends: bool = True) -> list[datetime]:
    found = [MONDAY - day * DAY + timedelta(hours=hour, minutes=minute) for day in range(1, days + 1) for hour in hours]
    return [moment for moment in found if weekends or moment.weekday() < 5]


def minutes(rhythm: Rhythm, at: timedelta, *, price: float = 600.0, **limits: float) -> float:
    within = {"shortest": 120.0, "longest": 86_400.0} | limits
    return wait(rates(rhythm), MONDAY + at, price, **within) / 60  # type: ignore[arg-type]


moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
rhythms = st.builds(learn, st.none(), st.lists(moments, max_size=60), moments)


@given(rhythms, moments, st.floats(0.01, 1e7), st.floats(1, 86_400), st.floats(1, 30))
def test_the_wait_keeps_its_limits(rhythm: Rhythm, now: datetime, price: float, shortest: float, more: float) -> None:
    found = wait(rates(rhythm), now, price, shortest=shortest, longest=shortest * more, most=15)
    assert shortest <= found <= shortest * more


@pytest.mark.parametrize("price", [100.0, 500.0, 2000.0, 20_000.0])
def test_a_constant_rate_gives_the_square_root_of_its_price(price: float) -> None:
    best = math.sqrt(2 * price * HOUR)
    assert minutes(EVEN, timedelta(hours=9), price=price) * 60 == pytest.approx(best, rel=0.13)


def test_a_busier_source_is_asked_sooner() -> None:
    busy = Rhythm(MONDAY, tuple(9 * count for count in EVEN.hours), EVEN.minutes, EVEN.days)
    assert minutes(busy, timedelta(hours=9)) == pytest.approx(minutes(EVEN, timedelta(hours=9)) / 3, rel=0.15)


def test_a_poll_waits_for_the_full_hour() -> None:
    hourly = watched(each(28, *range(24), minute=0))
    for minute in range(5, 60, 5):
        at = timedelta(hours=10, minutes=minute)
        assert minutes(hourly, at, price=1200.0) + minute == pytest.approx(61)


def test_nights_and_weekends_are_slower() -> None:
    office = watched([moment for minute in range(0, 60, 7) for moment in
                      each(28, *range(8, 18), minute=minute, weekends=False)])  # fmt: skip
    day, night = minutes(office, timedelta(hours=9)), minutes(office, timedelta(hours=21))
    saturday = minutes(office, timedelta(days=5, hours=9))
    assert night > 2.5 * day
    assert saturday > 2.5 * day


def test_after_a_quiet_night_it_is_asked_as_the_day_begins() -> None:
    morning = watched([moment for minute in range(0, 60, 5) for moment in each(28, 8, 9, 10, minute=minute)])
    at = timedelta(hours=1)
    assert timedelta(hours=6) < at + timedelta(minutes=minutes(morning, at, price=4000.0)) < timedelta(hours=9)


def test_no_more_is_waited_for_than_a_document_shows() -> None:
    assert minutes(EVEN, timedelta(hours=9), price=1e7, most=5) == pytest.approx(300, rel=0.2)
    assert minutes(EVEN, timedelta(hours=9), price=1e7) > 600


def test_hours_in_which_a_source_wants_none_are_passed_over() -> None:
    def found(closed: frozenset[int]) -> float:
        return wait(rates(EVEN), MONDAY + timedelta(hours=9), 500.0, shortest=60, longest=86_400, closed=closed) / HOUR

    assert found(frozenset()) < 1
    assert 3 <= found(frozenset({9, 10, 11})) < 4
    assert found(frozenset(range(24))) == found(frozenset())


def test_a_first_document_tells_of_its_past() -> None:
    past = [MONDAY - timedelta(hours=hours) for hours in range(30)]
    known = learn(None, past, MONDAY)
    assert known.a_day == pytest.approx(24, rel=0.35)
    assert sum(known.days) == pytest.approx(29 / 24, rel=0.05)


def test_an_entry_dated_before_the_last_look_was_not_there_then() -> None:
    before = learn(None, [], MONDAY)
    after = learn(before, [MONDAY - 300 * DAY, MONDAY + 300 * DAY], MONDAY + timedelta(hours=5))
    assert sum(after.hours) == pytest.approx(2, rel=0.02)
    assert after.hours[0] == pytest.approx(1, rel=0.02)
    assert after.hours[5] == 1


def test_what_is_long_ago_counts_half_every_two_weeks() -> None:
    rhythm = learn(None, [MONDAY], MONDAY)
    later = learn(rhythm, [], MONDAY + 14 * DAY)
    assert sum(later.hours) == pytest.approx(0.5)
    assert sum(later.days) == pytest.approx(14 / math.log(2) / 2, rel=0.01)


def test_a_clock_that_goes_back_forgets_nothing() -> None:
    rhythm = learn(None, [MONDAY], MONDAY)
    assert sum(learn(rhythm, [], MONDAY - 40 * DAY).hours) == 1


@given(rhythms)
def test_what_is_stored_is_read_again(rhythm: Rhythm) -> None:
    read = Rhythm.from_bytes(rhythm.at, rhythm.to_bytes())
    assert read is not None
    assert read.hours == pytest.approx(rhythm.hours)
    assert read.minutes == pytest.approx(rhythm.minutes)
    assert read.days == pytest.approx(rhythm.days)


@given(st.binary(max_size=500))
def test_bytes_that_are_no_rhythm_are_none_or_sane(found: bytes) -> None:
    rhythm = Rhythm.from_bytes(MONDAY, found)
    assert rhythm is None or minutes(rhythm, timedelta(0)) > 0


@given(rhythms)
def test_rates_add_up_to_the_entries_of_a_day(rhythm: Rhythm) -> None:
    found: Rates = rates(rhythm)
    assert found.before[-1] == pytest.approx(3600)
    assert all(rate > 0 for rate in found.hours)
