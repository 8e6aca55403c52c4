"""Thread: which story a new article belongs to."""

from __future__ import annotations

from crawler.deciding import thread
from crawler.items import Draft, PollItem
from crawler.pipelines.stage import Stage, keep_each


class Thread(Stage):
    """Let every new article join a story or begin one."""

    def process_item(self, item: PollItem) -> PollItem:
        """Scrapy calls this for every poll."""
        now = self.runtime.clock()

        def join(draft: Draft) -> bool:
            thread(self.runtime.store, draft, now)
            return True

        keep_each(item, join)
        return item
