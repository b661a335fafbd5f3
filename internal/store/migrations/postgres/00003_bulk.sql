-- +goose Up

-- What dockets keep of their bulk rows (rows of data sets that are counted, summed and digested). Made again from the log when lost.
-- step grows with every change: who read an older one must read again.
CREATE TABLE bulk (
    docket text COLLATE "C" PRIMARY KEY,
    step   bigint NOT NULL,
    body   text NOT NULL                   -- JSON: how far each code was read, and the totals
);

-- What one row adds to the totals of one docket, to take it back when it changes.
CREATE TABLE bulk_row (
    docket   text COLLATE "C" NOT NULL,
    identity bytea NOT NULL,
    body     text NOT NULL,                -- JSON
    PRIMARY KEY (docket, identity)
);

-- Records that a docket must read though none of its codes names them: a row of its own moved, or was deleted without a word.
CREATE TABLE bulk_moved (
    docket   text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (docket, position)
);
