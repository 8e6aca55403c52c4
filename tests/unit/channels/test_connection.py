"""A session's deadline lets go of every connection that it watched."""

from __future__ import annotations

import socket
from contextlib import closing
from pathlib import Path

from crawler.channels.connection import Deadline


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_second_connection_takes_the_place_of_the_first() -> None:
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        before = _open_files()
        with Deadline(60.0) as deadline:
            for _ in range(5):
                deadline.watch(ours)
            assert _open_files() == before + 1
        assert _open_files() == before
