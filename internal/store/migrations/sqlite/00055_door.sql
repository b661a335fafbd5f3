-- +goose Up

-- What came to the door and what became of it, for the staff of whose it is: never a value of a field. Kept for a while only.
CREATE TABLE door_request (
    id     TEXT PRIMARY KEY,              -- request id
    at     INTEGER NOT NULL,               -- ms
    source TEXT NOT NULL,
    keyid  TEXT NOT NULL,
    route  TEXT NOT NULL,
    status INTEGER NOT NULL,
    rule   TEXT NOT NULL,                 -- of the door; '' when it took the request
    listed INTEGER NOT NULL,               -- 0: of sealed records only: found by its id, counted nowhere
    body   TEXT NOT NULL                  -- JSON
) STRICT;
CREATE INDEX door_request_source ON door_request (source, listed, at, id);
CREATE INDEX door_request_at ON door_request (at);

-- Rules that records of open data sets broke, by day (+08:00); refused: those records were not taken. Sealed records are counted nowhere.
CREATE TABLE door_rule (
    day     TEXT NOT NULL,
    source  TEXT NOT NULL,
    dataset TEXT NOT NULL,
    rule    TEXT NOT NULL,
    refused INTEGER NOT NULL,
    records INTEGER NOT NULL,
    PRIMARY KEY (source, day, dataset, rule, refused)
) STRICT, WITHOUT ROWID;
