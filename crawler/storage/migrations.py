"""The schema, from the first version on.

Every change of the schema is a new function at the end of this file: never edit one that has been released. The
tables stand in the schema modules beside it: a new one goes at the end of ``added_schema``. They keep their comments
inside SQLite (``sqlite_master``), so each column explains itself to whoever opens the file with Datasette or
sqlite-utils; ``docs/reference/database.md`` repeats them and a test compares the two.

Times are UTC as ``YYYY-MM-DDTHH:MM:SSZ``: they sort as text. Hashes are signed 64-bit integers.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from crawler.dedupe.copies import COMPARED, headline
from crawler.dedupe.fingerprints import sample, words
from crawler.storage import added_schema, first_schema, push_schema, story_schema

MIGRATIONS = Migrations("tidings")


@MIGRATIONS()
def m001_first_schema(db: Database) -> None:
    """Create every table of the first version."""
    for statement in (*first_schema.TABLES, *first_schema.INDEXES):
        db.execute(statement.strip())
    db.execute("INSERT INTO meta (key, value) VALUES ('install_id', lower(hex(randomblob(16))))")


@MIGRATIONS()
def m002_coverage(db: Database) -> None:
    """Remember how each source is, who was told of it, and where addresses have moved."""
    for statement in (added_schema.CONDITIONS, added_schema.COVERAGE_NOTES, added_schema.MOVES):
        db.execute(statement.strip())
    db.execute("CREATE INDEX conditions_open ON conditions (source_id) WHERE ended_at IS NULL")
    db.execute("CREATE INDEX conditions_certain ON conditions (certain_at) WHERE certain_at IS NOT NULL")
    db.execute("CREATE INDEX coverage_notes_alert ON coverage_notes (alert_id)")
    # A source's rhythm is read from its latest arrivals.
    db.execute("DROP INDEX appearances_source")
    db.execute("CREATE INDEX appearances_source ON appearances (source_id, first_seen)")


@MIGRATIONS()
def m003_following(db: Database) -> None:
    """Remember what topics follow by example, what moved them, what people said, and how common terms are."""
    for statement in (
        added_schema.EXAMPLES,
        added_schema.DRIFT,
        added_schema.FEEDBACK,
        added_schema.TERMS,
        added_schema.EMBEDDINGS,
    ):
        db.execute(statement.strip())
    db.execute("CREATE INDEX drift_topic ON drift (topic, id)")
    db.execute("CREATE INDEX drift_article ON drift (article_id)")
    db.execute("CREATE INDEX feedback_article ON feedback (article_id)")


@MIGRATIONS()
def m004_credits(db: Database) -> None:
    """Remember whom a text is credited to, and find copies by fewer fingerprints."""
    db.execute(added_schema.CREDITS.strip())
    _sample_again(db)


def _sample_again(db: Database) -> None:
    """Add today's fingerprints for the last month, so that what comes next is still known for its copy.

    The earlier kind has 64 bits and meets none of these; retention lets go of it within the month.
    """
    numbers = [row[0] for row in db.execute("SELECT DISTINCT article_id FROM shingles ORDER BY 1")]
    for number in numbers:
        row = db.execute("SELECT title, text FROM articles WHERE id = ?", [number]).fetchone()
        marks = () if row is None else sample(headline(row[0]), words(row[1][:COMPARED]))
        db.conn.executemany(
            "INSERT OR IGNORE INTO shingles (shingle, article_id) VALUES (?, ?)", [(mark, number) for mark in marks]
        )


@MIGRATIONS()
def m005_rhythms(db: Database) -> None:
    """Remember when each source publishes, and what its document asks of those who poll it."""
    db.execute(added_schema.RHYTHMS.strip())


@MIGRATIONS()
def m010_documents(db: Database) -> None:
    """Remember the bytes of each source's entries, so that only what changed is parsed."""
    db.execute(added_schema.DOCUMENTS.strip())


@MIGRATIONS()
def m007_looks(db: Database) -> None:
    """Remember what versions changed, who was told of it, and when pages are looked at again."""
    for statement in (added_schema.CHANGES, added_schema.CHANGE_ALERTS, added_schema.LOOKS):
        db.execute(statement.strip())
    db.execute("CREATE INDEX change_alerts_alert ON change_alerts (alert_id)")
    db.execute("CREATE INDEX change_alerts_article ON change_alerts (article_id, topic, recipient)")
    db.execute("CREATE INDEX looks_due ON looks (next_look)")


@MIGRATIONS()
def m008_threads(db: Database) -> None:
    """Remember which mail began the conversation that a later mail of the same story replies into."""
    db.execute(added_schema.THREADS.strip())
    db.execute("CREATE INDEX threads_first ON threads (first_id, alert_id)")


@MIGRATIONS()
def m009_wishes(db: Database) -> None:
    """Remember what people asked not to be told."""
    for statement in (added_schema.MUTES, added_schema.STOPS):
        db.execute(statement.strip())


@MIGRATIONS()
def m006_stories(db: Database) -> None:
    """Remember what stories are known by, how articles joined them, and what each added."""
    for statement in (*story_schema.TABLES, *story_schema.INDEXES):
        db.execute(statement.strip())


@MIGRATIONS()
def m011_pushes(db: Database) -> None:
    """Remember which hubs send what, and until when."""
    db.execute(push_schema.PUSHES.strip())


@MIGRATIONS()
def m012_distrust(db: Database) -> None:
    """Remember whose servers said "unchanged" when it was not."""
    db.execute(push_schema.DISTRUST.strip())
