"""What a person is told: alerts, their articles, stories and changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from crawler.model.coverage import Coverage
from crawler.model.topics import Evidence


@dataclass(frozen=True, slots=True)
class Change:
    """Something that a later version of an article says otherwise."""

    kind: str
    """``figure``, ``date``, ``name``, ``quote``, ``softened``, ``hardened``, ``denial``, ``claim``, ``correction``,
    ``added``, ``removed``, ``gone`` (the article is not there any more) or ``fuller`` (we had less of it before)."""
    field: str
    """``title`` or ``text``."""
    before: str
    """The words that were there; empty where there were none."""
    after: str
    """The words that stand there now."""
    says: str
    """A sentence for people, without its full stop."""
    before_at: tuple[int, int] = (0, 0)
    """Where the former stand in the field of the earlier version: start, end."""
    after_at: tuple[int, int] = (0, 0)
    """Where the latter stand in the field of the later one."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the difference between two texts, in the order of reading."""

    kind: str
    """``kept``, ``removed`` or ``added``; ``gap`` for what was left out because nothing changed there."""
    text: str


class AlertKind(StrEnum):
    """Why a message is sent."""

    NEWS = "news"
    """One development, told at once."""
    DIGEST = "digest"
    """What came since the last one, told together."""
    ARCHIVE = "archive"
    """What was already there when a topic or source was added, told once as one line."""
    CHANGE = "change"
    """An article that was told says otherwise now."""
    COVERAGE = "coverage"
    """Sources that are not well, when no other message went out that could have told it."""
    SUMMARY = "summary"
    """What was told and watched since the last one, also where nothing came; only to who asks for it."""


@dataclass(frozen=True, slots=True)
class AlertVersion:
    """A later version of an article, as an alert about changes tells it."""

    seen_at: datetime
    changes: tuple[Change, ...]
    difference: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Rate:
    """How many articles a topic took, copies left out."""

    today: int
    """In the last 24 hours."""
    usual: float
    """In 24 hours of the four weeks before."""


@dataclass(frozen=True, slots=True)
class Thread:
    """The mails about a story that a person got before: the conversation that one more mail replies into."""

    subject: str
    """Of the first of them; every later one bears the same."""
    messages: tuple[str, ...]
    """Their Message-IDs, the oldest first; the last is the one replied to."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that an article gives, against the one that its story gave last."""

    about: str
    """What is counted: ``children returned``."""
    now: str
    before: str = ""
    """Empty where the story gave none yet."""
    day: date | None = None
    """Of the report that gave ``before``."""


@dataclass(frozen=True, slots=True)
class NewFact:
    """A figure, date, name or quote that an article is the first of its story to state."""

    kind: str
    """``figure``, ``date``, ``name`` or ``quote``."""
    form: str
    """As it stands in the article, inside one of ``Addition.sentences``."""


@dataclass(frozen=True, slots=True)
class Addition:
    """What an article says that its story did not say before."""

    sentences: tuple[str, ...] = ()
    """The newest first."""
    figures: tuple[Figure, ...] = ()
    facts: tuple[NewFact, ...] = ()
    """In the order of the sentences, each once."""
    asked: bool = False
    """Whether the story had articles before; if so, an empty addition means that it says nothing new."""


@dataclass(frozen=True, slots=True)
class Reporting:
    """Who reports a story: the first, and how many sources that do not repeat each other."""

    first: str
    """Outlet or agency."""
    first_at: datetime
    origins: tuple[str, ...]
    """The independent sources, the earliest first."""
    outlets: int
    """How many carry a report."""
    carrier: str = ""
    """The outlet whose report was the first, where it names an agency; empty where that is ``first`` itself."""


@dataclass(frozen=True, slots=True)
class Step:
    """An earlier report of a story, as one line of the story so far."""

    at: datetime
    source: str
    title: str
    language: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class AlertCopy:
    """Another outlet that carried the same text."""

    source: str
    url: str
    published: datetime | None
    language: str = ""


@dataclass(frozen=True, slots=True)
class AlertArticle:
    """An article as an alert tells it."""

    id: int
    url: str
    title: str
    text: str
    language: str
    source: str
    """The outlet's name for people."""
    author: str
    published: datetime | None
    first_seen: datetime
    score: float
    evidence: tuple[Evidence, ...]
    copies: tuple[AlertCopy, ...] = ()
    addition: Addition = Addition()
    """What it says that its story did not; empty where that is not known, or nothing."""
    reporting: Reporting | None = None
    elsewhere: tuple[Step, ...] = ()
    """Further reports of the same story that no mail tells this person, in whatever language, the newest first."""
    so_far: tuple[Step, ...] = ()
    """What the person was told of the story before, the newest first."""
    topics: tuple[str, ...] = ()
    """In a digest over several topics: those that took it; it stands under the first."""


@dataclass(frozen=True, slots=True)
class Section:
    """One topic of several in a digest; the rest as in ``Alert``."""

    topic: str
    apart: int = 0
    rate: Rate | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """What a summary counts."""

    since: datetime
    topics: tuple[tuple[str, int], ...]
    """The topics that told this person of articles, and of how many, the most first."""
    read: int
    """Articles that all sources brought."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One message to one person, as the outbox holds it."""

    id: int
    message_id: str
    """With angle brackets; kept for life."""
    recipient: str
    topic: str
    kind: AlertKind
    planned_at: datetime
    articles: tuple[AlertArticle, ...]
    attempts: int = 0
    message: bytes | None = None
    """The bytes of the first attempt; every later attempt sends the same."""
    total: int = 0
    """For an archive alert: how many articles were already there (``articles`` holds the newest of them)."""
    versions: tuple[AlertVersion, ...] = ()
    """Of an alert about changes: what its article says otherwise since it was told, oldest first."""
    follows: str = ""
    """Of an alert about changes: the Message-ID of the mail that told the article first."""
    told_at: datetime | None = None
    """When that mail was planned."""
    coverage: Coverage | None = None
    """What was not watched and the recipient does not know yet; ``None`` when there is nothing to tell."""
    thread: Thread | None = None
    """The conversation it replies into; ``None`` opens one."""
    apart: int = 0
    """Of a digest: how many mails of their own its topic sent this person in the hour before it was begun."""
    rate: Rate | None = None
    """How much its topic took lately, to tell a burst; ``None`` where it is too new for that."""
    sections: tuple[Section, ...] = ()
    """Of a digest over several topics: each of them, with its own ``apart`` and ``rate``; empty for one topic."""
    tally: Tally | None = None
    """Of a summary: what it counts."""
