-- +goose Up

-- What a list of findings is narrowed by, and what people made of each. seats and title are of what seats see at save time.
ALTER TABLE finding ADD COLUMN class TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE finding ADD COLUMN grade TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE finding ADD COLUMN digest TEXT COLLATE "C" NOT NULL DEFAULT '';   -- of its evidence: a dismissal holds until it changes
ALTER TABLE finding ADD COLUMN title TEXT COLLATE "C" NOT NULL DEFAULT '';    -- of the docket
ALTER TABLE finding ADD COLUMN seats BIGINT NOT NULL DEFAULT 0;  -- bit n: seat n sees it
ALTER TABLE finding ADD COLUMN dismissed BIGINT NOT NULL DEFAULT 0; -- 1: on the evidence it has now
ALTER TABLE finding ADD COLUMN assigned TEXT COLLATE "C" NOT NULL DEFAULT '';
-- Holds all that a list may be narrowed by, so that a filter that few meet reads no bodies.
CREATE INDEX finding_list ON finding (seq, dismissed, region, class, grade, indicator, state, seats, at, assigned);
CREATE INDEX finding_count ON finding (indicator, grade, state, dismissed, seats, region, class, assigned, at);
-- By ways that few findings have.
CREATE INDEX finding_failed ON finding (seq) WHERE state <> 'fired';
CREATE INDEX finding_assigned ON finding (assigned, seq) WHERE assigned <> '';

-- The state of a case: a fold of the acts upon a finding, made again from the log when lost.
CREATE TABLE finding_case (
    docket    TEXT COLLATE "C" NOT NULL,
    key       TEXT COLLATE "C" NOT NULL,
    dismissed TEXT COLLATE "C" NOT NULL,               -- digest on which it was dismissed; ''
    assigned  TEXT COLLATE "C" NOT NULL,
    position  BIGINT NOT NULL,            -- of the last act
    seq       BIGINT NOT NULL,            -- in the order of findings' changes
    body      TEXT COLLATE "C" NOT NULL,               -- JSON of supervise.Case
    PRIMARY KEY (docket, key)
);
CREATE UNIQUE INDEX finding_case_seq ON finding_case (seq);

-- Who follows what.
CREATE TABLE finding_follower (
    person TEXT COLLATE "C" NOT NULL,
    docket TEXT COLLATE "C" NOT NULL,
    key    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (person, docket, key)
);

-- Dockets that are there are looked at once more, and their findings get their columns by it.
UPDATE docket SET again = 1;
