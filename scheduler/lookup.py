"""Which stored article a person means: by number, by any form of its address, by its guid."""

from __future__ import annotations

from crawler.dedupe import identity, urls
from crawler.model import Entry
from crawler.storage import Store, StoredArticle


def known_number(store: Store, asked: str) -> int | None:
    """The number of the article that was seen under an address or guid, even if it was deleted since."""
    keys = [identity.keys(Entry(link=asked), "", "").url]
    keys += [identity.keys(Entry(guid=asked), source.url, "").guid for source in store.traces.sources()]
    known = store.articles.known(key for key in keys if key is not None)
    return next((known[key] for key in keys if key in known), None)


def stored_article(store: Store, asked: str) -> StoredArticle | None:
    """The article with a number, an address in whatever form, or a guid; ``None`` when it is not in the archive."""
    asked = asked.strip()
    article = store.articles.find(asked) or store.articles.find(urls.canonical(asked))
    if article is not None or asked.isdecimal():
        return article
    number = known_number(store, asked)
    return None if number is None else store.articles.get([number]).get(number)
