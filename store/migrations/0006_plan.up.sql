-- A plan that is being carried out: its id, and the position of the change log at which it began.
-- While there is one, nobody else changes codes.
ALTER TABLE hub ADD COLUMN applying text NOT NULL DEFAULT '';
ALTER TABLE hub ADD COLUMN applying_from bigint NOT NULL DEFAULT 0;
