"""The schema, from the first version on.

Every change of the schema is a new function at the end of this file: never edit one that has been released. The
statements keep their comments inside SQLite (``sqlite_master``), so each column explains itself to whoever opens the
file with Datasette or sqlite-utils; ``docs/reference/database.md`` repeats them and a test compares the two.

Times are UTC as ``YYYY-MM-DDTHH:MM:SSZ``: they sort as text. Hashes are signed 64-bit integers.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from crawler.dedupe.copies import COMPARED, headline
from crawler.dedupe.fingerprints import sample, words
from crawler.storage.story_schema import INDEXES, TABLES

MIGRATIONS = Migrations("tidings")

_SOURCES = """
CREATE TABLE sources (
    id INTEGER PRIMARY KEY,  -- number of the source, never used again
    url TEXT NOT NULL UNIQUE,  -- address as settings.toml gives it
    name TEXT NOT NULL,  -- the outlet's name for people
    language TEXT NOT NULL,  -- language that settings.toml says it writes in (BCP 47), or empty
    state TEXT NOT NULL,  -- active, paused, or removed (no longer in settings.toml)
    every REAL,  -- seconds between polls when settings.toml fixes them, else null
    pages TEXT NOT NULL,  -- auto, never or always: whether the page behind a link is fetched
    added_at TEXT NOT NULL,  -- when it was first seen in settings.toml
    first_read_at TEXT,  -- when a document of it was first read; what that one held was already there
    etag TEXT NOT NULL DEFAULT '',  -- ETag of the last document, exactly as received
    last_modified TEXT NOT NULL DEFAULT '',  -- Last-Modified of the last document, exactly as received
    body_hash TEXT NOT NULL DEFAULT '',  -- BLAKE2 hash of the last document's bytes
    moved_to TEXT NOT NULL DEFAULT '',  -- where a permanent redirect leads, if it does
    interval REAL NOT NULL,  -- seconds to wait after a good poll: the source's own pace
    next_poll TEXT NOT NULL,  -- when it is due again
    last_poll TEXT,  -- when it was last asked
    last_ok TEXT,  -- when it last answered with a document or with "unchanged"
    failures INTEGER NOT NULL DEFAULT 0,  -- failed polls in a row
    failing_since TEXT,  -- when the first of those failed
    last_error TEXT NOT NULL DEFAULT ''  -- what the last of those said
) STRICT
"""

_POLLS = """
CREATE TABLE polls (
    id INTEGER PRIMARY KEY,  -- number of the poll
    source_id INTEGER NOT NULL REFERENCES sources(id),  -- the source that was asked
    started_at TEXT NOT NULL,  -- when
    seconds REAL NOT NULL,  -- how long it took, pages behind links included
    outcome TEXT NOT NULL,  -- ok, unchanged or failed
    status INTEGER,  -- HTTP status, or null when no answer came
    bytes INTEGER NOT NULL,  -- size of the document
    entries INTEGER NOT NULL,  -- entries in the document; new + updated + known of them are accounted for
    new INTEGER NOT NULL,  -- entries that became articles
    updated INTEGER NOT NULL,  -- entries that changed an article
    known INTEGER NOT NULL,  -- entries of articles that were there, unchanged
    copies INTEGER NOT NULL,  -- copies found: new articles that are one, or known ones whose origin came now
    error TEXT NOT NULL  -- what went wrong, or was mended, as a sentence
) STRICT
"""

_STORIES = """
CREATE TABLE stories (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- number of the story
    title TEXT NOT NULL,  -- headline of the article that began it
    first_seen TEXT NOT NULL,  -- when its first article came
    last_seen TEXT NOT NULL,  -- when its latest article came
    articles INTEGER NOT NULL  -- how many articles it has
) STRICT
"""

_ARTICLES = """
CREATE TABLE articles (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- number of the article, never used again
    url TEXT NOT NULL,  -- canonical address, without tracking parameters
    link TEXT NOT NULL,  -- address as the feed first gave it
    title TEXT NOT NULL,  -- headline as text
    text TEXT NOT NULL,  -- the article as plain text, paragraphs divided by blank lines
    text_from TEXT NOT NULL,  -- where the text is from: feed, page, teaser or import
    page_error TEXT NOT NULL,  -- why the page behind the link could not be read, if it could not
    summary TEXT NOT NULL,  -- the feed's description as text
    author TEXT NOT NULL,  -- author as the feed or page names them
    language TEXT NOT NULL,  -- BCP 47, found from the text and what the feed declares; und when unknown
    published TEXT,  -- when the outlet says it was published
    updated TEXT,  -- when the outlet says it was changed
    first_seen TEXT NOT NULL,  -- when Tidings first saw it
    source_id INTEGER REFERENCES sources(id),  -- the source that carried it first
    outlet TEXT NOT NULL,  -- registrable domain of its address
    guid TEXT NOT NULL,  -- the feed's own identifier
    categories TEXT NOT NULL,  -- the feed's categories, a JSON array of strings
    enclosures TEXT NOT NULL,  -- files it carries, a JSON array of objects with url, type, length
    copy_of INTEGER REFERENCES articles(id) ON DELETE SET NULL,  -- the article whose text this one repeats, or null
    copy_score REAL,  -- share of the shorter text's word sequences found in the longer, 0 to 1
    story_id INTEGER NOT NULL REFERENCES stories(id)  -- the story it belongs to
) STRICT
"""

_VERSIONS = """
CREATE TABLE versions (
    id INTEGER PRIMARY KEY,  -- number of the version
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,  -- the article
    source_id INTEGER REFERENCES sources(id),  -- the source that carried this version
    seen_at TEXT NOT NULL,  -- when Tidings saw it
    title TEXT NOT NULL,  -- headline then
    text TEXT NOT NULL  -- text then
) STRICT
"""

_APPEARANCES = """
CREATE TABLE appearances (
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,  -- the article
    source_id INTEGER NOT NULL REFERENCES sources(id),  -- a source that carried it
    first_seen TEXT NOT NULL,  -- when it first did
    link TEXT NOT NULL,  -- the address it gave
    PRIMARY KEY (article_id, source_id)
) STRICT, WITHOUT ROWID
"""

_IDENTITIES = """
CREATE TABLE identities (
    key INTEGER PRIMARY KEY,  -- hash of what an entry is known by; kept when retention deletes the article
    kind TEXT NOT NULL,  -- url, guid or content
    article_id INTEGER NOT NULL  -- the article, which may have been deleted
) STRICT
"""

_SEEN = """
CREATE TABLE seen (
    source_id INTEGER NOT NULL,  -- the source, or 0 for what was imported
    entry_hash INTEGER NOT NULL,  -- hash of an entry that was read and accounted for
    PRIMARY KEY (source_id, entry_hash)
) STRICT, WITHOUT ROWID
"""

_SHINGLES = """
CREATE TABLE shingles (
    shingle INTEGER NOT NULL,  -- hash of four words in a row, a sample of the article's
    article_id INTEGER NOT NULL,  -- the article; dropped after a month, copies come early
    PRIMARY KEY (shingle, article_id)
) STRICT, WITHOUT ROWID
"""

_TOPICS = """
CREATE TABLE topics (
    name TEXT PRIMARY KEY,  -- name in settings.toml
    query TEXT NOT NULL,  -- its query as last seen in settings.toml
    state TEXT NOT NULL,  -- active, or removed (no longer in settings.toml)
    added_at TEXT NOT NULL,  -- when it was first seen
    changed_at TEXT NOT NULL,  -- when its query last changed
    backfilled_to INTEGER  -- articles up to this number were tried against the present query; null: not begun
) STRICT
"""

_MATCHES = """
CREATE TABLE matches (
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,  -- the article
    topic TEXT NOT NULL,  -- the topic's name
    score REAL NOT NULL,  -- 0 to 1; a query that holds scores 1
    evidence TEXT NOT NULL,  -- where it was met: a JSON array of field, start, end, form, term
    matched_at TEXT NOT NULL,  -- when
    fate TEXT NOT NULL,  -- planned (an alert tells it), archived (was there), copy (of one told), known, muted, import
    PRIMARY KEY (article_id, topic)
) STRICT
"""

_ALERTS = """
CREATE TABLE alerts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- number of the alert
    message_id TEXT NOT NULL UNIQUE,  -- Message-ID of the mail, the same at every attempt
    recipient TEXT NOT NULL,  -- the one person it goes to
    topic TEXT NOT NULL,  -- the topic's name
    kind TEXT NOT NULL,  -- news, digest or archive
    state TEXT NOT NULL,  -- waiting, sent or failed
    gathers INTEGER NOT NULL,  -- 1 while more articles may join it, 0 once its mail is made
    planned_at TEXT NOT NULL,  -- when it was planned
    due_at TEXT NOT NULL,  -- not sent before; moved on after a failed attempt
    attempts INTEGER NOT NULL DEFAULT 0,  -- how often sending was begun
    sent_at TEXT,  -- when the mail server took it, or it was filed in the Maildir
    error TEXT NOT NULL DEFAULT '',  -- what the last attempt said
    message BLOB  -- the mail itself, once made
) STRICT
"""

_ALERT_ARTICLES = """
CREATE TABLE alert_articles (
    article_id INTEGER NOT NULL,  -- an article that an alert tells
    topic TEXT NOT NULL,  -- the alert's topic, repeated so that …
    recipient TEXT NOT NULL,  -- … an article is announced to a person once per topic
    alert_id INTEGER NOT NULL REFERENCES alerts(id),  -- the alert
    PRIMARY KEY (article_id, topic, recipient)
) STRICT, WITHOUT ROWID
"""
# In a table WITHOUT ROWID the key's columns come first: the integrity_check of SQLite 3.40.1 (Debian 12's) calls a
# NOT NULL column that stands before them NULL, in a database that is well.

_META = """
CREATE TABLE meta (
    key TEXT PRIMARY KEY,  -- install_id: makes this database's Message-IDs its own
    value TEXT NOT NULL  -- its value
) STRICT
"""

_INDEXES = (
    "CREATE INDEX sources_due ON sources (state, next_poll)",
    "CREATE INDEX polls_source ON polls (source_id, started_at)",
    "CREATE INDEX polls_started ON polls (started_at)",
    "CREATE INDEX articles_first_seen ON articles (first_seen)",
    "CREATE INDEX articles_url ON articles (url)",
    "CREATE INDEX articles_headed ON articles (outlet, title)",
    "CREATE INDEX articles_link ON articles (link)",
    "CREATE INDEX articles_story ON articles (story_id)",
    "CREATE INDEX articles_copy_of ON articles (copy_of) WHERE copy_of IS NOT NULL",
    "CREATE INDEX versions_article ON versions (article_id)",
    "CREATE INDEX appearances_source ON appearances (source_id)",
    "CREATE INDEX identities_article ON identities (article_id)",
    "CREATE INDEX matches_topic ON matches (topic, matched_at)",
    "CREATE INDEX alerts_due ON alerts (state, due_at)",
    "CREATE INDEX alerts_told ON alerts (topic, recipient, kind, planned_at)",
    "CREATE INDEX alerts_open ON alerts (topic, recipient, kind, due_at) WHERE gathers = 1",
    "CREATE INDEX alert_articles_alert ON alert_articles (alert_id)",
)


@MIGRATIONS()
def m001_first_schema(db: Database) -> None:
    """Create every table of the first version."""
    tables = (
        _SOURCES, _POLLS, _STORIES, _ARTICLES, _VERSIONS, _APPEARANCES, _IDENTITIES, _SEEN, _SHINGLES,
        _TOPICS, _MATCHES, _ALERTS, _ALERT_ARTICLES, _META,
    )  # fmt: skip
    for statement in (*tables, *_INDEXES):
        db.execute(statement.strip())
    db.execute("INSERT INTO meta (key, value) VALUES ('install_id', lower(hex(randomblob(16))))")


_CONDITIONS = """
CREATE TABLE conditions (
    id INTEGER PRIMARY KEY,  -- number of the episode
    source_id INTEGER NOT NULL REFERENCES sources(id),  -- the source that was not well
    condition TEXT NOT NULL,  -- blocked, gone, failing, certificate, page, empty, frozen, silent or rolled over
    since TEXT NOT NULL,  -- the first poll that showed it
    polls INTEGER NOT NULL,  -- how many polls showed it
    certain_at TEXT,  -- when it had lasted long enough to be told; null: it may still be an accident
    ended_at TEXT,  -- when it was over, or null; of what was rolled over the moment it was noticed
    reminders INTEGER NOT NULL,  -- how often it fell due to be told again
    good INTEGER NOT NULL,  -- good polls in a row since it last showed
    missed INTEGER NOT NULL  -- rolled over: at most so many entries passed unseen; 0 when that cannot be told
) STRICT
"""

_COVERAGE_NOTES = """
CREATE TABLE coverage_notes (
    condition_id INTEGER NOT NULL REFERENCES conditions(id),  -- the episode that was told …
    recipient TEXT NOT NULL,  -- … to this person …
    alert_id INTEGER NOT NULL REFERENCES alerts(id),  -- … last in this alert's mail
    told_at TEXT NOT NULL,  -- when that mail was made
    reminders INTEGER NOT NULL,  -- how many of the episode's reminders that covers
    ended INTEGER NOT NULL,  -- 1 once the person was told that it is over
    PRIMARY KEY (condition_id, recipient)
) STRICT, WITHOUT ROWID
"""

_MOVES = """
CREATE TABLE moves (
    source_id INTEGER PRIMARY KEY REFERENCES sources(id),  -- the source whose address leads elsewhere for good
    url TEXT NOT NULL,  -- where to
    since TEXT NOT NULL,  -- the first poll that was led there and found the feed
    polls INTEGER NOT NULL,  -- how many polls in a row were
    followed_at TEXT  -- when it had proved lasting and began to be asked instead; null: not yet
) STRICT
"""


@MIGRATIONS()
def m002_coverage(db: Database) -> None:
    """Remember how each source is, who was told of it, and where addresses have moved."""
    for statement in (_CONDITIONS, _COVERAGE_NOTES, _MOVES):
        db.execute(statement.strip())
    db.execute("CREATE INDEX conditions_open ON conditions (source_id) WHERE ended_at IS NULL")
    db.execute("CREATE INDEX conditions_certain ON conditions (certain_at) WHERE certain_at IS NOT NULL")
    db.execute("CREATE INDEX coverage_notes_alert ON coverage_notes (alert_id)")
    # A source's rhythm is read from its latest arrivals.
    db.execute("DROP INDEX appearances_source")
    db.execute("CREATE INDEX appearances_source ON appearances (source_id, first_seen)")


_EXAMPLES = """
CREATE TABLE examples (
    topic TEXT NOT NULL,  -- the topic's name
    reference TEXT NOT NULL,  -- the file or address as settings.toml gives it
    title TEXT NOT NULL,  -- headline of the example
    text TEXT NOT NULL,  -- its text
    language TEXT NOT NULL,  -- BCP 47, found from the text; und when unknown
    published TEXT,  -- when it was published, as far as that is known
    read_at TEXT NOT NULL,  -- when the file was read, or the article found or fetched
    PRIMARY KEY (topic, reference)
) STRICT
"""

_DRIFT = """
CREATE TABLE drift (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- order in which the topic took them
    topic TEXT NOT NULL,  -- the topic's name
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE  -- an article that pulls what it follows
) STRICT
"""

_FEEDBACK = """
CREATE TABLE feedback (
    topic TEXT NOT NULL,  -- the topic's name
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,  -- the article that was judged
    belongs INTEGER NOT NULL,  -- 1: the person said yes, 0: no
    score REAL NOT NULL,  -- what the article scored when it was judged, 0 to 1
    given_at TEXT NOT NULL,  -- when
    PRIMARY KEY (topic, article_id)
) STRICT, WITHOUT ROWID
"""

_TERMS = """
CREATE TABLE terms (
    term TEXT PRIMARY KEY,  -- a word behind its language (uk:вода), a name (@), figure (#) or sound (&); all under :
    articles INTEGER NOT NULL  -- how many articles had it, for how much it tells; halved when there are too many
) STRICT, WITHOUT ROWID
"""

_EMBEDDINGS = """
CREATE TABLE embeddings (
    article_id INTEGER PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE,  -- an article compared by meaning
    model TEXT NOT NULL,  -- the model and its version
    language TEXT NOT NULL,  -- the article's language, whose mean is taken off before comparing
    vector BLOB NOT NULL  -- its place: numbers of 32 bits, little-endian
) STRICT
"""


@MIGRATIONS()
def m003_following(db: Database) -> None:
    """Remember what topics follow by example, what moved them, what people said, and how common terms are."""
    for statement in (_EXAMPLES, _DRIFT, _FEEDBACK, _TERMS, _EMBEDDINGS):
        db.execute(statement.strip())
    db.execute("CREATE INDEX drift_topic ON drift (topic, id)")
    db.execute("CREATE INDEX drift_article ON drift (article_id)")
    db.execute("CREATE INDEX feedback_article ON feedback (article_id)")


_CREDITS = """
CREATE TABLE credits (
    article_id INTEGER PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE,  -- the article
    agency TEXT NOT NULL,  -- the agency or outlet that its text is credited to; of others it is not told
    found_in TEXT NOT NULL  -- where: dateline, line, byline or link
) STRICT
"""


@MIGRATIONS()
def m004_credits(db: Database) -> None:
    """Remember whom a text is credited to, and find copies by fewer fingerprints."""
    db.execute(_CREDITS.strip())
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


_RHYTHMS = """
CREATE TABLE rhythms (
    source_id INTEGER PRIMARY KEY REFERENCES sources(id),  -- the source
    at TEXT NOT NULL,  -- the moment the counts are as of
    counts BLOB NOT NULL,  -- when it publishes, as 110 little-endian floats of 32 bits: crawler/rhythm.py reads them
    demand REAL NOT NULL,  -- mean square root of its entries a second: what of a budget of polls it is worth
    window INTEGER NOT NULL,  -- entries that its document held last
    fresh_for REAL,  -- seconds that its document last asked to be left alone (ttl, sy:updatePeriod), or null
    closed TEXT NOT NULL  -- hours (UTC) in which its document asks not to be polled (skipHours), a JSON array
) STRICT
"""


@MIGRATIONS()
def m005_rhythms(db: Database) -> None:
    """Remember when each source publishes, and what its document asks of those who poll it."""
    db.execute(_RHYTHMS.strip())


_DOCUMENTS = """
CREATE TABLE documents (
    source_id INTEGER PRIMARY KEY REFERENCES sources(id),  -- the source
    entries BLOB NOT NULL  -- 64-bit hashes of its last document's entries, byte for byte: these need no second reading
) STRICT
"""


@MIGRATIONS()
def m010_documents(db: Database) -> None:
    """Remember the bytes of each source's entries, so that only what changed is parsed."""
    db.execute(_DOCUMENTS.strip())


_CHANGES = """
CREATE TABLE changes (
    version_id INTEGER PRIMARY KEY REFERENCES versions(id) ON DELETE CASCADE,  -- the version that says otherwise
    kinds TEXT NOT NULL,  -- what changed: a JSON array of figure, date, name, quote, softened, removed, gone and so on
    told TEXT NOT NULL,  -- each change: a JSON array of kind, field, before, after, says, before_at, after_at
    difference TEXT NOT NULL  -- the texts' difference: a JSON array of kind (kept, removed, added, gap) and text
) STRICT
"""

_CHANGE_ALERTS = """
CREATE TABLE change_alerts (
    version_id INTEGER NOT NULL,  -- a version that an alert tells
    topic TEXT NOT NULL,  -- the alert's topic, repeated so that …
    recipient TEXT NOT NULL,  -- … a change is told to a person once per topic
    article_id INTEGER NOT NULL,  -- the article
    alert_id INTEGER NOT NULL REFERENCES alerts(id),  -- the alert
    follows INTEGER NOT NULL REFERENCES alerts(id),  -- the alert that told the article first, whose thread it joins
    PRIMARY KEY (version_id, topic, recipient)
) STRICT, WITHOUT ROWID
"""

_LOOKS = """
CREATE TABLE looks (
    article_id INTEGER PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE,  -- an article that is looked at again
    next_look TEXT NOT NULL,  -- when its page is fetched next
    looks INTEGER NOT NULL DEFAULT 0,  -- how often it was
    etag TEXT NOT NULL DEFAULT '',  -- ETag of the page, exactly as received
    last_modified TEXT NOT NULL DEFAULT '',  -- Last-Modified of the page, exactly as received
    missing_since TEXT,  -- since when the page is not there; null: it is
    title TEXT,  -- the headline as the page gave it first; null: not known yet
    text TEXT,  -- the page's text at first, where the article's is the feed's; null: the article's own is compared
    error TEXT NOT NULL DEFAULT ''  -- why nothing could be compared the last time, as a sentence
) STRICT
"""


@MIGRATIONS()
def m007_looks(db: Database) -> None:
    """Remember what versions changed, who was told of it, and when pages are looked at again."""
    for statement in (_CHANGES, _CHANGE_ALERTS, _LOOKS):
        db.execute(statement.strip())
    db.execute("CREATE INDEX change_alerts_alert ON change_alerts (alert_id)")
    db.execute("CREATE INDEX change_alerts_article ON change_alerts (article_id, topic, recipient)")
    db.execute("CREATE INDEX looks_due ON looks (next_look)")


_THREADS = """
CREATE TABLE threads (
    alert_id INTEGER PRIMARY KEY REFERENCES alerts(id) ON DELETE CASCADE,  -- a mail that replies
    first_id INTEGER NOT NULL REFERENCES alerts(id) ON DELETE CASCADE  -- the first mail of its story to that person
) STRICT
"""


@MIGRATIONS()
def m008_threads(db: Database) -> None:
    """Remember which mail began the conversation that a later mail of the same story replies into."""
    db.execute(_THREADS.strip())
    db.execute("CREATE INDEX threads_first ON threads (first_id, alert_id)")


_MUTES = """
CREATE TABLE mutes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- number, for tidings alerts mutes
    recipient TEXT NOT NULL,  -- the one person who asked for it
    topic TEXT NOT NULL,  -- the topic in whose mail they did
    kind TEXT NOT NULL,  -- story or source
    target INTEGER NOT NULL,  -- number of the story or source that they hear nothing of
    since TEXT NOT NULL,  -- when they asked
    until TEXT NOT NULL,  -- when it ends by itself
    UNIQUE (recipient, topic, kind, target)
) STRICT
"""

_STOPS = """
CREATE TABLE stops (
    recipient TEXT NOT NULL,  -- a person, or @name of a way out, that is told nothing more …
    topic TEXT NOT NULL,  -- … of this topic; empty: of none
    since TEXT NOT NULL,  -- when that began
    reason TEXT NOT NULL,  -- unsubscribed, or what a webhook said
    PRIMARY KEY (recipient, topic)
) STRICT, WITHOUT ROWID
"""


@MIGRATIONS()
def m009_wishes(db: Database) -> None:
    """Remember what people asked not to be told."""
    for statement in (_MUTES, _STOPS):
        db.execute(statement.strip())


@MIGRATIONS()
def m006_stories(db: Database) -> None:
    """Remember what stories are known by, how articles joined them, and what each added."""
    for statement in (*TABLES, *INDEXES):
        db.execute(statement.strip())
