"""A clock that jumps neither stops the jobs nor lets them run wild."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.clock import OLDEST, ClockWatch, describe, is_set
from scheduler.ticker import Beat, Ticker

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize("jump", [-HOUR, -DAY, HOUR, DAY, 3652 * DAY, timedelta(days=20_780), 31 * SECOND])
def test_a_jump_is_noticed_once_and_measured(jump: timedelta) -> None:
    watch = ClockWatch(NOW, 100.0)
    assert watch.look(NOW + 5 * SECOND, 105.0) == timedelta()
    assert watch.look(NOW + 10 * SECOND + jump, 110.0) == jump
    assert watch.look(NOW + 15 * SECOND + jump, 115.0) == timedelta()
    assert watch.steady(115.0) == 5.0


@given(st.lists(st.tuples(st.floats(0, 86_400), st.floats(-1, 1)), max_size=50))
def test_time_that_goes_by_is_no_jump(looks: list[tuple[float, float]]) -> None:
    watch, gone = ClockWatch(NOW, 0.0), 0.0
    for seconds, error in looks:
        gone += seconds
        assert watch.look(NOW + timedelta(seconds=gone + error), gone) == timedelta()


def test_small_steps_of_the_same_direction_add_up_to_a_jump() -> None:
    watch = ClockWatch(NOW, 0.0)
    jumps = [watch.look(NOW + timedelta(seconds=9 * number), float(number)) for number in range(1, 5)]
    assert jumps == [timedelta(), timedelta(), timedelta(), 32 * SECOND]


def test_a_clock_that_was_never_set_is_known() -> None:
    assert not is_set(datetime(1970, 1, 1, 0, 0, 5, tzinfo=UTC))
    assert not is_set(OLDEST - SECOND)
    assert is_set(NOW)


@pytest.mark.parametrize(
    ("jump", "says"),
    [
        (-HOUR, "1 h back"),
        (3652 * DAY, "3652 d forward"),
        (90 * SECOND, "1.5 min forward"),
        (-31 * SECOND, "31 s back"),
    ],
)
def test_a_jump_in_words(jump: timedelta, says: str) -> None:
    assert describe(jump) == says


@given(st.timedeltas(timedelta(), 3652 * DAY), st.sampled_from([1.0, 15.0, 86_400.0]))
def test_however_much_was_missed_the_next_beat_is_one_step(missed: timedelta, seconds: float) -> None:
    beat, now = Beat(seconds), NOW + missed
    following = beat.get_next_fire_time(NOW, now)
    assert now < following <= now + timedelta(seconds=seconds)


def test_beats_keep_their_distance_when_nothing_was_missed() -> None:
    beat, times = Beat(15), [NOW]
    for _ in range(5):
        times.append(beat.get_next_fire_time(times[-1], times[-1] + SECOND))
    assert {later - earlier for earlier, later in pairwise(times)} == {timedelta(seconds=15)}


def runs(change: str, *, hours: float = 0.0) -> int:
    """How often a job of every two hours runs when its next time is so far ahead and the ticker is told."""

    async def main() -> int:
        count = 0

        async def work() -> None:
            nonlocal count
            count += 1

        ticker = Ticker()
        ticker.add("job", work, 7200, at_start=True)
        ticker.begin_again(datetime.now(UTC) + timedelta(hours=hours))
        ticker.start()
        now = datetime.now(UTC)
        if change == "catch up":
            assert ticker.catch_up(now) == (hours > 2)
        elif change == "begin again":
            ticker.begin_again(now)
        await asyncio.sleep(0.1)
        ticker.stop()
        ticker.close()
        return count

    return asyncio.run(main())


def test_a_job_stranded_in_the_future_runs_now_and_one_within_its_interval_does_not() -> None:
    assert runs("nothing", hours=3) == 0
    assert runs("catch up", hours=3) == 1
    assert runs("catch up", hours=1) == 0
    assert runs("begin again", hours=1) == 1


def test_a_job_that_missed_ten_years_runs_once_and_at_once() -> None:
    assert runs("nothing", hours=-87_648) == 1
