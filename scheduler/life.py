"""The life of one article as sentences: seen where and when, copy of what, taken by which topic, told to whom.

Reads the database, changes nothing. For every topic there is an answer to "was it told, and if not, why not?".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from itertools import pairwise

from crawler import following
from crawler.alerts.schedule import quiet_until
from crawler.config import Config
from crawler.model import AlertKind, AlertVersion, Match, Topic
from crawler.storage import Store, StoredArticle, StoredMatch, StoredVersion, Told
from crawler.text import Document
from crawler.topics import CompiledTopic, Matcher, Miss, compile_topic, miss
from scheduler import show

_WORDS_TOLD, _CHANGES_TOLD = 300, 5


class Answer(StrEnum):
    """What became of an article for a topic; the first that holds for any topic is the article's."""

    MAILED = "mailed"
    FAILED = "failed"
    """Its mail was given up."""
    DELAYED = "delayed"
    """Its mail was tried and has to wait, or should be out by now."""
    HELD = "held"
    """It waits for a digest's hour or the end of quiet hours."""
    ARCHIVED = "archived"
    """It was there before the topic or the source was followed, and was counted only."""
    COPY = "copy"
    """The same text was told before."""
    KNOWN = "known"
    """It says nothing that was not told of its story."""
    MUTED = "muted"
    """Everybody who would be told asked to hear nothing of its story or source for a while."""
    IMPORTED = "imported"
    NOT_RUN = "not run"
    """The query as it stands takes it, but has not been run on it."""
    MISSED = "missed"
    NO_QUERY = "no query"


