-- +goose Up

-- Full text anew: one row a docket for all tiers of readers; a word carries the set of tiers that may see its line (search_words.go).
-- What was indexed is made again from the log: every docket is due.
DROP TABLE search_words;
DROP TABLE search;
CREATE TABLE search (
    ord    INTEGER PRIMARY KEY,            -- day and a hash of the docket: the order of hits, greatest first
    docket TEXT NOT NULL UNIQUE,
    digest BLOB NOT NULL                   -- of the words: what did not change is not written again
) STRICT;
CREATE VIRTUAL TABLE search_words USING fts5 (words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0');

-- The sets of tiers that occur.
CREATE TABLE search_set (
    tiers TEXT PRIMARY KEY                 -- names, sorted, a blank before, between and after
) STRICT, WITHOUT ROWID;

-- Bodies as dockets name them: a name, and a code where the same readers see one.
CREATE TABLE party (
    id   INTEGER PRIMARY KEY,              -- length of the name and a hash: the order of hits
    name TEXT NOT NULL,
    code TEXT NOT NULL,
    UNIQUE (name, code)
) STRICT;
CREATE INDEX party_code ON party (code) WHERE code <> '';
CREATE VIRTUAL TABLE party_words USING fts5 (words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0');
CREATE TABLE mention (
    docket TEXT NOT NULL,
    party  INTEGER NOT NULL,
    role   TEXT NOT NULL,
    tiers  TEXT NOT NULL,                  -- as in search_set
    PRIMARY KEY (docket, party, role, tiers)
) STRICT, WITHOUT ROWID;
CREATE INDEX mention_party ON mention (party);

UPDATE docket SET again = 1;
