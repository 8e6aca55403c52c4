"""Topics that follow by example, around the pure ``topics.following``: files and stored articles in, verdicts out.

Everything that an article's verdict needs of the archive (how common its terms are) is looked up here, and only for
articles that are near to what some topic follows.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from crawler.dedupe import urls
from crawler.errors import ExampleError
from crawler.items import Draft
from crawler.meanings import Meanings, middles
from crawler.meanings import prepare as look_at_languages
from crawler.model import Match, Topic
from crawler.runtime import Runtime
from crawler.storage import Store, StoredArticle, StoredExample
from crawler.text import Document, detect_language, embedding
from crawler.text.embedding import Vector
from crawler.topics import Matcher, compile_topic
from crawler.topics.following import (
    LINES,
    Example,
    Features,
    Follower,
    Frequencies,
    Judgement,
    Profile,
    Taught,
    Verdict,
    counted,
    features,
    line_after,
)

_log = logging.getLogger(__name__)
_LONGEST = 2_000_000
"""Bytes of an example's file; news is a hundredth of it."""
_COUNTED_FIRST = 2_000
"""Articles of an archive that is there already whose terms are counted when the first topic follows by example."""
_MOST_EVIDENCE = 20
_RANKED_OUT = 0.75
"""A query's match that scores no more has as much of what was refused as half of such articles have of a story."""


# -- examples into the database -----------------------------------------------------------------------------------


def sync(runtime: Runtime) -> None:
    """Make the stored examples agree with the settings, and follow them from now on; what cannot be read is told."""
    store, now, topics = runtime.store, runtime.clock(), runtime.config.topics
    store.following.forget_examples({topic.name: topic.examples for topic in topics})
    for topic in topics:
        there = {each.reference for each in store.following.examples(topic.name)}
        for reference in topic.examples:
            try:
                example = read(store, topic.name, reference, runtime.config.path.parent)
            except ExampleError as error:
                if reference not in there:  # else it is followed as it was read before
                    _log.warning("topic %s: %s", topic.name, error)
            else:
                store.following.keep_example(example, now)
    load(runtime)


def read(store: Store, topic: str, reference: str, folder: Path) -> StoredExample:
    """An example from a file, or from an article of the archive; raises ExampleError."""
    if urls.is_web_url(reference):
        article = store.articles.find(reference) or store.articles.find(urls.canonical(reference))
        if article is None:
            says = f"is not in the archive; tidings topics follow {topic!r} {reference} fetches it"
            raise ExampleError(reference, says)
        return example_of(topic, reference, article)
    return read_file(topic, reference, folder / Path(reference).expanduser())


def examples_now(store: Store, topic: Topic, folder: Path) -> list[StoredExample]:
    """A topic's examples as settings name them, whether the service has read them or not; raises ExampleError."""
    there = {each.reference: each for each in store.following.examples(topic.name)}
    return [there.get(each) or read(store, topic.name, each, folder) for each in topic.examples]


def example_of(topic: str, reference: str, article: StoredArticle) -> StoredExample:
    """A stored article as an example."""
    when = article.published or article.first_seen
    return StoredExample(topic, reference, article.title, article.text, article.language, when)


def read_file(topic: str, reference: str, path: Path) -> StoredExample:
    """An example from a text file: its first line the title, then the text. Raises ExampleError."""
    try:
        if path.stat().st_size > _LONGEST:
            raise ExampleError(reference, f"has more than {_LONGEST:,} bytes; one article has to be in it")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ExampleError(reference, f"cannot be read ({error.strerror}); write a file beside settings.toml") from None
    except ValueError:
        raise ExampleError(reference, "is not text in UTF-8; save it as plain text") from None
    title, _, rest = text.strip().partition("\n")
    if not title.strip():
        raise ExampleError(reference, "is empty; write the article's title into its first line, and then its text")
    return StoredExample(topic, reference, " ".join(title.split()), rest.strip(), detect_language(text), None)


# -- the follower -------------------------------------------------------------------------------------------------


def load(runtime: Runtime) -> None:
    """Take what is followed from the database."""
    store = runtime.store
    runtime.following_mark = store.following.changed()
    runtime.meanings = middles(store) if _asks_for_meaning(runtime) else Meanings()
    runtime.follower = follower(store, runtime.config.topics, runtime.meanings)
    taught = [topic for topic in runtime.config.topics if topic.name in store.following.taught()]
    runtime.taught = {topic.name: found for topic in taught if (found := teaching(store, topic)) is not None}


async def prepare(runtime: Runtime) -> None:
    """Find by meaning, in a thread, where languages of the archive lie that are new to it; then load again."""
    if not _asks_for_meaning(runtime) or not await look_at_languages(runtime.store):
        return
    known = middles(runtime.store)
    for topic in runtime.config.topics:
        for example in runtime.store.following.examples(topic.name) if topic.semantic else ():
            await asyncio.to_thread(known.read, Document(example.title, example.text, example.language))
    load(runtime)


