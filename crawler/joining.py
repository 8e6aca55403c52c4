"""Which story an article joins, and what it adds there, around the pure ``stories``: for a poll and an import alike.

A ``Joiner`` works on the articles of one transaction in their order and remembers what those before begin and say, so
that reports of one poll meet each other as they would have met in the archive.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import mul

from crawler.following import frequencies
from crawler.items import Draft
from crawler.meanings import Meanings
from crawler.repeating import reading_of
from crawler.storage import ArticleIntent, Store
from crawler.stories import novelty
from crawler.stories.facts import fingerprints
from crawler.stories.memory import Memory
from crawler.stories.novelty import News
from crawler.stories.repeats import repeats
from crawler.stories.threading import Meant, Outline, join, keys_of
from crawler.text import Document, embedding
from crawler.text.embedding import Vector
from crawler.topics.following import counted, features
from crawler.topics.following.weights import weigh

_FRESH = 1 << 62
"""Stories that begin in this transaction count from here on: whatever is stored is older."""
_MOST_SENTENCES, _MOST_FACTS = 12, 24
_LATELY, _MOST_PLACES, _NEAREST, _CENTRED = timedelta(days=4), 200, 8, 8
"""Articles whose places are compared: of the last days, so many, of which the nearest stories are looked at."""
_PRINTED = 6
"""Articles of an outlet that its recurring sentences are told by."""
_NOT_STORED = 0
"""What a story's memory calls an article that has no number yet."""


@dataclass(slots=True)
class _Begun:
    """A story that begins in this transaction."""

    by: ArticleIntent
    outline: Outline


