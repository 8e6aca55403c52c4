"""Fixtures that many tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.program import Program, ReactorThread
from tests.site import Site

# No test measures time: on a busy machine any example may take long. What lands must not hang on luck, so that CI tries
# the same examples every time; everybody else tries new ones.
settings.register_profile("tidings", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "tidings")


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
