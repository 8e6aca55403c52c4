"""The turn: one at a time, in order, and given back however its holder ends."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from crawler.turn import Turn, breathe


def run(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(main, 5))


def test_one_at_a_time_and_in_the_order_of_asking() -> None:
    turn, told = Turn(), []

    async def work(name: str) -> None:
        async with turn.hold():
            for step in range(3):
                told.append(f"{name}{step}")
                await breathe()

    async def main() -> None:
        await asyncio.gather(*(work(name) for name in "abc"))

    run(main())
    assert told == ["a0", "a1", "a2", "b0", "b1", "b2", "c0", "c1", "c2"]


def test_who_ends_without_a_word_gives_it_back() -> None:
    turn = Turn()

    async def forgets() -> None:
        await turn.take("forgetful")

    async def fails() -> None:
        await turn.take("failing")
        raise ValueError("a slip")

    async def hangs() -> None:
        await turn.take("hanging")
        await asyncio.Event().wait()

    async def main() -> None:
        await asyncio.ensure_future(forgets())
        with pytest.raises(ValueError, match="a slip"):
            await asyncio.ensure_future(fails())
        hanging = asyncio.ensure_future(hangs())
        await breathe()
        await breathe()
        hanging.cancel()
        async with turn.hold():
            pass

    run(main())


def test_only_the_holder_gives_it_back() -> None:
    turn = Turn()

    async def main() -> None:
        await turn.take("one")
        turn.leave("another")
        turn.leave(None)
        waiting = asyncio.ensure_future(turn.take("two"))
        await breathe()
        assert not waiting.done()
        turn.leave("one")
        turn.leave("one")
        await waiting

    run(main())
