"""How late the loop is: what is kept of it, and that a loop that was held up says so."""

from __future__ import annotations

import asyncio
import gc
import time

import pytest

from scheduler.lag import EVERY, Longest, Sampler, settle


@pytest.mark.parametrize(("after", "longest"), [(0, 0.4), (299, 0.4), (301, 0.4), (599, 0.4), (601, 0.1), (5000, 0.0)])
def test_the_longest_is_kept_for_five_to_ten_minutes(after: float, longest: float) -> None:
    kept = Longest()
    kept.heard(0.2, 1000.0)
    kept.heard(0.4, 1000.5)
    if after > 299:
        kept.heard(0.1, 1300.0)
    assert kept.get(1000.0 + after) == longest


def test_nothing_was_heard() -> None:
    assert Longest().get(5.0) == 0.0


def test_a_loop_that_computes_is_late_and_one_that_waits_is_less() -> None:
    told: list[float] = []

    async def main() -> None:
        sampler = Sampler(told.append)
        sampler.start()
        await asyncio.sleep(1.5 * EVERY)
        time.sleep(1.5 * EVERY)  # noqa: ASYNC251  (what must not happen in a loop)
        await asyncio.sleep(0.1 * EVERY)
        sampler.stop()
        before = len(told)
        await asyncio.sleep(1.5 * EVERY)
        assert len(told) == before, "it goes on after its end"

    asyncio.run(main())
    assert len(told) >= 2
    assert max(told) >= 0.9 * EVERY
    assert min(told) < 0.5 * EVERY


def test_what_is_there_for_good_is_not_looked_through_again() -> None:
    before = gc.get_freeze_count()
    settle()
    try:
        assert gc.get_freeze_count() > before + 10_000
        assert len(gc.get_objects()) < 10_000
    finally:
        gc.unfreeze()
