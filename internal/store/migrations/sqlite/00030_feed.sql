-- +goose Up

-- The feed: one row for each change of what somebody sees of one row of a docket, in the order of commits. Nothing of what is seen stands here.
-- A row is never changed; the newest of a docket's row and seat holds. Lost, it fills again as dockets are saved.
CREATE TABLE feed_item (
    seq       INTEGER PRIMARY KEY,
    at        INTEGER NOT NULL,            -- ms: when it came into the feed; grows with seq
    docket    TEXT NOT NULL,
    part      BLOB NOT NULL,               -- disclose.RowID
    origin    TEXT NOT NULL,
    seats     INTEGER NOT NULL,            -- bit n: changed for seat n
    through   INTEGER NOT NULL,            -- log position through which the docket was folded
    evaluated INTEGER NOT NULL             -- ms: the time for which its views were made
) STRICT;
CREATE INDEX feed_item_part ON feed_item (docket, part, seq);
CREATE INDEX feed_item_origin ON feed_item (origin, seq);

-- What the seats see of each docket's rows now, as digests: what a new fold is compared with.
CREATE TABLE feed_state (
    docket TEXT PRIMARY KEY,
    body   BLOB NOT NULL
) STRICT;

-- The one counter, held to the commit, so that seqs become visible in order.
CREATE TABLE feed_head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    seq INTEGER NOT NULL,
    at  INTEGER NOT NULL
) STRICT;
INSERT INTO feed_head (one, seq, at) VALUES (1, 0, 0);

-- Dockets that are there are looked at once more, and come into the feed by it.
UPDATE docket SET again = 1;
