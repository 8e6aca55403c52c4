"""A look at the page of an article that was told: is it there, and does it say otherwise? Around ``dedupe.changes``."""

from __future__ import annotations

import logging
from dataclasses import replace

from scrapy.http import Response

from crawler import revisits
from crawler.answers import explain_status
from crawler.deciding import match_topics
from crawler.dedupe import urls
from crawler.dedupe.changes import difference, material, shrunk
from crawler.dedupe.identity import Candidate, twins
from crawler.errors import SourceError
from crawler.extractors import Extracted
from crawler.items import Draft
from crawler.model import Change, DueLook, Entry
from crawler.planning import Planner
from crawler.runtime import Runtime
from crawler.storage import ArticleIntent, LookIntent, StoredArticle
from crawler.text import Document

_log = logging.getLogger(__name__)
_CUT = "most of the text was not there: a wall stands before it, or the page was broken"


async def take(runtime: Runtime, due: DueLook, response: Response) -> None:
    """Judge what came for an article's page, and store it.

    Raises:
        StorageError: it could not be stored; the look is due as before.
    """
    kept = _kept(runtime, due)
    article = runtime.store.articles.get([due.article_id]).get(due.article_id)
    if article is None:
        runtime.store_look(due, replace(kept, next_look=None))
    elif response.status in revisits.MISSING:
        runtime.store_look(due, _missing(runtime, due, article, f"its page answers HTTP {response.status}"))
    elif urls.is_home(response.url) and not urls.is_home(article.link):
        runtime.store_look(due, _missing(runtime, due, article, "its address leads to the front page"))
    elif response.status == 304:  # noqa: PLR2004
        runtime.store_look(due, replace(kept, missing_since=None))
    elif response.status != 200:  # noqa: PLR2004
        runtime.store_look(due, replace(kept, error=explain_status(response)))
    else:
        await _compare(runtime, due, response)


def _kept(runtime: Runtime, due: DueLook) -> LookIntent:
    """A look that changed nothing but when the next one is."""
    now = runtime.clock()
    return LookIntent(
        due.article_id,
        now,
        revisits.after(due.first_seen, now, link=due.source.url),
        etag=due.etag,
        last_modified=due.last_modified,
        missing_since=due.missing_since,
        title=due.title,
        text=due.text,
    )


def _missing(runtime: Runtime, due: DueLook, article: StoredArticle, says: str) -> LookIntent:
    now = runtime.clock()
    found = revisits.missing(due.first_seen, due.missing_since, now, link=due.source.url)
    intent = replace(_kept(runtime, due), next_look=found.at, missing_since=found.missing_since, error=says)
    if not found.gone:
        return intent
    gone = Change("gone", "text", "", "", f"the article was taken away: {says}")
    version = _version(article, article.title, article.text, (gone,))
    return _planned(runtime, replace(intent, article=version))


async def _compare(runtime: Runtime, due: DueLook, response: Response) -> None:
    """Read the page, and compare it once it is our turn, with the article as it is then."""
    kept = replace(_kept(runtime, due), missing_since=None)
    content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
    found, says = None, "no article text was found on the page"
    try:
        found = await runtime.parsers.page(response.url, response.body, content_type)
    except SourceError as error:
        says = error.says
    async with runtime.turn.hold():
        article = runtime.store.articles.get([due.article_id]).get(due.article_id)
        if article is None:
            runtime.store_look(due, replace(kept, next_look=None))
        elif found is None:
            runtime.store_look(due, replace(kept, error=says))
        else:
            runtime.store_look(due, _compared(runtime, due, article, found, response))


def _compared(
    runtime: Runtime, due: DueLook, article: StoredArticle, found: Extracted, response: Response
) -> LookIntent:
    kept = replace(_kept(runtime, due), missing_since=None)
    known = due.text if due.text is not None else article.text
    if not twins(Candidate(article.title, known), Candidate(found.title or article.title, found.text)):
        if response.url != article.link:
            return _missing(runtime, due, article, "its address leads to another page")
        return replace(kept, error="another text stands at its address")
    seen = replace(
        kept,
        etag=(response.headers.get("ETag") or b"").decode("latin-1"),
        last_modified=(response.headers.get("Last-Modified") or b"").decode("latin-1"),
    )
    return _judged(runtime, due, article, found, seen)


def _judged(runtime: Runtime, due: DueLook, article: StoredArticle, found: Extracted, seen: LookIntent) -> LookIntent:
    """The page's text beside what it said before, or beside the feed's text where it is looked at first."""
    title, text = due.title, due.text
    before = Document(found.title if title is None else title, article.text if text is None else text, article.language)
    first = due.text is None and article.text_from != "page"
    now = Document(found.title, found.text, article.language)
    if not first and shrunk(before, now):
        return replace(seen, etag="", last_modified="", error=_CUT)
    found_now = material(before, now, partial=first)
    changes = tuple(change for change in found_now if _is_untold(change, article))
    if found_now and not changes:
        return replace(seen, title=found.title, text=found.text)
    if not changes:
        return replace(seen, title=before.title, text=found.text if first else due.text)
    moved = any(change.field == "title" for change in changes)
    version = _version(article, found.title if moved else article.title, found.text, changes)
    version.text_from = "page"
    version.difference = difference(before.text, now.text, article.language)
    draft = Draft(Entry(), 0, version, Document(version.title, version.text, article.language))
    match_topics(runtime, draft, article.source)
    return _planned(runtime, replace(seen, title=found.title, text=None, article=version))


def _is_untold(change: Change, article: StoredArticle) -> bool:
    """Whether the article as it is stored does not say so yet: its feed may have told the change before its page."""
    stands = article.title if change.field == "title" else article.text
    return change.after not in stands if change.after else change.before in stands


def _version(article: StoredArticle, title: str, text: str, changes: tuple[Change, ...]) -> ArticleIntent:
    """A later version of a stored article; what is not told here stays as it was."""
    return ArticleIntent(
        title=title,
        text=text,
        link=article.link,
        url=article.url,
        text_from=article.text_from,
        summary=article.summary,
        author=article.author,
        language=article.language,
        published=article.published,
        outlet=article.outlet,
        guid=article.guid,
        first_seen=article.first_seen,
        known_id=article.id,
        changes=changes,
    )


def _planned(runtime: Runtime, intent: LookIntent) -> LookIntent:
    """The look with whom its new version is told to."""
    assert intent.article is not None  # noqa: S101  (it is called for those that have one)
    Planner(runtime, intent.now).plan(intent.article, archived=False)
    says = "; ".join(change.says for change in intent.article.changes)
    _log.info("article %d changed: %s", intent.article_id, says[:500])
    return replace(intent, source_id=runtime.store.articles.version_source(intent.article_id))