def _asks_for_meaning(runtime: Runtime) -> bool:
    return embedding.available() and any(topic.semantic for topic in runtime.config.topics)


def follower(store: Store, topics: Iterable[Topic], meanings: Meanings) -> Follower:
    """The topics that have examples, as they stand in the database."""
    profiles = [profile(store, topic, meanings if topic.semantic else Meanings()) for topic in topics]
    kept = [each for each in profiles if each.examples]
    return Follower(kept, frequencies(store, (each.features for one in kept for each in one.everything)))


def profile(
    store: Store, topic: Topic, meanings: Meanings | None = None, examples: Sequence[StoredExample] | None = None
) -> Profile:
    """What a topic follows by example, as it stands in the database; with other ``examples`` where they are given."""
    following, meanings = store.following, Meanings() if meanings is None else meanings
    said = following.judgements(topic.name)
    articles = store.articles.get([*following.drift(topic.name), *(each.article_id for each in said)])
    placed = following.embeddings(embedding.MODEL, articles) if meanings else {}

    def stored(article: StoredArticle) -> Example:
        place = placed[article.id].vector if article.id in placed else meanings.read(document(article))
        when = article.published or article.first_seen
        return Example(features(document(article)), when, meanings.of(place, article.language))

    def given(example: StoredExample) -> Example:
        read = Document(example.title, example.text, example.language)
        return Example(features(read), example.published, meanings.of(meanings.read(read), example.language))

    return Profile(
        topic.name,
        line_after(LINES[topic.follow], [Judgement(each.belongs, each.score) for each in said]),
        tuple(given(each) for each in (following.examples(topic.name) if examples is None else examples)),
        tuple(stored(articles[number]) for number in following.drift(topic.name) if number in articles),
        tuple(stored(articles[each.article_id]) for each in said if each.belongs and each.article_id in articles),
        tuple(stored(articles[each.article_id]) for each in said if not each.belongs and each.article_id in articles),
    )


def teaching(store: Store, topic: Topic) -> Taught | None:
    """What was said of the articles of a topic that has a query and no examples; None where nothing was."""
    found = profile(store, topic)
    if found.examples or not (found.yes or found.no):
        return None
    return Taught(found, frequencies(store, (each.features for each in found.everything)))


def document(article: StoredArticle) -> Document:
    """A stored article as the stages read it."""
    return Document(article.title, article.text, article.language)


def frequencies(store: Store, read: Iterable[Features]) -> Frequencies:
    """How common the terms of some articles are in the archive."""
    return Frequencies(store.following.counts(term for each in read for term in counted(each)))


# -- articles -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Followed:
    """What examples and answers say of one article."""

    verdicts: dict[str, Verdict]
    meaning: tuple[str, Vector] | None
    """The model, and where it places the article, if it was asked."""
    terms: tuple[str, ...]
    """What the article adds one to, for how common terms are."""
    rank: Callable[[str], float]
    """The score of a topic's query in this article: 1, or less where answers speak against it."""


def follow(runtime: Runtime, draft: Draft) -> Followed:
    """Ask the topics that follow by example about a draft; those it belongs to surely are moved by it."""
    if runtime.store.following.changed() != runtime.following_mark:
        load(runtime)  # somebody taught a topic, or gave it an example, from beside the service
    if draft.document is None or not (runtime.follower or runtime.taught):
        return Followed({}, None, (), lambda _: 1.0)
    found = draft.features or features(draft.document)
    now = runtime.clock()
    when = min(draft.article.published or draft.article.first_seen or now, now)
    near = runtime.follower.near(found, by_meaning=bool(runtime.meanings))
    place = draft.place  # found before, in a thread (crawler.placing)
    verdicts = dict(_verdicts(runtime, near, Example(found, when, place), fresh=draft.article.known_id is None))

    def rank(topic: str) -> float:
        taught = runtime.taught.get(topic)
        return 1.0 if taught is None else taught.rank(found, frequencies(runtime.store, [found]))

    return Followed(verdicts, (embedding.MODEL, place) if place else None, tuple(counted(found)), rank)


def _verdicts(runtime: Runtime, near: list[str], article: Example, *, fresh: bool) -> Iterator[tuple[str, Verdict]]:
    found, when = article.features, article.when or runtime.clock()
    meaning = runtime.meanings.of(article.meaning, found.language)
    known = frequencies(runtime.store, [found]) if near else Frequencies()
    for topic in near:
        verdict = runtime.follower.judge(topic, found, known, when, meaning)
        if not verdict.taken:
            continue
        yield topic, verdict
        if verdict.moves and fresh:
            before = runtime.follower.profile(topic)
            assert before is not None  # noqa: S101  (it was judged by it)
            moved = [each.features for each in before.everything] + [found]
            runtime.follower.move(topic, Example(found, when, meaning), frequencies(runtime.store, moved))


