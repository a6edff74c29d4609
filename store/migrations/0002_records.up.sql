-- Source records. Identity (record) and content (body) stand apart, because a merge rewrites the
-- rows of its records: about 100 bytes instead of 750.

CREATE SEQUENCE record_id;

CREATE TABLE record (
    id          bigint   PRIMARY KEY,
    source      integer  NOT NULL REFERENCES source,
    key         text     NOT NULL,             -- personal unless the source says otherwise
    incarnation integer  NOT NULL DEFAULT 1,   -- grows when the source gives the key to somebody else
    kind        text     NOT NULL DEFAULT '',
    state       text     NOT NULL CHECK (state IN ('pending', 'live', 'deleted')),
    revision    integer  NOT NULL DEFAULT 0,   -- resolved; 0: none yet
    landed      integer  NOT NULL,             -- newest; above revision: waits to be resolved
    fingerprint bigint   NOT NULL,             -- of the newest raw content, to know what is unchanged
    run         bigint   NOT NULL,             -- that saw it last, to know what a snapshot no longer holds
    node        bigint,
    code        bigint,
    home        bigint                         -- its first code, for splits that give codes back
);
CREATE UNIQUE INDEX record_key ON record (source, key, incarnation);
CREATE INDEX record_waiting ON record (id) WHERE landed > revision;
CREATE INDEX record_node ON record (node) WHERE node IS NOT NULL;
CREATE INDEX record_code ON record (code) WHERE code IS NOT NULL;

CREATE TABLE body (
    record   bigint  NOT NULL,
    revision integer NOT NULL,
    run      bigint  NOT NULL,
    op       text    NOT NULL CHECK (op IN ('upsert', 'delete')),
    raw      text,   -- personal: the row as received, JSON
    standard bytea,  -- personal: customer.Codec
    PRIMARY KEY (record, revision)
);

-- Which nodes carry a blocking key or a shared value; a node is records of equal content.
CREATE TABLE block (
    key  bigint NOT NULL, -- keyed by the ruleset's hash functions; says nothing about the value
    sig  bigint NOT NULL, -- signature, for shared values; 0 for blocking keys
    node bigint NOT NULL
);
CREATE UNIQUE INDEX block_key ON block (key, sig, node);
CREATE INDEX block_node ON block (node);

-- Keys that too many nodes carry, and values that too many customers share.
CREATE TABLE closed (
    key       bigint  NOT NULL,
    generic   boolean NOT NULL, -- a value, not a blocking key; one number can be both
    kind      text    NOT NULL,
    rule      integer NOT NULL, -- place of the blocking rule, or of the attribute
    carriers  integer NOT NULL, -- nodes, or signatures, when it was closed
    PRIMARY KEY (key, generic)
);

-- Facts that hang on records, so that an unmerge returns them by itself.
CREATE TABLE consent (
    record  bigint NOT NULL, purpose text NOT NULL, channel text NOT NULL,
    address text NOT NULL, -- personal
    given   boolean NOT NULL, at timestamptz
);
CREATE INDEX consent_record ON consent (record);
CREATE TABLE relation (
    record bigint NOT NULL, attribute text NOT NULL, role text NOT NULL,
    target_source text NOT NULL, target_key text NOT NULL, -- personal as keys are
    valid_from text NOT NULL DEFAULT '', valid_to text NOT NULL DEFAULT ''
);
CREATE INDEX relation_record ON relation (record);
CREATE TABLE product (
    record bigint NOT NULL, kind text NOT NULL,
    number text NOT NULL, -- personal
    status text NOT NULL, opened text NOT NULL DEFAULT '', closed text NOT NULL DEFAULT ''
);
CREATE INDEX product_record ON product (record);
