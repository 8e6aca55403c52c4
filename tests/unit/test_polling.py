from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.model import DueSource, Fetched, Outcome, Source, Trouble
from crawler.polling import (
    NEVER,
    Allowance,
    Demand,
    Move,
    Pace,
    Worth,
    believed,
    disbelieve,
    in_full,
    moved,
    next_poll,
    price,
    rest,
)
from crawler.rhythm import Habits, Rhythm

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PACE = Pace(every=900.0, fastest=120.0, slowest=86_400.0)
JITTER = 0.75
"""The least that is left of a back-off."""
SPREAD = 1.05
"""The most that a source's own factor adds."""
STAGGER = 10.0
"""The most seconds that its own place adds."""
DAY = 86_400.0
WORTH = Worth(600.0)


def habits(a_day: float = 24.0, **known: Any) -> Habits:  # noqa: ANN401
    """Of a source that publishes evenly, and was watched for four weeks."""
    counts = (20 * a_day / 24,) * 24 + (8 * a_day / 24,) * 24
    return Habits(Rhythm(NOW, counts, (28 * a_day / 60,) * 60, (20.0, 8.0)), **known)


def due(number: int = 0, *, every: float | None = None, interval: float = 900.0, failures: int = 0) -> DueSource:
    source = Source("https://example.org/rss", every=every)
    return DueSource(number, source, interval=interval, failures=failures)


def wait(
    source: DueSource,
    outcome: Outcome = Outcome.OK,
    *,
    pace: Pace = PACE,
    known: Habits | None = None,
    worth: Worth = WORTH,
    within: float | None = None,
    **said: Any,  # noqa: ANN401
) -> float:
    """Seconds until the next poll."""
    fetched = Fetched(outcome, NOW, **said)
    return (next_poll(NOW, source, fetched, pace, habits=known, worth=worth, within=within)[0] - NOW).total_seconds()


def settled(source: DueSource, known: Habits | None = None, *, within: float | None = None, **said: Any) -> float:  # noqa: ANN401
    """The source's own pace after a good poll."""
    fetched = Fetched(Outcome.OK, NOW, **said)
    return next_poll(NOW, source, fetched, PACE, habits=known, worth=WORTH, within=within)[1]


paces = st.lists(st.floats(1.0, 400 * DAY), min_size=3, max_size=3).map(sorted).map(lambda p: Pace(p[1], p[0], p[2]))
intervals = st.just(0.0) | st.floats(0.0, 400 * DAY)
answers = st.sampled_from([Outcome.OK, Outcome.UNCHANGED])


sources = st.builds(
    DueSource, st.integers(1, 10**9), st.just(Source("https://e.org/")), interval=intervals, first_poll=st.booleans()
)


some_habits = st.none() | st.builds(
    habits,
    st.floats(0.01, 2000),
    window=st.integers(0, 100),
    fresh_for=st.none() | st.floats(0, 1e9),
    closed=st.frozensets(st.integers(0, 23)),
)


@given(paces, sources, answers, some_habits, st.floats(1e-3, 1e9))
def test_a_good_poll_keeps_within_the_limits(
    pace: Pace, source: DueSource, outcome: Outcome, known: Habits | None, worth: float
) -> None:
    moment, kept = next_poll(NOW, source, Fetched(outcome, NOW), pace, habits=known, worth=Worth(worth))
    assert moment > NOW
    assert pace.fastest <= kept <= pace.slowest
    asked = min((known and known.fresh_for) or 0.0, 3600.0)
    assert kept - 1e-3 <= (moment - NOW).total_seconds() <= max(kept, asked) + STAGGER


any_sources = st.builds(
    DueSource,
    st.integers(1, 10**9),
    st.builds(Source, st.just("https://e.org/"), every=st.none() | st.floats(1.0, 400 * DAY)),
    interval=intervals,
    failures=st.integers(0, 10**6),
)
any_seconds = st.none() | st.floats(0, 1e12)
any_answers = st.builds(Fetched, st.sampled_from(Outcome), st.just(NOW), retry_after=any_seconds, fresh_for=any_seconds)


@given(paces, any_sources, any_answers, some_habits)
def test_the_next_poll_is_always_later_and_never_beyond_reason(
    pace: Pace, source: DueSource, fetched: Fetched, known: Habits | None
) -> None:
    moment, _ = next_poll(NOW, source, fetched, pace, habits=known, worth=WORTH)
    seconds = (moment - NOW).total_seconds()
    longest = max(pace.slowest, source.source.every or 0.0, DAY)
    assert 0 < seconds <= longest * SPREAD + STAGGER
    retry = fetched.retry_after
    assert retry is None or seconds >= min(max(retry, 60.0), DAY)