def together(matches: Iterable[Match], followed: Followed) -> list[Match]:
    """What queries and examples take: one match a topic, the evidence of both, the higher score."""
    by_topic = {match.topic: replace(match, score=round(followed.rank(match.topic), 3)) for match in matches}
    for topic, verdict in followed.verdicts.items():
        liked = verdict.match()
        asked = by_topic.get(topic)
        if asked is not None:
            evidence = (*asked.evidence, *liked.evidence)[:_MOST_EVIDENCE]
            liked = Match(topic, max(asked.score, liked.score), evidence)
        by_topic[topic] = liked
    return list(by_topic.values())


class Trial:
    """One topic asked about stored articles, with nothing stored and nothing moved: query, examples and answers."""

    def __init__(self, store: Store, topic: Topic, examples: Sequence[StoredExample] | None = None) -> None:
        self._store = store
        self._matcher = Matcher([compile_topic(topic.name, topic.query)] if topic.query.strip() else [])
        self._meanings = middles(store) if topic.semantic and embedding.available() else Meanings()
        mine = profile(store, topic, self._meanings, examples)
        self.line = mine.line
        known = frequencies(store, (each.features for each in mine.everything)) if mine.examples else Frequencies()
        self._follower = Follower([mine], known)
        self._taught = None if mine.examples else teaching(store, topic)
        self._name = topic.name

    def match(self, article: StoredArticle, read: Document | None = None) -> Match | None:
        """The match with an article, or None."""
        read = document(article) if read is None else read
        asked = self._matcher.match(
            read, source=article.source, host=article.outlet, author=article.author, url=article.url
        )
        if not (self._follower or self._taught):
            return asked[0] if asked else None
        found, verdicts = features(read), {}
        known = frequencies(self._store, [found])
        if (verdict := self.verdict(article, found, known)) is not None and verdict.taken:
            verdicts[self._name] = verdict
        rank = 1.0 if self._taught is None else self._taught.rank(found, known)
        taken = together(asked, Followed(verdicts, None, (), lambda _: rank))
        return taken[0] if taken else None

    def verdict(
        self, article: StoredArticle, found: Features | None = None, known: Frequencies | None = None
    ) -> Verdict | None:
        """What the examples say of an article, taken or not, and why; None where there are none, or it is not near."""
        found = features(document(article)) if found is None else found
        if not self._follower.near(found, by_meaning=bool(self._meanings)):
            return None
        known = frequencies(self._store, [found]) if known is None else known
        when, meaning = article.published or article.first_seen, self._meaning(article)
        return self._follower.judge(self._name, found, known, when, meaning, explained=True)

    def _meaning(self, article: StoredArticle) -> Vector:
        if not self._meanings:
            return ()
        placed = self._store.following.embeddings(embedding.MODEL, [article.id]).get(article.id)
        place = placed.vector if placed is not None else self._meanings.read(document(article))
        return self._meanings.of(place, article.language)


def how_unlike(store: Store, topic: Topic, article: StoredArticle) -> str:
    """Why a topic's examples do not take an article, as a sentence."""
    verdict, line = Trial(store, topic).verdict(article), profile(store, topic).line
    score = 0.0 if verdict is None else verdict.score
    if score >= line:
        return f"like its examples ({score:.2f}), but it came before they did, or the story has moved on since"
    return f"not like its examples: it scores {score:.2f}, and {line:.2f} is taken"


def count_archive(store: Store) -> Iterator[None]:
    """Count the terms of what is in the archive before the first example comes, in steps that are short."""
    if store.following.counted():
        return
    batch: list[list[str]] = []
    for number, article in enumerate(store.articles.newest_first()):
        if number >= _COUNTED_FIRST:
            break
        batch.append(counted(features(document(article))))
        if len(batch) == 50:  # noqa: PLR2004
            store.following.count_all(batch)
            batch = []
            yield
    if batch:
        store.following.count_all(batch)


def would_drop(store: Store, topic: Topic) -> list[tuple[StoredArticle, Match]]:
    """What a topic took and would not take now; of a query's, what is more like what was refused than like the rest."""
    trial, rank = Trial(store, topic), _RANKED_OUT
    stored = store.articles.matches_of_topic(topic.name, datetime.min.replace(year=1000, tzinfo=UTC))
    articles = store.articles.get(each.article_id for each in stored)
    found = []
    for each in stored:
        article = articles.get(each.article_id)
        match = None if article is None else trial.match(article)
        if article is not None and (match is None or (not topic.examples and match.score <= rank)):
            found.append((article, replace(each.match, score=0.0 if match is None else match.score)))
    return found
