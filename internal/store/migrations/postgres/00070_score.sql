-- +goose Up

-- What a finding adds to the score of its docket, and the docket's score times the money at stake: the order of the queue.
ALTER TABLE finding ADD COLUMN weight BIGINT NOT NULL DEFAULT 0;
ALTER TABLE finding ADD COLUMN score BIGINT NOT NULL DEFAULT 0;  -- of the docket
ALTER TABLE finding ADD COLUMN rank BIGINT NOT NULL DEFAULT 0;   -- score x fen
-- Holds all that a list may be narrowed by, as finding_list does for the other order.
CREATE INDEX finding_rank ON finding (rank, docket, weight, key, dismissed, region, class, grade, indicator, state, seats, at, assigned);

-- Dockets that are there are looked at once more, and their findings get their columns by it.
UPDATE docket SET again = 1;
