from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from twisted.internet.task import Clock

from crawler.bounds import MOST_IDLE, BoundedPool


class Connection:
    """A connection that waits for the next request."""

    state = "QUIESCENT"

    def __init__(self) -> None:
        self.open = True
        self.transport = SimpleNamespace(loseConnection=self._close)

    def _close(self) -> None:
        self.open = False


def test_only_the_newest_connections_are_kept_whatever_their_hosts() -> None:
    clock: Any = Clock()
    pool = BoundedPool(clock)  # type: ignore[no-untyped-call]
    pool.cachedConnectionTimeout = 10
    made = [Connection() for _ in range(3 * MOST_IDLE)]
    for number, connection in enumerate(made):
        pool._putConnection(("http", f"host{number}", 80), connection)
    assert [connection.open for connection in made] == [False] * 2 * MOST_IDLE + [True] * MOST_IDLE
    clock.advance(11)
    assert not any(connection.open for connection in made)
