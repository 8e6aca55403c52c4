"""Extract: from entries to drafts of articles with their text, from the feed or from the page behind the link."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import scrapy
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from crawler.answers import explain_failure, explain_status
from crawler.context import META, current
from crawler.deciding import candidate, judge, look_up
from crawler.dedupe import urls
from crawler.dedupe.identity import Candidate, Verdict, entry_hash, keys, twins
from crawler.errors import SourceError
from crawler.extractors import Extracted, feed_body, is_teaser
from crawler.items import Draft, PollItem
from crawler.model import Entry, Source
from crawler.pipelines.stage import Stage
from crawler.placing import place
from crawler.storage import ArticleIntent, StoredArticle

_log = logging.getLogger(__name__)
_MOST_PAGES = 50
"""Pages fetched for one poll; a source that brings more at once is told by its teasers."""

_MOST_MISSED = 3
"""Pages in a row that do not come, after which a poll asks for no more of them."""
_ASKED_AGAIN_FOR = timedelta(hours=6)
"""How long after an article was first seen its page is asked for again when it did not come (timeout, 429, 5xx)."""


class Extract(Stage):
    """Make a draft of every entry that this source did not carry in just these words before."""

    async def process_item(self, item: PollItem) -> PollItem:
        """Scrapy calls this for every poll."""
        source = item.due.source
        hashes = {entry_hash(entry): entry for entry in reversed(item.document.entries)}
        known = self.runtime.store.articles.seen(item.due.id, hashes)
        item.seen = list(hashes)
        for number, entry in hashes.items():
            if number in known:
                continue
            try:
                item.drafts.append(_draft(source, entry, number))
            except Exception:  # noqa: BLE001  (one entry must not cost the others; it is logged with its traceback)
                _log.exception("%s: this entry could not be worked on and is left out", entry.link or entry.title)
                item.seen.remove(number)
                item.progress.gaps = True
        await self._read_pages(item)
        _ask_again(item)
        # Before anything is decided, so that no other poll is stored between the decisions about these.
        await place(self.runtime, item.drafts, source.name)
        return item

    async def _read_pages(self, item: PollItem) -> None:
        # What a new source holds was there before anybody asked: it is archived as the feed tells it, and its host is
        # spared a page for each.
        if item.due.source.pages == "never" or item.due.first_poll:
            return
        wanted = [draft for draft in item.drafts if self._wants_page(item.due.source, draft)]
        missed = 0
        left = _MOST_PAGES - item.progress.pages
        item.progress.pages += len(wanted[:left])
        for draft in wanted[:left]:
            if missed == _MOST_MISSED:
                draft.page_later, draft.article.page_error = True, "not fetched: the pages before did not come"
                continue
            await self._read_page(draft)
            missed = missed + 1 if draft.page_later else 0
        _give_up(wanted[left:])

    def _wants_page(self, source: Source, draft: Draft) -> bool:
        if not urls.is_web_url(draft.entry.link):
            return False
        if source.pages != "always" and not is_teaser(draft.entry):
            return False
        known = look_up(self.runtime.store, draft)
        if known is None or known.article is None:
            return known is None
        return judge(known, draft) is not Verdict.SAME or self._still_missed(known.article)

    def _still_missed(self, article: StoredArticle) -> bool:
        waits = article.text_from == "teaser" and bool(article.page_error)
        return waits and self.runtime.clock() - article.first_seen < _ASKED_AGAIN_FOR

    async def _read_page(self, draft: Draft) -> None:
        engine = self.crawler.engine
        assert engine is not None  # noqa: S101  (there is an item, so there is an engine)
        request = scrapy.Request(draft.article.link, callback=NO_CALLBACK, dont_filter=True, meta={META: current()})
        try:
            response = await engine.download_async(request)
        except Exception as error:  # noqa: BLE001  (whatever it was, the teaser remains)
            draft.article.page_error = explain_failure(error, request.url)
            draft.page_later = not isinstance(error, IgnoreRequest)
            return
        if response.status != 200:  # noqa: PLR2004
            draft.article.page_error = explain_status(response)
            draft.page_later = response.status == 429 or response.status >= 500  # noqa: PLR2004
            return
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        try:
            found = await self.runtime.parsers.page(response.url, response.body, content_type)
        except SourceError as error:
            draft.article.page_error = error.says
            return
        if found is None:
            draft.article.page_error = "no article text was found on the page"
        elif _take_page(draft.article, found) and found.canonical and not self._is_anothers(draft, found.canonical):
            _take_address(draft.article, found.canonical)

    def _is_anothers(self, draft: Draft, address: str) -> bool:
        """An article of other words stands at that address: a template gives it as every page's own."""
        articles = self.runtime.store.articles
        known = articles.get(articles.known(number for _, number in _named(address)).values()).values()
        return urls.is_home(address) or any(
            not twins(candidate(draft), Candidate(other.title, other.text, other.guid)) for other in known
        )


def _draft(source: Source, entry: Entry, number: int) -> Draft:
    found = feed_body.extract(entry)
    outlet = urls.outlet(entry.link) or urls.outlet(source.url)
    article = ArticleIntent(
        title=entry.title,
        text=found.text,
        link=entry.link,
        url=urls.canonical(entry.link) if entry.link else source.url,
        text_from="teaser" if is_teaser(entry) else "feed",
        summary=entry.summary,
        author=entry.author,
        language=entry.language or source.language,
        published=entry.published or entry.updated,  # Atom asks for the second only
        updated=entry.updated,
        outlet=outlet,
        guid=entry.guid,
        categories=entry.categories,
        enclosures=entry.enclosures,
        keys=keys(entry, source.url, outlet).pairs(),
    )
    return Draft(entry, number, article)


def _take_page(article: ArticleIntent, found: Extracted) -> bool:
    """Let the page's text be the article's, if it is longer than the feed's; whether it was."""
    if len(found.text) <= len(article.text):
        return False
    article.text, article.text_from = found.text, "page"
    article.title = article.title or found.title
    article.author = article.author or found.author
    article.published = article.published or found.published
    article.language = article.language or found.language
    return True


def _take_address(article: ArticleIntent, address: str) -> None:
    """The page says where it stands; it is found by that address too from now on."""
    article.url = urls.canonical(address)
    article.keys = tuple(dict.fromkeys((*article.keys, *_named(address))))


def _named(address: str) -> tuple[tuple[str, int], ...]:
    return keys(Entry(link=address), "", "").pairs()


def _ask_again(item: PollItem) -> None:
    """Entries whose pages did not come this time are not done with: the next poll is to see them again."""
    later = {draft.entry_hash for draft in item.drafts if draft.page_later}
    if later:
        item.seen = [number for number in item.seen if number not in later]
        item.progress.again = item.progress.gaps = True
    if item.progress.again:
        item.fetched = replace(item.fetched, etag="", last_modified="", body_hash="")


def _give_up(drafts: Iterable[Draft]) -> None:
    for draft in drafts:
        draft.article.page_error = f"not fetched: more than {_MOST_PAGES} pages were new at once"
