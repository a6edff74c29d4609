-- Changes of the ruleset that people ask for at the workbench: what they would do is computed beside the
-- work, shown, and carried out when somebody says so. Each ruleset that came into force has a row here, so
-- that its versions can be listed. Locks nothing.
CREATE TABLE plan (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    state      text        NOT NULL CHECK (state IN ('asked', 'ready', 'approved', 'applied', 'failed', 'dropped')),
    author     text        NOT NULL,               -- as in the audit
    person     text        NOT NULL,               -- who answers for the author: four eyes are two persons
    asked      timestamptz NOT NULL DEFAULT now(),
    reason     text        NOT NULL DEFAULT '',
    request    text        NOT NULL DEFAULT '',
    settings   text,                               -- laid over the section matching; none: what was laid there stays
    train      boolean     NOT NULL DEFAULT false,
    name       text        NOT NULL DEFAULT '',    -- the plan's own, by what it says
    document   text        NOT NULL DEFAULT '',    -- the plan, with ruleset and model
    stage      text        NOT NULL DEFAULT '',    -- of the work that goes on
    done       bigint      NOT NULL DEFAULT 0,
    total      bigint      NOT NULL DEFAULT 0,
    approver   text        NOT NULL DEFAULT '',    -- who wants it carried out
    approved   timestamptz,
    why        text        NOT NULL DEFAULT '',
    brake      double precision NOT NULL DEFAULT 0, -- percent of the codes that it may churn
    result     text        NOT NULL DEFAULT '',    -- what carrying it out did
    fault      text        NOT NULL DEFAULT '',    -- why it failed, as a word
    detail     text        NOT NULL DEFAULT '',    -- and in full
    finished   timestamptz
);
CREATE UNIQUE INDEX plan_request ON plan (request) WHERE request <> '';
CREATE INDEX plan_open ON plan (id) WHERE state IN ('asked', 'approved');
