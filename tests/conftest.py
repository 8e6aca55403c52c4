"""Fixtures that many tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.program import Program, ReactorThread
from tests.site import Site


@pytest.fixture(scope="session")
def reactor() -> Iterator[ReactorThread]:
    """The one reactor of this process."""
    thread = ReactorThread()
    yield thread
    thread.stop()


@pytest.fixture
def program(tmp_path: Path, reactor: ReactorThread) -> Program:
    """The program in this process, with a folder of its own."""
    return Program(tmp_path, reactor)


@pytest.fixture
def site() -> Iterator[Site]:
    """Web servers on loopback."""
    with Site() as opened:
        yield opened
