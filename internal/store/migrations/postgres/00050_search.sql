-- +goose Up

-- Full text anew: one row a docket for all tiers of readers (several for one that a tsvector cannot hold); a word carries the set of tiers that
-- may see its line (search_words.go). What was indexed is made again from the log: every docket is due.
DROP TABLE search;
CREATE TABLE search (
    ord    bigint NOT NULL,                -- day and a hash of the docket: the order of hits, greatest first
    part   bigint NOT NULL,
    long   boolean NOT NULL,               -- has several parts
    docket text COLLATE "C" NOT NULL,
    digest bytea NOT NULL,                 -- of the words: what did not change is not written again
    words  tsvector NOT NULL,
    PRIMARY KEY (ord, part)
);
CREATE INDEX search_words ON search USING gin (words);
CREATE INDEX search_long ON search USING gin (words) WHERE long;
CREATE INDEX search_long_ord ON search (ord) WHERE long;
CREATE UNIQUE INDEX search_docket ON search (docket, part);
-- A common word is found by walking the newest dockets, a rare one by the index: the planner must know which is which.
ALTER TABLE search ALTER COLUMN words SET STATISTICS 1000;

-- The sets of tiers that occur.
CREATE TABLE search_set (
    tiers text COLLATE "C" PRIMARY KEY     -- names, sorted, a blank before, between and after
);

-- Bodies as dockets name them: a name, and a code where the same readers see one.
CREATE TABLE party (
    id    bigint PRIMARY KEY,              -- length of the name and a hash: the order of hits
    name  text COLLATE "C" NOT NULL,
    code  text COLLATE "C" NOT NULL,
    words tsvector NOT NULL
);
CREATE UNIQUE INDEX party_name ON party (name, code);
CREATE INDEX party_code ON party (code) WHERE code <> '';
CREATE INDEX party_words ON party USING gin (words);
ALTER TABLE party ALTER COLUMN words SET STATISTICS 1000;
CREATE TABLE mention (
    docket text COLLATE "C" NOT NULL,
    party  bigint NOT NULL,
    role   text COLLATE "C" NOT NULL,
    tiers  text COLLATE "C" NOT NULL,      -- as in search_set
    PRIMARY KEY (docket, party, role, tiers)
);
CREATE INDEX mention_party ON mention (party);

UPDATE docket SET again = 1;
