"""Places by meaning around storage: of articles, made once and kept, and the middle of each language."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

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
        return embedding.embed([embedding.beginning(document.title, document.text)])[0] if self else ()


def middles(store: Store) -> Meanings:
    """The middles of the languages, from the places that are stored."""
    by_language = store.following.places(embedding.MODEL, _MOST)
    known = {language: embedding.mean(each) for language, each in by_language.items() if len(each) >= _LEAST}
    everything = [vector for vectors in by_language.values() for vector in vectors]
    return Meanings(known | ({"": embedding.mean(everything)} if len(everything) >= _LEAST else {}))


def prepare(store: Store) -> Meanings:
    """Look at some articles of each language of the archive, once, so that its middle is known.

    Takes 25 ms of computing for each, some seconds in all, when the first topic asks for meaning.
    """
    wanted = [
        (number, language, title)
        for language in store.following.languages(_LANGUAGES)
        for number, title in store.following.not_placed(embedding.MODEL, language, _SAMPLE)
    ]
    if wanted:
        _log.info("looking at %d articles for where their languages lie by meaning", len(wanted))
        vectors = embedding.embed([title for _, _, title in wanted])
        places = [(number, language, vector) for (number, language, _), vector in zip(wanted, vectors, strict=True)]
        store.following.embed_all(embedding.MODEL, places)
    return middles(store)
