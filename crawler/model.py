"""The words everybody shares, as frozen records: no I/O, no clock.

Times are aware ``datetime`` values in UTC. Texts are plain text: what came as HTML was turned into text where it was
parsed (``sources``, ``extractors``), so nothing behind that point ever holds markup.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that an entry carries: a photo, a recording."""

    url: str
    type: str = ""
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a source's document, as parsed; nothing here is trusted to be unique or true."""

    link: str = ""
    guid: str = ""
    title: str = ""
    summary: str = ""
    """The feed's description as text; often a teaser."""
    content: str = ""
    """The feed's full text, where it carries one."""
    author: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    language: str = ""
    """BCP 47 as the entry or its feed declares it; empty when neither does."""
    categories: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A parsed document of a source."""

    entries: tuple[Entry, ...] = ()
    title: str = ""
    link: str = ""
    language: str = ""
    problems: tuple[str, ...] = ()
    """What was wrong but survivable, each as a sentence: entries left out, markup mended."""


@dataclass(frozen=True, slots=True)
class Source:
    """Something polled, as the settings name it."""

    url: str
    name: str = ""
    language: str = ""
    every: float | None = None
    """Seconds between polls when the person fixed it; ``None`` lets the source find its own pace."""
    pages: str = "auto"
    """``auto`` fetches the page behind a link when the feed carries only a teaser; ``never``; ``always``."""
    paused: bool = False


@dataclass(frozen=True, slots=True)
class DueSource:
    """A source that storage says is due, with what the last answer left behind."""

    id: int
    source: Source
    etag: str = ""
    """Exactly as received, to be sent back byte for byte."""
    last_modified: str = ""
    body_hash: str = ""
    failures: int = 0
    interval: float = 0.0
    """Seconds: the pace it has found so far; 0 for none yet."""
    first_poll: bool = False
    """Nothing was ever read from it: what it holds now was already there and is archived."""


class Outcome(StrEnum):
    """What a poll came to."""

    OK = "ok"
    """A document was read."""
    UNCHANGED = "unchanged"
    """304, or the same bytes as last time."""
    FAILED = "failed"
    """Nothing usable came; ``Poll.error`` says why."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back for one poll of one source."""

    outcome: Outcome
    started: datetime
    seconds: float = 0.0
    status: int | None = None
    size: int = 0
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    error: str = ""
    """A sentence for the person, without the URL."""
    moved_to: str = ""
    """The address a permanent redirect (301, 308) led to."""
    retry_after: float | None = None
    """Seconds the server asked us to stay away."""
    fresh_for: float | None = None
    """Seconds the server or the feed says the document stays good (Cache-Control max-age, ttl)."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where in an article a topic's term was met: ``text[start:end]`` of the field is ``form``."""

    field: str
    """``title`` or ``text``."""
    start: int
    end: int
    form: str
    """The words as they stand in the article."""
    term: str
    """The term of the query, as the person wrote it."""


@dataclass(frozen=True, slots=True)
class Match:
    """A topic takes an article."""

    topic: str
    score: float
    """0…1; a query that holds scores 1."""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """What a person follows."""

    name: str
    query: str = ""
    alert: str = "now"
    """``now``, ``hourly``, ``daily HH:MM`` or five cron fields."""
    quiet: str = ""
    """``HH:MM-HH:MM`` in the person's time zone; empty for none."""
    to: tuple[str, ...] = ()
    must_match: tuple[str, ...] = ()
    must_not_match: tuple[str, ...] = ()


class AlertKind(StrEnum):
    """Why a message is sent."""

    NEWS = "news"
    """One development, told at once."""
    DIGEST = "digest"
    """What came since the last one, told together."""
    ARCHIVE = "archive"
    """What was already there when a topic or source was added, told once as one line."""


@dataclass(frozen=True, slots=True)
class AlertCopy:
    """Another outlet that carried the same text."""

    source: str
    url: str
    published: datetime | None


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
    failing: tuple[str, ...] = field(default=())
    """Coverage: names of sources that could not be read when the alert was put together."""
