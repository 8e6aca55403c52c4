"""Is a draft a known article? The look-up in storage around ``dedupe.identity.decide``."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.dedupe.identity import Candidate, Key, KnownArticle, Verdict, decide
from crawler.items import Draft
from crawler.storage import Store, StoredArticle


@dataclass(frozen=True, slots=True)
class Known:
    """The article that one of a draft's keys found; ``article`` is None when retention deleted it."""

    id: int
    by: Key
    article: StoredArticle | None


def look_up(store: Store, draft: Draft) -> Known | None:
    """Find a stored article by the most trusted of a draft's keys."""
    found = store.articles.known(key for _, key in draft.article.keys)
    for kind, key in draft.article.keys:
        if key in found:
            return Known(found[key], Key(kind), store.articles.get([found[key]]).get(found[key]))
    return None


def judge(known: Known, draft: Draft) -> Verdict:
    """Decide, comparing like with like: a teaser with the teaser that was there, a text with the text."""
    stored = known.article
    if stored is None:
        return decide(None, known.by, candidate(draft))
    as_teaser = draft.article.text_from == "teaser" and stored.text_from in ("teaser", "page") and bool(stored.summary)
    before = KnownArticle(
        title=stored.title,
        text=stored.summary if as_teaser else stored.text,
        guid=stored.guid,
        published=stored.published,
        url=stored.url,
        id=stored.id,
    )
    text = (draft.article.summary or draft.article.text) if as_teaser else draft.article.text
    return decide(before, known.by, candidate(draft, text))


def candidate(draft: Draft, text: str | None = None) -> Candidate:
    """A draft as ``dedupe.identity`` compares it."""
    article = draft.article
    return Candidate(
        article.title, article.text if text is None else text, article.guid, article.published, article.url
    )
