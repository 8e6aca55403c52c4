"""The tables of hubs and of servers that are not believed, as versions 11 and 12 of the schema make them."""

PUSHES = """
CREATE TABLE pushes (
    source_id INTEGER PRIMARY KEY REFERENCES sources(id),  -- the source
    hub TEXT NOT NULL,  -- the hub that its document names
    topic TEXT NOT NULL,  -- the name under which the hub knows it
    path TEXT NOT NULL UNIQUE,  -- the word in the callback's address; nobody else can know it
    secret TEXT NOT NULL,  -- what the hub signs with
    callback TEXT NOT NULL DEFAULT '',  -- the callback's address before the word, as the hub was told it last
    state TEXT NOT NULL,  -- offered, asked, pushed, denied, leaving
    until TEXT,  -- when the lease ends; null: the hub never agreed
    next_at TEXT NOT NULL,  -- when the hub is asked next: to subscribe, to renew, to forget
    failures INTEGER NOT NULL DEFAULT 0,  -- how often in a row the hub could not be asked, or did not ask back
    missed INTEGER NOT NULL DEFAULT 0,  -- polls in a row that found what was not pushed
    pushed_at TEXT,  -- when something new was pushed last
    says TEXT NOT NULL DEFAULT ''  -- why it is not pushed, as a sentence
) STRICT
"""

DISTRUST = """
CREATE TABLE distrust (
    source_id INTEGER PRIMARY KEY REFERENCES sources(id),  -- a source whose server said "unchanged" when it was not
    lied INTEGER NOT NULL,  -- 1: so it seemed once; 2 or more: so it is, and its validators are not sent any more
    at TEXT NOT NULL  -- when that was seen last
) STRICT
"""
