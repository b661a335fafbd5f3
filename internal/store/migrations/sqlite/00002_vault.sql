-- +goose Up

-- Which docket a sealed code wakes, known only once the moment of its vault has come. Made again from the log when lost.
CREATE TABLE vault (
    token  TEXT NOT NULL,
    docket TEXT NOT NULL,
    PRIMARY KEY (token, docket)
) STRICT, WITHOUT ROWID;
