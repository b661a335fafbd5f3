-- +goose Up

-- Attachments and uploads under way. What was declared (name, digest, tender, lots) is inside meta, encrypted by a key outside the database:
-- before a lot's moment nobody may learn from here whose file this is.
CREATE TABLE file (
    id       TEXT PRIMARY KEY,      -- random
    source   TEXT NOT NULL,
    name     TEXT NOT NULL,         -- keyed MAC of platform and SHA-256: the sealed bytes lie under it
    size     INTEGER NOT NULL,      -- bytes declared
    got      INTEGER NOT NULL,      -- bytes taken and durable
    state    TEXT NOT NULL,         -- receiving, whole (all here, not logged yet), kept, going (bytes are being removed)
    created  INTEGER NOT NULL,      -- ms since 1970
    expires  INTEGER NOT NULL,      -- ms; of one that is still received
    meta     BLOB NOT NULL,
    progress BLOB NOT NULL,         -- encrypted: how far the digests have come
    digest   BLOB,                  -- SHA-256 of the sealed bytes, once whole
    position INTEGER NOT NULL       -- of its record in the log; -1 before
) STRICT;
CREATE INDEX file_name ON file (name);
CREATE INDEX file_source ON file (source, state);

-- The parts in which an attachment came; each is sealed for itself.
CREATE TABLE file_part (
    file TEXT NOT NULL,
    at   INTEGER NOT NULL,          -- offset of its first byte
    size INTEGER NOT NULL,          -- bytes before sealing
    PRIMARY KEY (file, at)
) STRICT, WITHOUT ROWID;