def test_a_source_is_asked_by_its_rhythm() -> None:
    assert settled(due(), habits(24)) == pytest.approx((2 * 600 * 3600) ** 0.5, rel=0.1)
    assert settled(due(), habits(240)) == pytest.approx((2 * 600 * 360) ** 0.5, rel=0.1)
    assert settled(due(), habits(100_000)) == PACE.fastest
    assert settled(due()) == PACE.every, "nothing is known of it yet"


def test_what_feeds_an_urgent_topic_is_asked_twice_as_often() -> None:
    urgent = wait(due(), known=habits(24), worth=Worth(600.0, urgent=True))
    assert urgent == pytest.approx(wait(due(), known=habits(24)) / 2, rel=0.15)


def test_no_more_than_half_a_document_is_expected_between_two_polls() -> None:
    dear = Worth(1e8)
    assert wait(due(), known=habits(24, window=10), worth=dear) == pytest.approx(5 * 3600, rel=0.15)
    assert wait(due(), known=habits(24, window=1), worth=dear) == pytest.approx(3600, rel=0.15)
    assert wait(due(), known=habits(24), worth=dear) == PACE.slowest


def test_a_first_document_may_shorten_the_first_wait_but_not_lengthen_it() -> None:
    first = DueSource(1, Source("https://e.org/"), first_poll=True)
    assert settled(first, habits(0.1)) == 900.0
    assert settled(first, habits(5000)) < 300.0


def test_a_ttl_is_kept_unless_the_entries_belie_it() -> None:
    assert wait(due(), known=habits(24, fresh_for=7200.0)) == 3600.0, "an hour at most"
    assert wait(due(), known=habits(240, fresh_for=7200.0)) < 800.0, "ten entries an hour: the ttl was never meant"


def test_a_fixed_pace_is_kept_even_outside_the_limits() -> None:
    assert wait(due(every=10.0)) == 10.0
    assert wait(due(every=10.0), known=habits(5000)) == 10.0
    assert wait(due(every=200 * DAY)) == 200 * DAY


@given(st.integers(1, 10**6), st.none() | st.floats(1.0, 30 * DAY), paces)
def test_failures_back_off_and_never_forward(number: int, every: float | None, pace: Pace) -> None:
    waits = [wait(due(number, every=every, failures=count), Outcome.FAILED, pace=pace) for count in range(60)]
    assert all(later >= JITTER * earlier for earlier, later in pairwise(waits))
    base = every or pace.every
    assert base - 1e-3 <= waits[0] <= base * SPREAD + 1e-3
    assert waits[-1] <= max(base, pace.slowest) * SPREAD + 1e-3


def test_failures_double_the_wait_up_to_the_slowest_pace() -> None:
    for count, whole in enumerate([900, 1800, 3600, 7200, 14400, 28800, 57600, 86400, 86400]):
        assert max(900, JITTER * whole) <= wait(due(failures=count), Outcome.FAILED, status=503) <= whole


def test_without_any_answer_the_wait_is_an_hour_at_most() -> None:
    for count, whole in enumerate([900, 1800, 3600, 3600, 3600]):
        assert max(900, JITTER * whole) <= wait(due(failures=count), Outcome.FAILED) <= whole
    assert wait(due(every=2 * DAY, failures=5), Outcome.FAILED) == 2 * DAY
    assert JITTER * 600 <= wait(due(failures=5), Outcome.FAILED, pace=Pace(60.0, 60.0, 600.0)) <= 600.0


def test_a_failure_leaves_the_interval_as_it_was() -> None:
    failed = Fetched(Outcome.FAILED, NOW)
    assert next_poll(NOW, due(interval=321.0, failures=4), failed, PACE, habits=None, worth=WORTH)[1] == 321.0


@pytest.mark.parametrize(("asked", "kept"), [(0.0, 900.0), (30.0, 900.0), (7200.0, 7200.0), (1e9, 86_400.0)])
def test_retry_after_is_believed_within_bounds(asked: float, kept: float) -> None:
    assert wait(due(), Outcome.FAILED, retry_after=asked) == kept
    assert wait(due(), retry_after=asked) == kept


def test_retry_after_holds_back_even_a_fixed_and_fast_pace_for_a_minute() -> None:
    assert wait(due(every=5.0), Outcome.FAILED, retry_after=0.0) == 60.0


@pytest.mark.parametrize(("fresh", "kept"), [(60.0, 900.0), (1800.0, 1800.0), (DAY, 3600.0)])
def test_what_stays_fresh_is_left_alone_for_an_hour_at_most(fresh: float, kept: float) -> None:
    assert wait(due(), fresh_for=fresh) == kept


def test_sources_do_not_march_in_step() -> None:
    for known in (None, habits(24)):
        waits = {wait(due(number), known=known) for number in range(50)}
        assert len(waits) == 50
        assert max(waits) - min(waits) <= STAGGER
    assert wait(due(7)) == wait(due(7))
    fixed = {wait(due(number, every=900.0)) for number in range(50)}
    assert len(fixed) == 50
    assert max(fixed) <= 900 * SPREAD


