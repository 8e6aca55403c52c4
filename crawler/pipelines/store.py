"""Store: everything a poll changes, in one transaction."""

from __future__ import annotations

import logging

from crawler.errors import StorageError
from crawler.items import PollItem
from crawler.model import Outcome
from crawler.pipelines.stage import Stage

_log = logging.getLogger(__name__)
_TOLD_AGAIN = 10
"""The first failure of a source and every tenth after are logged as warnings: one that stays away is no news."""


class StorePoll(Stage):
    """Write the poll, and say how it went."""

    def process_item(self, item: PollItem) -> PollItem:
        """Scrapy calls this for every poll."""
        name = item.due.source.name or item.due.source.url
        try:
            saved = self.runtime.store_poll(
                item.due,
                item.fetched,
                articles=tuple(draft.article for draft in item.drafts),
                sightings=tuple(item.sightings),
                seen=tuple(item.seen),
                entries=len(item.document.entries),
            )
        except StorageError as error:
            # The source is due as before, for the database; it is asked again in a while, and nothing is lost.
            self.runtime.leave_alone(item.due, str(error))
            _log.error("%s was read but not stored: %s", name, error)
            return item
        outcome = item.fetched.outcome
        facts = {"outcome": outcome.value, "status": item.fetched.status, "seconds": round(item.fetched.seconds, 3)}
        if outcome is Outcome.FAILED:
            level = logging.WARNING if item.due.failures % _TOLD_AGAIN == 0 else logging.DEBUG
            _log.log(level, "%s: %s", name, item.fetched.error, extra={"facts": facts})
        else:
            facts |= {"new": saved.new, "changed": saved.updated, "matches": saved.matches}
            says = f"{outcome.value}, {saved.new} new, {saved.updated} changed"
            _log.info("%s: %s", name, says, extra={"facts": facts})
        return item
