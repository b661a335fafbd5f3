-- +goose Up

-- One row a record, in the order of the log. Texts compare byte by byte.
CREATE TABLE record (
    position    bigint PRIMARY KEY,
    received    bigint NOT NULL,              -- ms since 1970, our clock
    author_kind text COLLATE "C" NOT NULL,
    author_id   text COLLATE "C" NOT NULL,
    author_key  text COLLATE "C" NOT NULL,
    origin      text COLLATE "C" NOT NULL,
    batch       bigint NOT NULL,              -- 0: none
    standard    text COLLATE "C" NOT NULL,
    history     bigint NOT NULL,              -- 0 or 1
    dataset     text COLLATE "C" NOT NULL,             -- '' while the whole record is sealed, as are key to occurred
    key         text COLLATE "C" NOT NULL,
    revision    text COLLATE "C" NOT NULL,
    op          text COLLATE "C" NOT NULL,
    occurred    text COLLATE "C" NOT NULL,
    fields      text COLLATE "C",                      -- JSON object of the unsealed part; NULL while the whole record is sealed
    sealed      bytea,
    seed        bytea,
    commitments bytea,
    salts       text COLLATE "C",                      -- JSON
    leaf        bytea NOT NULL,
    identity    bytea NOT NULL,
    content     bytea NOT NULL,
    problems    text COLLATE "C",                      -- JSON
    codes       text COLLATE "C"                       -- JSON array; the same as table code
);
-- The revision is inside the content MAC, because a sealed record's revision column is empty.
CREATE UNIQUE INDEX record_version ON record (identity, content);

CREATE TABLE code (
    code     text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (code, position)
);

CREATE TABLE batch (
    id          bigint PRIMARY KEY,
    received    bigint NOT NULL,
    author_kind text COLLATE "C" NOT NULL,
    author_id   text COLLATE "C" NOT NULL,
    author_key  text COLLATE "C" NOT NULL,
    evidence    bytea NOT NULL
);

-- C2SP tlog-tiles, height 8.
CREATE TABLE tile (
    level  bigint NOT NULL,
    idx    bigint NOT NULL,
    hashes bytea NOT NULL,
    PRIMARY KEY (level, idx)
);

