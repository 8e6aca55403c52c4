"""Copies: which new articles repeat a text that another outlet published before."""

from __future__ import annotations

from crawler.deciding import CopyFinder
from crawler.items import Draft, PollItem
from crawler.pipelines.stage import Stage, keep_each


class Copies(Stage):
    """Let copies point at their origin."""

    async def process_item(self, item: PollItem) -> PollItem:
        """Scrapy calls this for every poll."""
        now = self.runtime.clock()
        # Whoever published first comes first, whatever order the document has: an origin must be there to be found.
        item.drafts.sort(key=lambda draft: min(draft.article.published or now, now))
        finder = CopyFinder(self.runtime.store, now)

        def judge(draft: Draft) -> bool:
            finder.judge(draft)
            return True

        await keep_each(item, judge)
        return item
