-- +goose Up

-- Instructions to trading systems: a fold of steps in the log, made again from it.
CREATE TABLE instruction (
    id       TEXT PRIMARY KEY,
    docket   TEXT NOT NULL,
    platform TEXT NOT NULL,
    open     INTEGER NOT NULL,         -- 1: something is still to be done about it
    given    INTEGER NOT NULL,         -- position of the step that gave it
    position INTEGER NOT NULL,         -- of the last step
    body     TEXT NOT NULL             -- JSON
) STRICT, WITHOUT ROWID;
CREATE INDEX instruction_given ON instruction (given);
CREATE INDEX instruction_open ON instruction (given) WHERE open = 1;
CREATE INDEX instruction_docket ON instruction (docket);

-- What each trading system is told of them, in the order in which it is: that one went out, that it was recalled.
CREATE TABLE instruction_sending (
    step        TEXT PRIMARY KEY,      -- id of the step, which is the cursor too: a position would count what else came
    platform    TEXT NOT NULL,
    seq         INTEGER NOT NULL,          -- as findings have it: in the order of commits, so that no cursor passes one that comes later
    instruction TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX instruction_sending_order ON instruction_sending (platform, seq);
CREATE INDEX instruction_sending_seq ON instruction_sending (seq);
