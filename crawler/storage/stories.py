"""Stories, as stored: what each is known by and found by, how articles joined it, and what they added."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Row
from zlib import crc32

from sqlite_utils import Database

from crawler.model import Addition
from crawler.storage.articles import Articles
from crawler.storage.database import to_moment, to_text
from crawler.storage.following import vector_of
from crawler.storage.records import ArticleIntent
from crawler.storage.stored import StoredArticle
from crawler.stories.additions import addition
from crawler.stories.counts import Count, counts
from crawler.stories.memory import Memory
from crawler.stories.threading import MOST_CANDIDATES, Outline
from crawler.text import Document

_NEWEST = 40
"""Stories that are looked at for each term, the newest first: what stands in more says little."""
_MOST_MEMBERS = 20
_MOST_COUNTED = 12
_SILENCED = 500
_LATEST = 500
"""Articles that are looked through for an outlet's own."""


@dataclass(frozen=True, slots=True)
class StoredStory:
    """A story as it stands in the database."""

    id: int
    title: str
    first_seen: datetime
    last_seen: datetime
    articles: int


@dataclass(frozen=True, slots=True)
class StoredJoin:
    """How an article came into its story."""

    score: float
    shared: tuple[str, ...]


class Stories:
    """The tables around ``stories``; writes are parts of a caller's transaction."""

    def __init__(self, db: Database, articles: Articles) -> None:
        self._db = db
        self._articles = articles

    # -- look-ups ---------------------------------------------------------------------------------------------

    def candidates(self, keys: Iterable[str]) -> dict[int, Outline]:
        """The stories that share the weightiest terms with an article; ``keys`` are its own, the weightiest first."""
        shared: Counter[int] = Counter()
        for rank, key in enumerate(keys):
            rows = self._db.execute(
                "SELECT story_id FROM story_keys WHERE key = ? ORDER BY story_id DESC LIMIT ?", [_hash(key), _NEWEST]
            )
            for row in rows:
                shared[row["story_id"]] += 100 - rank
        return self.outlines(number for number, _ in shared.most_common(MOST_CANDIDATES))

    def places(self, model: str, since: datetime, most: int) -> list[tuple[int, str, tuple[float, ...]]]:
        """(story, language, place by meaning) of the latest articles that have one, the newest first."""
        rows = self._db.execute(
            "SELECT a.story_id, e.language, e.vector FROM embeddings e JOIN articles a ON a.id = e.article_id"
            " WHERE e.model = ? AND a.first_seen >= ? ORDER BY e.article_id DESC LIMIT ?",
            [model, to_text(since), most],
        )
        return [(row["story_id"], row["language"], vector_of(row["vector"])) for row in rows]

    def outlines(self, numbers: Iterable[int]) -> dict[int, Outline]:
        """What some stories are known by."""
        wanted = list(numbers)
        marks = ",".join("?" * len(wanted))
        rows = self._db.execute(
            f"SELECT o.* FROM outlines o JOIN stories s ON s.id = o.story_id WHERE o.story_id IN ({marks})", wanted
        )
        return {row["story_id"]: Outline.load(row["terms"], _sure(to_moment(row["last_at"]))) for row in rows}

    def get(self, number: int) -> StoredStory | None:
        """A story by its number, or by that of one that was merged into it; ``None`` when there is none."""
        row = self._db.execute(
            "SELECT * FROM stories WHERE id = coalesce((SELECT merged_into FROM merges WHERE story_id = :id), :id)",
            {"id": number},
        ).fetchone()
        return None if row is None else _story(row)

    def latest(self, topic: str | None, most: int) -> list[StoredStory]:
        """The stories with the latest articles; with a topic, those of which it took an article."""
        taken = (
            "AND s.id IN (SELECT a.story_id FROM matches m JOIN articles a ON a.id = m.article_id WHERE m.topic = ?)"
            if topic is not None
            else ""
        )
        rows = self._db.execute(
            f"SELECT s.* FROM stories s WHERE s.articles > 0 {taken} ORDER BY s.last_seen DESC, s.id DESC LIMIT ?",
            [*([] if topic is None else [topic]), most],
        )
        return [_story(row) for row in rows]

    def members(self, number: int) -> list[int]:
        """Ids of a story's articles, in order of arrival."""
        rows = self._db.execute("SELECT id FROM articles WHERE story_id = ? ORDER BY first_seen, id", [number])
        return [row["id"] for row in rows]

    def printed_lately(self, outlet: str, most: int) -> list[int]:
        """Ids of an outlet's latest articles, among the latest of all outlets."""
        rows = self._db.execute(
            "SELECT id FROM (SELECT id, outlet FROM articles ORDER BY id DESC LIMIT ?) WHERE outlet = ? LIMIT ?",
            [_LATEST, outlet, most],
        )
        return [row["id"] for row in rows]

    def originals(self, number: int) -> list[int]:
        """Ids of a story's latest articles that are nobody's copies, in order of arrival."""
        rows = self._db.execute(
            "SELECT id FROM articles WHERE story_id = ? AND copy_of IS NULL ORDER BY id DESC LIMIT ?",
            [number, _MOST_MEMBERS],
        )
        return sorted(row["id"] for row in rows)

    def merged_into(self, number: int) -> list[int]:
        """Numbers of the stories that turned out to be this one."""
        rows = self._db.execute("SELECT story_id FROM merges WHERE merged_into = ? ORDER BY story_id", [number])
        return [row["story_id"] for row in rows]

    def told(self, numbers: Iterable[int], topic: str, person: str, since: datetime, most: int) -> list[int]:
        """Ids of articles of some stories that a person was told by a mail planned since, the latest first."""
        wanted = list(numbers)
        marks = ",".join("?" * len(wanted))
        rows = self._db.execute(
            "SELECT DISTINCT a.id FROM articles a JOIN alert_articles m ON m.article_id = a.id"
            f" JOIN alerts o ON o.id = m.alert_id WHERE a.story_id IN ({marks}) AND m.topic = ? AND m.recipient = ?"
            " AND o.kind IN ('news', 'digest') AND o.state != 'failed' AND o.planned_at >= ?"
            " ORDER BY a.id DESC LIMIT ?",
            [*wanted, topic, person, to_text(since), most],
        )
        return [row["id"] for row in rows]

    def joined(self, article_id: int) -> StoredJoin | None:
        """What let an article join its story; ``None`` when it began it, or came as a copy."""
        row = self._db.execute("SELECT * FROM joins WHERE article_id = ?", [article_id]).fetchone()
        return None if row is None else StoredJoin(row["score"], tuple(json.loads(row["shared"])))

    def news(self, article_id: int) -> list[dict[str, object]] | None:
        """What an article added to its story, the newest sentence first; ``None`` where that was not asked."""
        row = self._db.execute("SELECT sentences FROM news WHERE article_id = ?", [article_id]).fetchone()
        return None if row is None else list(json.loads(row["sentences"]))

    def addition(self, article: StoredArticle) -> Addition:
        """What an article added to its story, as a mail tells it; a copy adds nothing.

        Its figures are held against those of the story's latest articles before it, which are read for that: some
        milliseconds each, ``_MOST_COUNTED`` at most, and only where the article counts something.
        """
        news = None if article.copy_of is not None else self.news(article.id)
        mine = [] if news is None else list(_counts([article]))
        return addition(news, mine, _counts(self._before(article)) if mine else ())

    def _before(self, article: StoredArticle) -> list[StoredArticle]:
        rows = self._db.execute(
            "SELECT id FROM articles WHERE story_id = ? AND copy_of IS NULL AND id < ? ORDER BY id DESC LIMIT ?",
            [article.story_id, article.id, _MOST_COUNTED],
        )
        return list(self._articles.get([row["id"] for row in rows]).values())

    def memory(self, number: int) -> bytes | None:
        """What a story's articles have said so far, as ``stories.memory`` reads it; ``None`` where nobody asked."""
        row = self._db.execute("SELECT said FROM memories WHERE story_id = ?", [number]).fetchone()
        return None if row is None else bytes(row["said"])

    # -- writes -----------------------------------------------------------------------------------------------

    def thread(self, article: ArticleIntent, article_id: int, story: int, now: datetime) -> None:
        """Let an article shape its story, and remember how it came there and what it added."""
        self._merge(story, article.merges, now)
        if article.vector is not None:
            self._shape(article, story)
        if article.joined is not None:
            self._db.execute(
                "INSERT OR REPLACE INTO joins (article_id, score, shared) VALUES (?, ?, ?)",
                [article_id, article.joined.score, json.dumps(article.joined.shared, ensure_ascii=False)],
            )
        if article.news is not None:
            self._db.execute(
                "INSERT OR REPLACE INTO news (article_id, sentences) VALUES (?, ?)",
                [article_id, json.dumps(article.news, ensure_ascii=False)],
            )
        if article.memory is not None:
            self._remember(story, article.memory, article.memory_before)

    def _remember(self, story: int, said: bytes, before: bytes | None) -> None:
        """Keep what a story has said; what another poll added to it since this one read it stays in it."""
        stored = self.memory(story)
        if stored is not None and stored != before:
            try:
                memory = Memory.load(stored)
                memory.merge([Memory.load(said)])
                said = memory.dump()
            except ValueError:
                pass  # of another format: it is written anew
        self._db.execute("INSERT OR REPLACE INTO memories (story_id, said) VALUES (?, ?)", [story, said])

    def _shape(self, article: ArticleIntent, story: int) -> None:
        assert article.vector is not None  # noqa: S101  (asked by the caller)
        assert article.when is not None  # noqa: S101  (set with it)
        outline = self.outlines([story]).get(story) or Outline(article.when)
        outline.add(article.vector, article.when)
        self._keep(story, outline)
        self._db.conn.executemany(
            "INSERT OR IGNORE INTO story_keys (key, story_id) VALUES (?, ?)",
            [(_hash(key), story) for key in article.story_keys],
        )

    def _keep(self, story: int, outline: Outline) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO outlines (story_id, last_at, terms) VALUES (?, ?, ?)",
            [story, to_text(outline.last), outline.dump()],
        )

    def _merge(self, story: int, others: Sequence[int], now: datetime) -> None:
        """Let other stories be this one: their articles come here, and their numbers lead here."""
        known = self.outlines([story, *others])
        for other in others:
            if story in known and other in known:
                known[story].merge(known[other])
            self._db.execute("UPDATE articles SET story_id = ? WHERE story_id = ?", [story, other])
            self._db.execute(
                "INSERT OR IGNORE INTO story_keys (key, story_id)"
                " SELECT k.key, :story FROM story_keys k WHERE k.story_id = :other",
                {"story": story, "other": other},
            )
            for table in ("story_keys", "outlines", "memories"):
                self._db.execute(f"DELETE FROM {table} WHERE story_id = ?", [other])
            self._keep_mute(story, other)
            self._db.execute("UPDATE merges SET merged_into = ? WHERE merged_into = ?", [story, other])
            self._db.execute(
                "INSERT OR REPLACE INTO merges (story_id, merged_into, merged_at) VALUES (?, ?, ?)",
                [other, story, to_text(now)],
            )
            self._db.execute("UPDATE stories SET articles = 0 WHERE id = ?", [other])
        if others:
            if story in known:
                self._keep(story, known[story])
            self._db.execute(
                "UPDATE stories SET articles = (SELECT count(*) FROM articles WHERE story_id = :id),"
                " first_seen = (SELECT min(first_seen) FROM articles WHERE story_id = :id),"
                " last_seen = (SELECT max(first_seen) FROM articles WHERE story_id = :id) WHERE id = :id",
                {"id": story},
            )

    def _keep_mute(self, story: int, other: int) -> None:
        """Who asked to hear nothing of a story hears nothing of the one that it turns out to be, for as long."""
        self._db.execute(
            "INSERT INTO mutes (recipient, topic, kind, target, since, until)"
            " SELECT recipient, topic, kind, :story, since, until FROM mutes WHERE kind = 'story' AND target = :other"
            " ON CONFLICT (recipient, topic, kind, target) DO UPDATE SET until = max(until, excluded.until)",
            {"story": story, "other": other},
        )
        self._db.execute("DELETE FROM mutes WHERE kind = 'story' AND target = ?", [other])

    def silence(self, before: datetime) -> int:
        """Let go of what some stories are found by that were silent since a moment, or are no more: how many.

        They do not come back. At most ``_SILENCED`` at once, so that polls can be stored in between.
        """
        some = (
            "SELECT story_id FROM outlines WHERE last_at < ?1 UNION ALL SELECT story_id FROM outlines"
            " WHERE last_at >= ?1 AND story_id NOT IN (SELECT id FROM stories) LIMIT ?2"
        )
        numbers = [row["story_id"] for row in self._db.execute(some, [to_text(before), _SILENCED])]
        marks = ",".join("?" * len(numbers))
        for table in ("story_keys", "outlines", "memories"):
            self._db.execute(f"DELETE FROM {table} WHERE story_id IN ({marks})", numbers)
        return len(numbers)

    def forget_merges(self) -> None:
        """Delete the emptied rows of merged stories, and let numbers lead nowhere whose story was deleted.

        ``merges`` keeps where a merged story's number leads, so that an article decided for it still finds its place.
        """
        self._db.execute(
            "DELETE FROM stories WHERE id IN (SELECT story_id FROM merges)"
            " AND NOT EXISTS (SELECT 1 FROM articles WHERE story_id = stories.id)"
        )
        self._db.execute("DELETE FROM merges WHERE merged_into NOT IN (SELECT id FROM stories)")


def _counts(articles: Iterable[StoredArticle]) -> Iterator[Count]:
    for each in articles:
        document = Document(each.title, each.text, each.language)
        day = (each.published or each.first_seen).date()
        yield from counts(document, published=day, article=each.id, outlet=each.outlet)


def _hash(key: str) -> int:
    return crc32(key.encode())


def _story(row: Row) -> StoredStory:
    return StoredStory(
        row["id"],
        row["title"],
        _sure(to_moment(row["first_seen"])),
        _sure(to_moment(row["last_seen"])),
        row["articles"],
    )


def _sure(moment: datetime | None) -> datetime:
    assert moment is not None  # noqa: S101  (the schema says so)
    return moment