-- The one row that every append holds to its commit. The root of the empty tree is SHA-256 of nothing (RFC 6962).
CREATE TABLE head (
    one     bigint PRIMARY KEY CHECK (one = 1),
    size    bigint NOT NULL,
    root    bytea NOT NULL,
    batches bigint NOT NULL
);
INSERT INTO head (one, size, root, batches) VALUES (1, 0, '\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 0);

-- Records by day (+08:00) and source, of data sets that are open. A wholly sealed record is counted nowhere.
CREATE TABLE counter (
    day       text COLLATE "C" NOT NULL,
    source    text COLLATE "C" NOT NULL,
    dataset   text COLLATE "C" NOT NULL,
    records   bigint NOT NULL,
    defective bigint NOT NULL,
    PRIMARY KEY (day, source, dataset)
);

-- What is to be folded: positions are counted from 0, so done starts at -1.
CREATE TABLE work (
    code          text COLLATE "C" PRIMARY KEY,
    through       bigint NOT NULL,
    done          bigint NOT NULL DEFAULT -1,
    since         bigint NOT NULL,            -- position of the oldest mark not done: first come, first served
    claimed_until bigint NOT NULL DEFAULT 0   -- ms; 0: nobody's
);
CREATE INDEX work_open ON work (since) WHERE through > done;

CREATE TABLE docket (
    id        text COLLATE "C" PRIMARY KEY,
    class     text COLLATE "C" NOT NULL,
    region    text COLLATE "C" NOT NULL,
    title     text COLLATE "C" NOT NULL,
    through   bigint NOT NULL,
    evaluated bigint NOT NULL,
    again     bigint NOT NULL,                -- ms; 0: never
    vector    text COLLATE "C" NOT NULL,
    body      text COLLATE "C" NOT NULL                -- JSON
);
CREATE INDEX docket_again ON docket (again) WHERE again > 0;
CREATE INDEX docket_region ON docket (region, id);
CREATE INDEX docket_class ON docket (class, id);

-- seq numbers every change of a finding in the order of commits, without gap: its one counter is held to the commit.
CREATE TABLE finding (
    docket    text COLLATE "C" NOT NULL,
    key       text COLLATE "C" NOT NULL,
    lot       text COLLATE "C" NOT NULL,
    indicator text COLLATE "C" NOT NULL,
    state     text COLLATE "C" NOT NULL,
    region    text COLLATE "C" NOT NULL,
    at        bigint NOT NULL,
    position  bigint NOT NULL,
    seq       bigint NOT NULL,
    body      text COLLATE "C" NOT NULL,               -- JSON
    PRIMARY KEY (docket, key)
);
CREATE UNIQUE INDEX finding_seq ON finding (seq);
CREATE INDEX finding_indicator ON finding (indicator, seq);
CREATE INDEX finding_region ON finding (region, seq);

CREATE TABLE feed (
    one bigint PRIMARY KEY CHECK (one = 1),
    seq bigint NOT NULL
);
INSERT INTO feed (one, seq) VALUES (1, 0);

-- Full text, one row a docket, tier and part; the words are cut in Go (words.go), no text is kept.
CREATE TABLE search (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    docket text COLLATE "C" NOT NULL,
    tier   text COLLATE "C" NOT NULL,
    words  tsvector NOT NULL
);
CREATE INDEX search_words ON search USING gin (words);
CREATE INDEX search_docket ON search (docket);

-- Registered sources: the body is the caller's JSON, the columns are what is looked up.
CREATE TABLE source (
    name   text COLLATE "C" PRIMARY KEY,
    kind   text COLLATE "C" NOT NULL,
    region text COLLATE "C" NOT NULL,
    state  text COLLATE "C" NOT NULL,
    body   text COLLATE "C" NOT NULL
);
CREATE TABLE source_platform (
    platform text COLLATE "C" PRIMARY KEY,
    source   text COLLATE "C" NOT NULL REFERENCES source (name) ON DELETE CASCADE
);
CREATE TABLE source_key (
    id     text COLLATE "C" PRIMARY KEY,
    source text COLLATE "C" NOT NULL REFERENCES source (name) ON DELETE CASCADE
);

-- Only a digest of a token is kept.
CREATE TABLE token (
    digest  bytea PRIMARY KEY,
    name    text COLLATE "C" NOT NULL,
    created bigint NOT NULL,
    expires bigint NOT NULL,                  -- ms; 0: never
    body    text COLLATE "C" NOT NULL
);

CREATE TABLE quarantine (
    id       text COLLATE "C" PRIMARY KEY,
    received bigint NOT NULL,
    source   text COLLATE "C" NOT NULL,
    key      text COLLATE "C" NOT NULL,
    rule     text COLLATE "C" NOT NULL,
    bytes    bytea NOT NULL                 -- encrypted by the caller: what was refused may hold a secret
);
CREATE INDEX quarantine_source ON quarantine (source, received, id);

-- Dated settings: the one in force at a moment is the last that began.
CREATE TABLE setting (
    name    text COLLATE "C" NOT NULL,
    since   bigint NOT NULL,
    body    text COLLATE "C" NOT NULL,
    PRIMARY KEY (name, since)
);

-- Editions of peer statistics: dated, made at a position of the log, never changed.
CREATE TABLE edition (
    id       text COLLATE "C" PRIMARY KEY,
    subject  text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    made     bigint NOT NULL,
    body     text COLLATE "C" NOT NULL
);
CREATE INDEX edition_subject ON edition (subject, made);

-- Foreign documents kept as bytes, by their SHA-256.
CREATE TABLE document (
    digest       bytea PRIMARY KEY,
    received     bigint NOT NULL,
    source       text COLLATE "C" NOT NULL,
    content_type text COLLATE "C" NOT NULL,
    bytes        bytea NOT NULL
);

CREATE TABLE meta (
    name  text COLLATE "C" PRIMARY KEY,
    value bytea NOT NULL
);

-- Ciphertext does not compress: do not try.
ALTER TABLE record ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE record ALTER COLUMN commitments SET STORAGE EXTERNAL;
ALTER TABLE batch ALTER COLUMN evidence SET STORAGE EXTERNAL;
ALTER TABLE tile ALTER COLUMN hashes SET STORAGE EXTERNAL;
-- Rows that are updated often: leave room on their page.
ALTER TABLE tile SET (fillfactor = 50);
ALTER TABLE work SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE head SET (fillfactor = 10);
ALTER TABLE feed SET (fillfactor = 10);
