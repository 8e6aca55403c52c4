"""What topics follow by example, as stored: examples, what moved them, what people said, how common terms are."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Row

from sqlite_utils import Database

from crawler.storage.database import immediate, to_moment, to_text

MOST_TERMS = 400_000
"""Terms that are counted: about 30 MB. News in three languages has as many after some 100,000 articles."""
_BATCH = 500
_CHANGED = "following_changed"
_DRIFT_KEPT = 20
"""Articles kept per topic that move it (``topics.following.DRIFT``)."""


@dataclass(frozen=True, slots=True)
class StoredExample:
    """An example as it was read."""

    topic: str
    reference: str
    title: str
    text: str
    language: str
    published: datetime | None


@dataclass(frozen=True, slots=True)
class StoredJudgement:
    """What a person said of an article."""

    article_id: int
    belongs: bool
    score: float


@dataclass(frozen=True, slots=True)
class StoredEmbedding:
    """An article's place by meaning."""

    language: str
    vector: tuple[float, ...]


class Following:
    """The tables around ``examples``; what says so is part of a caller's transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    # -- look-ups ---------------------------------------------------------------------------------------------

    def examples(self, topic: str) -> list[StoredExample]:
        """A topic's examples in the order of their references."""
        rows = self._db.execute("SELECT * FROM examples WHERE topic = ? ORDER BY reference", [topic])
        return [_example(row) for row in rows]

    def drift(self, topic: str) -> list[int]:
        """Ids of the articles that move a topic, oldest first."""
        rows = self._db.execute("SELECT article_id FROM drift WHERE topic = ? ORDER BY id", [topic])
        return [row["article_id"] for row in rows]

    def judgements(self, topic: str) -> list[StoredJudgement]:
        """What was said of a topic's articles, in the order of the saying."""
        rows = self._db.execute(
            "SELECT article_id, belongs, score FROM feedback WHERE topic = ? ORDER BY given_at, article_id", [topic]
        )
        return [StoredJudgement(row["article_id"], bool(row["belongs"]), row["score"]) for row in rows]

    def taught(self) -> set[str]:
        """Names of topics of whose articles something was said."""
        return {row["topic"] for row in self._db.execute("SELECT DISTINCT topic FROM feedback")}

    def counts(self, terms: Iterable[str]) -> dict[str, int]:
        """In how many articles each term was, for those that were met."""
        found, wanted = {}, list(dict.fromkeys(terms))
        for start in range(0, len(wanted), _BATCH):
            batch = wanted[start : start + _BATCH]
            marks = ",".join("?" * len(batch))
            rows = self._db.execute(f"SELECT term, articles FROM terms WHERE term IN ({marks})", batch)
            found.update({row["term"]: row["articles"] for row in rows})
        return found

    def counted(self) -> int:
        """How many articles the terms were counted in."""
        return self.counts([":"]).get(":", 0)

    def changed(self) -> str:
        """A mark that changes whenever somebody changes what is followed, from whatever process."""
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", [_CHANGED]).fetchone()
        return "" if row is None else str(row["value"])

    def embeddings(self, model: str, article_ids: Iterable[int]) -> dict[int, StoredEmbedding]:
        """Places by meaning of some articles, as far as this model found them."""
        wanted = list(dict.fromkeys(article_ids))
        marks = ",".join("?" * len(wanted))
        rows = self._db.execute(
            f"SELECT * FROM embeddings WHERE model = ? AND article_id IN ({marks})", [model, *wanted]
        )
        return {row["article_id"]: _embedding(row) for row in rows}

    def places(self, model: str, most: int) -> dict[str, list[tuple[float, ...]]]:
        """The latest places by meaning of each language."""
        rows = self._db.execute(
            "SELECT language, vector FROM (SELECT *, row_number() OVER (PARTITION BY language ORDER BY article_id DESC)"
            " AS number FROM embeddings WHERE model = ?) WHERE number <= ?",
            [model, most],
        )
        found: dict[str, list[tuple[float, ...]]] = {}
        for row in rows:
            found.setdefault(row["language"], []).append(vector_of(row["vector"]))
        return found

    def languages(self, most: int) -> list[str]:
        """The languages of the latest articles, the commonest first."""
        rows = self._db.execute(
            "SELECT language FROM (SELECT language FROM articles ORDER BY id DESC LIMIT 5000)"
            " GROUP BY language ORDER BY count(*) DESC, language LIMIT ?",
            [most],
        )
        return [row["language"] for row in rows]

    def not_placed(self, model: str, language: str, wanted: int) -> list[tuple[int, str]]:
        """(id, title) of the latest articles of a language, as many as are lacking to so many with a place."""
        query = "SELECT count(*) FROM embeddings WHERE model = ? AND language = ?"
        lacking = wanted - self._db.execute(query, [model, language]).fetchone()[0]
        rows = self._db.execute(
            "SELECT id, title FROM (SELECT id, title FROM articles WHERE language = ? ORDER BY id DESC LIMIT 1000)"
            " WHERE id NOT IN (SELECT article_id FROM embeddings) LIMIT ?",
            [language, max(lacking, 0)],
        )
        return [(row["id"], row["title"]) for row in rows]

    # -- writes -----------------------------------------------------------------------------------------------

    def keep_example(self, example: StoredExample, now: datetime) -> None:
        """Store an example, or what it says now."""
        if example in self.examples(example.topic):
            return
        with immediate(self._db):
            # What is followed changed: the archive is to be tried against it.
            self._db.execute("UPDATE topics SET backfilled_to = NULL WHERE name = ?", [example.topic])
            self._db.execute(
                "INSERT OR REPLACE INTO examples (topic, reference, title, text, language, published, read_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    example.topic,
                    example.reference,
                    example.title,
                    example.text,
                    example.language,
                    to_text(example.published),
                    to_text(now),
                ],
            )
            self._mark()

    def forget_examples(self, topics: Mapping[str, Iterable[str]]) -> None:
        """Drop every example that is not of these topics' references."""
        kept = {(topic, reference) for topic, references in topics.items() for reference in references}
        rows = self._db.execute("SELECT topic, reference FROM examples").fetchall()
        gone = [(row["topic"], row["reference"]) for row in rows if (row["topic"], row["reference"]) not in kept]
        if not gone:
            return
        with immediate(self._db):
            self._db.conn.executemany("DELETE FROM examples WHERE topic = ? AND reference = ?", gone)
            self._mark()

    def judge(self, topic: str, judgements: Iterable[StoredJudgement], now: datetime) -> None:
        """Store what a person said; a later answer replaces an earlier one, with the score that it had then."""
        with immediate(self._db):
            self._db.conn.executemany(
                "INSERT INTO feedback (topic, article_id, belongs, score, given_at) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (topic, article_id)"
                " DO UPDATE SET belongs = excluded.belongs, given_at = excluded.given_at",
                [(topic, each.article_id, int(each.belongs), each.score, to_text(now)) for each in judgements],
            )
            self._mark()

    def take_back(self, topic: str, article_id: int) -> None:
        """Forget what a person said of an article."""
        with immediate(self._db):
            self._db.execute("DELETE FROM feedback WHERE topic = ? AND article_id = ?", [topic, article_id])
            self._mark()

    def moved(self, topic: str, article_id: int) -> None:
        """An article moves a topic from now on; part of the caller's transaction."""
        self._db.execute("INSERT INTO drift (topic, article_id) VALUES (?, ?)", [topic, article_id])
        self._db.execute(
            "DELETE FROM drift WHERE topic = :topic AND id NOT IN"
            " (SELECT id FROM drift WHERE topic = :topic ORDER BY id DESC LIMIT :kept)",
            {"topic": topic, "kept": _DRIFT_KEPT},
        )

    def count(self, terms: Iterable[str]) -> None:
        """Count terms of one article; part of the caller's transaction."""
        self._db.conn.executemany(
            "INSERT INTO terms (term, articles) VALUES (?, 1) ON CONFLICT (term) DO UPDATE SET articles = articles + 1",
            [(term,) for term in terms],
        )

    def count_all(self, articles: Iterable[Iterable[str]]) -> None:
        """Count the terms of several articles, in a transaction of its own."""
        with immediate(self._db):
            for terms in articles:
                self.count(terms)

    def halve(self) -> None:
        """Where there are too many terms, halve every count; what falls to 0 goes. In the caller's transaction.

        Totals are halved with the rest, so that how rare a term is stays, and old news slowly counts for less.
        """
        if self._db.execute("SELECT count(*) FROM terms").fetchone()[0] > MOST_TERMS:
            self._db.execute("DELETE FROM terms WHERE articles < 2")
            self._db.execute("UPDATE terms SET articles = articles / 2")

    def embed(self, article_id: int, model: str, language: str, vector: Iterable[float]) -> None:
        """Store an article's place by meaning; part of the caller's transaction."""
        self._db.execute(
            "INSERT OR REPLACE INTO embeddings (article_id, model, language, vector) VALUES (?, ?, ?, ?)",
            [article_id, model, language, array("f", vector).tobytes()],
        )

    def embed_all(self, model: str, places: Iterable[tuple[int, str, tuple[float, ...]]]) -> None:
        """Store (article, language, place) of several articles, in a transaction of its own."""
        with immediate(self._db):
            for article_id, language, vector in places:
                self.embed(article_id, model, language, vector)

    def _mark(self) -> None:
        self._db.execute(
            "INSERT INTO meta (key, value) VALUES (?, '1') ON CONFLICT (key) DO UPDATE SET value = value + 1",
            [_CHANGED],
        )


def _example(row: Row) -> StoredExample:
    return StoredExample(
        row["topic"], row["reference"], row["title"], row["text"], row["language"], to_moment(row["published"])
    )


def _embedding(row: Row) -> StoredEmbedding:
    return StoredEmbedding(row["language"], vector_of(row["vector"]))


def vector_of(stored: bytes) -> tuple[float, ...]:
    """A place by meaning as it is stored."""
    numbers = array("f")
    numbers.frombytes(stored)
    return tuple(numbers)
