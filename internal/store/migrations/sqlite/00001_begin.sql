-- +goose Up

-- One row a record, in the order of the log. Texts compare byte by byte.
CREATE TABLE record (
    position    INTEGER PRIMARY KEY,
    received    INTEGER NOT NULL,              -- ms since 1970, our clock
    author_kind TEXT NOT NULL,
    author_id   TEXT NOT NULL,
    author_key  TEXT NOT NULL,
    origin      TEXT NOT NULL,
    batch       INTEGER NOT NULL,              -- 0: none
    standard    TEXT NOT NULL,
    history     INTEGER NOT NULL,              -- 0 or 1
    dataset     TEXT NOT NULL,             -- '' while the whole record is sealed, as are key to occurred
    key         TEXT NOT NULL,
    revision    TEXT NOT NULL,
    op          TEXT NOT NULL,
    occurred    TEXT NOT NULL,
    fields      TEXT,                      -- JSON object of the unsealed part; NULL while the whole record is sealed
    sealed      BLOB,
    seed        BLOB,
    commitments BLOB,
    salts       TEXT,                      -- JSON
    leaf        BLOB NOT NULL,
    identity    BLOB NOT NULL,
    content     BLOB NOT NULL,
    problems    TEXT,                      -- JSON
    codes       TEXT                       -- JSON array; the same as table code
) STRICT;
-- The revision is inside the content MAC, because a sealed record's revision column is empty.
CREATE UNIQUE INDEX record_version ON record (identity, content);

CREATE TABLE code (
    code     TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (code, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE batch (
    id          INTEGER PRIMARY KEY,
    received    INTEGER NOT NULL,
    author_kind TEXT NOT NULL,
    author_id   TEXT NOT NULL,
    author_key  TEXT NOT NULL,
    evidence    BLOB NOT NULL
) STRICT;

-- C2SP tlog-tiles, height 8.
CREATE TABLE tile (
    level  INTEGER NOT NULL,
    idx    INTEGER NOT NULL,
    hashes BLOB NOT NULL,
    PRIMARY KEY (level, idx)
) STRICT;

-- The one row that every append holds to its commit. The root of the empty tree is SHA-256 of nothing (RFC 6962).
CREATE TABLE head (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    size    INTEGER NOT NULL,
    root    BLOB NOT NULL,
    batches INTEGER NOT NULL
) STRICT;
INSERT INTO head (one, size, root, batches) VALUES (1, 0, x'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 0);

-- Records by day (+08:00) and source, of data sets that are open. A wholly sealed record is counted nowhere.
CREATE TABLE counter (
    day       TEXT NOT NULL,
    source    TEXT NOT NULL,
    dataset   TEXT NOT NULL,
    records   INTEGER NOT NULL,
    defective INTEGER NOT NULL,
    PRIMARY KEY (day, source, dataset)
) STRICT;

-- What is to be folded: positions are counted from 0, so done starts at -1.
CREATE TABLE work (
    code          TEXT PRIMARY KEY,
    through       INTEGER NOT NULL,
    done          INTEGER NOT NULL DEFAULT -1,
    since         INTEGER NOT NULL,            -- position of the oldest mark not done: first come, first served
    claimed_until INTEGER NOT NULL DEFAULT 0   -- ms; 0: nobody's
) STRICT;
CREATE INDEX work_open ON work (since) WHERE through > done;

CREATE TABLE docket (
    id        TEXT PRIMARY KEY,
    class     TEXT NOT NULL,
    region    TEXT NOT NULL,
    title     TEXT NOT NULL,
    through   INTEGER NOT NULL,
    evaluated INTEGER NOT NULL,
    again     INTEGER NOT NULL,                -- ms; 0: never
    vector    TEXT NOT NULL,
    body      TEXT NOT NULL                -- JSON
) STRICT;
CREATE INDEX docket_again ON docket (again) WHERE again > 0;
CREATE INDEX docket_region ON docket (region, id);
CREATE INDEX docket_class ON docket (class, id);

-- seq numbers every change of a finding in the order of commits, without gap: its one counter is held to the commit.
CREATE TABLE finding (
    docket    TEXT NOT NULL,
    key       TEXT NOT NULL,
    lot       TEXT NOT NULL,
    indicator TEXT NOT NULL,
    state     TEXT NOT NULL,
    region    TEXT NOT NULL,
    at        INTEGER NOT NULL,
    position  INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    body      TEXT NOT NULL,               -- JSON
    PRIMARY KEY (docket, key)
) STRICT;
CREATE UNIQUE INDEX finding_seq ON finding (seq);
CREATE INDEX finding_indicator ON finding (indicator, seq);
CREATE INDEX finding_region ON finding (region, seq);

CREATE TABLE feed (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    seq INTEGER NOT NULL
) STRICT;
INSERT INTO feed (one, seq) VALUES (1, 0);

-- Full text, one row a docket, tier and part; the words are cut in Go (words.go), no text is kept.
CREATE TABLE search (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    docket TEXT NOT NULL,
    tier   TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE search_words USING fts5 (words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0');
CREATE INDEX search_docket ON search (docket);

-- Registered sources: the body is the caller's JSON, the columns are what is looked up.
CREATE TABLE source (
    name   TEXT PRIMARY KEY,
    kind   TEXT NOT NULL,
    region TEXT NOT NULL,
    state  TEXT NOT NULL,
    body   TEXT NOT NULL
) STRICT;
CREATE TABLE source_platform (
    platform TEXT PRIMARY KEY,
    source   TEXT NOT NULL REFERENCES source (name) ON DELETE CASCADE
) STRICT;
CREATE TABLE source_key (
    id     TEXT PRIMARY KEY,
    source TEXT NOT NULL REFERENCES source (name) ON DELETE CASCADE
) STRICT;

-- Only a digest of a token is kept.
CREATE TABLE token (
    digest  BLOB PRIMARY KEY,
    name    TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,                  -- ms; 0: never
    body    TEXT NOT NULL
) STRICT;

CREATE TABLE quarantine (
    id       TEXT PRIMARY KEY,
    received INTEGER NOT NULL,
    source   TEXT NOT NULL,
    key      TEXT NOT NULL,
    rule     TEXT NOT NULL,
    bytes    BLOB NOT NULL                 -- encrypted by the caller: what was refused may hold a secret
) STRICT;
CREATE INDEX quarantine_source ON quarantine (source, received, id);

-- Dated settings: the one in force at a moment is the last that began.
CREATE TABLE setting (
    name    TEXT NOT NULL,
    since   INTEGER NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (name, since)
) STRICT;

-- Editions of peer statistics: dated, made at a position of the log, never changed.
CREATE TABLE edition (
    id       TEXT PRIMARY KEY,
    subject  TEXT NOT NULL,
    position INTEGER NOT NULL,
    made     INTEGER NOT NULL,
    body     TEXT NOT NULL
) STRICT;
CREATE INDEX edition_subject ON edition (subject, made);

-- Foreign documents kept as bytes, by their SHA-256.
CREATE TABLE document (
    digest       BLOB PRIMARY KEY,
    received     INTEGER NOT NULL,
    source       TEXT NOT NULL,
    content_type TEXT NOT NULL,
    bytes        BLOB NOT NULL
) STRICT;

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;
