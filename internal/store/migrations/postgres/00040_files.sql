-- +goose Up

-- Attachments and uploads under way. What was declared (name, digest, tender, lots) is inside meta, encrypted by a key outside the database:
-- before a lot's moment nobody may learn from here whose file this is.
CREATE TABLE file (
    id       text COLLATE "C" PRIMARY KEY,      -- random
    source   text COLLATE "C" NOT NULL,
    name     text COLLATE "C" NOT NULL,         -- keyed MAC of platform and SHA-256: the sealed bytes lie under it
    size     bigint NOT NULL,                   -- bytes declared
    got      bigint NOT NULL,                   -- bytes taken and durable
    state    text COLLATE "C" NOT NULL,         -- receiving, whole (all here, not logged yet), kept, going (bytes are being removed)
    created  bigint NOT NULL,                   -- ms since 1970
    expires  bigint NOT NULL,                   -- ms; of one that is still received
    meta     bytea NOT NULL,
    progress bytea NOT NULL,                    -- encrypted: how far the digests have come
    digest   bytea,                             -- SHA-256 of the sealed bytes, once whole
    position bigint NOT NULL                    -- of its record in the log; -1 before
);
CREATE INDEX file_name ON file (name);
CREATE INDEX file_source ON file (source, state);

-- The parts in which an attachment came; each is sealed for itself.
CREATE TABLE file_part (
    file text COLLATE "C" NOT NULL,
    at   bigint NOT NULL,                       -- offset of its first byte
    size bigint NOT NULL,                       -- bytes before sealing
    PRIMARY KEY (file, at)
);
