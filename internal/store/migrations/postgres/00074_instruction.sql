-- +goose Up

-- Instructions to trading systems: a fold of steps in the log, made again from it.
CREATE TABLE instruction (
    id       text COLLATE "C" PRIMARY KEY,
    docket   text COLLATE "C" NOT NULL,
    platform text COLLATE "C" NOT NULL,
    open     bigint NOT NULL,          -- 1: something is still to be done about it
    given    bigint NOT NULL,          -- position of the step that gave it
    position bigint NOT NULL,          -- of the last step
    body     text NOT NULL             -- JSON
);
CREATE INDEX instruction_given ON instruction (given);
CREATE INDEX instruction_open ON instruction (given) WHERE open = 1;
CREATE INDEX instruction_docket ON instruction (docket);

-- What each trading system is told of them, in the order in which it is: that one went out, that it was recalled.
CREATE TABLE instruction_sending (
    step        text COLLATE "C" PRIMARY KEY, -- id of the step, which is the cursor too: a position would count what else came
    platform    text COLLATE "C" NOT NULL,
    seq         bigint NOT NULL,           -- as findings have it: in the order of commits, so that no cursor passes one that comes later
    instruction text COLLATE "C" NOT NULL
);
CREATE INDEX instruction_sending_order ON instruction_sending (platform, seq);
CREATE INDEX instruction_sending_seq ON instruction_sending (seq);
