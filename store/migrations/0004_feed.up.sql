-- How far each consumer of the change log got, and who may send.

CREATE TABLE feed_cursor (
    name     text   PRIMARY KEY,
    position bigint NOT NULL DEFAULT 0
);

CREATE TABLE feed_parked (
    name     text   NOT NULL,
    code     bigint NOT NULL,
    position bigint NOT NULL,
    reason   text   NOT NULL,
    PRIMARY KEY (name, code)
);

CREATE TABLE lease (
    name  text   PRIMARY KEY,
    owner text   NOT NULL,
    until timestamptz NOT NULL, -- in the database's time
    token bigint NOT NULL       -- grows with each owner, checked inside transactions
);
