"""Articles, their versions, identities, fingerprints, matches and stories, as stored."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from sqlite3 import Row
from typing import Any, TypeVar

from sqlite_utils import Database

from crawler.model import Enclosure, Evidence, Match
from crawler.storage.database import to_moment, to_text
from crawler.storage.records import ArticleIntent, MatchIntent, Sighting
from crawler.storage.stored import Reach, StoredArticle, StoredMatch, StoredVersion

T = TypeVar("T")

_BATCH = 500
"""Bound parameters per statement; SQLite's own limit was 999 before 3.32."""


_CARRIERS = 40
"""Articles that are looked at for each fingerprint, the newest first."""
_MANY = 200
"""Carriers of all of a text's fingerprints from which each is asked for by itself."""
_LONGEST_NUMBER = 18
"""Digits that surely fit into SQLite's 64 bits."""


_SELECT = """
SELECT a.*, coalesce(nullif(s.name, ''), a.outlet) AS source_name, coalesce(s.url, '') AS source_url,
    coalesce(c.agency, '') AS credit, coalesce(c.found_in, '') AS credit_from
FROM articles a LEFT JOIN sources s ON s.id = a.source_id LEFT JOIN credits c ON c.article_id = a.id
"""


class Articles:
    """The tables around ``articles``; writes are parts of a caller's transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    # -- look-ups ---------------------------------------------------------------------------------------------

    def known(self, keys: Iterable[int]) -> dict[int, int]:
        """Identity hash → article id, for those known; the article itself may have been deleted."""
        rows = self._by_many("SELECT key, article_id FROM identities", "key", keys)
        return {row["key"]: row["article_id"] for row in rows}

    def seen(self, source_id: int, entry_hashes: Iterable[int]) -> set[int]:
        """Which entries were seen exactly so in this source before."""
        rows = self._by_many("SELECT entry_hash FROM seen", "entry_hash", entry_hashes, f"source_id = {int(source_id)}")
        return {row["entry_hash"] for row in rows}

    def get(self, ids: Iterable[int]) -> dict[int, StoredArticle]:
        """Articles by id; those that retention deleted are missing."""
        return {row["id"]: _article(row) for row in self._by_many(_SELECT, "a.id", ids)}

    def find(self, url_or_id: str) -> StoredArticle | None:
        """An article by its number or by an address it was seen under."""
        if url_or_id.isdecimal():
            number = int(url_or_id[:_LONGEST_NUMBER])
            return self.get([number]).get(number)
        row = self._db.execute(f"{_SELECT} WHERE a.url = ? OR a.link = ? LIMIT 1", [url_or_id, url_or_id]).fetchone()
        if row is None:
            sql = f"{_SELECT} WHERE a.id = (SELECT article_id FROM appearances WHERE link = ? LIMIT 1)"
            row = self._db.execute(sql, [url_or_id]).fetchone()
        return None if row is None else _article(row)

    def sharing(
        self, shingles: Sequence[int], *, outlet: str = "", alone: int | None = None, most: int = 6
    ) -> list[int]:
        """Ids of articles that share two fingerprints with a text, or the one that is enough alone; the likest first.

        Of what carries a fingerprint the newest articles are looked at: some phrases stand under everything that an
        outlet writes. Its own other articles are left out (``outlet``), unless they are copies that lead to an origin.
        """
        counts: Counter[int] = Counter()
        for shingle, article_id in self._carriers(shingles):
            counts[article_id] += 2 if shingle == alone else 1
        found = sorted((-count, article_id) for article_id, count in counts.items() if count > 1)[:_CARRIERS]
        if not found:
            return []
        other = "(outlet != ? OR copy_of IS NOT NULL)"
        marks = ",".join("?" * len(found))
        rows = self._db.execute(
            f"SELECT id FROM articles WHERE {other} AND id IN ({marks})", [outlet, *(number for _, number in found)]
        )
        kept = {row["id"] for row in rows}
        return [number for _, number in found if number in kept][:most]

    def _carriers(self, shingles: Sequence[int]) -> list[tuple[int, int]]:
        """(fingerprint, article id) of those that carry any; of one that hundreds carry only the newest."""
        marks = ",".join("?" * len(shingles))
        query = f"SELECT shingle, article_id FROM shingles WHERE shingle IN ({marks}) LIMIT ?"
        some = self._db.conn.execute(query, [*shingles, _MANY]).fetchall()
        if len(some) < _MANY:
            return [tuple(row) for row in some]
        query = "SELECT shingle, article_id FROM shingles WHERE shingle = ? ORDER BY article_id DESC LIMIT ?"
        rows = (self._db.conn.execute(query, [shingle, _CARRIERS]).fetchall() for shingle in shingles)
        return [tuple(row) for some in rows for row in some]

    def headed(self, outlet: str, title: str, *, most: int = 5) -> list[StoredArticle]:
        """An outlet's latest articles under just this headline."""
        sql = f"{_SELECT} WHERE a.outlet = ? AND a.title = ? ORDER BY a.id DESC LIMIT ?"
        return [_article(row) for row in self._db.execute(sql, [outlet, title, most]).fetchall()]

    def newest_first(
        self, *, since: datetime | None = None, before_id: int | None = None, after_id: int = 0
    ) -> Iterator[StoredArticle]:
        """Walk the archive from the newest article back, in short reads that never hold a cursor open."""
        before = 1 << 62 if before_id is None else before_id
        while True:
            rows = self._db.execute(
                f"{_SELECT} WHERE a.id < ? AND a.id > ? AND a.first_seen >= ? ORDER BY a.id DESC LIMIT 200",
                [before, after_id, to_text(since) or ""],
            ).fetchall()
            if not rows:
                return
            yield from (_article(row) for row in rows)
            before = rows[-1]["id"]

    def oldest_first(self) -> Iterator[StoredArticle]:
        """Walk the whole archive in order of arrival."""
        after = 0
        while True:
            rows = self._db.execute(f"{_SELECT} WHERE a.id > ? ORDER BY a.id LIMIT 200", [after]).fetchall()
            if not rows:
                return
            yield from (_article(row) for row in rows)
            after = rows[-1]["id"]

    def latest_first(self, *, since: datetime | None = None) -> Iterator[StoredArticle]:
        """Walk the archive from the article seen last back, imported ones by the date they were given."""
        moment, number = "9999", 0
        while True:
            rows = self._db.execute(
                f"{_SELECT} WHERE (a.first_seen, a.id) < (?, ?) AND a.first_seen >= ?"
                " ORDER BY a.first_seen DESC, a.id DESC LIMIT 200",
                [moment, number, to_text(since) or ""],
            ).fetchall()
            if not rows:
                return
            yield from (_article(row) for row in rows)
            moment, number = rows[-1]["first_seen"], rows[-1]["id"]

    def first_seen_since(self, since: datetime) -> datetime | None:
        """When the first article since a moment was seen."""
        query = "SELECT min(first_seen) FROM articles WHERE first_seen >= ?"
        return to_moment(self._db.execute(query, [to_text(since)]).fetchone()[0])

    def reach(self, week: datetime, month: datetime) -> dict[str, Reach]:
        """How much each topic took, by when its articles were first seen: since two moments, and the last."""
        rows = self._db.execute(
            "SELECT m.topic, sum(a.first_seen >= ?) AS week, sum(a.first_seen >= ?) AS month, max(a.first_seen) AS last"
            " FROM matches m JOIN articles a ON a.id = m.article_id GROUP BY m.topic",
            [to_text(week), to_text(month)],
        )
        return {row["topic"]: Reach(row["week"], row["month"], _sure(to_moment(row["last"]))) for row in rows}

    def count(self, since: datetime | None = None) -> int:
        """How many articles there are, or were first seen since a moment."""
        query = "SELECT count(*) FROM articles WHERE first_seen >= ?"
        return int(self._db.execute(query, [to_text(since) or ""]).fetchone()[0])

    def newest_id(self) -> int:
        """The highest article number given so far; 0 when there is none."""
        return int(self._db.execute("SELECT coalesce(max(id), 0) FROM articles").fetchone()[0])

    def matches_of(self, article_ids: Iterable[int]) -> list[StoredMatch]:
        """Stored matches of some articles."""
        return [_match(row) for row in self._by_many("SELECT * FROM matches", "article_id", article_ids)]

    def matches_of_topic(self, topic: str, since: datetime) -> list[StoredMatch]:
        """Stored matches of a topic since a moment, newest first."""
        rows = self._db.execute(
            "SELECT * FROM matches WHERE topic = ? AND matched_at >= ? ORDER BY matched_at DESC, article_id DESC",
            [topic, to_text(since)],
        )
        return [_match(row) for row in rows]

    def versions_of(self, article_id: int) -> list[StoredVersion]:
        """Every version of an article, oldest first."""
        rows = self._db.execute(
            "SELECT v.*, coalesce(s.name, '') AS source_name FROM versions v LEFT JOIN sources s ON s.id = v.source_id"
            " WHERE v.article_id = ? ORDER BY v.id",
            [article_id],
        )
        return [
            StoredVersion(row["id"], _sure(to_moment(row["seen_at"])), row["title"], row["text"], row["source_name"])
            for row in rows
        ]

    def version_source(self, article_id: int) -> int | None:
        """The source that carried an article's present version."""
        row = self._db.execute(
            "SELECT source_id FROM versions WHERE article_id = ? ORDER BY id DESC LIMIT 1", [article_id]
        ).fetchone()
        return None if row is None else row["source_id"]

    def carried_by(self, article_id: int) -> list[tuple[str, str, datetime]]:
        """(source name, link, first seen) of every source that carried an article."""
        rows = self._db.execute(
            "SELECT s.name, p.link, p.first_seen FROM appearances p JOIN sources s ON s.id = p.source_id"
            " WHERE p.article_id = ? ORDER BY p.first_seen, s.id",
            [article_id],
        )
        return [(row["name"], row["link"], _sure(to_moment(row["first_seen"]))) for row in rows]

    def kin_of(self, article: StoredArticle) -> list[StoredArticle]:
        """The other articles with an article's text, its origin and copies alike, in order of arrival."""
        origin = article.copy_of or article.id
        rows = self._db.execute(
            f"{_SELECT} WHERE (a.id = :origin OR a.copy_of = :origin) AND a.id != :id ORDER BY a.id",
            {"origin": origin, "id": article.id},
        )
        return [_article(row) for row in rows]

    def carrying(self, article_id: int) -> list[int]:
        """Ids of an article, its origin and every copy of that: all that carry its text."""
        rows = self._db.execute(
            "SELECT id FROM articles WHERE id = :id OR copy_of = :id"
            " OR id = (SELECT copy_of FROM articles WHERE id = :id)"
            " OR copy_of = (SELECT copy_of FROM articles WHERE id = :id)",
            {"id": article_id},
        )
        return [row["id"] for row in rows]

    def story_of(self, article_id: int) -> int | None:
        """The story an article belongs to; None when it is not there."""
        row = self._db.execute("SELECT story_id FROM articles WHERE id = ?", [article_id]).fetchone()
        return None if row is None else int(row["story_id"])

    # -- writes -----------------------------------------------------------------------------------------------

    def add(self, article: ArticleIntent, source_id: int | None, now: datetime) -> int:
        """Store a new article with its first version, identities and fingerprints; its id."""
        first_seen = article.first_seen or now
        copy_of = article.copy_of.stored_id if isinstance(article.copy_of, ArticleIntent) else article.copy_of
        row = {
            "url": article.url,
            "link": article.link,
            "title": article.title,
            "text": article.text,
            "text_from": article.text_from,
            "page_error": article.page_error,
            "summary": article.summary,
            "author": article.author,
            "language": article.language,
            "published": to_text(article.published),
            "updated": to_text(article.updated),
            "first_seen": to_text(first_seen),
            "source_id": source_id,
            "outlet": article.outlet,
            "guid": article.guid,
            "categories": _json(article.categories),
            "enclosures": _json([asdict(enclosure) for enclosure in article.enclosures]),
            "copy_of": copy_of,
            "copy_score": article.copy_score,
            "story_id": self._story(article, first_seen),
        }
        article_id = self._insert("articles", row)
        article.stored_id = article_id
        for copy, score in article.copied_by:
            self._db.execute("UPDATE articles SET copy_of = ?, copy_score = ? WHERE id = ?", [article_id, score, copy])
            self._db.execute("UPDATE articles SET copy_of = ? WHERE copy_of = ?", [article_id, copy])
        self._version(article_id, article, source_id, first_seen)
        self.identify(article_id, article.keys, replace=True)
        self._db.conn.executemany(
            "INSERT OR IGNORE INTO shingles (shingle, article_id) VALUES (?, ?)",
            [(shingle, article_id) for shingle in article.shingles],
        )
        if article.credit:
            self._insert(
                "credits", {"article_id": article_id, "agency": article.credit, "found_in": article.credit_from}
            )
        if source_id is not None:
            self.carry(Sighting(article_id, article.link), source_id, first_seen)
        return article_id

    def change(self, article: ArticleIntent, source_id: int | None, now: datetime) -> int:
        """Store a new version of a known article; the version's number."""
        article_id = _sure(article.known_id)
        article.stored_id = article_id
        self._db.execute(
            "UPDATE articles SET title = ?, text = ?, text_from = ?, page_error = ?, summary = ?, updated = ?"
            " WHERE id = ?",
            [
                article.title,
                article.text,
                article.text_from,
                article.page_error,
                article.summary,
                to_text(article.updated or now),
                article_id,
            ],
        )
        version_id = self._version(article_id, article, source_id, now)
        self.identify(article_id, article.keys)
        if source_id is not None:
            self.carry(Sighting(article_id, article.link), source_id, now)
        return version_id

    def carry(self, sighting: Sighting, source_id: int, now: datetime) -> None:
        """Remember that a source carried an article."""
        self._db.execute(
            "INSERT OR IGNORE INTO appearances (article_id, source_id, first_seen, link)"
            " SELECT ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM articles WHERE id = ?)",
            [sighting.article_id, source_id, to_text(now), sighting.link, sighting.article_id],
        )

    def identify(self, article_id: int, keys: Iterable[tuple[str, int]], *, replace: bool = False) -> None:
        """Let an article be found by these identities; ``replace`` takes over what a reused link pointed at."""
        verb = "INSERT OR REPLACE" if replace else "INSERT OR IGNORE"
        self._db.conn.executemany(
            f"{verb} INTO identities (key, kind, article_id) VALUES (?, ?, ?)",
            [(key, kind, article_id) for kind, key in keys],
        )

    def mark_seen(self, source_id: int, entry_hashes: Iterable[int]) -> None:
        """Remember entries as accounted for."""
        self._db.conn.executemany(
            "INSERT OR IGNORE INTO seen (source_id, entry_hash) VALUES (?, ?)",
            [(source_id, entry_hash) for entry_hash in entry_hashes],
        )

    def match(self, article_id: int, intent: MatchIntent, now: datetime) -> bool:
        """Store a match; False when the topic had taken the article before (its evidence is brought up).

        One that was quiet because it said nothing new is taken as if for the first time when a version is to be told.
        """
        match = intent.match
        evidence = _json([asdict(piece) for piece in match.evidence])
        known = self._db.execute(
            "UPDATE matches SET score = ?, evidence = ? WHERE article_id = ? AND topic = ?",
            [match.score, evidence, article_id, match.topic],
        )
        if known.rowcount:
            return bool(intent.alerts) and self._is_told_after_all(article_id, match.topic)
        row = {
            "article_id": article_id,
            "topic": match.topic,
            "score": match.score,
            "evidence": evidence,
            "matched_at": to_text(now),
            "fate": intent.fate,
        }
        self._insert("matches", row)
        return True

    def _is_told_after_all(self, article_id: int, topic: str) -> bool:
        changed = self._db.execute(
            "UPDATE matches SET fate = 'planned' WHERE article_id = ? AND topic = ? AND fate = 'known'",
            [article_id, topic],
        )
        return bool(changed.rowcount)

    # -- helpers ----------------------------------------------------------------------------------------------

    def _story(self, article: ArticleIntent, now: datetime) -> int:
        """The story that an article belongs to, with it; what was merged or deleted meanwhile is not joined."""
        story = article.story_id
        if story is None and article.begun_by is not None and article.begun_by.stored_id is not None:
            story = self.story_of(article.begun_by.stored_id)
        if story is None and isinstance(article.copy_of, ArticleIntent) and article.copy_of.stored_id is not None:
            story = self.story_of(article.copy_of.stored_id)
        if story is not None:
            joined = self._db.execute(
                "UPDATE stories SET first_seen = min(first_seen, :now), last_seen = max(last_seen, :now),"
                " articles = articles + 1"
                " WHERE id = coalesce((SELECT merged_into FROM merges WHERE story_id = :id), :id) RETURNING id",
                {"now": to_text(now), "id": story},
            ).fetchone()
            if joined is not None:
                return int(joined["id"])
        row = {"title": article.title, "first_seen": to_text(now), "last_seen": to_text(now), "articles": 1}
        return self._insert("stories", row)

    def _version(self, article_id: int, article: ArticleIntent, source_id: int | None, now: datetime) -> int:
        row = {
            "article_id": article_id,
            "source_id": source_id,
            "seen_at": to_text(now),
            "title": article.title,
            "text": article.text,
        }
        return self._insert("versions", row)

    def _insert(self, table: str, row: dict[str, Any]) -> int:
        """Insert one row; a plain statement, because ``insert`` asks for the table's columns each time."""
        names = ", ".join(row)
        marks = ", ".join(f":{name}" for name in row)
        return int(self._db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", row).lastrowid or 0)

    def _by_many(self, select: str, column: str, values: Iterable[int], where: str = "1") -> Iterator[Row]:
        wanted = list(dict.fromkeys(values))
        for start in range(0, len(wanted), _BATCH):
            batch = wanted[start : start + _BATCH]
            marks = ",".join("?" * len(batch))
            yield from self._db.execute(f"{select} WHERE {where} AND {column} IN ({marks})", batch).fetchall()


def _article(row: Row) -> StoredArticle:
    plain = {
        name: row[name]
        for name in (
            "id", "url", "link", "title", "text", "text_from", "page_error", "summary", "author", "language",
            "source_id", "source_url", "outlet", "guid", "copy_of", "copy_score", "story_id", "credit", "credit_from",
        )
    }  # fmt: skip
    return StoredArticle(
        **plain,
        source=row["source_name"],
        published=to_moment(row["published"]),
        updated=to_moment(row["updated"]),
        first_seen=_sure(to_moment(row["first_seen"])),
        categories=tuple(json.loads(row["categories"])),
        enclosures=tuple(Enclosure(**piece) for piece in json.loads(row["enclosures"])),
    )


def _match(row: Row) -> StoredMatch:
    evidence = tuple(Evidence(**piece) for piece in json.loads(row["evidence"]))
    match = Match(topic=row["topic"], score=row["score"], evidence=evidence)
    return StoredMatch(row["article_id"], match, _sure(to_moment(row["matched_at"])), row["fate"])


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _sure(value: T | None) -> T:
    """A value that the schema says is there."""
    assert value is not None  # noqa: S101
    return value
