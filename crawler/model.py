"""The words everybody shares, as frozen records: no I/O, no clock.

Times are aware ``datetime`` values in UTC. Texts are plain text: what came as HTML was turned into text where it was
parsed (``sources``, ``extractors``), so nothing behind that point ever holds markup.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
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


class Condition(StrEnum):
    """How a source is, in one word; what each means for the person is told by ``crawler.coverage``."""

    WELL = "well"
    BLOCKED = "blocked"
    GONE = "gone"
    FAILING = "failing"
    CERTIFICATE = "certificate"
    PAGE = "page"
    EMPTY = "empty"
    FROZEN = "frozen"
    SILENT = "silent"
    ROLLED_OVER = "rolled over"


@dataclass(frozen=True, slots=True)
class Episode:
    """A stretch of time in which a source was not well."""

    condition: Condition
    since: datetime
    """The first poll that showed it."""
    polls: int = 1
    """How many polls showed it."""
    certain_at: datetime | None = None
    """When it had lasted long enough to be told; an accident never gets one."""
    ended_at: datetime | None = None
    reminders: int = 0
    """How often it fell due to be told again."""
    good: int = 0
    """Good polls in a row since it last showed."""
    missed: int = 0
    """Rolled over: at most so many entries passed unseen; 0 when that cannot be told."""
    id: int | None = None
    """Its number, once it is stored."""


@dataclass(frozen=True, slots=True)
class CoverageNote:
    """One source's trouble, or its end, as a person is told of it."""

    source: str
    """The source's name, or its address where it has none."""
    condition: Condition
    since: datetime
    ended_at: datetime | None = None
    missed: int = 0
    says: str = ""
    """What its last poll said."""
    advice: str = ""
    """What the person may do about it."""
    episode: int = 0
    """Number of the episode, for the mark that it was told."""
    reminders: int = 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was watched and what was not, as one person has to be told of it."""

    at: datetime
    """The moment it is of."""
    sources: int
    """Sources that are followed and not paused."""
    troubled: tuple[tuple[Condition, tuple[str, ...], datetime], ...] = ()
    """(condition, the sources that have it, since when the first of them) now."""
    notes: tuple[CoverageNote, ...] = ()
    """What this person was not told yet, and reminders."""

    @property
    def well(self) -> int:
        """How many sources have nothing wrong with them."""
        return self.sources - sum(len(names) for _, names, _ in self.troubled)


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
    """The term of the query, as the person wrote it; of an example, as it is written there."""
    kind: str = "term"
    """``term`` of a query; of examples ``name``, ``figure`` or ``word``."""
    weight: float = 1.0
    """Of examples: its part in the likeness, 0…1."""


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
    """With its sub-queries put in."""
    alert: str = "now"
    """``now``, ``hourly``, ``daily HH:MM`` or five cron fields."""
    quiet: str = ""
    """``HH:MM-HH:MM`` in the person's time zone; empty for none."""
    to: tuple[str, ...] = ()
    must_match: tuple[str, ...] = ()
    must_not_match: tuple[str, ...] = ()
    written: str = ""
    """The query as the settings have it, where sub-queries were put into ``query``; else empty."""
    examples: tuple[str, ...] = ()
    """Files, and addresses of articles, that it follows by likeness."""
    follow: str = "balanced"
    """How much like them an article has to be: ``strict``, ``balanced`` or ``wide``."""
    semantic: bool = False
    """Compare by meaning too, with the extra ``[semantic]``."""
    repeats: str = "quiet"
    """Of articles that say nothing that the person was not told of their story: ``quiet``, no mail; ``all``, a mail."""


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
