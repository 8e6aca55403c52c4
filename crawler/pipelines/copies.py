"""Copies: which new articles repeat a text that another outlet published before."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from crawler.dedupe.copies import Piece, judge, later_copies
from crawler.dedupe.fingerprints import sample, words
from crawler.items import Draft, PollItem
from crawler.pipelines.stage import Stage, keep_each
from crawler.storage import ArticleIntent, StoredArticle


class Copies(Stage):
    """Let copies point at their origin."""

    def process_item(self, item: PollItem) -> PollItem:
        """Scrapy calls this for every poll."""
        now = self.runtime.clock()
        # Articles of one poll may copy each other where the source is an aggregator; unstored ones get numbers below 0.
        fresh: dict[int, tuple[Piece, ArticleIntent]] = {}
        keep_each(item, lambda draft: self._judge(draft, now, fresh))
        return item

    def _judge(self, draft: Draft, now: datetime, fresh: dict[int, tuple[Piece, ArticleIntent]]) -> bool:
        article = draft.article
        if article.known_id is not None:
            return True
        article.shingles = sample(words(article.title), words(article.text))
        piece = Piece(
            id=-1 - len(fresh),
            outlet=article.outlet,
            title=article.title,
            text=article.text,
            first_seen=now,
            published=article.published,
        )
        stored = self._candidates(article)
        found = judge(piece, [*stored, *(earlier for earlier, _ in fresh.values())])
        if found is not None:
            article.copy_of = found.origin if found.origin >= 0 else fresh[found.origin][1]
            article.copy_score = found.score
            piece = replace(piece, copy_of=found.origin)
        else:
            article.copied_by = tuple((copy.origin, copy.score) for copy in later_copies(piece, stored))
        fresh[piece.id] = (piece, article)
        return True

    def _candidates(self, article: ArticleIntent) -> list[Piece]:
        articles = self.runtime.store.articles
        stored = articles.get(articles.sharing(article.shingles))
        roots = {found.copy_of for found in stored.values() if found.copy_of is not None} - stored.keys()
        return [_piece(found) for found in (stored | articles.get(roots)).values()]


def _piece(article: StoredArticle) -> Piece:
    return Piece(
        id=article.id,
        outlet=article.outlet,
        title=article.title,
        text=article.text,
        first_seen=article.first_seen,
        published=article.published,
        copy_of=article.copy_of,
    )
