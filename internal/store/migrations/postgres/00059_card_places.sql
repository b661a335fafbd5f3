-- +goose Up

-- Two more indexes that hold all that a list may be narrowed by: what lies in a region, and what has a warning, are few among all.
CREATE INDEX card_place ON card (seat, region, docket, class, moments, stage, facts, clues, late, last, amount, origin) INCLUDE (origins, indicators);
DROP INDEX card_warn;
CREATE INDEX card_warn ON card (seat, warn, docket, region, class, moments, stage, facts, clues, late, last, amount, origin) INCLUDE (origins, indicators) WHERE warn IS NOT NULL;
-- The other orders with what most lists are narrowed by, and the places by which a supervisor's are.
DROP INDEX card_title;
DROP INDEX card_amount;
CREATE INDEX card_id ON card (seat, docket, region, class, last);
CREATE INDEX card_title ON card (seat, title, docket, region, class, last);
CREATE INDEX card_amount ON card (seat, amount, docket, region, class, last, stage, moments) WHERE amount IS NOT NULL;

-- Titles and names are found by sound too: what is indexed is made again from the log.
DELETE FROM mention;
DELETE FROM party;
DELETE FROM search;
UPDATE docket SET again = 1;
