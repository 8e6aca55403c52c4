"""What a query takes from the archive, and what it nearly takes: shared by every verb that tries a query."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, tzinfo
from typing import Any, Protocol

import click

from crawler.errors import QueryError
from crawler.following import Trial
from crawler.model import Match, Topic
from crawler.storage import Store, StoredArticle
from crawler.text import Document
from crawler.topics import CompiledTopic, Matcher, Miss, compile_topic, miss, read_query
from crawler.topics.following import Verdict
from scheduler import show
from scheduler.cli.session import WRONG, Refused


class QueryRefused(Refused):
    """The query that was typed cannot be read."""

    exit_code = WRONG

    def __init__(self, error: QueryError) -> None:
        super().__init__(f"the query cannot be read: {error}\n{show.block(error.pointer())}")


@dataclass(frozen=True, slots=True)
class Taken:
    """An article that the query takes."""

    article: StoredArticle
    match: Match

    @property
    def when(self) -> datetime:
        """The date that is shown: when it was published, as far as the outlet says."""
        return self.article.published or self.article.first_seen

    def as_json(self) -> dict[str, Any]:
        """The article in short, with the evidence."""
        return in_short(self.article) | {
            "score": self.match.score,
            "evidence": [asdict(piece) for piece in self.match.evidence],
        }

    def as_text(self, zone: tzinfo) -> str:
        """Date, outlet, title and the terms met, in a few lines."""
        return f"{_headed(self.article, zone)}\n  {show.terms_met(self.match.evidence)}"


@dataclass(frozen=True, slots=True)
class Missed:
    """An article that the query does not take, and by how much it misses."""

    article: StoredArticle
    miss: Miss

    @property
    def says(self) -> str:
        """What was lacking."""
        return self.miss.says

    def as_json(self) -> dict[str, Any]:
        """The article in short, with what held and what was lacking."""
        return in_short(self.article) | miss_json(self.miss)

    def as_text(self, zone: tzinfo) -> str:
        """Date, outlet, title and what was lacking, in a few lines."""
        return f"{_headed(self.article, zone)}\n  {show.line(self.miss.says, 500)}"


@dataclass(frozen=True, slots=True)
class Unlike:
    """An article that a topic's examples do not take, though it is like them."""

    article: StoredArticle
    verdict: Verdict
    line: float
    follow: str

    query: str = ""
    """What the topic's query lacked in it, where it has one."""

    @property
    def says(self) -> str:
        """What it scored, what the topic asks, and what it shares with the examples, the weightiest first."""
        shared = ", ".join(dict.fromkeys(piece.form for piece in self.verdict.evidence))
        tail = f": shares {shared}" if shared else ""
        query = f"; of the query: {self.query}" if self.query else ""
        return f"scored {self.verdict.score:.2f}, {self.follow} asks {self.line:.2f}{tail}{query}"

    def as_json(self) -> dict[str, Any]:
        """The article in short, with its score and what it shares."""
        return in_short(self.article) | {
            "score": round(self.verdict.score, 3),
            "line": round(self.line, 3),
            "says": self.says,
            "evidence": [asdict(piece) for piece in self.verdict.evidence],
        }

    def as_text(self, zone: tzinfo) -> str:
        """Date, outlet, title and what it scored, in a few lines."""
        return f"{_headed(self.article, zone)}\n  {show.line(self.says, 500)}"


def in_short(article: StoredArticle) -> dict[str, Any]:
    """An article in a list, as the JSON documents give it."""
    return {
        "id": article.id,
        "url": article.url,
        "title": article.title,
        "source": article.source,
        "language": article.language,
        "published": iso(article.published),
        "first_seen": iso(article.first_seen),
        "copy_of": article.copy_of,
        "story_id": article.story_id,
    }


def miss_json(missed: Miss) -> dict[str, Any]:
    """A miss as the JSON documents give it."""
    return {
        "distance": missed.distance,
        "says": missed.says,
        "lacks": [asdict(lack) for lack in missed.lacks],
        "evidence": [asdict(piece) for piece in missed.evidence],
    }


def _headed(article: StoredArticle, zone: tzinfo) -> str:
    copied = "  (a copy)" if article.copy_of is not None else ""
    when = show.moment(article.published or article.first_seen, zone)
    head = f"{when}  {show.line(article.source, 60)}{copied}"
    return f"{head}\n  {show.line(article.title)}\n  {show.line(article.url, 500)}"


def latest(taken: list[Taken]) -> list[Taken]:
    """The same in the order of the dates that are shown, the latest first."""
    return sorted(taken, key=lambda each: each.when, reverse=True)


