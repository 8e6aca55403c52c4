"""What a job's trouble with the database comes to: damage ends the service, anything else is told once."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from crawler.errors import DatabaseDamagedError, StorageError
from crawler.runtime import Runtime
from crawler.storage import Store
from scheduler.jobs import Job
from scheduler.service import InFlight
from tests.stored import settings


def run_with(error: sqlite3.Error, folder: Path) -> list[StorageError]:
    """What the service is told to end with when a job meets this error three times."""
    lost: list[StorageError] = []

    async def work(runtime: Runtime) -> None:
        raise error

    async def thrice() -> None:
        flight = InFlight(lost.append, lambda _: True, lambda _: None)
        with Store.writer(folder / "tidings.db") as store:
            watched = flight.watch("poll", Job(work, seconds=1), Runtime(settings(folder), store))
            for _ in range(3):
                await watched()

    asyncio.run(thrice())
    return lost


def failing(code: int, says: str) -> sqlite3.Error:
    error = sqlite3.DatabaseError(says)
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize("code", [sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_CORRUPT_INDEX, sqlite3.SQLITE_NOTADB])
def test_damage_ends_the_service(code: int, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    lost = run_with(failing(code, "database disk image is malformed"), tmp_path)
    assert [type(error) for error in lost] == [DatabaseDamagedError] * 3
    assert "could not be read or written: database disk image is malformed" in str(lost[0])


@pytest.mark.parametrize("code", [sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_BUSY])
def test_a_full_disk_is_told_once_and_waited_out(code: int, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert run_with(failing(code, "no room"), tmp_path) == []
    assert caplog.text.count("job poll failed and is tried again until it works") == 1
