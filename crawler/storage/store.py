"""The store: every table behind one door, and the one transaction of a poll."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlite_utils import Database

from crawler.errors import DatabaseDamagedError, StorageError
from crawler.storage.articles import Articles
from crawler.storage.changes import Changes
from crawler.storage.clock import bring_back, was_ahead
from crawler.storage.conditions import Conditions
from crawler.storage.damage import check_whole, explained
from crawler.storage.database import (
    GUEST_WAITS,
    back_up,
    immediate,
    open_guest,
    open_reader,
    open_writer,
    to_moment,
    to_text,
)
from crawler.storage.documents import Documents
from crawler.storage.following import Following
from crawler.storage.looks import Looks
from crawler.storage.outbox import Outbox
from crawler.storage.pushes import Pushes
from crawler.storage.records import ArticleIntent, LookIntent, MatchIntent, PollIntent, Saved, Sighting
from crawler.storage.retention import pruning
from crawler.storage.rhythms import Rhythms
from crawler.storage.sources import Sources
from crawler.storage.stories import Stories
from crawler.storage.taken import Taken
from crawler.storage.telling import Telling
from crawler.storage.topics import Topics
from crawler.storage.traces import Traces
from crawler.storage.wishes import Wishes
from crawler.stories.threading import SILENT

IMPORTED = 0
"""What ``seen`` calls the source of imported entries; no source has this number."""
_POLLS_KEPT = timedelta(days=90)
"""A quarter of a year shows a source's rhythm; 50 sources at 15 minutes make 430,000 rows of it."""
_CONDITIONS_KEPT = timedelta(days=400)
"""As long as articles are by default: how well they were watched belongs to them."""
_SHINGLES_KEPT = timedelta(days=30)
"""Copies come early; methods.md §3 sizes the table for 30 days."""
_PRUNE_EVERY = timedelta(days=1)
_PRUNED_AT = "pruned_at"