# -- back-off, rest, the end --------------------------------------------------------------------------------------


def test_sources_that_failed_together_do_not_return_together() -> None:
    for failures in (1, 4, 9):
        waits = sorted(wait(due(number, failures=failures), Outcome.FAILED, status=503) for number in range(30))
        whole = min(900 * 2**failures, 86_400)
        assert len(set(waits)) == 30
        assert waits[-1] - waits[0] > 0.15 * whole
    twice = [[wait(due(number, failures=count), Outcome.FAILED, status=503) for number in (1, 2)] for count in (7, 8)]
    assert twice[0] != twice[1], "another order at each failure"


def test_a_first_410_is_asked_once_more_a_day_later() -> None:
    assert wait(due(), Outcome.FAILED, status=410, trouble=Trouble.ENDED) == DAY


def test_polling_that_is_over_never_comes_again() -> None:
    fetched = Fetched(Outcome.FAILED, NOW, status=410, trouble=Trouble.ENDED)
    assert next_poll(NOW, due(interval=700.0), fetched, PACE, habits=None, worth=WORTH, over=True) == (
        NEVER,
        700.0,
    )


def test_a_document_that_rolled_over_is_asked_for_within_half_of_what_it_spans() -> None:
    assert settled(due(), within=200.0, fresh_for=3600.0) == 200.0
    assert wait(due(), within=200.0, fresh_for=3600.0) == 200.0, "not even max-age holds it up"
    assert settled(due(), within=5.0) == PACE.fastest
    assert settled(due(), within=1e6) == PACE.every
    assert settled(due(every=DAY), within=5.0) == DAY


@pytest.mark.parametrize(("asked", "kept"), [(None, 0.0), (0.0, 60.0), (90.0, 90.0), (1e12, DAY)])
def test_a_rest_is_believed_within_bounds_and_only_of_429_and_503(asked: float | None, kept: float) -> None:
    assert believed(asked) == kept
    assert rest(Fetched(Outcome.FAILED, NOW, status=429, retry_after=asked)) == kept
    assert rest(Fetched(Outcome.FAILED, NOW, status=503, retry_after=asked)) == kept
    assert rest(Fetched(Outcome.FAILED, NOW, status=404, retry_after=asked)) == 0.0
    assert rest(Fetched(Outcome.OK, NOW, status=200, retry_after=asked)) == 0.0


# -- the price of a poll ------------------------------------------------------------------------------------------


def polls(roots: list[float], worth: float) -> float:
    """Polls a second of sources that are asked by the square root of their rate."""
    return sum(min(max(root / math.sqrt(2 * worth), 1 / PACE.slowest), 1 / PACE.fastest) for root in roots)


@given(st.lists(st.floats(1e-4, 1.0), min_size=1, max_size=200), st.floats(1e-3, 10))
def test_the_price_spends_the_budget(roots: list[float], budget: float) -> None:
    found = polls(roots, price([Demand(root) for root in roots], PACE, budget))
    least, most = len(roots) / PACE.slowest, len(roots) / PACE.fastest
    assert found == pytest.approx(min(max(budget, least), most), rel=0.06)


def test_without_a_budget_there_are_as_many_polls_as_at_the_settings_pace() -> None:
    roots = [0.002 * (number + 1) for number in range(100)]
    assert polls(roots, price([Demand(root) for root in roots], PACE, None)) == pytest.approx(100 / 900, rel=0.05)


def test_a_fixed_pace_is_paid_for_first() -> None:
    roots = [0.01] * 50
    demands = [Demand(root) for root in roots] + [Demand(0.5, every=60.0)] * 6
    assert polls(roots, price(demands, PACE, 0.3)) == pytest.approx(0.3 - 6 / 60, rel=0.05)


def test_a_source_that_nothing_is_known_of_counts_as_a_typical_one() -> None:
    assert price([Demand(None)], PACE, None) == pytest.approx(900**2 * 20 / DAY / 2, rel=0.1)
    assert price([Demand(None)] * 9, PACE, 0.01) == price([Demand((20 / DAY) ** 0.5)] * 9, PACE, 0.01)


def test_an_urgent_source_has_twice_the_demand() -> None:
    assert price([Demand(0.01, urgent=True)], PACE, 0.002) == pytest.approx(price([Demand(0.02)], PACE, 0.002))


def test_an_impossible_budget_has_a_price_all_the_same() -> None:
    assert price([Demand(0.01)] * 1000, PACE, 1e-6) == pytest.approx(1e9)
    assert price([], PACE, None) > 0