class Joiner:
    """Finds stories for the articles of one transaction."""

    def __init__(self, store: Store, now: datetime, meanings: Meanings | None = None) -> None:
        self._store = store
        self._meanings = Meanings() if meanings is None else meanings
        self._places: dict[int, list[Vector]] | None = None
        """Where stories' latest articles lie by meaning; read when the first article that has a place comes."""
        self._now = now
        self._begun: dict[int, _Begun] = {}
        self._of: dict[int, int] = {}
        """The story of each article of this transaction, by the article's identity."""
        self._shaped: dict[int, Outline] = {}
        """Outlines of stored stories that articles of this transaction joined."""
        self._found_by: dict[str, set[int]] = {}
        self._merged: dict[int, int] = {}
        """Stories that this transaction found to be others."""
        self._memories: dict[int, tuple[Memory, bytes | None]] = {}
        """What stories have said, and what is stored of it when the next article is."""
        self._printed: dict[str, list[tuple[int, frozenset[int]]]] = {}
        """Story and sentences of each outlet's latest articles, as far as they were asked for."""
        self._told: dict[int, list[ArticleIntent]] = {}
        """Originals of this transaction in each story, as far as nobody remembered them."""

    def join(self, draft: Draft) -> None:
        """Let a new article join a story or begin one; a copy always joins its origin's, whatever it is like."""
        article, draft_features = draft.article, draft.features
        draft.features = None  # nothing later asks
        if article.known_id is not None:
            return
        when = article.published or article.first_seen or self._now
        article.when = min(when, self._now)
        kin = article.copy_of if article.copy_of is not None else next((copy for copy, _ in article.copied_by), None)
        if kin is not None and (story := self._story_of(kin)) is not None:
            self._enter(article, story)
            return
        read_features = draft_features or features(_document(article))
        vector = weigh(read_features, frequencies(self._store, [read_features]))
        if not article.terms:
            article.terms = tuple(counted(read_features))
        article.vector, article.story_keys = vector, tuple(keys_of(vector))
        place = self._meanings.of(article.meaning[1], article.language) if article.meaning is not None else ()
        near = self._nearest(place) if place else []
        candidates = self._candidates(article.story_keys, near)
        meant = Meant(place, {number: self._centre(number) for number in candidates}) if place else None
        found = join(read_features, vector, article.when, candidates, meant)
        if found is None:
            self._begin(article)
            return
        article.joined = found
        article.merges = tuple(number for number in found.merges if number < _FRESH and found.story < _FRESH)
        for other in article.merges:
            candidates[found.story].merge(candidates[other])
            if self._places is not None:
                self._places.setdefault(found.story, []).extend(self._places.pop(other, []))
            self._merged[other] = found.story
        self._enter(article, found.story)
        self._shape(article, found.story, candidates[found.story])
        self._news(article, found.story)

    # -- stories ----------------------------------------------------------------------------------------------

    def _story_of(self, kin: int | ArticleIntent) -> int | None:
        return self._store.articles.story_of(kin) if isinstance(kin, int) else self._of.get(id(kin))

    def _candidates(self, keys: Iterable[str], near: Sequence[int]) -> dict[int, Outline]:
        wanted = list(keys)
        fresh = {self._root(number) for key in wanted for number in self._found_by.get(key, ())}
        fresh.update(near)
        stored = self._store.stories.candidates(wanted)
        stored |= self._store.stories.outlines(number for number in near if number < _FRESH)
        fresh |= {self._root(number) for number in stored if number in self._merged}
        found = {number: outline for number, outline in stored.items() if number not in self._merged}
        found |= {number: self._begun[number].outline for number in fresh if number in self._begun}
        return found | {number: self._shaped[number] for number in (fresh | found.keys()) & self._shaped.keys()}

    def _root(self, number: int) -> int:
        while number in self._merged:
            number = self._merged[number]
        return number

    def _begin(self, article: ArticleIntent) -> None:
        assert article.when is not None  # noqa: S101  (set by join)
        number = _FRESH + len(self._begun)
        outline = Outline(article.when)
        self._begun[number] = _Begun(article, outline)
        self._of[id(article)] = number
        self._told[number] = [article]
        self._shape(article, number, outline)

    def _enter(self, article: ArticleIntent, story: int) -> None:
        self._of[id(article)] = story
        if story >= _FRESH:
            article.begun_by = self._begun[story].by
        else:
            article.story_id = story

    def _shape(self, article: ArticleIntent, story: int, outline: Outline) -> None:
        assert article.vector is not None  # noqa: S101  (set by join)
        assert article.when is not None  # noqa: S101
        outline.add(article.vector, article.when)
        if article.meaning is not None and self._places is not None:
            place = self._meanings.of(article.meaning[1], article.language)
            self._places.setdefault(story, []).append(place)
        if story < _FRESH:
            self._shaped[story] = outline
        for key in article.story_keys:
            self._found_by.setdefault(key, set()).add(story)

    # -- meaning ----------------------------------------------------------------------------------------------

    def _nearest(self, place: Vector) -> list[int]:
        """The stories of the last days whose articles lie nearest by meaning."""
        if self._places is None:
            self._places = {}
            lately = self._store.stories.places(embedding.MODEL, self._now - _LATELY, _MOST_PLACES)
            for story, language, stored in lately:
                self._places.setdefault(story, []).append(self._meanings.of(stored, language))
        found = {story: max(sum(map(mul, place, each)) for each in places) for story, places in self._places.items()}
        nearest = sorted(found, key=lambda story: (-found[story], story))[:_NEAREST]
        return list(dict.fromkeys(self._root(story) for story in nearest))

    def _centre(self, story: int) -> Vector:
        places = (self._places or {}).get(story, [])[:_CENTRED]
        return embedding.unit(embedding.mean(places)) if places else ()

    # -- what is new ------------------------------------------------------------------------------------------

    def _news(self, article: ArticleIntent, story: int) -> None:
        """Ask what an article adds to the articles before it; a story's first is not asked, it is all new."""
        memory, before = self._memory(story)
        memory.merge(self._memory(other)[0] for other in article.merges)
        reading = reading_of(article, self._now)
        found = novelty.news(reading, memory)
        if found.ranked() and (recurring := self._recurring(article.outlet, story)):
            found = novelty.news(reading, memory, recurring=recurring)
        article.repeats = repeats(reading, found, memory)
        article.news = as_json(found, article)
        memory.remember(_NOT_STORED, reading, [one.newness for one in found.sentences])
        article.memory, article.memory_before = memory.dump(), before
        self._memories[story] = (memory, article.memory)

    def _recurring(self, outlet: str, story: int) -> frozenset[int]:
        """Sentences that an outlet prints whatever it reports: two of its latest other stories have them."""
        if outlet not in self._printed:
            numbers = self._store.stories.printed_lately(outlet, _PRINTED) if outlet else []
            self._printed[outlet] = [
                (each.story_id, fingerprints(Document("", each.text, each.language)))
                for each in self._store.articles.get(numbers).values()
            ]
        by_story: dict[int, frozenset[int]] = {}
        for other, said in self._printed[outlet]:
            if other != story:
                by_story[other] = by_story.get(other, frozenset()) | said
        seen = Counter(number for said in by_story.values() for number in said)
        return frozenset(number for number, times in seen.items() if times > 1)

    def _memory(self, story: int) -> tuple[Memory, bytes | None]:
        if story not in self._memories:
            stored = self._store.stories.memory(story) if story < _FRESH else None
            self._memories[story] = (self._remembered(story, stored), stored)
        return self._memories[story]

    def _remembered(self, story: int, stored: bytes | None) -> Memory:
        """What a story has said: as stored, or read now from its articles, when its second one comes."""
        try:
            memory, stale = (Memory(), True) if stored is None else (Memory.load(stored), False)
        except ValueError:  # written by another version of Tidings
            memory, stale = Memory(), True
        if stale and story < _FRESH:
            for number, known in self._store.articles.get(self._store.stories.originals(story)).items():
                memory.remember(number, reading_of(known, self._now))
        for begun in self._told.pop(story, ()):
            memory.remember(_NOT_STORED, reading_of(begun, self._now))
        return memory


def as_json(found: News, article: ArticleIntent) -> list[dict[str, object]]:
    """The sentences that are announced, the newest first, each with its place, its words and the new facts in it."""
    told = []
    for one in found.ranked()[:_MOST_SENTENCES]:
        text = article.title if one.field == "title" else article.text
        facts = [
            {"kind": fact.kind, "start": fact.start, "end": fact.end, "form": text[fact.start : fact.end]}
            for fact in found.facts
            if fact.field == one.field and one.start <= fact.start < one.end
        ]
        told.append(
            {
                "field": one.field,
                "start": one.start,
                "end": one.end,
                "text": text[one.start : one.end],
                "newness": round(one.newness, 3),
                "facts": facts[:_MOST_FACTS],
            }
        )
    return told


def _document(article: ArticleIntent) -> Document:
    return Document(article.title, article.text, article.language)
