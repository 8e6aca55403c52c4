"""The plan stage around ``alerts.plan``: for a poll, an import, and the archive when a topic is new."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from crawler import revisits
from crawler.alerts.plan import change_due, plan
from crawler.model import AlertKind, Match, Topic
from crawler.repeating import LATELY, MOST_TOLD, said_before
from crawler.runtime import Runtime
from crawler.storage import AlertIntent, ArticleIntent, ChangeIntent, MatchIntent, StoredArticle

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
FULLER = "fuller"
"""The kind of a change that says nothing otherwise: a text came where there was a teaser."""


class Planner:
    """Plans alerts for the articles of one transaction, remembering what it planned for those before."""

    def __init__(self, runtime: Runtime, now: datetime) -> None:
        self._runtime = runtime
        self._now = now
        self._fresh: set[tuple[int | None, str, str]] = set()
        self._planned: dict[tuple[str, str], int] = {}
        self._source: int | None = None
        self._told_here: dict[tuple[str, str], list[ArticleIntent]] = {}

    def plan(self, article: ArticleIntent, *, archived: bool, source: int | None = None) -> None:
        """Replace an article's bare matches by matches with their fate and alerts; plan who is told what changed.

        ``source`` is the number of the source that brought it.
        """
        self._source = article.source_id or source
        article.change_alerts = tuple(self._changes(article))
        article.matches = [self._match(article, intent.match, archived=archived) for intent in article.matches]

    def look_again(self, article: ArticleIntent) -> None:
        """Let the page of an article that is told be looked at again; of others it never is."""
        if not self._runtime.config.crawl.look_again or not article.link.startswith("http"):
            return
        if any(match.fate == "planned" and match.alerts for match in article.matches):
            article.look_at = revisits.after(article.first_seen or self._now, self._now, link=article.link)

    def backfill(self, match: Match) -> MatchIntent:
        """A match in the archive of a topic that is new: counted, not told by itself."""
        return self._intend(self._runtime.topics[match.topic], match, None, archived=True)

    def _match(self, article: ArticleIntent, match: Match, *, archived: bool) -> MatchIntent:
        return self._intend(self._runtime.topics[match.topic], match, article, archived=archived)

    def _intend(self, topic: Topic, match: Match, article: ArticleIntent | None, *, archived: bool) -> MatchIntent:
        everybody = self._runtime.recipients(topic)
        hearing = (
            everybody if archived else tuple(each for each in everybody if not self._is_mute(topic, each, article))
        )
        knowing: set[str] = set()

        def is_told(person: str) -> bool:
            if article is None or self._told(topic.name, person, article):
                return article is not None
            if self._is_known(topic, person, article):
                knowing.add(person)
            return person in knowing

        plans = plan(
            topic,
            hearing,
            archived=archived,
            told=is_told,
            recent=lambda person: self._recent(topic.name, person),
            closed=lambda person, due: self._runtime.store.outbox.digest_is_closed(topic.name, person, due),
            now=self._now,
            zone=self._runtime.config.mail.timezone,
        )
        alerts = tuple(AlertIntent(each.recipient, topic.name, each.kind, each.due_at) for each in plans)
        for alert in alerts:
            self._remember(alert, article)
        unheard = "known" if knowing else "muted" if hearing != everybody else "copy"
        return MatchIntent(match, "archived" if archived else "planned" if alerts else unheard, alerts)

    def _is_known(self, topic: Topic, person: str, article: ArticleIntent) -> bool:
        """Whether an article says nothing that this person was not told of its story in the last days."""
        judged = article.known_id is None and article.news is not None
        if topic.repeats == "all" or (judged and not article.repeats):
            return False
        told: list[ArticleIntent | StoredArticle] = [
            each for each in reversed(self._told_here.get((topic.name, person), ())) if _story(each) == _story(article)
        ]
        store = self._runtime.store
        stories = [store.articles.story_of(article.known_id)] if article.known_id is not None else [article.story_id]
        numbers = [number for number in (*stories, *article.merges) if number is not None]
        if numbers:
            ids = store.stories.told(numbers, topic.name, person, self._now - LATELY, MOST_TOLD)
            stored = store.articles.get(ids)
            told += [stored[number] for number in ids if number in stored]
        return bool(told) and said_before(article, told, self._now)

    def _is_mute(self, topic: Topic, person: str, article: ArticleIntent | None) -> bool:
        """Whether a person asked to hear nothing of the article's story or source for now."""
        if article is None:
            return False
        origin = article.copy_of if isinstance(article.copy_of, ArticleIntent) else article
        return any(
            self._runtime.store.wishes.muted_until(person, topic.name, story=story, source=self._source, now=self._now)
            is not None
            for story in (origin.story_id, *article.merges)
        )

    def _changes(self, article: ArticleIntent) -> Iterator[ChangeIntent]:
        if article.known_id is None or all(change.kind == FULLER for change in article.changes):
            return
        zone = self._runtime.config.mail.timezone
        for told in self._runtime.store.changes.told(article.known_id, self._now - _DAY):
            topic = self._runtime.topics.get(told.topic)
            if topic is None or told.recipient not in self._runtime.recipients(topic):
                continue
            due = change_due(topic, told.lately, self._now, zone)
            if due is not None:
                yield ChangeIntent(told, due)

    def _told(self, topic: str, person: str, article: ArticleIntent) -> bool:
        """Whether the person was told of an article with this one's text, or of this one before it changed."""
        origin = _origin(article)
        if isinstance(origin, ArticleIntent):
            return (id(origin), topic, person) in self._fresh
        roots = [origin] if origin is not None else [copy for copy, _ in article.copied_by]
        kin = [number for root in roots for number in self._runtime.store.articles.carrying(root)]
        return (origin, topic, person) in self._fresh or self._runtime.store.outbox.told(topic, person, kin)

    def _recent(self, topic: str, person: str) -> int:
        stored = self._runtime.store.outbox.planned_since(topic, person, self._now - _HOUR)
        return stored + self._planned.get((topic, person), 0)

    def _remember(self, alert: AlertIntent, article: ArticleIntent | None) -> None:
        if alert.kind is AlertKind.NEWS:
            self._planned[alert.topic, alert.recipient] = self._planned.get((alert.topic, alert.recipient), 0) + 1
        if article is None:
            return
        origin = _origin(article)
        root = origin if isinstance(origin, int) else id(origin or article)
        self._fresh.add((root, alert.topic, alert.recipient))
        if alert.kind is not AlertKind.ARCHIVE:
            self._told_here.setdefault((alert.topic, alert.recipient), []).append(article)


def _story(article: ArticleIntent) -> int:
    """What tells articles of one story from those of others, within a transaction."""
    return article.story_id if article.story_id is not None else id(article.begun_by or article)


def _origin(article: ArticleIntent) -> int | ArticleIntent | None:
    """The stored or earlier article that a text was told with, if it was."""
    return article.copy_of if article.known_id is None else article.known_id
