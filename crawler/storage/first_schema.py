"""The tables of the schema's first version, as ``migrations`` makes them."""

SOURCES = """
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

POLLS = """
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

STORIES = """
CREATE TABLE stories (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- number of the story
    title TEXT NOT NULL,  -- headline of the article that began it
    first_seen TEXT NOT NULL,  -- when its first article came
    last_seen TEXT NOT NULL,  -- when its latest article came
    articles INTEGER NOT NULL  -- how many articles it has
) STRICT
"""

ARTICLES = """
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

VERSIONS = """
CREATE TABLE versions (
    id INTEGER PRIMARY KEY,  -- number of the version
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,  -- the article
    source_id INTEGER REFERENCES sources(id),  -- the source that carried this version
    seen_at TEXT NOT NULL,  -- when Tidings saw it
    title TEXT NOT NULL,  -- headline then
    text TEXT NOT NULL  -- text then
) STRICT
"""

APPEARANCES = """
CREATE TABLE appearances (
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,  -- the article
    source_id INTEGER NOT NULL REFERENCES sources(id),  -- a source that carried it
    first_seen TEXT NOT NULL,  -- when it first did
    link TEXT NOT NULL,  -- the address it gave
    PRIMARY KEY (article_id, source_id)
) STRICT, WITHOUT ROWID
"""

IDENTITIES = """
CREATE TABLE identities (
    key INTEGER PRIMARY KEY,  -- hash of what an entry is known by; kept when retention deletes the article
    kind TEXT NOT NULL,  -- url, guid or content
    article_id INTEGER NOT NULL  -- the article, which may have been deleted
) STRICT
"""

SEEN = """
CREATE TABLE seen (
    source_id INTEGER NOT NULL,  -- the source, or 0 for what was imported
    entry_hash INTEGER NOT NULL,  -- hash of an entry that was read and accounted for
    PRIMARY KEY (source_id, entry_hash)
) STRICT, WITHOUT ROWID
"""

SHINGLES = """
CREATE TABLE shingles (
    shingle INTEGER NOT NULL,  -- hash of four words in a row, a sample of the article's
    article_id INTEGER NOT NULL,  -- the article; dropped after a month, copies come early
    PRIMARY KEY (shingle, article_id)
) STRICT, WITHOUT ROWID
"""

TOPICS = """
CREATE TABLE topics (
    name TEXT PRIMARY KEY,  -- name in settings.toml
    query TEXT NOT NULL,  -- its query as last seen in settings.toml
    state TEXT NOT NULL,  -- active, or removed (no longer in settings.toml)
    added_at TEXT NOT NULL,  -- when it was first seen
    changed_at TEXT NOT NULL,  -- when its query last changed
    backfilled_to INTEGER  -- articles up to this number were tried against the present query; null: not begun
) STRICT
"""

MATCHES = """
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

ALERTS = """
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

ALERT_ARTICLES = """
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

META = """
CREATE TABLE meta (
    key TEXT PRIMARY KEY,  -- install_id: makes this database's Message-IDs its own
    value TEXT NOT NULL  -- its value
) STRICT
"""

TABLES = (
    SOURCES, POLLS, STORIES, ARTICLES, VERSIONS, APPEARANCES, IDENTITIES, SEEN, SHINGLES,
    TOPICS, MATCHES, ALERTS, ALERT_ARTICLES, META,
)  # fmt: skip
INDEXES = (
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
