from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.model import DueSource, Fetched, Outcome, Source, Trouble
from crawler.polling import NEVER, Move, Pace, believed, moved, next_poll, rest

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PACE = Pace(every=900.0, fastest=120.0, slowest=86_400.0)
JITTER = 0.75
"""The least that is left of a back-off."""
SPREAD = 1.05
"""The most that a source's own factor adds."""
DAY = 86_400.0


def due(number: int = 0, *, every: float | None = None, interval: float = 900.0, failures: int = 0) -> DueSource:
    source = Source("https://example.org/rss", every=every)
    return DueSource(number, source, interval=interval, failures=failures)


def wait(source: DueSource, outcome: Outcome = Outcome.OK, *, new: int = 0, pace: Pace = PACE, **said: float) -> float:
    """Seconds until the next poll."""
    return (next_poll(NOW, source, Fetched(outcome, NOW, **said), pace, new=new)[0] - NOW).total_seconds()  # type: ignore[arg-type]


paces = st.lists(st.floats(1.0, 400 * DAY), min_size=3, max_size=3).map(sorted).map(lambda p: Pace(p[1], p[0], p[2]))
intervals = st.just(0.0) | st.floats(0.0, 400 * DAY)
answers = st.sampled_from([Outcome.OK, Outcome.UNCHANGED])


sources = st.builds(
    DueSource, st.integers(1, 10**9), st.just(Source("https://e.org/")), interval=intervals, first_poll=st.booleans()
)


@given(paces, sources, answers, st.integers(0, 50))
def test_a_good_poll_keeps_within_the_limits(pace: Pace, source: DueSource, outcome: Outcome, new: int) -> None:
    moment, kept = next_poll(NOW, source, Fetched(outcome, NOW), pace, new=new)
    assert moment > NOW
    assert pace.fastest <= kept <= pace.slowest
    assert kept - 1e-3 <= (moment - NOW).total_seconds() <= kept * SPREAD + 1e-3


any_sources = st.builds(
    DueSource,
    st.integers(1, 10**9),
    st.builds(Source, st.just("https://e.org/"), every=st.none() | st.floats(1.0, 400 * DAY)),
    interval=intervals,
    failures=st.integers(0, 10**6),
)
any_seconds = st.none() | st.floats(0, 1e12)
any_answers = st.builds(Fetched, st.sampled_from(Outcome), st.just(NOW), retry_after=any_seconds, fresh_for=any_seconds)


@given(paces, any_sources, any_answers)
def test_the_next_poll_is_always_later_and_never_beyond_reason(pace: Pace, source: DueSource, fetched: Fetched) -> None:
    moment, _ = next_poll(NOW, source, fetched, pace, new=0)
    seconds = (moment - NOW).total_seconds()
    longest = max(pace.slowest, source.source.every or 0.0, DAY)
    assert 0 < seconds <= longest * SPREAD + 1
    retry = fetched.retry_after
    assert retry is None or seconds >= min(max(retry, 60.0), DAY)


def test_news_shorten_the_interval_faster_than_silence_lengthens_it() -> None:
    assert next_poll(NOW, due(), Fetched(Outcome.OK, NOW), PACE, new=1)[1] == pytest.approx(540.0)
    assert next_poll(NOW, due(), Fetched(Outcome.OK, NOW), PACE, new=0)[1] == pytest.approx(1125.0)
    assert next_poll(NOW, due(), Fetched(Outcome.UNCHANGED, NOW), PACE, new=0)[1] == pytest.approx(1125.0)


def test_a_source_settles_at_the_limits() -> None:
    for new, limit in ((3, 120.0), (0, 86_400.0)):
        interval = 900.0
        for _ in range(40):
            _, interval = next_poll(NOW, due(interval=interval), Fetched(Outcome.OK, NOW), PACE, new=new)
        assert interval == limit


