-- A process keeps which nodes carry a key while nobody else changes the index; the version tells.
-- Locks hub for a moment.
ALTER TABLE hub ADD COLUMN index_version bigint NOT NULL DEFAULT 0; -- grows whenever nodes enter or leave block
