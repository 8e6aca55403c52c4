"""What a poll says of its source: the look-ups in storage around ``coverage`` and ``polling``, which decide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crawler import coverage
from crawler.coverage import Brought
from crawler.model import DueSource, Episode, Fetched, Outcome, SourceDocument
from crawler.polling import Move, disbelieve, moved, rest
from crawler.rhythm import Habits, learn
from crawler.storage import ArticleIntent, Sighting, Store

_LEARNED_EVERY = timedelta(hours=6)
"""A source that says "unchanged" teaches that it published nothing; that is stored so often."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What a poll changes of what is known of its source."""

    episodes: tuple[Episode, ...] = ()
    move: Move | None = None
    rest: float = 0.0
    """Seconds that every source of the host is to be left alone."""
    over: bool = False
    """Polling is over."""
    within: float | None = None
    """The document rolled over; seconds in which the source is to be asked again."""
    habits: Habits | None = None
    """What is known of the source now; ``None`` where nothing is."""
    learned: bool = False
    """Whether that is more than what is stored."""
    lied: int = 0
    """How much the document speaks against its server's "unchanged"."""


def weigh(
    store: Store,
    source_id: int,
    document: SourceDocument,
    *,
    articles: Iterable[ArticleIntent],
    sightings: Iterable[Sighting],
    seen: Iterable[int],
) -> Brought:
    """A document, or a part of one, in counts, before it is stored: what of it did this very source carry before?

    ``seen`` are the hashes of its entries, ``articles`` and ``sightings`` what became of those that were not seen yet.
    """
    entries = document.entries
    if not entries:
        return Brought(entries=document.unread, unread=document.unread)
    drafts = list(articles)
    known = {article.known_id for article in drafts if article.known_id is not None}
    known |= {sighting.article_id for sighting in sightings}
    carried = store.sources.carried(source_id, sorted(known))
    published = [article.published for article in drafts if article.known_id is None]
    published += [None] * (len(known) - len(carried))
    fresh = len(published)
    before = len(store.articles.seen(source_id, seen)) + len(carried) + document.unread
    moments = [moment for entry in entries if (moment := entry.published or entry.updated) is not None]
    # An entry that could not be worked on is in neither count; the document is none the emptier for it.
    return Brought(
        max(fresh + before, 1),
        fresh,
        min(moments, default=None),
        max(moments, default=None),
        tuple(published),
        document.unread,
        document.fresh_for,
        document.closed_hours,
    )


def watch(store: Store, due: DueSource, fetched: Fetched, brought: Brought, now: datetime) -> Watched:
    """Read a poll against what is stored of its source; changes nothing."""
    standing = store.conditions.standing(due, fetched, fresh=brought.fresh, now=now)
    episodes = coverage.advance(standing, fetched, brought, now)
    lost = None if due.pushed else _missed(store, due, brought, now)
    # Some outlets replace their whole document once a day. What does so time after time, though it is asked sooner
    # after the first, is told once.
    if lost is not None and not store.sources.replaces_all(due.id):
        episodes = (*episodes, coverage.rolled_over(lost, now))
    before = store.rhythms.of(due.id)
    habits = before if fetched.outcome is Outcome.FAILED else _habits(store, due, before, brought, now)
    return Watched(
        habits=habits,
        learned=habits is not before,
        episodes=episodes,
        move=_move(store, due, fetched, now),
        rest=rest(fetched),
        over=coverage.ended(standing, fetched, now),
        lied=_lied(store, due, fetched, brought),
        within=None if lost is None else coverage.overlap_within(brought),
    )


def _lied(store: Store, due: DueSource, fetched: Fetched, brought: Brought) -> int:
    if not due.doubted or not brought.fresh or due.pushed:
        return 0
    return disbelieve(due, fetched, brought.published, store.sources.said_unchanged(due.id))


def _move(store: Store, due: DueSource, fetched: Fetched, now: datetime) -> Move | None:
    known = store.sources.last_move(due.id)
    return known if due.pushed else moved(known, due, fetched, now)


def _habits(store: Store, due: DueSource, habits: Habits | None, brought: Brought, now: datetime) -> Habits:
    """What is known of a source after it was read; the very same where a poll taught nothing worth storing."""
    if habits is not None and not brought.fresh and timedelta() <= now - habits.rhythm.at < _LEARNED_EVERY:
        return habits
    _, last_read = store.sources.last_entries(due.id)
    middle = None if last_read is None else last_read + (now - last_read) / 2
    moments = [moment for published in brought.published if (moment := published or middle) is not None]
    rhythm = learn(None if habits is None else habits.rhythm, moments, now)
    if habits is not None and (due.pushed or brought.entries == brought.unread):
        return replace(habits, rhythm=rhythm)
    if not brought.entries:
        return Habits(rhythm)
    return Habits(rhythm, brought.entries, brought.fresh_for, frozenset(brought.closed_hours))


def _missed(store: Store, due: DueSource, brought: Brought, now: datetime) -> int | None:
    if due.first_poll or not brought.fresh:
        return None
    before, last_read = store.sources.last_entries(due.id)
    return coverage.missed(brought, before, last_read, now)
