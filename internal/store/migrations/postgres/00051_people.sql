-- +goose Up

-- People who sign in.
CREATE TABLE person (
    id       text COLLATE "C" PRIMARY KEY,     -- random: what the log calls them
    username text COLLATE "C" NOT NULL UNIQUE,     -- lower case
    name     text COLLATE "C" NOT NULL,            -- for people
    locked   bigint NOT NULL,         -- 1: may not sign in until somebody unlocks
    created  bigint NOT NULL          -- ms
);

-- Failed attempts to sign in, of names that exist and of names that do not alike.
CREATE TABLE attempt (
    name     text COLLATE "C" PRIMARY KEY,          -- keyed MAC of what was typed as username
    failures bigint NOT NULL,          -- since the last success
    barred   bigint NOT NULL,          -- ms since 1970 until which no attempt is looked at; 0: none is barred
    at       bigint NOT NULL           -- ms: the last one
);

-- In what capacity a person acts: never changed, only withdrawn.
CREATE TABLE post (
    id        text COLLATE "C" PRIMARY KEY,
    person    text COLLATE "C" NOT NULL,
    role      text COLLATE "C" NOT NULL,
    begins    bigint NOT NULL,        -- ms
    ends      bigint NOT NULL,        -- ms; 0: open
    withdrawn bigint NOT NULL,        -- ms; 0: not
    body      text COLLATE "C" NOT NULL            -- JSON: title, regions, sectors, origins, organisation
);
CREATE INDEX post_person ON post (person);

-- What a person shows to be let in, of whatever kind.
CREATE TABLE credential (
    id      text COLLATE "C" PRIMARY KEY,
    person  text COLLATE "C" NOT NULL,
    kind    text COLLATE "C" NOT NULL,             -- password, totp, recovery, oidc, passkey, certificate
    name    text COLLATE "C" NOT NULL,             -- by which it is found: issuer and subject, credential id, fingerprint; '' when it is found by its person
    label   text COLLATE "C" NOT NULL,             -- for people
    state   text COLLATE "C" NOT NULL,             -- active, pending (enrolment not confirmed), temporary (must be changed at once)
    counter bigint NOT NULL,          -- TOTP: the last step used; passkey: its counter
    created bigint NOT NULL,          -- ms
    used    bigint NOT NULL,          -- ms; 0: never
    secret  bytea NOT NULL              -- argon2id text, ciphertext under a key outside the database, digest, or public key
);
CREATE INDEX credential_person ON credential (person, kind);
CREATE UNIQUE INDEX credential_name ON credential (kind, name) WHERE name <> '';

CREATE TABLE session (
    digest  bytea PRIMARY KEY,          -- SHA-256 of the cookie
    id      text COLLATE "C" NOT NULL UNIQUE,      -- by which people end it
    person  text COLLATE "C" NOT NULL,
    post    text COLLATE "C" NOT NULL,             -- '': none chosen
    stage   text COLLATE "C" NOT NULL,             -- code, renew, open
    created bigint NOT NULL,          -- ms
    seen    bigint NOT NULL,          -- ms
    expires bigint NOT NULL,          -- ms: at the latest
    ended   bigint NOT NULL,          -- ms; 0: not
    why     text COLLATE "C" NOT NULL,             -- why it ended
    ip      text COLLATE "C" NOT NULL,
    agent   text COLLATE "C" NOT NULL
);
CREATE INDEX session_person ON session (person, ended);

-- Counts every change that may end somebody's access, in its own transaction.
CREATE TABLE access (
    one integer PRIMARY KEY CHECK (one = 1),
    n   bigint NOT NULL
);
INSERT INTO access (one, n) VALUES (1, 0);
