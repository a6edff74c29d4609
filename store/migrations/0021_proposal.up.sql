-- What people want done and what is not done yet: it can be undone for some seconds, waits for a second
-- pair of eyes, or for a second opinion. And what they say to each other about a question. Locks one
-- small table.
CREATE TABLE proposal (
    id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    task     bigint,                             -- the question that it answers; none for a deed
    batch    bigint,                             -- the first of those that were made at once
    state    text        NOT NULL CHECK (state IN ('held', 'awaiting', 'second', 'done', 'undone', 'refused', 'failed', 'agreed', 'disputed')),
    author   text        NOT NULL,               -- as in the audit
    person   text        NOT NULL,               -- who answers for the author: four eyes are two persons
    subject  text        NOT NULL,               -- who asked, with their roles of then, as JSON
    intent   text        NOT NULL,               -- personal: what is to be done, as JSON
    request  text        NOT NULL DEFAULT '',
    given    timestamptz NOT NULL DEFAULT now(),
    due      timestamptz,                        -- of what is held: it is carried out from then on
    reviewer text        NOT NULL DEFAULT '',    -- the person who approved or refused
    settled  timestamptz,
    operation bigint,                            -- that carried it out
    reason   text        NOT NULL DEFAULT '',    -- why it was refused or failed
    CHECK (reviewer = '' OR reviewer <> person)
);
CREATE UNIQUE INDEX proposal_request ON proposal (request) WHERE request <> '';
CREATE INDEX proposal_task ON proposal (task);
CREATE INDEX proposal_batch ON proposal (batch) WHERE batch IS NOT NULL;
CREATE INDEX proposal_open ON proposal (state, due) WHERE state IN ('held', 'awaiting', 'second');

CREATE TABLE note (
    id     bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    task   bigint      NOT NULL,
    author text        NOT NULL,
    at     timestamptz NOT NULL DEFAULT now(),
    text   text        NOT NULL                  -- personal
);
CREATE INDEX note_task ON note (task);

ALTER TABLE task
    ADD pending  text NOT NULL DEFAULT '',       -- held, awaiting: it was answered, but that is not done yet; second: it is asked once more
    ADD assigned text NOT NULL DEFAULT '';       -- only they are asked
