-- Why a task was put off, and until when nobody is asked. Locks one small table.
ALTER TABLE task
    ADD skip_reason text NOT NULL DEFAULT '', -- as the person wrote it
    ADD snoozed     timestamptz;              -- asked again from then on
