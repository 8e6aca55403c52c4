"""What goes to storage and what comes back: the stages' decisions about one poll, and what storing it came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from crawler.model import AlertKind, Change, Enclosure, Episode, Fetched, Match, Segment
from crawler.polling import Move
from crawler.push import Offer
from crawler.rhythm import Habits
from crawler.storage.changes import Announced
from crawler.stories.threading import Joined
from crawler.topics.following.weights import Vector


@dataclass(frozen=True, slots=True)
class AlertIntent:
    """One person is to be told, in a message of their own or in one that gathers."""

    recipient: str
    topic: str
    kind: AlertKind
    due_at: datetime

    @property
    def gathers(self) -> bool:
        """More articles may join its message until the mail is made."""
        return self.kind in (AlertKind.DIGEST, AlertKind.ARCHIVE)


@dataclass(frozen=True, slots=True)
class ChangeIntent:
    """One person who was told of an article is to be told what changed in it."""

    told: Announced
    due_at: datetime


@dataclass(frozen=True, slots=True)
class MatchIntent:
    """A match to store, with whom it is told to and, when nobody, why not."""

    match: Match
    fate: str
    """``planned``, ``archived``, ``copy``, ``known``, ``muted`` or ``import``: see the column's comment."""
    alerts: tuple[AlertIntent, ...] = ()


@dataclass(slots=True)
class ArticleIntent:
    """An article to store: new (``known_id`` is None) or a new version of a known one."""

    title: str
    text: str
    link: str = ""
    url: str = ""
    text_from: str = "feed"
    page_error: str = ""
    summary: str = ""
    author: str = ""
    language: str = "und"
    published: datetime | None = None
    updated: datetime | None = None
    outlet: str = ""
    guid: str = ""
    categories: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    first_seen: datetime | None = None
    """Set for imported articles; others are first seen when their poll is stored."""
    source_id: int | None = None
    """Set for imported articles whose source the file names; others are of the source that was polled."""
    known_id: int | None = None
    keys: tuple[tuple[str, int], ...] = ()
    """(kind, hash) pairs that identify it from now on."""
    copy_of: int | ArticleIntent | None = None
    copy_score: float | None = None
    copied_by: tuple[tuple[int, float], ...] = ()
    """Known articles, with their scores, that turn out to be copies of this one: it was published before them."""
    story_id: int | None = None
    """The story it joins; None begins one, or joins that of a ``copy_of`` stored in the same transaction."""
    begun_by: ArticleIntent | None = None
    """The article of the same transaction that begins the story it joins."""
    merges: tuple[int, ...] = ()
    """Stories that turn out to be the one it joins."""
    joined: Joined | None = None
    """What lets it join by likeness."""
    when: datetime | None = None
    """When it came out, as its story counts it."""
    vector: Vector | None = None
    """Its weighted terms, by which it shapes its story; None for a copy."""
    story_keys: tuple[str, ...] = ()
    """The terms by which its story is found from now on."""
    news: list[dict[str, object]] | None = None
    """What it adds to its story, where that had an article before."""
    memory: bytes | None = None
    """What its story has said, with it."""
    memory_before: bytes | None = None
    """What its story had said when it was asked what it adds."""
    repeats: bool = False
    """Whether it surely says nothing that its story had not said."""
    shingles: tuple[int, ...] = ()
    credit: str = ""
    """The agency or outlet that its text is credited to; empty when to none."""
    credit_from: str = ""
    """Where that stands: dateline, line, byline or link."""
    changes: tuple[Change, ...] = ()
    """What a new version says otherwise."""
    difference: tuple[Segment, ...] = ()
    """Of the new version and the one before, for people."""
    change_alerts: tuple[ChangeIntent, ...] = ()
    """Who is told of it."""
    look_at: datetime | None = None
    """When its page is looked at again first, if it is."""
    matches: list[MatchIntent] = field(default_factory=list)
    moves: tuple[str, ...] = ()
    """Topics that follow by example and are pulled after this article."""
    meaning: tuple[str, tuple[float, ...]] | None = None
    """The model, and the article's place by meaning, where it was compared so."""
    terms: tuple[str, ...] = ()
    """Terms it adds one to, for how much each tells (``topics.following``)."""
    stored_id: int | None = None
    """Filled in by storage, so that a copy in the same poll can point here."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A known, unchanged article was carried by this source too."""

    article_id: int
    link: str
    keys: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class PushIntent:
    """What a poll, or a push, says of its source's hub."""

    offer: Offer | None = None
    """The hub that the document names; ``None``: it names none, or was not read."""
    pushed: bool = False
    """The hub sent the document, nobody asked for it."""
    fresh: bool = False
    """It held what this source had not carried."""


@dataclass(frozen=True, slots=True)
class PollIntent:
    """Everything that one poll of one source, or a part of it, changes, stored in one transaction."""

    source_id: int
    fetched: Fetched
    now: datetime
    next_poll: datetime
    interval: float
    articles: tuple[ArticleIntent, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    seen: tuple[int, ...] = ()
    """Entry hashes that are accounted for by this poll."""
    entries: int = 0
    last: bool = True
    """Not so of a part before the last: its articles are stored, and the source and its polls stay as they are."""
    before: Saved = field(default_factory=lambda: Saved())  # noqa: PLW0108  (defined below)
    """What the parts before came to."""
    episodes: tuple[Episode, ...] = ()
    """The source's open episodes as they stand after this poll, and those that begin; others stay as they are."""
    move: Move | None = None
    """Where its address leads for good, as far as that is known."""
    rest: float = 0.0
    """Seconds that every source of its host is to be left alone, by the server's word."""
    pieces: tuple[int, ...] | None = None
    """Hashes of its document's entries byte for byte, once all are accounted for; ``None`` where no document came."""
    habits: Habits | None = None
    """What was learned of the source; ``None`` where that was nothing."""
    push: PushIntent = PushIntent()
    lied: int = 0
    """How much its document speaks against its server's "unchanged": 2 for proof."""


@dataclass(frozen=True, slots=True)
class LookIntent:
    """Everything that one look at a known article's page changes, stored in one transaction."""

    article_id: int
    now: datetime
    next_look: datetime | None
    """``None``: it is not looked at again."""
    etag: str = ""
    last_modified: str = ""
    missing_since: datetime | None = None
    title: str | None = None
    text: str | None = None
    error: str = ""
    """Why nothing could be compared, as a sentence."""
    article: ArticleIntent | None = None
    """The new version, when it says otherwise."""
    source_id: int | None = None
    """The source of the version before."""


@dataclass(slots=True)
class Saved:
    """What storing came to, in counts."""

    new: int = 0
    updated: int = 0
    copies: int = 0
    matches: int = 0
    planned: int = 0
    """Messages planned: an article that joins a waiting digest adds none."""

    def add(self, other: Saved) -> None:
        """Add another poll's counts to these."""
        self.new += other.new
        self.updated += other.updated
        self.copies += other.copies
        self.matches += other.matches
        self.planned += other.planned
