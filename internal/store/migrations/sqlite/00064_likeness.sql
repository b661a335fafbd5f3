-- +goose Up

-- What the files of a lot's opened bids have in common, sealed by the installation's keys: made again from the files when lost.
CREATE TABLE likeness (
    docket TEXT NOT NULL,
    lot    TEXT NOT NULL,
    inputs TEXT NOT NULL, -- keyed name of all that it was made of
    made   INTEGER NOT NULL, -- ms
    body   BLOB NOT NULL,
    PRIMARY KEY (docket, lot)
) STRICT, WITHOUT ROWID;

-- Dockets whose files are to be compared, written with the docket itself.
CREATE TABLE likeness_due (
    docket TEXT NOT NULL PRIMARY KEY,
    at     INTEGER NOT NULL, -- ms; while it is worked on, the end of the lease
    mark   INTEGER NOT NULL, -- one more each time it is asked for
    tries  INTEGER NOT NULL  -- since then
) STRICT, WITHOUT ROWID;
CREATE INDEX likeness_due_at ON likeness_due (at);
