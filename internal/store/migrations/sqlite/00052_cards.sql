-- +goose Up

-- One row a docket and seat that may know of it (with trading systems one a platform): what a list shows of it, made of the seat's own view at save
-- time, so that nothing that a seat may not see can decide an order, a filter or a count of its lists. Made again from the log as dockets are saved.
CREATE TABLE card (
    id         INTEGER PRIMARY KEY,
    docket     TEXT NOT NULL,
    seat       INTEGER NOT NULL,           -- number of disclose
    origin     TEXT NOT NULL,             -- with the seat of trading systems whose it is, '' else
    several    INTEGER NOT NULL,           -- 1: other platforms have a card of this docket too
    class      TEXT NOT NULL,
    region     TEXT NOT NULL,
    title      TEXT NOT NULL,             -- as it is put in order: by sound (pinyin.go)
    stage      INTEGER NOT NULL,           -- place in trade.Stages, -1: none
    moments    INTEGER NOT NULL,           -- bit n: a lot stands at moment n
    amount     INTEGER,                    -- fen; NULL: none is seen
    first      INTEGER NOT NULL,           -- ms; 0: nothing
    last       INTEGER NOT NULL,
    facts      INTEGER NOT NULL,           -- findings by grade; 0 for who may not see them
    clues      INTEGER NOT NULL,
    warn       INTEGER,                    -- both in one number to put in order; NULL: none
    late       INTEGER NOT NULL,
    origins    TEXT NOT NULL,             -- platform codes, a blank before, between and after; so the next
    indicators TEXT NOT NULL,
    edition    TEXT NOT NULL,             -- of the table under which it was made
    digest     BLOB NOT NULL,           -- of all this: what did not change is not written again
    body       TEXT NOT NULL              -- JSON of disclose.Card
) STRICT;
CREATE UNIQUE INDEX card_seat ON card (seat, docket, origin);
-- Holds all that a list may be narrowed by, so that a filter that few meet reads no rows.
CREATE INDEX card_last ON card (seat, last, docket, class, region, moments, stage, facts, clues, late, amount, origin, origins, indicators);
CREATE INDEX card_title ON card (seat, title, docket);
CREATE INDEX card_amount ON card (seat, amount, docket) WHERE amount IS NOT NULL;
CREATE INDEX card_warn ON card (seat, warn, docket) WHERE warn IS NOT NULL;

-- Lists that people keep: filter, columns and order under a name.
CREATE TABLE saved_view (
    id      TEXT PRIMARY KEY,
    owner   TEXT NOT NULL,                -- person; '' the office's
    role    TEXT NOT NULL,                -- of the office's: for whom; '' all
    page    TEXT NOT NULL,
    changed INTEGER NOT NULL,
    body    TEXT NOT NULL                 -- JSON
) STRICT;
CREATE INDEX saved_view_owner ON saved_view (owner, page);

-- Exports: what was asked, how far it is. The file lies in the data folder.
CREATE TABLE export (
    id      TEXT PRIMARY KEY,
    owner   TEXT NOT NULL,
    state   TEXT NOT NULL,
    asked   INTEGER NOT NULL,              -- ms
    beat    INTEGER NOT NULL,              -- ms: the last sign of life of who makes it
    body    TEXT NOT NULL                 -- JSON
) STRICT;
CREATE INDEX export_owner ON export (owner, asked);

-- Dockets that are there are looked at once more, and get their cards by it.
UPDATE docket SET again = 1;
