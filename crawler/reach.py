"""Is the network there? Told once when it goes and once when it is back, from what the sources asked answered.

Pure: what came of each poll goes in, a sentence for the log comes out. With no network every source fails; a line for
each, hour after hour, would bury whatever else happens.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

_ENOUGH = 8
"""Hosts in a row that gave no answer, none between that did: the same measure as ``middlewares.Network``."""
_LEAST = 3
"""With fewer hosts than that, a network that is away cannot be told from outlets that are."""


class Reach:
    """Remembers which hosts gave no answer since the last that did."""

    def __init__(self) -> None:
        self._silent: set[str] = set()
        self._since: datetime | None = None
        self.away = False

    def heard(self, url: str, error: str | None, now: datetime, *, hosts: int) -> str:
        """Note a poll: ``error`` is None when the host answered, whatever it said. A sentence to log, or nothing.

        ``hosts`` is how many different hosts are asked at all.
        """
        if error is None:
            return self._answered(now)
        self._since = self._since or now
        self._silent.add(host_of(url))
        if self.away or hosts < _LEAST or len(self._silent) < min(_ENOUGH, hosts):
            return ""
        self.away = True
        return (
            f"none of the last {len(self._silent)} hosts that were asked gave an answer; is the network there?"
            f" They are asked on, and it is told when one answers. The last: {error}"
        )

    def _answered(self, now: datetime) -> str:
        was_away, since = self.away, self._since
        self._silent.clear()
        self._since, self.away = None, False
        if not was_away or since is None:
            return ""
        return f"hosts answer again, {max((now - since).total_seconds(), 0) / 60:.0f} minutes after the first did not"


def host_of(url: str) -> str:
    """Host and port of an address."""
    return urlsplit(url).netloc.rpartition("@")[2]
