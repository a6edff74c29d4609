-- What a publisher is asked to send again survives the process that was asked. Reach bounds what
-- is sent again after a crash; settings tell when a view shows something else than before.
-- Locks feed_cursor for a moment; it has one row a way out.

ALTER TABLE feed_cursor
    ADD COLUMN reach    bigint NOT NULL DEFAULT 0, -- position up to which may have been sent; 0: not told
    ADD COLUMN settings text   NOT NULL DEFAULT ''; -- of a topic: what its content depends on besides the data

CREATE TABLE feed_resend (
    id    bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name  text    NOT NULL, -- of the publisher
    topic text    NOT NULL, -- '': all of them
    code  bigint  NOT NULL, -- 0: all of them
    after bigint  NOT NULL, -- moves forward while it is carried out
    upto  bigint  NOT NULL,
    fresh boolean NOT NULL DEFAULT false,
    at    timestamptz NOT NULL DEFAULT now()
);
