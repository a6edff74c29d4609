-- A lease says how its holder left it: the next one sends again what may be doubtful.
-- Locks the table for a moment; it has one row per role.

ALTER TABLE lease ADD COLUMN clean boolean NOT NULL DEFAULT false; -- given back with nothing left undone
