"""Thread: which story a new article belongs to."""

from __future__ import annotations

from crawler.items import Draft, PollItem
from crawler.joining import Joiner
from crawler.pipelines.stage import Stage, keep_each


class Thread(Stage):
    """Let every new article join a story or begin one."""

    async def process_item(self, item: PollItem) -> PollItem:
        """Scrapy calls this for every poll."""
        joiner = Joiner(self.runtime.store, self.runtime.clock(), self.runtime.meanings)

        def join(draft: Draft) -> bool:
            joiner.join(draft)
            return True

        await keep_each(item, join)
        return item
