"""Match: which topics take an article."""

from __future__ import annotations

from crawler.deciding import match_topics
from crawler.items import Draft, PollItem
from crawler.pipelines.stage import Stage, keep_each


class MatchTopics(Stage):
    """Try every draft against every topic."""

    async def process_item(self, item: PollItem) -> PollItem:
        """Scrapy calls this for every poll."""

        def match(draft: Draft) -> bool:
            match_topics(self.runtime, draft, item.due.source.name)
            return True

        await keep_each(item, match)
        return item