_RANK = list(Answer)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an article."""

    at: datetime
    what: str
    says: str


@dataclass(frozen=True, slots=True)
class TopicAnswer:
    """What became of an article for one topic."""

    topic: str
    answer: Answer
    says: str
    match: Match | None = None
    miss: Miss | None = None
    told: tuple[Told, ...] = ()
    """Alerts that tell it, or for a copy the article that was told instead."""


@dataclass(frozen=True, slots=True)
class Life:
    """Everything that happened to one article."""

    article: StoredArticle
    answer: Answer
    says: str
    events: tuple[Event, ...]
    topics: tuple[TopicAnswer, ...]
    """By what became of it, those that missed it by least before those that missed it by more."""


def life_of(store: Store, config: Config, article: StoredArticle, now: datetime) -> Life:
    """What happened to an article until now, and what became of it for every topic."""
    return _Teller(store, config, article, now).tell()


class _Teller:
    """Reads one article's life."""

    def __init__(self, store: Store, config: Config, article: StoredArticle, now: datetime) -> None:
        self._store = store
        self._config = config
        self._zone: tzinfo = config.mail.timezone
        self._article = article
        self._now = now
        self._document = Document(article.title, article.text, article.language)
        self._kin = {each.id: each for each in store.articles.kin_of(article)}
        self._told = store.traces.told([article.id, *self._kin])
        self._matches = {found.match.topic: found for found in store.articles.matches_of([article.id])}

    def tell(self) -> Life:
        topics = tuple(sorted(self._answers(), key=_nearest_first))
        best = topics[0] if topics else None
        if best is None:
            answer, says = Answer.MISSED, "no topic is followed, so nothing could take it"
        elif best.answer is Answer.MISSED:
            answer, says = best.answer, _missed_by_all(topics)
        else:
            answer, says = best.answer, f"{show.line(best.topic, 80)}: {best.says}"
        events = sorted(self._events(), key=lambda event: event.at)
        return Life(self._article, answer, says, tuple(events), topics)

    # -- what happened ------------------------------------------------------------------------------------------------

    def _events(self) -> list[Event]:
        article = self._article
        found = (
            [] if article.published is None else [Event(article.published, "published", "published, by its own word")]
        )
        found.append(Event(article.first_seen, "seen", self._seen()))
        found += self._carried()
        found += _versions(self._store.articles.versions_of(article.id), self._store.changes.of(article.id))
        found += self._copies()
        found += self._joined()
        for match in self._matches.values():
            met = show.terms_met(match.match.evidence, 4)
            says = f"taken by {show.line(match.match.topic, 80)}" + (f": {met}" if met else "")
            found.append(Event(match.matched_at, "matched", says))
        for told in self._told:
            if told.article_id == article.id and told.sent_at is not None:
                says = f"mailed to {told.recipient}: {_message(told)} for {show.line(told.topic, 80)}"
                found.append(Event(told.sent_at, "mailed", says))
        for alert, person, topic, at in self._store.changes.mailed(article.id):
            says = f"mailed to {person}: what changed, alert {alert} for {show.line(topic, 80)}"
            found.append(Event(at, "mailed", says))
        return found

    def _joined(self) -> list[Event]:
        article = self._article
        joined = self._store.stories.joined(article.id)
        if joined is None:
            return []
        story = self._store.stories.get(article.story_id)
        title = "" if story is None else f" “{show.line(story.title, 80)}”"
        because = show.line(", ".join(joined.shared), 200) or "what international words sound like"
        says = f"joined the story {article.story_id}{title} because it shares {because} with it ({joined.score:.0%})"
        return [Event(article.first_seen, "joined", says)]

    def _seen(self) -> str:
        article = self._article
        if article.text_from == "import":
            return f"dated so when it was imported, as of {show.line(article.source, 80)}"
        says = f"first seen in {show.line(article.source, 80)}"
        if self._first_poll():
            says += ", when that was read for the first time: what it held then was there already"
        if article.page_error:
            says += f"; the page behind the link could not be read ({show.line(article.page_error)})"
        elif article.text_from == "teaser":
            says += "; only its teaser was read"
        return says

    def _first_poll(self) -> bool:
        source = next((each for each in self._store.traces.sources() if each.id == self._article.source_id), None)
        return source is not None and source.first_read_at == self._article.first_seen

    def _carried(self) -> list[Event]:
        carried = self._store.articles.carried_by(self._article.id)
        return [
            Event(when, "carried", f"carried by {show.line(name, 80)} too")
            for name, _, when in carried
            if name != self._article.source
        ]

    def _copies(self) -> list[Event]:
        article, found = self._article, []
        origin = self._kin.get(article.copy_of) if article.copy_of is not None else None
        if origin is not None:
            share = "" if article.copy_score is None else f" ({article.copy_score:.0%} of the shorter text)"
            since = max(article.first_seen, origin.first_seen)
            found.append(Event(since, "copy", f"found to be a copy of {_named(origin)}{share}"))
        copies = [each for each in self._kin.values() if each.copy_of == article.id]
        return found + [
            Event(max(each.first_seen, article.first_seen), "copied", f"copied by {_named(each)}") for each in copies
        ]

    # -- what became of it --------------------------------------------------------------------------------------------

    def _answers(self) -> list[TopicAnswer]:
        topics = [self._answer(topic) for topic in self._config.topics]
        names = {topic.name for topic in self._config.topics}
        gone = [Topic(name) for name in self._matches if name not in names]
        return [*topics, *(self._taken(topic, self._matches[topic.name]) for topic in gone)]

    def _answer(self, topic: Topic) -> TopicAnswer:
        stored = self._matches.get(topic.name)
        if stored is not None:
            return self._taken(topic, stored)
        if not topic.query.strip():
            unlike = following.how_unlike(self._store, topic, self._article) if topic.examples else "it has no query"
            return TopicAnswer(topic.name, Answer.NO_QUERY, unlike)
        compiled, article = compile_topic(topic.name, topic.query), self._article
        missed = miss(
            compiled.query,
            self._document,
            source=article.source,
            host=article.outlet,
            author=article.author,
            url=article.url,
        )
        if missed is not None:
            return TopicAnswer(
                topic.name, Answer.MISSED, f"missed by {missed.distance:.2f}: {missed.says}", miss=missed
            )
        return self._not_run(topic, compiled)

    def _not_run(self, topic: Topic, compiled: CompiledTopic) -> TopicAnswer:
        """The query takes the article, and yet there is no match."""
        found = Matcher([compiled]).match(
            self._document,
            source=self._article.source,
            host=self._article.outlet,
            author=self._article.author,
            url=self._article.url,
        )
        last = self._store.topics.last_run(topic.name)
        if last is None or not last.active or last.query != topic.query:
            new = last is None or not last.active
            reason = "the topic is new" if new else "its query was edited"
            says = f"{reason} and has not run yet: it takes the article as soon as the service reads its settings"
        elif last.backfilled_to is None:
            says = "the query takes it, and goes through the archive when the service runs next"
        elif self._article.first_seen < last.changed_at:
            asked = show.moment(last.changed_at, self._zone)
            says = f"the query takes it, but is of {asked}: it was tried on the 30 days before that only"
        else:
            says = "the query takes it now, and did not when it was read: by an older version of Tidings, say"
        return TopicAnswer(topic.name, Answer.NOT_RUN, says, match=found[0] if found else None)

    def _taken(self, topic: Topic, stored: StoredMatch) -> TopicAnswer:
        own = [told for told in self._told if told.topic == topic.name and told.article_id == self._article.id]
        if own:
            answers = [self._outcome(topic, stored, told) for told in own]
            answer = min((each for each, _ in answers), key=_RANK.index)
            says = "; ".join(dict.fromkeys(says for _, says in answers))
            return TopicAnswer(topic.name, answer, says, stored.match, told=tuple(own))
        if stored.fate == "import":
            says = "it takes the article, which was imported: nobody is mailed of those"
            return TopicAnswer(topic.name, Answer.IMPORTED, says, stored.match)
        if stored.fate == "known":
            return self._known(topic, stored)
        if stored.fate == "muted":
            says = "it takes the article, whose story or source was mute; `tidings alerts mutes` says until when"
            return TopicAnswer(topic.name, Answer.MUTED, says, stored.match)
        return self._copy(topic, stored)

    def _known(self, topic: Topic, stored: StoredMatch) -> TopicAnswer:
        """It was kept quiet: which articles of its story were told instead."""
        before = [number for number in self._store.stories.members(self._article.story_id) if number < self._article.id]
        found = [each for each in self._store.traces.told(before) if each.topic == topic.name]
        told = [each for each in found if each.kind in (AlertKind.NEWS, AlertKind.DIGEST)]
        says = "it takes the article, which says nothing that was not told of its story"
        if told:
            last = max(told, key=lambda each: each.article_id)
            article = self._store.articles.get([last.article_id])[last.article_id]
            when = "is told" if last.sent_at is None else f"was mailed on {show.moment(last.sent_at, self._zone)}"
            says += f": {_named(article)} {when} ({_message(last)})"
        says += '; repeats = "all" in the topic\'s settings has such articles mailed'
        return TopicAnswer(topic.name, Answer.KNOWN, says, stored.match, told=tuple(told))

    def _copy(self, topic: Topic, stored: StoredMatch) -> TopicAnswer:
        told = [each for each in self._told if each.topic == topic.name and each.article_id in self._kin]
        if not told:
            says = "it takes the article, but there was nobody to tell" if not self._kin else _ANOTHER_TEXT
            return TopicAnswer(topic.name, Answer.COPY, says, stored.match)
        first = told[0]
        when = "is told" if first.sent_at is None else f"was mailed on {show.moment(first.sent_at, self._zone)}"
        says = f"it has the text of {_named(self._kin[first.article_id])}, which {when} instead ({_message(first)})"
        return TopicAnswer(topic.name, Answer.COPY, says, stored.match, told=tuple(told))

    def _outcome(self, topic: Topic, stored: StoredMatch, told: Told) -> tuple[Answer, str]:
        """What came of one alert."""
        person, error = told.recipient, show.line(told.error)
        counted = told.kind == AlertKind.ARCHIVE
        if told.state == "sent" and told.sent_at is not None:
            sent = show.moment(told.sent_at, self._zone)
            if counted:
                return (
                    Answer.ARCHIVED,
                    f"{self._already(stored)}, so it was only counted in {_message(told)} to {person}, {sent}",
                )
            held = self._why_held(topic, stored, told) if told.kind == AlertKind.DIGEST else ""
            tries = f" after {told.attempts} attempts" if told.attempts > 1 else ""
            return Answer.MAILED, f"mailed to {person} on {sent}{tries} ({_message(told)}{held and ', ' + held})"
        if told.state == "failed":
            again = f"`tidings alerts resend {told.alert}` tries it again"
            return Answer.FAILED, f"the mail to {person} ({_message(told)}) was given up: {error}; {again}"
        return self._waiting(topic, stored, told)

    def _waiting(self, topic: Topic, stored: StoredMatch, told: Told) -> tuple[Answer, str]:
        due, what = show.moment(told.due_at, self._zone), f"{_message(told)} to {told.recipient}"
        if told.attempts and told.error:
            tried = show.count(told.attempts, "attempt")
            return Answer.DELAYED, f"{what} waits after {tried}: {show.line(told.error)}; it is tried again at {due}"
        if told.kind == AlertKind.ARCHIVE:
            return Answer.ARCHIVED, f"{self._already(stored)}, so it is only counted, in {what}, which waits"
        if told.due_at > self._now:
            held = self._why_held(topic, stored, told)
            return Answer.HELD, f"{what} waits until {due}" + (f": {held}" if held else "")
        return (
            Answer.DELAYED,
            f"{what} is due since {due} and has not gone out; `tidings status` says whether the service runs",
        )

    def _already(self, stored: StoredMatch) -> str:
        if stored.matched_at > self._article.first_seen:
            return f"it was in the archive before the query ran ({show.moment(stored.matched_at, self._zone)})"
        return "it was there already when its source was read for the first time"

    def _why_held(self, topic: Topic, stored: StoredMatch, told: Told) -> str:
        """Why it went into a digest instead of a mail of its own."""
        if topic.alert != "now":
            return f"the topic is told {topic.alert}" if topic.name in self._names() else ""
        end = quiet_until(topic.quiet, stored.matched_at, self._zone)
        if end is not None and end <= told.due_at:
            return f"held by the quiet hours {topic.quiet}"
        return "more than 12 in an hour are told together"

    def _names(self) -> set[str]:
        return {topic.name for topic in self._config.topics}


