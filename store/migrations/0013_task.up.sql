-- Tasks that can be claimed, put off and answered, and holds: changes of codes that wait for a
-- person, kept as decisions of kinds of their own. Locks two small tables.


DROP INDEX task_open;
ALTER TABLE task
    ADD sides         integer[]        NOT NULL DEFAULT '{}', -- of each record: the customer that it would be of
    ADD decision      bigint,                                 -- the hold, or the decision in doubt
    ADD loss          double precision NOT NULL DEFAULT 0,    -- expected, if nobody answers: the queue is ordered by it
    ADD claimed_by    text             NOT NULL DEFAULT '',
    ADD claimed_until timestamptz,
    ADD skipped       timestamptz,                            -- put off: asked after all others
    ADD closed        timestamptz,
    ADD operation     bigint;                                 -- that answered it
-- The same question is asked once; keys are reused as often as a source does, and decisions doubted one by one.
CREATE UNIQUE INDEX task_open ON task (kind, code, other) NULLS NOT DISTINCT
    WHERE state = 'open' AND kind NOT IN ('key_reuse', 'disagreement');
CREATE UNIQUE INDEX task_decision ON task (decision) WHERE state = 'open' AND decision IS NOT NULL;
CREATE INDEX task_queue ON task (loss DESC, id) WHERE state = 'open';
CREATE INDEX task_closed ON task (closed) WHERE state = 'done';
