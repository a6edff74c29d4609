-- Codes, their golden records, what happened to them and why.

CREATE TABLE golden (
    code      bigint PRIMARY KEY,
    serial    bigint NOT NULL UNIQUE, -- the order in which codes were given
    kind      text   NOT NULL,
    state     text   NOT NULL CHECK (state IN ('active', 'retired', 'erased')),
    successor bigint,
    component bigint,                 -- smallest active code of the component; coarser than the truth at worst, never finer
    version   bigint NOT NULL,
    document  text   NOT NULL         -- personal: JSON of customer.Document
);
CREATE INDEX golden_component ON golden (component) WHERE component IS NOT NULL;

-- Values of each version by reference (attribute → [[record, revision], ...]): as-of is rebuilt.
CREATE TABLE history (
    code    bigint NOT NULL,
    version bigint NOT NULL,
    refs    text   NOT NULL,
    PRIMARY KEY (code, version)
);

-- The change log is the outbox: thin rows, messages are built when they are sent.
CREATE TABLE change (
    position  bigint PRIMARY KEY,
    code      bigint NOT NULL,
    version   bigint NOT NULL,
    epoch     bigint NOT NULL,
    kind      text   NOT NULL,
    operation bigint NOT NULL,
    successor bigint,
    fields    text[],
    moved     text   NOT NULL DEFAULT '', -- JSON of []customer.Moved
    hash      bytea  NOT NULL,            -- of the document
    at        timestamptz NOT NULL
);
CREATE UNIQUE INDEX change_code ON change (code, version);

-- Membership over time, but for the first code of a record, which the record itself keeps.
CREATE TABLE move (
    record    bigint NOT NULL,
    operation bigint NOT NULL,
    from_code bigint,
    to_code   bigint
);
CREATE INDEX move_record ON move (record);

-- Who did what and why; each row's hash covers the one before it.
CREATE TABLE op (
    id      bigint PRIMARY KEY,
    kind    text   NOT NULL,
    actor   text   NOT NULL,
    reason  text   NOT NULL,
    request text   UNIQUE,          -- so that an operation sent twice is applied once
    at      timestamptz NOT NULL,
    digest  bytea  NOT NULL,        -- of the change rows of the operation
    hash    bytea  NOT NULL
);

CREATE TABLE decision (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind      text   NOT NULL CHECK (kind IN ('same', 'different')),
    operation bigint NOT NULL,
    revoked   bigint                -- the operation that took it back
);
CREATE TABLE decision_record (
    decision   bigint  NOT NULL REFERENCES decision,
    record     bigint  NOT NULL,
    right_side boolean NOT NULL
);
CREATE INDEX decision_record_record ON decision_record (record);
CREATE INDEX decision_record_decision ON decision_record (decision);

CREATE TABLE pin (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code      bigint NOT NULL,
    attribute text   NOT NULL,
    value     text   NOT NULL,      -- personal
    operation bigint NOT NULL,
    revoked   bigint
);
CREATE INDEX pin_code ON pin (code);

CREATE TABLE task (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind    text   NOT NULL,
    code    bigint,
    other   bigint,
    records bigint[] NOT NULL DEFAULT '{}',
    weight  integer NOT NULL DEFAULT 0, -- hundredths of a bit
    state   text   NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'obsolete', 'done')),
    opened  timestamptz NOT NULL DEFAULT now(),
    reason  text   NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX task_open ON task (kind, code, other) NULLS NOT DISTINCT WHERE state = 'open' AND kind = 'possible_match';
CREATE INDEX task_code ON task (code) WHERE state = 'open';
CREATE INDEX task_other ON task (other) WHERE state = 'open';
