"""What flows down the pipelines: one poll of one source, with a draft for each entry that is not accounted for yet.

An item is a whole poll and not an article, so that everything a poll changes is stored in one transaction. A document
with more text than is worked on in a moment comes in parts, each stored by itself; the source's validators and next
poll are in the last one's transaction, so that a crash between two parts leaves the rest to be read again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from crawler.coverage import Brought
from crawler.model import DueSource, Entry, Fetched, SourceDocument
from crawler.storage import ArticleIntent, Saved, Sighting
from crawler.text import Document
from crawler.topics.following import Features

_MOST_CHARACTERS = 300_000
"""Of text in one part. Language, copies and topics take 1.5 s of computing for a million characters (measured), and for
as long the loop does nothing else. Of 671 real feeds the largest has 200,000."""
_MOST_ENTRIES = 250
"""In one part."""


@dataclass(slots=True)
class Draft:
    """An entry on its way to becoming an article."""

    entry: Entry
    entry_hash: int
    article: ArticleIntent
    document: Document | None = None
    """Made once the text is final, and let go when the topics have read it."""
    features: Features | None = None
    """What likens it to others, read with the topics; let go when its story is found."""
    place: tuple[float, ...] = ()
    """Where it lies by meaning, as far as a topic asks for that."""
    page_later: bool = False
    """The page behind the link did not come this time, but may come the next."""


@dataclass(slots=True)
class Progress:
    """What the items of one poll share, when its document is so large that it goes through in parts."""

    saved: Saved = field(default_factory=Saved)
    """What the parts before came to."""
    entries: int = 0
    brought: Brought = field(default_factory=Brought)
    """What the parts so far held, in counts."""
    pages: int = 0
    """Pages that were asked for."""
    again: bool = False
    """Entries are left for the next poll, so it must not be told that nothing is new."""
    gaps: bool = False
    """Entries could not be worked on: the next document is to be read whole, so that they are tried again."""
    failed: bool = False
    """A part could not be stored; what comes after it, and the poll itself, is not stored either."""


@dataclass(slots=True)
class PollItem:
    """One poll of one source, or a part of one."""

    due: DueSource
    fetched: Fetched
    # Scrapy logs an item that a stage failed on: a whole feed has no place in a log.
    document: SourceDocument = field(default_factory=SourceDocument, repr=False)
    drafts: list[Draft] = field(default_factory=list, repr=False)
    sightings: list[Sighting] = field(default_factory=list, repr=False)
    seen: list[int] = field(default_factory=list, repr=False)
    """Hashes of entries that this poll accounts for."""
    pieces: tuple[int, ...] | None = field(default=None, repr=False)
    """Hashes of the document's entries, byte for byte; ``None`` where no document came."""
    last: bool = True
    """Not so of all parts but the last: they bring articles, and the poll is recorded when it is whole."""
    progress: Progress = field(default_factory=Progress)

    def parts(self) -> Iterator[PollItem]:
        """The poll in parts of which each is worked on in a fraction of a second; nearly always one, itself."""
        entries, start = self.document.entries, 0
        for end in _ends(entries):
            yield self._part(entries[start:end], last=False)
            start = end
        yield self._part(entries[start:], last=True) if start else self

    def _part(self, entries: tuple[Entry, ...], *, last: bool) -> PollItem:
        document = replace(self.document, entries=entries, unread=self.document.unread if last else 0)
        pieces = self.pieces if last else None
        return PollItem(self.due, self.fetched, document, pieces=pieces, last=last, progress=self.progress)


def _ends(entries: Sequence[Entry]) -> Iterator[int]:
    """Where each part but the last ends."""
    start = characters = 0
    for number, entry in enumerate(entries):
        size = len(entry.content) + len(entry.summary)
        if number > start and (characters + size > _MOST_CHARACTERS or number - start >= _MOST_ENTRIES):
            yield number
            start, characters = number, 0
        characters += size
