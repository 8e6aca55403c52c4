"""Sources, what they publish, and what came of asking them."""

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
    unread: int = 0
    """Entries that were not read, because they stood in the last document byte for byte."""
    fresh_for: float | None = None
    """Seconds for which it asks to be left alone (RSS ``ttl``, ``sy:updatePeriod``), if it does."""
    closed_hours: tuple[int, ...] = ()
    """Hours (UTC) in which it asks not to be polled (RSS ``skipHours``)."""
    hub: str = ""
    """The WebSub hub that it names, as it stands there."""
    itself: str = ""
    """The address that it calls its own (``rel="self"``)."""


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
class Pushed:
    """A document that a hub sent, unasked."""

    body: bytes
    content_type: str = ""


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
    address: str = ""
    """Where it proved to have moved for good, and is asked instead of ``source.url``; empty where it did not."""
    doubted: bool = False
    """Ask without validators, in case that "unchanged" is not true: now and then, and when it says so for too long."""
    distrusted: bool = False
    """It said "unchanged" when it was not: ask without validators always."""
    pushed: Pushed | None = field(default=None, repr=False)
    """What a hub sent of it; it need not be asked."""


@dataclass(frozen=True, slots=True)
class DueLook:
    """An article whose page is due to be looked at again, with what the last look left behind."""

    article_id: int
    source: Source
    """The page's address, under the name of the article's source."""
    first_seen: datetime
    etag: str = ""
    last_modified: str = ""
    missing_since: datetime | None = None
    """Since when the page is not there."""
    title: str | None = None
    """The headline as the page gave it before; ``None``: not known yet."""
    text: str | None = None
    """The page's text, where the article's own is the feed's; ``None``: the article's own is the page's."""

    @property
    def id(self) -> int:
        """What it is known by among what is due: sources have numbers above 0."""
        return -self.article_id


@dataclass(frozen=True, slots=True)
class DueHub:
    """A hub that is to be asked to send a source's news, or to send them no more."""

    source_id: int
    source: Source
    """The hub's address, under the name of the source."""
    form: bytes
    """What it is asked."""

    @property
    def id(self) -> int:
        """What it is known by among what is due: far below the looks."""
        return -(1 << 48) - self.source_id


Due = DueSource | DueLook | DueHub
"""Something to ask for."""


class Trouble(StrEnum):
    """What kind of failure a failed poll was; ``Fetched.error`` tells it as a sentence."""

    NONE = ""
    NO_NAME = "no name"
    """The host's name cannot be resolved."""
    NO_ANSWER = "no answer"
    """Timeout, refused or broken connection."""
    NO_NETWORK = "no network"
    """Not asked at all: no name can be resolved, it is our own network that is away."""
    CERTIFICATE = "certificate"
    """It is expired, or does not vouch for this host."""
    REFUSED = "refused"
    """401, 403, 429 and their like, or robots.txt."""
    CHALLENGE = "challenge"
    """A page that asks for a browser or a human stands in the way."""
    MISSING = "missing"
    """404: nothing is there now."""
    ENDED = "ended"
    """410: it was taken away for good."""
    SERVER = "server"
    """5xx, and every other answer that is no document."""
    PAGE = "page"
    """A web page came where a feed was."""
    UNREADABLE = "unreadable"
    """Something came, but no feed: broken, too large, of another kind."""
    OURS = "ours"
    """An error of Tidings itself, or the machine's."""


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
    trouble: Trouble = Trouble.NONE
    """What kind of failure it was."""
    moved_to: str = ""
    """The address a permanent redirect (301, 308) led to."""
    retry_after: float | None = None
    """Seconds the server asked us to stay away."""
    fresh_for: float | None = None
    """Seconds the server or the feed says the document stays good (Cache-Control max-age, ttl)."""
