-- Each run tells from where to where it read, so that it can be checked that a source's position
-- is one that its runs have landed (I16). Locks the two small tables for a moment.

ALTER TABLE run
    ADD COLUMN cursor_from text NOT NULL DEFAULT '',
    ADD COLUMN cursor_to   text; -- null: the position did not move
