-- The index of the queue has its order: what was put off comes last. Quick: the table is small.
DROP INDEX task_queue;
CREATE INDEX task_queue ON task (skipped NULLS FIRST, loss DESC, id) WHERE state = 'open';