def compiled(name: str, query: str, queries: Mapping[str, str] | None = None) -> CompiledTopic:
    """A query, read with its sub-queries put in. Raises QueryRefused."""
    try:
        return compile_topic(name, read_query(query, queries or {}))
    except QueryError as error:
        raise QueryRefused(error) from error


def take(store: Store, query: str, *, name: str = "", since: datetime | None = None) -> Iterator[Taken]:
    """Articles of the archive that a query takes, the latest first. Raises QueryRefused."""
    matcher = Matcher([compiled(name, query)])
    return (
        Taken(article, match)
        for article in store.articles.latest_first(since=since)
        for match in _matches(matcher, article, document(article))
    )


def document(article: StoredArticle) -> Document:
    """An article as topics read it."""
    return Document(article.title, article.text, article.language)


def missed_by(topic: CompiledTopic, article: StoredArticle, read: Document) -> Miss | None:
    """By how much a topic missed an article; None when it takes it."""
    return miss(topic.query, read, source=article.source, host=article.outlet, author=article.author, url=article.url)


def _matches(matcher: Matcher, article: StoredArticle, read: Document) -> list[Match]:
    return matcher.match(read, source=article.source, host=article.outlet, author=article.author, url=article.url)


@dataclass(frozen=True, slots=True)
class Sifted:
    """The archive, told apart by one query."""

    taken: list[Taken]
    nearest: list[Missed] | list[Unlike]
    """Not taken, but nearly: the nearest first, copies of another article left out."""
    nearly: int
    """How many were nearly taken, shown or not."""


def sift(store: Store, topic: CompiledTopic, *, since: datetime, nearest: int) -> Sifted:
    """Try a query on the archive: what it takes, and so many of the articles nearest below the line."""
    matcher, taken, below = Matcher([topic]), [], []
    for article in watched(store.articles.latest_first(since=since), store.articles.count(since)):
        read = document(article)
        if found := _matches(matcher, article, read):
            taken.append(Taken(article, found[0]))
        elif nearest and article.copy_of is None and (missed := missed_by(topic, article, read)) and missed.nearly:
            lacking = tuple((lack.kind, lack.column) for lack in missed.lacks)
            below.append((missed.distance, lacking, article.id))
    # What few articles lack says more than what hundreds do: with "Ukraine AND orphans", an article on orphans alone
    # is nearer than every article on Ukraine.
    how_many = Counter(lacking for _, lacking, _ in below)
    ranked = sorted(below, key=lambda each: (each[0], how_many[each[1]], -each[2]))[:nearest]
    stored = store.articles.get(number for _, _, number in ranked)
    found_again = [stored[number] for _, _, number in ranked if number in stored]
    near = [(article, missed_by(topic, article, document(article))) for article in found_again]
    return Sifted(taken, [Missed(article, missed) for article, missed in near if missed is not None], len(below))


def sift_by_examples(store: Store, trial: Trial, topic: Topic, *, since: datetime, nearest: int) -> Sifted:
    """Try a topic with examples on the archive, with its query if it has one: nearest below is what scores most."""
    taken, below = [], []
    for article in watched(store.articles.latest_first(since=since), store.articles.count(since)):
        if (match := trial.match(article)) is not None:
            taken.append(Taken(article, match))
        elif nearest and article.copy_of is None and (verdict := trial.verdict(article)) is not None:
            below.append(Unlike(article, verdict, trial.line, topic.follow))
    below = [each for each in below if each.verdict.score >= each.line / 2]
    ranked = sorted(below, key=lambda each: (-each.verdict.score, -each.article.id))
    return Sifted(taken, ranked[:nearest], len(below))


class Asked(Protocol):
    """A topic as it is asked about stored articles."""

    def take(self, article: StoredArticle, read: Document) -> Taken | None:
        """The article as it is taken, or None."""

    def miss(self, article: StoredArticle, read: Document) -> Missed | Unlike:
        """Why it does not take an article that it does not take."""


class ByQuery:
    """A topic that is a query."""

    def __init__(self, topic: CompiledTopic) -> None:
        self._topic, self._matcher = topic, Matcher([topic])

    def take(self, article: StoredArticle, read: Document) -> Taken | None:
        """The article as the query takes it, or None."""
        found = _matches(self._matcher, article, read)
        return Taken(article, found[0]) if found else None

    def miss(self, article: StoredArticle, read: Document) -> Missed:
        """What the query lacks in an article that it does not take."""
        missed = missed_by(self._topic, article, read)
        assert missed is not None  # noqa: S101  (it is not taken)
        return Missed(article, missed)


