-- +goose Up

-- What the files of a lot's opened bids have in common, sealed by the installation's keys: made again from the files when lost.
CREATE TABLE likeness (
    docket text COLLATE "C" NOT NULL,
    lot    text COLLATE "C" NOT NULL,
    inputs text NOT NULL, -- keyed name of all that it was made of
    made   bigint NOT NULL, -- ms
    body   bytea NOT NULL,
    PRIMARY KEY (docket, lot)
);

-- Dockets whose files are to be compared, written with the docket itself.
CREATE TABLE likeness_due (
    docket text COLLATE "C" NOT NULL PRIMARY KEY,
    at     bigint NOT NULL, -- ms; while it is worked on, the end of the lease
    mark   bigint NOT NULL, -- one more each time it is asked for
    tries  bigint NOT NULL  -- since then
);
CREATE INDEX likeness_due_at ON likeness_due (at);
