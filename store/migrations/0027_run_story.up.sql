-- Who had a source read, and how its columns were understood then; and the address at which the hub was
-- served last, for links that verbs print. Locks two small tables for a moment.
ALTER TABLE run
    ADD actor text NOT NULL DEFAULT '',      -- as in the audit; unknown for readings from before
    ADD story text NOT NULL DEFAULT '';      -- the columns, why they mean what they do, and what the connector noted, as JSON
ALTER TABLE hub
    ADD address text NOT NULL DEFAULT '';