@given(st.floats(0.05, 50), st.lists(st.tuples(st.floats(0, 30), st.integers(0, 500)), min_size=1, max_size=60))
def test_an_allowance_is_never_exceeded(a_second: float, ticks: list[tuple[float, int]]) -> None:
    allowance, now, taken = Allowance(a_second), 100.0, 0
    for pause, wanted in ticks:
        now += pause
        given_now = allowance.take(wanted, now)
        assert 0 <= given_now <= wanted
        taken += given_now
        assert taken <= (now - 100.0) * a_second + max(10 * a_second, 1) + 1e-6


def test_an_allowance_is_there_to_be_used() -> None:
    allowance = Allowance(2.0)
    assert sum(allowance.take(500, float(second)) for second in range(61)) == pytest.approx(140, abs=2)


# -- moves --------------------------------------------------------------------------------------------------------

NEW = "https://new.example.org/rss"
AT_HOME = due()
MOVED_AWAY = DueSource(1, Source("https://example.org/rss"), address=NEW)


def led(to: str = NEW, outcome: Outcome = Outcome.OK) -> Fetched:
    return Fetched(outcome, NOW, moved_to=to)


def after(*polls: tuple[float, Fetched], source: DueSource = AT_HOME, move: Move | None = None) -> Move | None:
    """The move after polls at so many hours."""
    for hours, fetched in polls:
        move = moved(move, source, fetched, NOW + timedelta(hours=hours))
    return move


def test_a_move_is_followed_once_three_polls_over_a_day_led_there() -> None:
    assert after((0, led())) == Move(NEW, NOW, 1)
    assert after((0, led()), (1, led()), (2, led()), (23.9, led())) == Move(NEW, NOW, 4)
    assert after((0, led()), (25, led())) == Move(NEW, NOW, 2)
    done = after((0, led()), (12, led(outcome=Outcome.UNCHANGED)), (24, led()))
    assert done == Move(NEW, NOW, 3, followed_at=NOW + timedelta(days=1))


def test_a_move_that_changes_or_ends_begins_anew() -> None:
    elsewhere = "https://other.example.org/rss"
    assert after((0, led()), (1, led(elsewhere))) == Move(elsewhere, NOW + timedelta(hours=1), 1)
    assert after((0, led()), (1, led(""))) is None


def test_a_failed_poll_proves_nothing_about_a_move() -> None:
    assert after((0, led(outcome=Outcome.FAILED))) is None
    assert after((0, led()), (1, led(outcome=Outcome.FAILED))) == Move(NEW, NOW, 1)


def test_a_move_from_https_to_http_is_never_followed() -> None:
    assert after(*((hours, led("http://new.example.org/rss")) for hours in (0, 20, 40, 60))) is None


def test_when_the_new_address_fails_the_old_one_is_asked_again() -> None:
    stands = Move(NEW, NOW, 3, followed_at=NOW)
    assert after((1, led("")), source=MOVED_AWAY, move=stands) == stands
    assert after((1, led("", Outcome.FAILED)), source=MOVED_AWAY, move=stands) is None


# -- servers that say "unchanged" when it is not


def test_one_poll_in_fifty_asks_for_the_whole_document_and_more_where_polls_are_rare() -> None:
    minutes = [NOW + timedelta(minutes=number) for number in range(5_000)]
    often = sum(in_full(7, 900, minute) for minute in minutes)
    seldom = sum(in_full(7, 86_400, minute) for minute in minutes)
    assert 60 <= often <= 140
    assert 400 <= seldom <= 600
    assert [in_full(7, 900, minute) for minute in minutes] != [in_full(8, 900, minute) for minute in minutes]


_LAST = NOW - timedelta(hours=2)


@pytest.mark.parametrize(
    ("changes", "etag", "published", "said", "speaks"),
    [
        ({}, '"1"', [NOW], _LAST, 2),
        ({}, '"2"', [NOW], _LAST, 0),
        ({}, '"2"', [_LAST - timedelta(minutes=59)], _LAST, 0),
        ({}, '"2"', [NOW, _LAST - timedelta(minutes=61)], _LAST, 1),
        ({}, '"2"', [None], _LAST, 0),
        ({}, '"1"', [None], _LAST, 2),
        ({}, '"1"', [], _LAST, 0),
        ({}, '"1"', [NOW], None, 0),
        ({"doubted": False}, '"1"', [NOW], _LAST, 0),
    ],
)
def test_what_speaks_against_a_304(
    changes: dict[str, bool], etag: str, published: list[datetime | None], said: datetime | None, speaks: int
) -> None:
    due = DueSource(7, Source("https://a.example/rss"), etag='"1"', doubted=changes.get("doubted", True))
    assert disbelieve(due, Fetched(Outcome.OK, NOW, status=200, etag=etag), published, said) == speaks
    assert disbelieve(due, Fetched(Outcome.FAILED, NOW, etag=etag), published, said) == 0
