-- +goose Up

-- Organisations as they are from a day on: a change is a new row, nothing is rewritten.
CREATE TABLE organisation (
    id     TEXT NOT NULL,
    begins INTEGER NOT NULL,           -- ms
    body   TEXT NOT NULL,              -- JSON: kind, parent, name, region, sectors, code, dissolved
    PRIMARY KEY (id, begins)
) STRICT, WITHOUT ROWID;

ALTER TABLE post ADD COLUMN unit TEXT NOT NULL DEFAULT ''; -- organisation; '': none named
ALTER TABLE post ADD COLUMN lent TEXT NOT NULL DEFAULT ''; -- the post of somebody else that this one lends; '': their own
CREATE INDEX post_unit ON post (unit) WHERE unit <> '';
CREATE INDEX post_lent ON post (lent) WHERE lent <> '';

ALTER TABLE session ADD COLUMN proved INTEGER NOT NULL DEFAULT 0; -- ms: when the person last showed a password or passkey; 0: never

-- Answers to challenges that are good once, until they would be too old anyway.
CREATE TABLE once (
    name  TEXT PRIMARY KEY,            -- digest
    until INTEGER NOT NULL             -- ms
) STRICT, WITHOUT ROWID;
