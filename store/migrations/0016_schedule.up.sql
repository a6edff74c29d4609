-- What serve does by itself is due once in the whole cluster: the next time stands here, whoever does
-- it moves it on under the lease of the job. The lease columns of source go: roles are leased in lease.
-- Locks source for a moment; it has one row a source.

CREATE TABLE schedule (
    name     text        PRIMARY KEY, -- the role: maintain, verify, source.NAME, ...
    spec     text        NOT NULL,    -- duration or crontab line, and the zone: another one gives another next time
    next     timestamptz NOT NULL,    -- when it is due
    retry    timestamptz,             -- not before then, after it failed
    running  boolean     NOT NULL DEFAULT false,
    due      timestamptz,             -- for which it ran last
    started  timestamptz,
    finished timestamptz,
    outcome  text        NOT NULL DEFAULT '' CHECK (outcome IN ('', 'done', 'failed', 'skipped')),
    attempts integer     NOT NULL DEFAULT 0, -- for the time that is due now
    detail   text        NOT NULL DEFAULT '' -- numbers, codes of errors
);

ALTER TABLE source DROP COLUMN lease_owner, DROP COLUMN lease_until, DROP COLUMN lease_token;