def test_the_first_document_sets_no_pace() -> None:
    first = DueSource(1, Source("https://e.org/"), interval=5000.0, first_poll=True)
    assert next_poll(NOW, first, Fetched(Outcome.OK, NOW), PACE, new=30)[1] == 900.0
    assert next_poll(NOW, due(interval=0.0), Fetched(Outcome.OK, NOW), PACE, new=30)[1] == 900.0


def test_a_fixed_pace_is_kept_even_outside_the_limits() -> None:
    assert wait(due(every=10.0)) == 10.0
    assert wait(due(every=10.0), new=9) == 10.0
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
    assert next_poll(NOW, due(interval=321.0, failures=4), Fetched(Outcome.FAILED, NOW), PACE, new=0)[1] == 321.0


@pytest.mark.parametrize(("asked", "kept"), [(0.0, 900.0), (30.0, 900.0), (7200.0, 7200.0), (1e9, 86_400.0)])
def test_retry_after_is_believed_within_bounds(asked: float, kept: float) -> None:
    assert wait(due(), Outcome.FAILED, retry_after=asked) == kept
    assert wait(due(interval=720.0), retry_after=asked) == kept


def test_retry_after_holds_back_even_a_fixed_and_fast_pace_for_a_minute() -> None:
    assert wait(due(every=5.0), Outcome.FAILED, retry_after=0.0) == 60.0


@pytest.mark.parametrize(("fresh", "kept"), [(60.0, 1125.0), (1800.0, 1800.0), (DAY, 3600.0)])
def test_what_stays_fresh_is_left_alone_for_an_hour_at_most(fresh: float, kept: float) -> None:
    assert wait(due(), fresh_for=fresh) == kept


def test_sources_do_not_march_in_step() -> None:
    waits = {wait(due(number)) for number in range(50)}
    assert len(waits) == 50
    assert wait(due(7)) == wait(due(7))
    assert timedelta(seconds=max(waits)) <= timedelta(seconds=1125 * SPREAD)


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
    assert wait(due(), Outcome.FAILED, status=410, trouble=Trouble.ENDED) == DAY  # type: ignore[arg-type]


def test_polling_that_is_over_never_comes_again() -> None:
    fetched = Fetched(Outcome.FAILED, NOW, status=410, trouble=Trouble.ENDED)
    assert next_poll(NOW, due(interval=700.0), fetched, PACE, new=0, over=True) == (NEVER, 700.0)


def test_a_document_that_rolled_over_is_asked_for_within_half_of_what_it_spans() -> None:
    moment, kept = next_poll(NOW, due(), Fetched(Outcome.OK, NOW, fresh_for=3600.0), PACE, new=30, within=200.0)
    assert kept == 200.0
    assert (moment - NOW).total_seconds() == 200.0, "not even max-age holds it up"
    assert next_poll(NOW, due(), Fetched(Outcome.OK, NOW), PACE, new=30, within=5.0)[1] == PACE.fastest
    assert next_poll(NOW, due(), Fetched(Outcome.OK, NOW), PACE, new=30, within=1e6)[1] == pytest.approx(540.0)
    assert next_poll(NOW, due(every=DAY), Fetched(Outcome.OK, NOW), PACE, new=30, within=5.0)[1] == DAY


@pytest.mark.parametrize(("asked", "kept"), [(None, 0.0), (0.0, 60.0), (90.0, 90.0), (1e12, DAY)])
def test_a_rest_is_believed_within_bounds_and_only_of_429_and_503(asked: float | None, kept: float) -> None:
    assert believed(asked) == kept
    assert rest(Fetched(Outcome.FAILED, NOW, status=429, retry_after=asked)) == kept
    assert rest(Fetched(Outcome.FAILED, NOW, status=503, retry_after=asked)) == kept
    assert rest(Fetched(Outcome.FAILED, NOW, status=404, retry_after=asked)) == 0.0
    assert rest(Fetched(Outcome.OK, NOW, status=200, retry_after=asked)) == 0.0


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
