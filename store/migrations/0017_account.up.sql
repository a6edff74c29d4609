-- People of the hub: who may sign in, in which browsers they did, which programs ask in whose name.
-- Whatever opens a door (session, token, invitation) is kept by its hash. Names of accounts are those of
-- people who work here, not of customers. Locks nothing that is there.

CREATE TABLE account (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    login         text UNIQUE,          -- lower case; of a local account
    issuer        text,                 -- of the identity provider: with subject the key there
    subject       text,
    name          text NOT NULL,
    password      text NOT NULL DEFAULT '', -- argon2id in the form of PHC
    roles         text[] NOT NULL,
    sources       text[],               -- only customers of these are seen; NULL: all
    group_roles   text[] NOT NULL DEFAULT '{}', -- by the groups of the identity provider, at the last sign-in
    group_sources text[],
    lang          text NOT NULL DEFAULT '',
    disabled      boolean NOT NULL DEFAULT false,
    rights        bigint NOT NULL DEFAULT 1, -- rises when roles, sources or password change
    created       timestamptz NOT NULL DEFAULT clock_timestamp(),
    signed_in     timestamptz,
    UNIQUE (issuer, subject),
    CHECK (login IS NOT NULL OR issuer IS NOT NULL AND subject IS NOT NULL)
);

CREATE TABLE session (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash         bytea NOT NULL UNIQUE,
    former       bytea,                 -- hash of the token before, good for requests that were on their way
    former_until timestamptz,
    account      bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    rights       bigint NOT NULL,
    created      timestamptz NOT NULL,
    seen         timestamptz NOT NULL,
    until        timestamptz NOT NULL
);
CREATE INDEX session_former ON session (former) WHERE former IS NOT NULL;
CREATE INDEX session_account ON session (account);

CREATE TABLE token (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash    bytea NOT NULL UNIQUE,
    name    text NOT NULL,
    account bigint REFERENCES account ON DELETE CASCADE, -- whose roles it has; NULL: a service's
    scopes  text[] NOT NULL,
    sources text[],
    created timestamptz NOT NULL,
    maker   text NOT NULL,
    until   timestamptz NOT NULL,
    used    timestamptz,
    revoked timestamptz
);

CREATE TABLE invitation (
    hash    bytea PRIMARY KEY,
    account bigint REFERENCES account ON DELETE CASCADE, -- NULL: the first account of the hub
    roles   text[] NOT NULL,
    until   timestamptz NOT NULL
);

-- Sign-ins that went to the identity provider and are not back yet.
CREATE TABLE journey (
    hash     bytea PRIMARY KEY,
    state    text NOT NULL,
    nonce    text NOT NULL,
    verifier text NOT NULL,
    next     text NOT NULL,
    until    timestamptz NOT NULL
);

-- Who was let in, looked at whom, and changed who may: a row each time. It has a chain of its own, because
-- neither reading nor locking somebody out may wait for the lane.
CREATE TABLE visit (
    id     bigint PRIMARY KEY,
    at     timestamptz NOT NULL,
    who    text NOT NULL,
    act    text NOT NULL,
    codes  bigint[] NOT NULL, -- customers that were shown
    fields text[] NOT NULL,   -- names of attributes that were shown whole although they are masked
    reason text NOT NULL,
    hash   bytea NOT NULL
);
CREATE INDEX visit_who ON visit (who, act, at);
CREATE INDEX visit_codes ON visit USING gin (codes);

CREATE TABLE visit_head (
    one  boolean PRIMARY KEY DEFAULT true CHECK (one),
    last bigint NOT NULL,
    hash bytea NOT NULL
);
INSERT INTO visit_head (last, hash) VALUES (0, '');
