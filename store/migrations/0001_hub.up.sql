-- The hub itself: one row that the lane changes, and the people and runs around it.
-- Locks nothing: every table is new.

CREATE TABLE hub (
    one              boolean PRIMARY KEY DEFAULT true CHECK (one),
    epoch            bigint NOT NULL DEFAULT 1,  -- raised when a database was restored
    next_serial      bigint NOT NULL DEFAULT 1,  -- of codes; never falls
    permutation_key  bytea  NOT NULL,            -- hides how many codes there are and who came first
    crosswalk_key    bytea  NOT NULL,            -- hides source keys in the crosswalk topic's keys
    last_position    bigint NOT NULL DEFAULT 0,  -- of the change log
    last_operation   bigint NOT NULL DEFAULT 0,
    chain_head       bytea  NOT NULL DEFAULT ''::bytea,
    ruleset_hash     text   NOT NULL DEFAULT '', -- '' until the first load fixes it
    ruleset          text   NOT NULL DEFAULT '', -- the configuration and extra attributes that it came from, JSON
    model            text   NOT NULL DEFAULT ''  -- learned numbers, JSON
);

CREATE TABLE source (
    id            integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name          text    NOT NULL UNIQUE,
    sensitive_key boolean NOT NULL DEFAULT true,
    mapping       text    NOT NULL DEFAULT '', -- the mapping used last, JSON
    cursor        text    NOT NULL DEFAULT '', -- what was read and landed; moves in the transaction that lands
    lease_owner   text    NOT NULL DEFAULT '',
    lease_until   timestamptz,
    lease_token   bigint  NOT NULL DEFAULT 0   -- grows with each lease, so that a woken sleeper is fenced
);

CREATE TABLE run (
    id        bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source    integer NOT NULL REFERENCES source,
    input     text    NOT NULL DEFAULT '', -- identity of the file or query, no personal data
    state     text    NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'failed', 'held')),
    started   timestamptz NOT NULL DEFAULT now(),
    finished  timestamptz,
    read      bigint  NOT NULL DEFAULT 0,
    accepted  bigint  NOT NULL DEFAULT 0,
    unchanged bigint  NOT NULL DEFAULT 0,
    rejected  bigint  NOT NULL DEFAULT 0,
    filtered  bigint  NOT NULL DEFAULT 0
);

CREATE TABLE reject (
    id     bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run    bigint  NOT NULL REFERENCES run,
    source integer NOT NULL REFERENCES source,
    place  text    NOT NULL, -- JSON of customer.Place
    field  text    NOT NULL DEFAULT '',
    code   text    NOT NULL,
    reason text    NOT NULL,
    raw    bytea   NOT NULL  -- personal: the input as received, to be mended and replayed
);
CREATE INDEX reject_run ON reject (run);
