-- What a person decides beside same and different: checked sets, consents granted since, codes that are to
-- stay; what a repeated request is held against; and which revision of a record was in force when, so that
-- a past state can be built again. Locks decision, move and op for a moment; the index of the change log is
-- one that is built at a glance (a few pages).
ALTER TABLE decision DROP CONSTRAINT decision_kind_check;
ALTER TABLE decision ADD CONSTRAINT decision_kind_check
    CHECK (kind IN ('same', 'different', 'confirmed', 'granted', 'hold_apart', 'hold_together'));
ALTER TABLE decision_record ADD COLUMN revision integer; -- of the record, when a consent was granted

CREATE TABLE consent_grant (
    decision bigint PRIMARY KEY REFERENCES decision,
    purpose  text NOT NULL,
    channel  text NOT NULL,
    address  text NOT NULL,        -- personal
    at       timestamptz NOT NULL
);

-- Codes that a person chose to survive joins; the latest of several wins.
CREATE TABLE keeper (
    code      bigint NOT NULL,
    operation bigint NOT NULL,
    revoked   bigint,
    PRIMARY KEY (code, operation)
);

ALTER TABLE move ADD COLUMN revision integer; -- of the record, in force from then on; from = to: only that changed
ALTER TABLE op ADD COLUMN intent bytea;       -- hash of what the request asked for, without values

-- Operations rise with positions, so the blocks of the log that hold one are few.
CREATE INDEX change_operation ON change USING brin (operation) WITH (pages_per_range = 16, autosummarize = on);
CREATE INDEX decision_operation ON decision (operation);
CREATE INDEX pin_operation ON pin (operation);