_ANOTHER_TEXT = "it takes the article, but the same text was told before"


def _nearest_first(topic: TopicAnswer) -> tuple[int, float]:
    return _RANK.index(topic.answer), topic.miss.distance if topic.miss is not None else 0.0


def _missed_by_all(topics: tuple[TopicAnswer, ...]) -> str:
    missed = [each for each in topics if each.miss is not None]
    nearest = missed[0]
    if len(missed) == 1:
        return f"{show.line(nearest.topic, 80)} {nearest.says}"
    return f"none of the {len(missed)} topics took it; the nearest, {show.line(nearest.topic, 80)}, {nearest.says}"


def _versions(versions: list[StoredVersion], changed: Mapping[int, AlertVersion]) -> list[Event]:
    found = []
    for before, after in pairwise(versions):
        if after.id in changed:
            says = "; ".join(
                show.line(change.says, _WORDS_TOLD) for change in changed[after.id].changes[:_CHANGES_TOLD]
            )
            says = f"changed: {says}"
        elif after.title != before.title:
            says = f"changed: the headline is now “{show.line(after.title, _WORDS_TOLD)}”"
        else:
            says = f"changed: its text had {len(before.text.split())} words and has {len(after.text.split())}"
        found.append(Event(after.seen_at, "changed", says))
    return found


def _named(article: StoredArticle) -> str:
    return f"no {article.id}, “{show.line(article.title, 120)}” in {show.line(article.source, 80)}"


def _message(told: Told) -> str:
    kinds = {AlertKind.DIGEST.value: "digest, alert", AlertKind.ARCHIVE.value: "what was already there, alert"}
    return f"{kinds.get(told.kind, 'alert')} {told.alert}"
