-- +goose Up

-- On whose day's board a docket may stand, by what any seat sees of it: cards say what of that a reader is shown.
CREATE TABLE sitting_day (
    docket TEXT NOT NULL,
    day    TEXT NOT NULL,              -- 2006-01-02, +08:00
    open   INTEGER NOT NULL,           -- 1: something of that day is not over, and stands on later days too
    PRIMARY KEY (docket, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX sitting_day_day ON sitting_day (day, open);
