"""Where articles lie by meaning, found in a thread before they are decided on: the loop goes on meanwhile.

Only for articles that a topic with ``semantic = true`` takes by its query, or that are near to what such a topic
follows: a place costs 25 to 100 ms of computing. Without such a topic, or the extra, nothing is done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from crawler.items import Draft
from crawler.runtime import Runtime
from crawler.text import Document, detect_language, embedding
from crawler.topics.following import features

_BATCH = 8
"""Articles in one call: the model's thread holds half a second of computing, and nothing else waits for it."""


async def place(runtime: Runtime, drafts: Sequence[Draft], source: str) -> None:
    """Give drafts that ask for it their places."""
    wanted = [draft for draft in drafts if _asks(runtime, draft, source)]
    for start in range(0, len(wanted), _BATCH):
        batch = wanted[start : start + _BATCH]
        _set(batch, await asyncio.to_thread(embedding.embed, _beginnings(batch)))


def place_now(runtime: Runtime, draft: Draft, source: str) -> None:
    """The same for one draft, where no loop has to go on."""
    if _asks(runtime, draft, source):
        _set([draft], embedding.embed(_beginnings([draft])))


def _asks(runtime: Runtime, draft: Draft, source: str) -> bool:
    if not runtime.meanings:
        return False
    article = draft.article
    language = detect_language(f"{article.title}\n{article.text}", article.language)
    document = Document(article.title, article.text, language)
    if runtime.follower.near(features(document), by_meaning=True):
        return True
    taken = runtime.matcher.match(document, source=source, host=article.outlet, author=article.author, url=article.url)
    return any(runtime.topics[match.topic].semantic for match in taken)


def _beginnings(drafts: Sequence[Draft]) -> list[str]:
    return [embedding.beginning(draft.article.title, draft.article.text) for draft in drafts]


def _set(drafts: Sequence[Draft], places: Sequence[embedding.Vector]) -> None:
    for draft, found in zip(drafts, places, strict=True):
        draft.place = found
