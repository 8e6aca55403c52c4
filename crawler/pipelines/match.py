"""Match: which topics take an article."""

from __future__ import annotations

from crawler.items import Draft, PollItem
from crawler.pipelines.stage import Stage, keep_each
from crawler.storage import MatchIntent


class MatchTopics(Stage):
    """Try every draft against every topic."""

    def process_item(self, item: PollItem) -> PollItem:
        """Scrapy calls this for every poll."""
        keep_each(item, lambda draft: self._match(item, draft))
        return item

    def _match(self, item: PollItem, draft: Draft) -> bool:
        assert draft.document is not None  # noqa: S101  (identify made it)
        matches = self.runtime.matcher.match(draft.document, source=item.due.source.name, host=draft.article.outlet)
        draft.article.matches = [MatchIntent(match, fate="planned") for match in matches]
        return True
