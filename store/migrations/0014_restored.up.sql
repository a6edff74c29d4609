-- Why the database may be an older state of itself: until a person confirms it, no code is minted
-- and nothing is published. Empty otherwise.
ALTER TABLE hub ADD COLUMN restored text NOT NULL DEFAULT '';
