-- +goose Up

-- What came to the door and what became of it, for the staff of whose it is: never a value of a field. Kept for a while only.
CREATE TABLE door_request (
    id     TEXT COLLATE "C" PRIMARY KEY,              -- request id
    at     BIGINT NOT NULL,               -- ms
    source TEXT COLLATE "C" NOT NULL,
    keyid  TEXT COLLATE "C" NOT NULL,
    route  TEXT COLLATE "C" NOT NULL,
    status BIGINT NOT NULL,
    rule   TEXT COLLATE "C" NOT NULL,                 -- of the door; '' when it took the request
    listed BIGINT NOT NULL,               -- 0: of sealed records only: found by its id, counted nowhere
    body   TEXT COLLATE "C" NOT NULL                  -- JSON
);
CREATE INDEX door_request_source ON door_request (source, listed, at, id);
CREATE INDEX door_request_at ON door_request (at);

-- Rules that records of open data sets broke, by day (+08:00); refused: those records were not taken. Sealed records are counted nowhere.
CREATE TABLE door_rule (
    day     TEXT COLLATE "C" NOT NULL,
    source  TEXT COLLATE "C" NOT NULL,
    dataset TEXT COLLATE "C" NOT NULL,
    rule    TEXT COLLATE "C" NOT NULL,
    refused BIGINT NOT NULL,
    records BIGINT NOT NULL,
    PRIMARY KEY (source, day, dataset, rule, refused)
);
