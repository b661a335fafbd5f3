-- +goose Up

-- People who sign in.
CREATE TABLE person (
    id       TEXT PRIMARY KEY,         -- random: what the log calls them
    username TEXT NOT NULL UNIQUE,     -- lower case
    name     TEXT NOT NULL,            -- for people
    locked   INTEGER NOT NULL,         -- 1: may not sign in until somebody unlocks
    created  INTEGER NOT NULL          -- ms
) STRICT;

-- Failed attempts to sign in, of names that exist and of names that do not alike.
CREATE TABLE attempt (
    name     TEXT PRIMARY KEY,          -- keyed MAC of what was typed as username
    failures INTEGER NOT NULL,          -- since the last success
    barred   INTEGER NOT NULL,          -- ms since 1970 until which no attempt is looked at; 0: none is barred
    at       INTEGER NOT NULL           -- ms: the last one
) STRICT, WITHOUT ROWID;

-- In what capacity a person acts: never changed, only withdrawn.
CREATE TABLE post (
    id        TEXT PRIMARY KEY,
    person    TEXT NOT NULL,
    role      TEXT NOT NULL,
    begins    INTEGER NOT NULL,        -- ms
    ends      INTEGER NOT NULL,        -- ms; 0: open
    withdrawn INTEGER NOT NULL,        -- ms; 0: not
    body      TEXT NOT NULL            -- JSON: title, regions, sectors, origins, organisation
) STRICT;
CREATE INDEX post_person ON post (person);

-- What a person shows to be let in, of whatever kind.
CREATE TABLE credential (
    id      TEXT PRIMARY KEY,
    person  TEXT NOT NULL,
    kind    TEXT NOT NULL,             -- password, totp, recovery, oidc, passkey, certificate
    name    TEXT NOT NULL,             -- by which it is found: issuer and subject, credential id, fingerprint; '' when it is found by its person
    label   TEXT NOT NULL,             -- for people
    state   TEXT NOT NULL,             -- active, pending (enrolment not confirmed), temporary (must be changed at once)
    counter INTEGER NOT NULL,          -- TOTP: the last step used; passkey: its counter
    created INTEGER NOT NULL,          -- ms
    used    INTEGER NOT NULL,          -- ms; 0: never
    secret  BLOB NOT NULL              -- argon2id text, ciphertext under a key outside the database, digest, or public key
) STRICT;
CREATE INDEX credential_person ON credential (person, kind);
CREATE UNIQUE INDEX credential_name ON credential (kind, name) WHERE name <> '';

CREATE TABLE session (
    digest  BLOB PRIMARY KEY,          -- SHA-256 of the cookie
    id      TEXT NOT NULL UNIQUE,      -- by which people end it
    person  TEXT NOT NULL,
    post    TEXT NOT NULL,             -- '': none chosen
    stage   TEXT NOT NULL,             -- code, renew, open
    created INTEGER NOT NULL,          -- ms
    seen    INTEGER NOT NULL,          -- ms
    expires INTEGER NOT NULL,          -- ms: at the latest
    ended   INTEGER NOT NULL,          -- ms; 0: not
    why     TEXT NOT NULL,             -- why it ended
    ip      TEXT NOT NULL,
    agent   TEXT NOT NULL
) STRICT;
CREATE INDEX session_person ON session (person, ended);

-- Counts every change that may end somebody's access, in its own transaction.
CREATE TABLE access (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    n   INTEGER NOT NULL
) STRICT;
INSERT INTO access (one, n) VALUES (1, 0);
