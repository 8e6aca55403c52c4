"""Identify: which drafts are new articles, which change one, which are known."""

from __future__ import annotations

from crawler.deciding import DocumentDrafts, identify
from crawler.items import Draft, PollItem
from crawler.pipelines.stage import Stage, keep_each


class Identify(Stage):
    """Keep the drafts that are articles of their own or change one; the others are sightings of known articles."""

    async def process_item(self, item: PollItem) -> PollItem:
        """Scrapy calls this for every poll. From here to the store it has its turn."""
        await self.runtime.turn.take(item)
        kept = DocumentDrafts()
        await keep_each(item, lambda draft: self._identify(item, draft, kept))
        return item

    def _identify(self, item: PollItem, draft: Draft, kept: DocumentDrafts) -> bool:
        if kept.has(draft):
            return False
        sighting = identify(self.runtime.store, draft, item.due.id)
        if sighting is not None:
            item.sightings.append(sighting)
            return False
        kept.add(draft)
        return True
