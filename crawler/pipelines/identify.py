"""Identify: which drafts are new articles, which change one, which are known."""

from __future__ import annotations

from crawler.dedupe.identity import Verdict, unrelated
from crawler.items import Draft, PollItem
from crawler.pipelines.known import Known, candidate, judge, look_up
from crawler.pipelines.stage import Stage, keep_each
from crawler.storage import Sighting
from crawler.text import Document, detect_language

_RICHER = 1.2
"""A text this much longer than the stored one is worth a version even from another source of the outlet; a different
teaser is not, or two sections' teasers would replace each other."""


class Identify(Stage):
    """Keep the drafts that are articles of their own or change one; the others are sightings of known articles."""

    def process_item(self, item: PollItem) -> PollItem:
        """Scrapy calls this for every poll. Nothing waits from here to the store."""
        kept: list[Draft] = []
        keep_each(item, lambda draft: self._identify(item, draft, kept))
        return item

    def _identify(self, item: PollItem, draft: Draft, kept: list[Draft]) -> bool:
        if any(_same_here(draft, earlier) for earlier in kept):
            return False
        known = look_up(self.runtime.store, draft)
        verdict = Verdict.NEW if known is None else self._judge(known, draft, item)
        if known is not None and verdict is Verdict.SAME:
            item.sightings.append(Sighting(known.id, draft.article.link, draft.article.keys))
            return False
        if known is not None and verdict is Verdict.CHANGED:
            _become_version(draft, known)
        _read(draft)
        kept.append(draft)
        return True

    def _judge(self, known: Known, draft: Draft, item: PollItem) -> Verdict:
        verdict = judge(known, draft)
        if verdict is not Verdict.CHANGED or known.article is None:
            return verdict
        if self.runtime.store.articles.version_source(known.id) == item.due.id:
            return verdict
        return verdict if len(draft.article.text) > _RICHER * len(known.article.text) else Verdict.SAME


def _same_here(draft: Draft, earlier: Draft) -> bool:
    """Two entries of one document are one article, unless they share a link and not a word (a page of anchors)."""
    shared = {key for _, key in draft.article.keys} & {key for _, key in earlier.article.keys}
    return bool(shared) and not unrelated(candidate(draft), candidate(earlier))


def _become_version(draft: Draft, known: Known) -> None:
    article = draft.article
    article.known_id = known.id
    if known.article is not None and article.text_from == "teaser" and known.article.text_from == "page":
        # The page could not be read this time; the text that is there is better than the teaser.
        article.text, article.text_from = known.article.text, known.article.text_from


def _read(draft: Draft) -> None:
    """Tell the language and read the text, once for all stages that follow."""
    article = draft.article
    article.language = detect_language(f"{article.title}\n{article.text}", article.language)
    draft.document = Document(article.title, article.text, article.language)
