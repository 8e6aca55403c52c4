"""What a poll says of its source: the look-ups in storage around ``coverage`` and ``polling``, which decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from crawler import coverage
from crawler.coverage import Brought
from crawler.model import DueSource, Entry, Episode, Fetched
from crawler.polling import Move, moved, rest
from crawler.storage import ArticleIntent, Sighting, Store


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


def weigh(
    store: Store,
    source_id: int,
    entries: Sequence[Entry],
    *,
    articles: Iterable[ArticleIntent],
    sightings: Iterable[Sighting],
    seen: Iterable[int],
) -> Brought:
    """A document, or a part of one, in counts, before it is stored: what of it did this very source carry before?

    ``seen`` are the hashes of its entries, ``articles`` and ``sightings`` what became of those that were not seen yet.
    """
    if not entries:
        return Brought()
    drafts = list(articles)
    known = {article.known_id for article in drafts if article.known_id is not None}
    known |= {sighting.article_id for sighting in sightings}
    carried = store.sources.carried(source_id, sorted(known))
    fresh = sum(article.known_id is None for article in drafts) + len(known) - len(carried)
    before = len(store.articles.seen(source_id, seen)) + len(carried)
    moments = [moment for entry in entries if (moment := entry.published or entry.updated) is not None]
    # An entry that could not be worked on is in neither count; the document is none the emptier for it.
    return Brought(max(fresh + before, 1), fresh, min(moments, default=None), max(moments, default=None))


def watch(store: Store, due: DueSource, fetched: Fetched, brought: Brought, now: datetime) -> Watched:
    """Read a poll against what is stored of its source; changes nothing."""
    standing = store.conditions.standing(due, fetched, fresh=brought.fresh, now=now)
    episodes = coverage.advance(standing, fetched, brought, now)
    lost = _missed(store, due, brought, now)
    # Some outlets replace their whole document once a day. What does so time after time, though it is asked sooner
    # after the first, is told once.
    if lost is not None and not store.sources.replaces_all(due.id):
        episodes = (*episodes, coverage.rolled_over(lost, now))
    return Watched(
        episodes=episodes,
        move=moved(store.sources.last_move(due.id), due, fetched, now),
        rest=rest(fetched),
        over=coverage.ended(standing, fetched, now),
        within=None if lost is None else coverage.overlap_within(brought),
    )


def _missed(store: Store, due: DueSource, brought: Brought, now: datetime) -> int | None:
    if due.first_poll or not brought.fresh:
        return None
    before, last_read = store.sources.last_entries(due.id)
    return coverage.missed(brought, before, last_read, now)
