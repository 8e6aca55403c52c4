"""Plan: whom to tell of a match, and when."""

from __future__ import annotations

from crawler.items import PollItem
from crawler.pipelines.stage import Stage
from crawler.planning import Planner


class Plan(Stage):
    """Give every match its alerts, or the reason why it has none."""

    def process_item(self, item: PollItem) -> PollItem:
        """Scrapy calls this for every poll."""
        planner = Planner(self.runtime, self.runtime.clock())
        for draft in item.drafts:
            planner.plan(draft.article, archived=item.due.first_poll, source=item.due.id)
            if item.due.source.pages != "never":
                planner.look_again(draft.article)
        return item
