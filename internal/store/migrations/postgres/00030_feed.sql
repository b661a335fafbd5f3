-- +goose Up

-- The feed: one row for each change of what somebody sees of one row of a docket, in the order of commits. Nothing of what is seen stands here.
-- Of a docket's part and seat the newest place holds, and only its bit stays in live. Lost, it fills again as dockets are saved.
CREATE TABLE feed_item (
    seq       bigint PRIMARY KEY,
    at        bigint NOT NULL,            -- ms: when it came into the feed; grows with seq
    docket    text COLLATE "C" NOT NULL,
    part      bytea NOT NULL,             -- disclose.RowID
    origin    text COLLATE "C" NOT NULL,
    seats     bigint NOT NULL,            -- bit n: changed for seat n
    live      bigint NOT NULL,            -- bit n: and nothing newer has come for seat n
    through   bigint NOT NULL,            -- log position through which the docket was folded
    evaluated bigint NOT NULL             -- ms: the time for which its views were made
);
CREATE INDEX feed_item_part ON feed_item (docket, part, seq);
-- One a seat, so that a reader passes over nothing on the way to a page; trading systems (seat 0) read by origin.
CREATE INDEX feed_live_0 ON feed_item (origin, seq) WHERE (live & 1) <> 0;
CREATE INDEX feed_live_1 ON feed_item (seq) WHERE (live & 2) <> 0;
CREATE INDEX feed_live_2 ON feed_item (seq) WHERE (live & 4) <> 0;
CREATE INDEX feed_live_3 ON feed_item (seq) WHERE (live & 8) <> 0;
CREATE INDEX feed_live_4 ON feed_item (seq) WHERE (live & 16) <> 0;
CREATE INDEX feed_live_5 ON feed_item (seq) WHERE (live & 32) <> 0;
CREATE INDEX feed_item_origin ON feed_item (origin, seq); -- as of a moment

-- What the seats see of each docket's rows now, as digests: what a new fold is compared with.
CREATE TABLE feed_state (
    docket text COLLATE "C" PRIMARY KEY,
    body   bytea NOT NULL
);

-- The one counter, held to the commit, so that seqs become visible in order.
CREATE TABLE feed_head (
    one bigint PRIMARY KEY CHECK (one = 1),
    seq bigint NOT NULL,
    at  bigint NOT NULL
);
INSERT INTO feed_head (one, seq, at) VALUES (1, 0, 0);

-- Dockets that are there are looked at once more, and come into the feed by it.
UPDATE docket SET again = 1;
ALTER TABLE feed_head SET (fillfactor = 10);
