"""Places by meaning around storage: of articles, made once and kept, and the middle of each language."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from functools import lru_cache

from crawler.storage import Store
from crawler.text import Document, embedding
from crawler.text.embedding import Vector

_log = logging.getLogger(__name__)
_LEAST = 10
"""Articles whose mean is the middle of a language; with fewer it is that of all languages."""
_SAMPLE = 24
"""Articles of a language that are looked at for it where fewer have been compared."""
_LANGUAGES = 12
_MOST = 200
_BATCH = 8
"""Articles in one call of the model."""
_KEPT = 128
"""Texts whose places are kept in memory: the examples of all topics are read anew whenever one is taught."""


@dataclass(slots=True)
class Meanings:
    """Places around the middles of their languages; says nothing while the archive has too little for a middle."""

    middles: dict[str, Vector] = field(default_factory=dict)
    """Language → its middle; under an empty text that of all."""

    def __bool__(self) -> bool:
        return "" in self.middles

    def of(self, vector: Vector, language: str) -> Vector:
        """A place around the middle of its language; empty where there is no middle yet."""
        middle = self.middles.get(language, self.middles.get("", ()))
        return embedding.centred(vector, middle) if vector and middle else ()

    def read(self, document: Document) -> Vector:
        """An article's place as the model gives it; empty while there is nothing to compare it around."""
        return _place(embedding.beginning(document.title, document.text)) if self else ()


@lru_cache(maxsize=_KEPT)
def _place(text: str) -> Vector:
    return embedding.embed([text])[0]


def middles(store: Store) -> Meanings:
    """The middles of the languages, from the places that are stored."""
    by_language = store.following.places(embedding.MODEL, _MOST)
    known = {language: embedding.mean(each) for language, each in by_language.items() if len(each) >= _LEAST}
    everything = [vector for vectors in by_language.values() for vector in vectors]
    return Meanings(known | ({"": embedding.mean(everything)} if len(everything) >= _LEAST else {}))


async def prepare(store: Store) -> bool:
    """Look at some articles of each language of the archive, once, so that its middle is known; whether any were.

    Takes 25 ms of computing for each, some seconds in all, in a thread: the loop goes on meanwhile.
    """
    wanted = [
        (number, language, title)
        for language in store.following.languages(_LANGUAGES)
        for number, title in store.following.not_placed(embedding.MODEL, language, _SAMPLE)
    ]
    if wanted:
        _log.info("looking at %d articles for where their languages lie by meaning", len(wanted))
    for start in range(0, len(wanted), _BATCH):
        batch = wanted[start : start + _BATCH]
        vectors = await asyncio.to_thread(embedding.embed, [title for _, _, title in batch])
        places = [(number, language, vector) for (number, language, _), vector in zip(batch, vectors, strict=True)]
        store.following.embed_all(embedding.MODEL, places)
    return bool(wanted)
