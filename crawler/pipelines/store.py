"""Store: everything a poll changes, in one transaction."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from crawler.errors import DatabaseBusyError, StorageError
from crawler.items import PollItem
from crawler.model import Outcome
from crawler.pipelines.stage import Stage
from crawler.push import Offer
from crawler.storage import Saved
from crawler.watching import weigh

_log = logging.getLogger(__name__)
_TOLD_AGAIN = 10
"""The first failure of a source and every tenth after are logged as warnings: one that stays away is no news."""


class StorePoll(Stage):
    """Write the poll, and say how it went."""

    _trouble = ""
    """What keeps polls from being stored, as it was last told."""

    def process_item(self, item: PollItem) -> PollItem:
        """Scrapy calls this for every poll, and every part of one."""
        try:
            return self._process(item)
        finally:
            self.runtime.turn.leave(item)

    def _process(self, item: PollItem) -> PollItem:
        if item.progress.failed:
            return item
        name = item.due.source.name or item.due.source.url
        try:
            saved = self._store(item)
        except StorageError as error:
            item.progress.failed = True
            # The source is due as before, for the database; it is asked again in a while, and nothing is lost.
            self.runtime.leave_alone(item.due, str(error), soon=isinstance(error, DatabaseBusyError))
            self._complain(name, error)
            return item
        if self._trouble:
            _log.warning("polls are stored again")
            self._trouble = ""
        if item.last:
            self._tell(name, item, saved)
        else:
            _log.debug("%s: a part was stored, %d new so far", name, saved.new)
        return item

    def _store(self, item: PollItem) -> Saved:
        """Store a part or the poll; what it came to so far."""
        progress = item.progress
        progress.entries += len(item.document.entries) + item.document.unread
        changes = _changes(item)
        progress.brought = progress.brought.plus(weigh(self.runtime.store, item.due.id, item.document, **changes))
        progress.saved.add(
            self.runtime.store_poll(
                item.due,
                item.fetched,
                last=item.last,
                before=replace(progress.saved),
                entries=progress.entries,
                brought=progress.brought,
                offer=_offer(item),
                pieces=() if progress.gaps and item.pieces else item.pieces,
                **changes,
            )
        )
        return progress.saved

    def _complain(self, name: str, error: StorageError) -> None:
        """A full disk is told once, not for every source every few minutes."""
        level = logging.DEBUG if self._trouble == error.says else logging.ERROR
        _log.log(level, "%s was read but not stored, and is asked again: %s", name, error)
        self._trouble = error.says

    def _tell(self, name: str, item: PollItem, saved: Saved) -> None:
        outcome = item.fetched.outcome
        facts = {"outcome": outcome.value, "status": item.fetched.status, "seconds": round(item.fetched.seconds, 3)}
        if outcome is Outcome.FAILED:
            # A network that is away is told once, by ``Runtime.store_poll``, not once for each source.
            told = item.due.failures % _TOLD_AGAIN == 0 and not self.runtime.reach.away
            level = logging.WARNING if told else logging.DEBUG
            _log.log(level, "%s: %s", name, item.fetched.error, extra={"facts": facts})
            return
        facts |= {"new": saved.new, "changed": saved.updated, "matches": saved.matches}
        _log.info("%s: %s, %d new, %d changed", name, outcome.value, saved.new, saved.updated, extra={"facts": facts})


def _offer(item: PollItem) -> Offer | None:
    """The hub that a document names, where one was read as its server gave it."""
    read = item.fetched.outcome is Outcome.OK and item.due.pushed is None
    return Offer(item.document.hub, item.document.itself) if read and item.document.hub else None


def _changes(item: PollItem) -> dict[str, tuple[Any, ...]]:
    return {
        "articles": tuple(draft.article for draft in item.drafts),
        "sightings": tuple(item.sightings),
        "seen": tuple(item.seen),
    }