class ByExamples:
    """A topic with examples, with its query if it has one."""

    def __init__(self, trial: Trial, topic: Topic) -> None:
        self._trial, self._follow = trial, topic.follow
        self._query = compile_topic(topic.name, topic.query) if topic.query.strip() else None

    def take(self, article: StoredArticle, read: Document) -> Taken | None:
        """The article as query or examples take it, or None."""
        match = self._trial.match(article, read)
        return None if match is None else Taken(article, match)

    def miss(self, article: StoredArticle, read: Document) -> Unlike:
        """What an article that is not taken scores, and what the query lacks in it."""
        verdict = self._trial.verdict(article) or Verdict("", 0.0, taken=False, moves=False)
        missed = None if self._query is None else missed_by(self._query, article, read)
        return Unlike(article, verdict, self._trial.line, self._follow, "" if missed is None else missed.says)


@dataclass(frozen=True, slots=True)
class Lost:
    """An article that the topic took as it was, and misses as it is now."""

    was: Taken
    now: Missed | Unlike

    def as_json(self) -> dict[str, Any]:
        """The article in short, with what is lacking now; ``met`` is what was met as the topic was."""
        return self.now.as_json() | {"met": [asdict(piece) for piece in self.was.match.evidence]}

    def as_text(self, zone: tzinfo) -> str:
        """What was met before, and what is lacking now."""
        return f"{self.was.as_text(zone)}\n  now: {show.line(self.now.says, 500)}"


@dataclass(frozen=True, slots=True)
class Change:
    """What an edited topic gains and loses."""

    before: list[Taken]
    after: list[Taken]
    gained: list[Taken]
    lost: list[Lost]


def compare(store: Store, before: Asked | None, after: Asked, *, since: datetime) -> Change:
    """Try a topic as it was and as it is now on the archive; ``before`` is None for one that is new."""
    change = Change([], [], [], [])
    for article in watched(store.articles.latest_first(since=since), store.articles.count(since)):
        read = document(article)
        was = None if before is None else before.take(article, read)
        now = after.take(article, read)
        if was is not None:
            change.before.append(was)
        if now is not None:
            change.after.append(now)
        if now is not None and was is None:
            change.gained.append(now)
        if was is not None and now is None:
            change.lost.append(Lost(was, after.miss(article, read)))
    return change


_SILENT, _STEP = 1.0, 0.2
"""Seconds before a long look through the archive is told on a terminal, and between two figures."""


def watched(articles: Iterable[StoredArticle], total: int) -> Iterator[StoredArticle]:
    """The same articles; what takes longer than a second says on a terminal how far it is."""
    begun = shown = time.monotonic()
    on_terminal = sys.stderr.isatty()
    for number, article in enumerate(articles):
        yield article
        now = time.monotonic()
        if on_terminal and now - begun > _SILENT and now - shown > _STEP:
            shown = now
            click.echo(f"\r{number + 1:,} of {total:,} articles", err=True, nl=False)
    if shown > begun:
        click.echo("\r\x1b[K", err=True, nl=False)


@dataclass(frozen=True, slots=True)
class Tally:
    """How much a query takes."""

    articles: int
    developments: int
    """Copies of one text count once."""
    a_day: float
    busiest: tuple[date, int] | None

    def as_json(self) -> dict[str, Any]:
        """As the JSON documents give it."""
        busiest = self.busiest
        return {
            "articles": self.articles,
            "developments": self.developments,
            "alerts_a_day": round(self.a_day, 2),
            "busiest_day": None if busiest is None else {"day": busiest[0].isoformat(), "alerts": busiest[1]},
        }


def tally(taken: list[Taken], *, days: float, zone: tzinfo) -> Tally:
    """Count what was taken within so many days: an alert for each development, on the day of its first article."""
    first: dict[int, datetime] = {}
    for each in taken:
        root = each.article.copy_of or each.article.id
        first[root] = min(first.get(root, each.article.first_seen), each.article.first_seen)
    by_day = Counter(when.astimezone(zone).date() for when in first.values())
    busiest = max(by_day.items(), key=lambda item: (item[1], item[0]), default=None)
    return Tally(len(taken), len(first), len(first) / max(days, 1.0), busiest)


def iso(when: datetime | None) -> str | None:
    """A moment as the JSON documents give it."""
    return None if when is None else when.strftime("%Y-%m-%dT%H:%M:%SZ")
