-- What all records of both customers of a possible match say together: one pair of records may look alike
-- although the others tell the customers apart, and such a question is not worth much. Locks one small
-- table.
ALTER TABLE task
    ADD together  integer,                      -- hundredths of a bit; unknown until somebody looks at the queue
    ADD weighed   text NOT NULL DEFAULT '',     -- versions of both customers when it was found out
    ADD pair_loss double precision;             -- what would be lost by the strongest pair alone
