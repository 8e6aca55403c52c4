"""The tables around stories as version 9 of the schema makes them; ``migrations`` says when."""

OUTLINES = """
CREATE TABLE outlines (
    story_id INTEGER PRIMARY KEY,  -- the story
    last_at TEXT NOT NULL,  -- when its latest article came out: likeness fades from then on
    terms TEXT NOT NULL  -- JSON: language → term → its weight in the articles; under "" what no language changes
) STRICT
"""

STORY_KEYS = """
CREATE TABLE story_keys (
    key INTEGER NOT NULL,  -- CRC-32 of a weighty term …
    story_id INTEGER NOT NULL,  -- … of an article of this story
    PRIMARY KEY (key, story_id)
) STRICT, WITHOUT ROWID
"""

JOINS = """
CREATE TABLE joins (
    article_id INTEGER PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE,  -- an article that joined by likeness
    score REAL NOT NULL,  -- how much it is like what the story had, 0 to 1
    shared TEXT NOT NULL  -- JSON array: what it shares with the story as it writes it, the weightiest first
) STRICT
"""

MERGES = """
CREATE TABLE merges (
    story_id INTEGER PRIMARY KEY,  -- number of a story that turned out to be another
    merged_into INTEGER NOT NULL,  -- the older story that its articles belong to now
    merged_at TEXT NOT NULL  -- when
) STRICT
"""

NEWS = """
CREATE TABLE news (
    article_id INTEGER PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE,  -- an article of a story that had some
    sentences TEXT NOT NULL  -- JSON array: sentences that no earlier article said, newest first, each with its facts
) STRICT
"""

MEMORIES = """
CREATE TABLE memories (
    story_id INTEGER PRIMARY KEY,  -- a story with two articles or more
    said BLOB NOT NULL  -- hashes of the sentences and facts that its articles stated; stories/memory.py reads them
) STRICT
"""

TABLES = (OUTLINES, STORY_KEYS, JOINS, MERGES, NEWS, MEMORIES)
INDEXES = (
    "CREATE INDEX story_keys_story ON story_keys (story_id)",
    "CREATE INDEX outlines_last ON outlines (last_at)",
    "CREATE INDEX merges_into ON merges (merged_into)",
)