class Store:
    """An open database. Use ``Store.writer`` for the one process that polls, ``reader`` and ``guest`` beside it."""

    def __init__(self, path: Path, db: Database) -> None:
        self.path = path
        self._db = db
        self._file = _identity(path)
        self._damage: DatabaseDamagedError | None = None
        db.conn.row_factory = sqlite3.Row
        self.conditions = Conditions(db)
        self.sources = Sources(db, self.conditions)
        self.rhythms = Rhythms(db)
        self.documents = Documents(db)
        self.pushes = Pushes(db)
        self.articles = Articles(db)
        self.topics = Topics(db)
        self.changes = Changes(db)
        self.outbox = Outbox(db, self.articles, self.sources, self.conditions)
        self.looks = Looks(db)
        self.traces = Traces(db)
        self.following = Following(db)
        self.wishes = Wishes(db)
        self.taken = Taken(db, Telling(db, self.articles))
        self.stories = Stories(db, self.articles)

    @classmethod
    def writer(cls, path: Path, *, unclean: bool = False, patient: bool = False) -> Self:
        """Open for polling; after an ``unclean`` stop only when the file is whole.

        ``patient``: wait 10 s for another program's transaction instead of one, where no event loop has to go on.
        See ``open_writer`` for what it raises.
        """
        store = cls(path, open_writer(path))
        if patient:
            store._db.execute(f"PRAGMA busy_timeout = {GUEST_WAITS}")
        if unclean:
            try:
                check_whole(path, store._db)
            except BaseException:
                store.close()
                raise
        return store

    @classmethod
    def reader(cls, path: Path) -> Self:
        """Open for looking; see ``open_reader`` for what it raises."""
        return cls(path, open_reader(path))

    @classmethod
    def guest(cls, path: Path) -> Self:
        """Open for a short write beside a running service."""
        return cls(path, open_guest(path))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database; a store that is closed already stays closed."""
        self._db.close()

    def back_up(self, target: Path) -> None:
        """Write a consistent copy to a new file; raises StorageError."""
        back_up(self._db, target)

    def check_place(self) -> None:
        """Make sure that the file which is open still stands at its path and was not found damaged.

        SQLite goes on writing to a file that was deleted, and all of it is lost at the end (reliability.md, rule 12).

        Raises:
            StorageError: it was deleted, or another file stands there.
            DatabaseDamagedError: a poll could not be stored because the file is damaged.
        """
        if self._damage is not None:
            raise self._damage
        if self._file is None or _identity(self.path) != self._file:
            raise StorageError(
                self.path, "was deleted or replaced while it was in use; put it back, or a backup, and start again"
            )

    def set_right(self, now: datetime, next_digest: Callable[[str, str], datetime | None]) -> bool:
        """Mend what a clock that was ahead of ``now`` wrote; whether there was any. See ``Outbox.wake``."""
        if not was_ahead(self._db, now):
            return False
        self.sources.wake(now)
        self.outbox.wake(now, next_digest)
        bring_back(self._db, now)
        return True

    def save_poll(self, intent: PollIntent) -> Saved:
        """Store everything one poll changes in one transaction: all of it, or nothing.

        Articles and their matches and alerts, the source's validators, its next poll and the poll's own row belong
        together: validators that outlive a lost article would hide it behind a 304 for ever.

        Raises:
            DatabaseBusyError: another program is writing; nothing of the poll was stored, and it may be tried again.
            StorageError: it cannot be written (the disk is full, say); nothing of the poll was stored.
        """
        saved = Saved()
        try:
            with immediate(self._db):
                self._save_poll(intent, saved)
        except sqlite3.Error as error:
            raise self.explained(error, "could not be written") from error
        return saved

    def save_quiet_polls(self, intents: Iterable[PollIntent]) -> None:
        """Store polls that brought nothing in one transaction; the intents are made in it, one after the other.

        Raises:
            DatabaseBusyError, StorageError: as ``save_poll``; nothing of any of them was stored.
        """
        try:
            with immediate(self._db):
                for intent in intents:
                    self._save_poll(intent, Saved())
        except sqlite3.Error as error:
            raise self.explained(error, "could not be written") from error

    def save_look(self, intent: LookIntent) -> Saved:
        """Store what a look at a known article's page came to, in one transaction.

        Raises:
            DatabaseBusyError: another program is writing; nothing was stored, and the look is due as before.
            StorageError: it cannot be written; nothing was stored.
        """
        saved = Saved()
        try:
            with immediate(self._db):
                if intent.article is not None:
                    self._save_article(intent.article, intent.source_id, intent.now, saved)
                self.looks.record(intent)
        except sqlite3.Error as error:
            raise self.explained(error, "could not be written") from error
        return saved

    def explained(self, error: sqlite3.Error, says: str) -> StorageError:
        """SQLite's error as one of ours; damage is remembered, and the next ``check_place`` raises it."""
        ours = explained(self.path, error, says)
        if isinstance(ours, DatabaseDamagedError):
            self._damage = ours
        return ours

    def _save_poll(self, intent: PollIntent, saved: Saved) -> None:
        for article in intent.articles:
            self._save_article(article, intent.source_id, intent.now, saved)
        for sighting in intent.sightings:
            self.articles.carry(sighting, intent.source_id, intent.now)
            self.articles.identify(sighting.article_id, sighting.keys)
        self.articles.mark_seen(intent.source_id, intent.seen)
        if intent.last:
            whole = replace(intent.before)
            whole.add(saved)
            self.sources.record(intent, whole)
            self.pushes.record(intent.source_id, intent.push, intent.now)
            if intent.habits is not None:
                self.rhythms.record(intent.source_id, intent.habits)
            if intent.pieces is not None:
                self.documents.record(intent.source_id, intent.pieces)

    def save_imported(
        self,
        articles: Sequence[ArticleIntent],
        now: datetime,
        *,
        sightings: Sequence[tuple[Sighting, int | None]] = (),
        seen: Sequence[int] = (),
    ) -> Saved:
        """Store articles that came from a file instead of a poll, in one transaction.

        ``sightings`` are known articles that the file holds too, each with the source it names; ``seen`` are the hashes
        of its entries, so that a second import of them adds nothing.
        """
        saved = Saved()
        with immediate(self._db):
            for article in articles:
                self._save_article(article, article.source_id, now, saved)
            for sighting, source_id in sightings:
                if source_id is not None:
                    self.articles.carry(sighting, source_id, now)
                self.articles.identify(sighting.article_id, sighting.keys)
            self.articles.mark_seen(IMPORTED, seen)
        return saved

    def save_backfill(self, topic: str, matches: list[tuple[int, MatchIntent]], upto: int, now: datetime) -> Saved:
        """Store what a new query takes from the archive, and that the archive was tried, in one transaction."""
        saved = Saved()
        with immediate(self._db):
            for article_id, intent in matches:
                self._save_match(article_id, intent, now, saved)
            self.topics.backfilled(topic, upto)
        return saved

    def prune(self, now: datetime, keep: float) -> int:
        """Delete unmatched articles older than ``keep`` seconds; they stay known and never come back as new."""
        return sum(self.pruning(now, keep))

    def pruning(self, now: datetime, keep: float) -> Iterator[int]:
        """``prune`` in short transactions, each with how many articles it deleted: polls can be stored in between.

        That it is done is stored at the end, so that one that was cut off is begun again (``prune_is_due``).
        """
        kept_from, copied_from = now - timedelta(seconds=keep), now - _SHINGLES_KEPT
        steps = pruning(self._db, articles=kept_from, shingles=copied_from, polls=now - _POLLS_KEPT)
        while True:
            with immediate(self._db):
                deleted = next(steps, None)
            if deleted is None:
                break
            yield deleted
        silenced = True
        while silenced:
            with immediate(self._db):
                silenced = bool(self.stories.silence(now - SILENT))
            yield 0
        with immediate(self._db):
            self.conditions.prune(now - _CONDITIONS_KEPT)
            self.following.halve()
            self.stories.forget_merges()
            self._db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", [_PRUNED_AT, to_text(now)])
        self._db.execute("PRAGMA analysis_limit = 400")  # as sqlite.org/lang_analyze.html advises: optimize stays quick
        self._db.execute("PRAGMA optimize").fetchall()

    def prune_is_due(self, now: datetime) -> bool:
        """Whether ``prune`` was last done a day ago, or at a time that is still to come."""
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", [_PRUNED_AT]).fetchone()
        last = to_moment(row["value"]) if row else None
        return last is None or not timedelta() <= now - last < _PRUNE_EVERY

    def checkpoint(self) -> int:
        """Write the write-ahead log into the database file, and empty it; how many bytes of it are left.

        It waits for nobody: a reader in the middle of a statement leaves it to the next time.
        """
        (waits,) = self._db.execute("PRAGMA busy_timeout").fetchone()
        self._db.execute("PRAGMA busy_timeout = 0")
        try:
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            self._db.execute(f"PRAGMA busy_timeout = {waits}")
        log = self.path.with_name(f"{self.path.name}-wal")
        return log.stat().st_size if log.exists() else 0

    def _save_article(self, article: ArticleIntent, source_id: int | None, now: datetime, saved: Saved) -> None:
        if article.known_id is None:
            article_id = self.articles.add(article, source_id, now)
            saved.new += 1
            self.stories.thread(article, article_id, self.articles.story_of(article_id) or 0, now)
            self.following.count(article.terms)
            if article.meaning is not None:
                model, place = article.meaning
                self.following.embed(article_id, model, article.language, place)
            for topic in article.moves:
                self.following.moved(topic, article_id)
            saved.copies += (article.copy_of is not None) + len(article.copied_by)
        else:
            version_id = self.articles.change(article, source_id, now)
            article_id = article.known_id
            saved.updated += 1
            self.changes.record(version_id, article.changes, article.difference)
            for change in article.change_alerts:
                saved.planned += self.outbox.plan_change(change, article_id, version_id, now)
        if article.look_at is not None:
            self.looks.begin(article_id, article.look_at)
        for match in article.matches:
            self._save_match(article_id, match, now, saved)

    def _save_match(self, article_id: int, intent: MatchIntent, now: datetime, saved: Saved) -> None:
        if not self.articles.match(article_id, intent, now):
            return
        saved.matches += 1
        for alert in intent.alerts:
            saved.planned += self.outbox.plan(alert, article_id, now)


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file stands at a path: device and inode."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
