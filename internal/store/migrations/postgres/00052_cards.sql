-- +goose Up

-- One row a docket and seat that may know of it (with trading systems one a platform): what a list shows of it, made of the seat's own view at save
-- time, so that nothing that a seat may not see can decide an order, a filter or a count of its lists. Made again from the log as dockets are saved.
CREATE TABLE card (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    docket     text COLLATE "C" NOT NULL,
    seat       bigint NOT NULL,           -- number of disclose
    origin     text COLLATE "C" NOT NULL,             -- with the seat of trading systems whose it is, '' else
    several    bigint NOT NULL,           -- 1: other platforms have a card of this docket too
    class      text COLLATE "C" NOT NULL,
    region     text COLLATE "C" NOT NULL,
    title      text COLLATE "C" NOT NULL,             -- as it is put in order: by sound (pinyin.go)
    stage      bigint NOT NULL,           -- place in trade.Stages, -1: none
    moments    bigint NOT NULL,           -- bit n: a lot stands at moment n
    amount     bigint,                    -- fen; NULL: none is seen
    first      bigint NOT NULL,           -- ms; 0: nothing
    last       bigint NOT NULL,
    facts      bigint NOT NULL,           -- findings by grade; 0 for who may not see them
    clues      bigint NOT NULL,
    warn       bigint,                    -- both in one number to put in order; NULL: none
    late       bigint NOT NULL,
    origins    text COLLATE "C" NOT NULL,             -- platform codes, a blank before, between and after; so the next
    indicators text COLLATE "C" NOT NULL,
    edition    text COLLATE "C" NOT NULL,             -- of the table under which it was made
    digest     bytea NOT NULL,           -- of all this: what did not change is not written again
    body       text COLLATE "C" NOT NULL              -- JSON of disclose.Card
);
CREATE UNIQUE INDEX card_seat ON card (seat, docket, origin);
-- Holds all that a list may be narrowed by, so that a filter that few meet reads no rows.
CREATE INDEX card_last ON card (seat, last, docket, class, region, moments, stage, facts, clues, late, amount, origin) INCLUDE (origins, indicators);
CREATE INDEX card_title ON card (seat, title, docket);
CREATE INDEX card_amount ON card (seat, amount, docket) WHERE amount IS NOT NULL;
CREATE INDEX card_warn ON card (seat, warn, docket) WHERE warn IS NOT NULL;

-- Lists that people keep: filter, columns and order under a name.
CREATE TABLE saved_view (
    id      text COLLATE "C" PRIMARY KEY,
    owner   text COLLATE "C" NOT NULL,                -- person; '' the office's
    role    text COLLATE "C" NOT NULL,                -- of the office's: for whom; '' all
    page    text COLLATE "C" NOT NULL,
    changed bigint NOT NULL,
    body    text COLLATE "C" NOT NULL                 -- JSON
);
CREATE INDEX saved_view_owner ON saved_view (owner, page);

-- Exports: what was asked, how far it is. The file lies in the data folder.
CREATE TABLE export (
    id      text COLLATE "C" PRIMARY KEY,
    owner   text COLLATE "C" NOT NULL,
    state   text COLLATE "C" NOT NULL,
    asked   bigint NOT NULL,              -- ms
    beat    bigint NOT NULL,              -- ms: the last sign of life of who makes it
    body    text COLLATE "C" NOT NULL                 -- JSON
);
CREATE INDEX export_owner ON export (owner, asked);

-- Dockets that are there are looked at once more, and get their cards by it.
UPDATE docket SET again = 1;
