from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.model import Outcome
from crawler.quiet import QuietPolls
from crawler.runtime import Runtime
from crawler.storage import Store
from tests.stored import NOW, fetched, settings

QUIET = fetched(Outcome.UNCHANGED, status=304)


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    config = settings(tmp_path, count=3)
    with Store.writer(config.storage.path) as store:
        found = Runtime(config, store, clock=lambda: NOW)
        store.sources.sync(config.sources, NOW)
        yield found


def stored(runtime: Runtime) -> list[tuple[int, str]]:
    with sqlite3.connect(runtime.store.path) as db:
        return [(row[0], row[1]) for row in db.execute("SELECT source_id, outcome FROM polls ORDER BY id")]


def test_polls_wait_for_one_another_and_are_stored_by_themselves(
    runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    async def main() -> None:
        quiet, due = QuietPolls(runtime), runtime.store.sources.due(NOW)
        runtime.queue.put(due)
        for each in due:
            quiet.add(each, QUIET)
        assert stored(runtime) == []
        assert runtime.queue.left() == 3, "under way until they are stored"
        await asyncio.wait_for(runtime.queue.idle(), 5)

    asyncio.run(main())
    assert stored(runtime) == [(1, "unchanged"), (2, "unchanged"), (3, "unchanged")]
    assert (runtime.summary.polled, runtime.summary.unchanged) == (3, 3)
    assert runtime.store.sources.due(NOW) == []
    assert [record.getMessage().split(":")[1] for record in caplog.records] == [" unchanged, 0 new, 0 changed"] * 3


def test_a_hundred_do_not_wait(runtime: Runtime) -> None:
    async def main() -> None:
        quiet, due = QuietPolls(runtime), runtime.store.sources.due(NOW)[0]
        for _ in range(99):
            quiet.add(due, QUIET)
        assert not stored(runtime)
        quiet.add(due, QUIET)
        assert len(stored(runtime)) == 100

    asyncio.run(main())


def test_what_cannot_be_written_is_told_once_and_nothing_of_it_is_stored(
    runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        quiet, due = QuietPolls(runtime), runtime.store.sources.due(NOW)
        with sqlite3.connect(runtime.store.path) as db:
            db.execute("CREATE TRIGGER full BEFORE INSERT ON polls WHEN new.source_id = 2 BEGIN"
                       " SELECT RAISE(ABORT, 'no place'); END")  # fmt: skip
        for _ in range(2):
            for each in due:
                quiet.add(each, QUIET)
            quiet.store()
        assert stored(runtime) == []
        assert len(runtime.store.sources.due(NOW)) == 3, "due as before"
        assert runtime.queue.not_under_way(due) == [], "but left alone for a while"

    asyncio.run(main())
    told = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(told) == 1
    assert told[0].startswith("3 sources were asked but that was not stored")
    assert runtime.summary.failed == 6


def test_one_that_breaks_costs_itself(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    real = runtime.store.rhythms.of

    def breaks(source_id: int) -> object:
        if source_id == 2:
            raise ValueError("a bug")
        return real(source_id)

    monkeypatch.setattr(runtime.store.rhythms, "of", breaks)

    async def main() -> None:
        quiet = QuietPolls(runtime)
        for each in runtime.store.sources.due(NOW):
            quiet.add(each, QUIET)
        quiet.store()

    asyncio.run(main())
    assert [number for number, _ in stored(runtime)] == [1, 3]
    assert runtime.summary.failed == 1
