-- Closed keys and generic values are asked for by every turn, and each process keeps them in
-- memory: a version tells it what was shut since it looked last, or that it must look anew.
-- Locks closed and hub for a moment.
ALTER TABLE hub ADD COLUMN shut_version bigint NOT NULL DEFAULT 0;   -- grows whenever something is shut or reopened
ALTER TABLE hub ADD COLUMN reopen_version bigint NOT NULL DEFAULT 0; -- the shut_version at which something was reopened last
ALTER TABLE closed ADD COLUMN version bigint NOT NULL DEFAULT 0;     -- the shut_version that shut it
CREATE INDEX closed_version ON closed (version);
