"""Polls that brought nothing, stored together: most polls do, and a transaction of its own costs more than the request.

They wait a moment for one another and are stored in one transaction, in the order in which they came. A poll that was
not stored when the machine stops is due again, as ever (decision 0045).
"""

from __future__ import annotations

import asyncio
import logging

from crawler import context
from crawler.errors import DatabaseBusyError, StorageError
from crawler.model import DueSource, Fetched
from crawler.runtime import Runtime

_log = logging.getLogger(__name__)
_WAIT = 0.1
"""Seconds that the first waits for others; its source is under way meanwhile, and asked no sooner for it."""
_MOST = 100
"""Polls stored at once; more would hold up the loop."""


class QuietPolls:
    """The polls of one crawl that brought nothing and are not stored yet."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._waiting: list[tuple[DueSource, Fetched]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._trouble = ""
        """What keeps polls from being stored, as it was last told."""

    def add(self, due: DueSource, fetched: Fetched) -> None:
        """Store a poll soon."""
        self._waiting.append((due, fetched))
        if len(self._waiting) >= _MOST:
            self.store()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_WAIT, self.store)

    def store(self) -> None:
        """Store all that wait, now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        polls, self._waiting = self._waiting, []
        if not polls:
            return
        try:
            self._runtime.store_quiet_polls(polls)
        except StorageError as error:
            self._fail(polls, error)
            return
        except Exception:  # noqa: BLE001  (one of them may be at fault, and is found by storing each by itself)
            _log.exception("%d polls could not be stored together; each is by itself", len(polls))
            self._store_each(polls)
            return
        if self._trouble:
            _log.warning("polls are stored again")
            self._trouble = ""
        self._tell(polls)

    def _store_each(self, polls: list[tuple[DueSource, Fetched]]) -> None:
        for due, fetched in polls:
            try:
                self._runtime.store_poll(due, fetched)
            except Exception as error:  # noqa: BLE001  (one that cannot be stored must not cost the others)
                self._runtime.leave_alone(due, str(error))

    def _fail(self, polls: list[tuple[DueSource, Fetched]], error: StorageError) -> None:
        """The sources are due as before, for the database, and are asked again in a while; told once."""
        for due, _ in polls:
            self._runtime.leave_alone(due, str(error), soon=isinstance(error, DatabaseBusyError))
        level = logging.DEBUG if self._trouble == error.says else logging.ERROR
        _log.log(level, "%d sources were asked but that was not stored, and are asked again: %s", len(polls), error)
        self._trouble = error.says

    @staticmethod
    def _tell(polls: list[tuple[DueSource, Fetched]]) -> None:
        if not _log.isEnabledFor(logging.INFO):
            return
        before = context.current()
        for due, fetched in polls:
            context.bind(due)
            facts = {
                "outcome": fetched.outcome.value, "status": fetched.status, "seconds": round(fetched.seconds, 3),
                "new": 0, "changed": 0, "matches": 0,
            }  # fmt: skip
            name = due.source.name or due.source.url
            _log.info("%s: %s, 0 new, 0 changed", name, fetched.outcome.value, extra={"facts": facts})
        context.bind(before)
