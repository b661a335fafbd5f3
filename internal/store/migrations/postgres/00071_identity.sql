-- +goose Up

-- Organisations as they are from a day on: a change is a new row, nothing is rewritten.
CREATE TABLE organisation (
    id     text COLLATE "C" NOT NULL,
    begins bigint NOT NULL,            -- ms
    body   text NOT NULL,              -- JSON: kind, parent, name, region, sectors, code, dissolved
    PRIMARY KEY (id, begins)
);

ALTER TABLE post ADD COLUMN unit text COLLATE "C" NOT NULL DEFAULT ''; -- organisation; '': none named
ALTER TABLE post ADD COLUMN lent text COLLATE "C" NOT NULL DEFAULT ''; -- the post of somebody else that this one lends; '': their own
CREATE INDEX post_unit ON post (unit) WHERE unit <> '';
CREATE INDEX post_lent ON post (lent) WHERE lent <> '';

ALTER TABLE session ADD COLUMN proved bigint NOT NULL DEFAULT 0; -- ms: when the person last showed a password or passkey; 0: never

-- Answers to challenges that are good once, until they would be too old anyway.
CREATE TABLE once (
    name  text COLLATE "C" PRIMARY KEY, -- digest
    until bigint NOT NULL              -- ms
);
