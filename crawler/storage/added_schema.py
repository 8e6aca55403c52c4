"""The tables that later versions of the schema added, in their order; ``migrations`` says when."""

CONDITIONS = """
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

COVERAGE_NOTES = """
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

MOVES = """
CREATE TABLE moves (
    source_id INTEGER PRIMARY KEY REFERENCES sources(id),  -- the source whose address leads elsewhere for good
    url TEXT NOT NULL,  -- where to
    since TEXT NOT NULL,  -- the first poll that was led there and found the feed
    polls INTEGER NOT NULL,  -- how many polls in a row were
    followed_at TEXT  -- when it had proved lasting and began to be asked instead; null: not yet
) STRICT
"""

EXAMPLES = """
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

DRIFT = """
CREATE TABLE drift (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- order in which the topic took them
    topic TEXT NOT NULL,  -- the topic's name
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE  -- an article that pulls what it follows
) STRICT
"""

FEEDBACK = """
CREATE TABLE feedback (
    topic TEXT NOT NULL,  -- the topic's name
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,  -- the article that was judged
    belongs INTEGER NOT NULL,  -- 1: the person said yes, 0: no
    score REAL NOT NULL,  -- what the article scored when it was judged, 0 to 1
    given_at TEXT NOT NULL,  -- when
    PRIMARY KEY (topic, article_id)
) STRICT, WITHOUT ROWID
"""

TERMS = """
CREATE TABLE terms (
    term TEXT PRIMARY KEY,  -- a word behind its language (uk:вода), a name (@), figure (#) or sound (&); all under :
    articles INTEGER NOT NULL  -- how many articles had it, for how much it tells; halved when there are too many
) STRICT, WITHOUT ROWID
"""

EMBEDDINGS = """
CREATE TABLE embeddings (
    article_id INTEGER PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE,  -- an article compared by meaning
    model TEXT NOT NULL,  -- the model and its version
    language TEXT NOT NULL,  -- the article's language, whose mean is taken off before comparing
    vector BLOB NOT NULL  -- its place: numbers of 32 bits, little-endian
) STRICT
"""

CREDITS = """
CREATE TABLE credits (
    article_id INTEGER PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE,  -- the article
    agency TEXT NOT NULL,  -- the agency or outlet that its text is credited to; of others it is not told
    found_in TEXT NOT NULL  -- where: dateline, line, byline or link
) STRICT
"""

RHYTHMS = """
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

DOCUMENTS = """
CREATE TABLE documents (
    source_id INTEGER PRIMARY KEY REFERENCES sources(id),  -- the source
    entries BLOB NOT NULL  -- 64-bit hashes of its last document's entries, byte for byte: these need no second reading
) STRICT
"""

CHANGES = """
CREATE TABLE changes (
    version_id INTEGER PRIMARY KEY REFERENCES versions(id) ON DELETE CASCADE,  -- the version that says otherwise
    kinds TEXT NOT NULL,  -- what changed: a JSON array of figure, date, name, quote, softened, removed, gone and so on
    told TEXT NOT NULL,  -- each change: a JSON array of kind, field, before, after, says, before_at, after_at
    difference TEXT NOT NULL  -- the texts' difference: a JSON array of kind (kept, removed, added, gap) and text
) STRICT
"""

CHANGE_ALERTS = """
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

LOOKS = """
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

THREADS = """
CREATE TABLE threads (
    alert_id INTEGER PRIMARY KEY REFERENCES alerts(id) ON DELETE CASCADE,  -- a mail that replies
    first_id INTEGER NOT NULL REFERENCES alerts(id) ON DELETE CASCADE  -- the first mail of its story to that person
) STRICT
"""

MUTES = """
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

STOPS = """
CREATE TABLE stops (
    recipient TEXT NOT NULL,  -- a person, or @name of a way out, that is told nothing more …
    topic TEXT NOT NULL,  -- … of this topic; empty: of none
    since TEXT NOT NULL,  -- when that began
    reason TEXT NOT NULL,  -- unsubscribed, or what a webhook said
    PRIMARY KEY (recipient, topic)
) STRICT, WITHOUT ROWID
"""
