-- What the migrations add up to. Written by go test ./store -run Schema -update; the reasons stand in migrations/.

CREATE SEQUENCE record_id;

CREATE TABLE account (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    login text,
    issuer text,
    subject text,
    name text NOT NULL,
    password text NOT NULL DEFAULT ''::text,
    roles text[] NOT NULL,
    sources text[],
    group_roles text[] NOT NULL DEFAULT '{}'::text[],
    group_sources text[],
    lang text NOT NULL DEFAULT ''::text,
    disabled boolean NOT NULL DEFAULT false,
    rights bigint NOT NULL DEFAULT 1,
    created timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    signed_in timestamp with time zone,
    prefs text NOT NULL DEFAULT ''::text,
    CONSTRAINT account_check CHECK (((login IS NOT NULL) OR ((issuer IS NOT NULL) AND (subject IS NOT NULL)))),
    CONSTRAINT account_issuer_subject_key UNIQUE (issuer, subject),
    CONSTRAINT account_login_key UNIQUE (login),
    CONSTRAINT account_pkey PRIMARY KEY (id)
);

CREATE TABLE block (
    key bigint NOT NULL,
    sig bigint NOT NULL,
    node bigint NOT NULL
);
CREATE UNIQUE INDEX block_key ON block USING btree (key, sig, node);
ALTER TABLE block ENABLE ROW LEVEL SECURITY; -- policy seen;

CREATE TABLE body (
    record bigint NOT NULL,
    revision integer NOT NULL,
    run bigint NOT NULL,
    op text NOT NULL,
    raw text,
    standard bytea,
    CONSTRAINT body_op_check CHECK ((op = ANY (ARRAY['upsert'::text, 'delete'::text]))),
    CONSTRAINT body_pkey PRIMARY KEY (record, revision)
);
ALTER TABLE body ENABLE ROW LEVEL SECURITY; -- policy seen;

CREATE TABLE change (
    position bigint NOT NULL,
    code bigint NOT NULL,
    version bigint NOT NULL,
    epoch bigint NOT NULL,
    kind text NOT NULL,
    operation bigint NOT NULL,
    successor bigint,
    fields text[],
    moved text NOT NULL DEFAULT ''::text,
    hash bytea NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT change_pkey PRIMARY KEY ("position")
);
CREATE UNIQUE INDEX change_code ON change USING btree (code, version);
CREATE INDEX change_operation ON change USING brin (operation) WITH (pages_per_range='16', autosummarize='on');
ALTER TABLE change ENABLE ROW LEVEL SECURITY; -- policy seen;

CREATE TABLE closed (
    key bigint NOT NULL,
    generic boolean NOT NULL,
    kind text NOT NULL,
    rule integer NOT NULL,
    carriers integer NOT NULL,
    version bigint NOT NULL DEFAULT 0,
    CONSTRAINT closed_pkey PRIMARY KEY (key, generic)
);
CREATE INDEX closed_version ON closed USING btree (version);
ALTER TABLE closed ENABLE ROW LEVEL SECURITY; -- policy seen;

CREATE TABLE consent (
    record bigint NOT NULL,
    purpose text NOT NULL,
    channel text NOT NULL,
    address text NOT NULL,
    given boolean NOT NULL,
    at timestamp with time zone
);
CREATE INDEX consent_record ON consent USING btree (record);
ALTER TABLE consent ENABLE ROW LEVEL SECURITY; -- policy seen;

CREATE TABLE consent_grant (
    decision bigint NOT NULL,
    purpose text NOT NULL,
    channel text NOT NULL,
    address text NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT consent_grant_decision_fkey FOREIGN KEY (decision) REFERENCES decision(id),
    CONSTRAINT consent_grant_pkey PRIMARY KEY (decision)
);
ALTER TABLE consent_grant ENABLE ROW LEVEL SECURITY; -- policy seen;

CREATE TABLE decision (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    kind text NOT NULL,
    operation bigint NOT NULL,
    revoked bigint,
    CONSTRAINT decision_kind_check CHECK ((kind = ANY (ARRAY['same'::text, 'different'::text, 'confirmed'::text, 'granted'::text, 'hold_apart'::text, 'hold_together'::text]))),
    CONSTRAINT decision_pkey PRIMARY KEY (id)
);
CREATE INDEX decision_operation ON decision USING btree (operation);
ALTER TABLE decision ENABLE ROW LEVEL SECURITY; -- policy seen;

CREATE TABLE decision_record (
    decision bigint NOT NULL,
    record bigint NOT NULL,
    right_side boolean NOT NULL,
    revision integer,
    CONSTRAINT decision_record_decision_fkey FOREIGN KEY (decision) REFERENCES decision(id)
);
CREATE INDEX decision_record_decision ON decision_record USING btree (decision);
CREATE INDEX decision_record_record ON decision_record USING btree (record);
ALTER TABLE decision_record ENABLE ROW LEVEL SECURITY; -- policy seen;

CREATE TABLE erased (
    hash text NOT NULL,
    operation bigint NOT NULL,
    CONSTRAINT erased_pkey PRIMARY KEY (hash)
);
ALTER TABLE erased ENABLE ROW LEVEL SECURITY; -- policy seen;

CREATE TABLE feed_cursor (
    name text NOT NULL,
    position bigint NOT NULL DEFAULT 0,
    reach bigint NOT NULL DEFAULT 0,
    settings text NOT NULL DEFAULT ''::text,
    CONSTRAINT feed_cursor_pkey PRIMARY KEY (name)
);

CREATE TABLE feed_parked (
    name text NOT NULL,
    code bigint NOT NULL,
    position bigint NOT NULL,
    reason text NOT NULL,
    CONSTRAINT feed_parked_pkey PRIMARY KEY (name, code)
);
ALTER TABLE feed_parked ENABLE ROW LEVEL SECURITY; -- policy seen;

CREATE TABLE feed_resend (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    name text NOT NULL,
    topic text NOT NULL,
    code bigint NOT NULL,
    after bigint NOT NULL,
    upto bigint NOT NULL,
    fresh boolean NOT NULL DEFAULT false,
    at timestamp with time zone NOT NULL DEFAULT now(),
    CONSTRAINT feed_resend_pkey PRIMARY KEY (id)
);
ALTER TABLE feed_resend ENABLE ROW LEVEL SECURITY; -- policy seen;

CREATE TABLE golden (
    code bigint NOT NULL,
    serial bigint NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    successor bigint,
    component bigint,
    version bigint NOT NULL,
    document text NOT NULL,
    CONSTRAINT golden_pkey PRIMARY KEY (code),
    CONSTRAINT golden_serial_key UNIQUE (serial),
    CONSTRAINT golden_state_check CHECK ((state = ANY (ARRAY['active'::text, 'retired'::text, 'erased'::text])))
);
CREATE INDEX golden_component ON golden USING btree (component) WHERE (component <> code);
ALTER TABLE golden ENABLE ROW LEVEL SECURITY; -- policy seen;

CREATE TABLE history (
    code bigint NOT NULL,
    version bigint NOT NULL,
    refs text NOT NULL,
    CONSTRAINT history_pkey PRIMARY KEY (code, version)
);
ALTER TABLE history ENABLE ROW LEVEL SECURITY; -- policy seen;

CREATE TABLE hub (
    one boolean NOT NULL DEFAULT true,
    epoch bigint NOT NULL DEFAULT 1,
    next_serial bigint NOT NULL DEFAULT 1,
    permutation_key bytea NOT NULL,
    crosswalk_key bytea NOT NULL,
    last_position bigint NOT NULL DEFAULT 0,
    last_operation bigint NOT NULL DEFAULT 0,
    chain_head bytea NOT NULL DEFAULT '\x'::bytea,
    ruleset_hash text NOT NULL DEFAULT ''::text,
    ruleset text NOT NULL DEFAULT ''::text,
    model text NOT NULL DEFAULT ''::text,
    applying text NOT NULL DEFAULT ''::text,
    applying_from bigint NOT NULL DEFAULT 0,
    shut_version bigint NOT NULL DEFAULT 0,
    reopen_version bigint NOT NULL DEFAULT 0,
    restored text NOT NULL DEFAULT ''::text,
    index_version bigint NOT NULL DEFAULT 0,
    address text NOT NULL DEFAULT ''::text,
    CONSTRAINT hub_one_check CHECK (one),
    CONSTRAINT hub_pkey PRIMARY KEY (one)
);

CREATE TABLE invitation (
    hash bytea NOT NULL,
    account bigint,
    roles text[] NOT NULL,
    until timestamp with time zone NOT NULL,
    CONSTRAINT invitation_account_fkey FOREIGN KEY (account) REFERENCES account(id) ON DELETE CASCADE,
    CONSTRAINT invitation_pkey PRIMARY KEY (hash)
);

CREATE TABLE journey (
    hash bytea NOT NULL,
    state text NOT NULL,
    nonce text NOT NULL,
    verifier text NOT NULL,
    next text NOT NULL,
    until timestamp with time zone NOT NULL,
    CONSTRAINT journey_pkey PRIMARY KEY (hash)
);

CREATE TABLE keeper (
    code bigint NOT NULL,
    operation bigint NOT NULL,
    revoked bigint,
    CONSTRAINT keeper_pkey PRIMARY KEY (code, operation)
);
ALTER TABLE keeper ENABLE ROW LEVEL SECURITY; -- policy seen;

CREATE TABLE lease (
    name text NOT NULL,
    owner text NOT NULL,
    until timestamp with time zone NOT NULL,
    token bigint NOT NULL,
    clean boolean NOT NULL DEFAULT false,
    CONSTRAINT lease_pkey PRIMARY KEY (name)
);

CREATE TABLE move (
    record bigint NOT NULL,
    operation bigint NOT NULL,
    from_code bigint,
    to_code bigint,
    revision integer
);
CREATE INDEX move_record ON move USING btree (record);
ALTER TABLE move ENABLE ROW LEVEL SECURITY; -- policy seen;

CREATE TABLE note (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    task bigint NOT NULL,
    author text NOT NULL,
    at timestamp with time zone NOT NULL DEFAULT now(),
    text text NOT NULL,
    CONSTRAINT note_pkey PRIMARY KEY (id)
);
CREATE INDEX note_task ON note USING btree (task);
ALTER TABLE note ENABLE ROW LEVEL SECURITY; -- policy seen;

CREATE TABLE op (
    id bigint NOT NULL,
    kind text NOT NULL,
    actor text NOT NULL,
    reason text NOT NULL,
    request text,
    at timestamp with time zone NOT NULL,
    digest bytea NOT NULL,
    hash bytea NOT NULL,
    intent bytea,
    CONSTRAINT op_pkey PRIMARY KEY (id),
    CONSTRAINT op_request_key UNIQUE (request)
);
ALTER TABLE op ENABLE ROW LEVEL SECURITY; -- policy seen;

CREATE TABLE pin (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    code bigint NOT NULL,
    attribute text NOT NULL,
    value text NOT NULL,
    operation bigint NOT NULL,
    revoked bigint,
    CONSTRAINT pin_pkey PRIMARY KEY (id)
);
CREATE INDEX pin_code ON pin USING btree (code);
CREATE INDEX pin_operation ON pin USING btree (operation);
ALTER TABLE pin ENABLE ROW LEVEL SECURITY; -- policy seen;

CREATE TABLE plan (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    state text NOT NULL,
    author text NOT NULL,
    person text NOT NULL,
    asked timestamp with time zone NOT NULL DEFAULT now(),
    reason text NOT NULL DEFAULT ''::text,
    request text NOT NULL DEFAULT ''::text,
    settings text,
    train boolean NOT NULL DEFAULT false,
    name text NOT NULL DEFAULT ''::text,
    document text NOT NULL DEFAULT ''::text,
    stage text NOT NULL DEFAULT ''::text,
    done bigint NOT NULL DEFAULT 0,
    total bigint NOT NULL DEFAULT 0,
    approver text NOT NULL DEFAULT ''::text,
    approved timestamp with time zone,
    why text NOT NULL DEFAULT ''::text,
    brake double precision NOT NULL DEFAULT 0,
    result text NOT NULL DEFAULT ''::text,
    fault text NOT NULL DEFAULT ''::text,
    detail text NOT NULL DEFAULT ''::text,
    finished timestamp with time zone,
    CONSTRAINT plan_pkey PRIMARY KEY (id),
    CONSTRAINT plan_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'ready'::text, 'approved'::text, 'applied'::text, 'failed'::text, 'dropped'::text])))
);
CREATE INDEX plan_open ON plan USING btree (id) WHERE (state = ANY (ARRAY['asked'::text, 'approved'::text]));
CREATE UNIQUE INDEX plan_request ON plan USING btree (request) WHERE (request <> ''::text);

CREATE TABLE product (
    record bigint NOT NULL,
    kind text NOT NULL,
    number text NOT NULL,
    status text NOT NULL,
    opened text NOT NULL DEFAULT ''::text,
    closed text NOT NULL DEFAULT ''::text
);
CREATE INDEX product_record ON product USING btree (record);
ALTER TABLE product ENABLE ROW LEVEL SECURITY; -- policy seen;

CREATE TABLE proposal (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    task bigint,
    batch bigint,
    state text NOT NULL,
    author text NOT NULL,
    person text NOT NULL,
    subject text NOT NULL,
    intent text NOT NULL,
    request text NOT NULL DEFAULT ''::text,
    given timestamp with time zone NOT NULL DEFAULT now(),
    due timestamp with time zone,
    reviewer text NOT NULL DEFAULT ''::text,
    settled timestamp with time zone,
    operation bigint,
    reason text NOT NULL DEFAULT ''::text,
    CONSTRAINT proposal_check CHECK (((reviewer = ''::text) OR (reviewer <> person))),
    CONSTRAINT proposal_pkey PRIMARY KEY (id),
    CONSTRAINT proposal_state_check CHECK ((state = ANY (ARRAY['held'::text, 'awaiting'::text, 'second'::text, 'done'::text, 'undone'::text, 'refused'::text, 'failed'::text, 'agreed'::text, 'disputed'::text])))
);
CREATE INDEX proposal_batch ON proposal USING btree (batch) WHERE (batch IS NOT NULL);
CREATE INDEX proposal_open ON proposal USING btree (state, due) WHERE (state = ANY (ARRAY['held'::text, 'awaiting'::text, 'second'::text]));
CREATE UNIQUE INDEX proposal_request ON proposal USING btree (request) WHERE (request <> ''::text);
CREATE INDEX proposal_task ON proposal USING btree (task);
ALTER TABLE proposal ENABLE ROW LEVEL SECURITY; -- policy seen;

CREATE TABLE record (
    id bigint NOT NULL,
    source integer NOT NULL,
    key text NOT NULL,
    incarnation integer NOT NULL DEFAULT 1,
    kind text NOT NULL DEFAULT ''::text,
    state text NOT NULL,
    revision integer NOT NULL DEFAULT 0,
    landed integer NOT NULL,
    fingerprint bigint NOT NULL,
    run bigint NOT NULL,
    node bigint,
    code bigint,
    home bigint,
    CONSTRAINT record_pkey PRIMARY KEY (id),
    CONSTRAINT record_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'live'::text, 'deleted'::text])))
);
CREATE INDEX record_code ON record USING btree (code) WHERE (code IS NOT NULL);
CREATE UNIQUE INDEX record_key ON record USING btree (source, key, incarnation);
CREATE INDEX record_node ON record USING btree (node, code, id) WHERE (node IS NOT NULL);
CREATE INDEX record_waiting ON record USING btree (id) WHERE (landed > revision);
ALTER TABLE record ENABLE ROW LEVEL SECURITY; -- policy seen;

CREATE TABLE reject (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    run bigint NOT NULL,
    source integer NOT NULL,
    place text NOT NULL,
    field text NOT NULL DEFAULT ''::text,
    code text NOT NULL,
    reason text NOT NULL,
    raw bytea NOT NULL,
    replayed bigint,
    CONSTRAINT reject_pkey PRIMARY KEY (id),
    CONSTRAINT reject_replayed_fkey FOREIGN KEY (replayed) REFERENCES run(id),
    CONSTRAINT reject_run_fkey FOREIGN KEY (run) REFERENCES run(id),
    CONSTRAINT reject_source_fkey FOREIGN KEY (source) REFERENCES source(id)
);
CREATE INDEX reject_run ON reject USING btree (run);
ALTER TABLE reject ENABLE ROW LEVEL SECURITY; -- policy seen;

CREATE TABLE relation (
    record bigint NOT NULL,
    attribute text NOT NULL,
    role text NOT NULL,
    target_source text NOT NULL,
    target_key text NOT NULL,
    valid_from text NOT NULL DEFAULT ''::text,
    valid_to text NOT NULL DEFAULT ''::text
);
CREATE INDEX relation_record ON relation USING btree (record);
ALTER TABLE relation ENABLE ROW LEVEL SECURITY; -- policy seen;

CREATE TABLE run (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    source integer NOT NULL,
    input text NOT NULL DEFAULT ''::text,
    state text NOT NULL DEFAULT 'running'::text,
    started timestamp with time zone NOT NULL DEFAULT now(),
    finished timestamp with time zone,
    read bigint NOT NULL DEFAULT 0,
    accepted bigint NOT NULL DEFAULT 0,
    unchanged bigint NOT NULL DEFAULT 0,
    rejected bigint NOT NULL DEFAULT 0,
    filtered bigint NOT NULL DEFAULT 0,
    cursor_from text NOT NULL DEFAULT ''::text,
    cursor_to text,
    actor text NOT NULL DEFAULT ''::text,
    story text NOT NULL DEFAULT ''::text,
    CONSTRAINT run_pkey PRIMARY KEY (id),
    CONSTRAINT run_source_fkey FOREIGN KEY (source) REFERENCES source(id),
    CONSTRAINT run_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'failed'::text, 'held'::text])))
);

CREATE TABLE schedule (
    name text NOT NULL,
    spec text NOT NULL,
    next timestamp with time zone NOT NULL,
    retry timestamp with time zone,
    running boolean NOT NULL DEFAULT false,
    due timestamp with time zone,
    started timestamp with time zone,
    finished timestamp with time zone,
    outcome text NOT NULL DEFAULT ''::text,
    attempts integer NOT NULL DEFAULT 0,
    detail text NOT NULL DEFAULT ''::text,
    CONSTRAINT schedule_outcome_check CHECK ((outcome = ANY (ARRAY[''::text, 'done'::text, 'failed'::text, 'skipped'::text]))),
    CONSTRAINT schedule_pkey PRIMARY KEY (name)
);

CREATE TABLE schema_migration (
    version integer NOT NULL,
    at timestamp with time zone NOT NULL DEFAULT now(),
    CONSTRAINT schema_migration_pkey PRIMARY KEY (version)
);

CREATE TABLE session (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    hash bytea NOT NULL,
    former bytea,
    former_until timestamp with time zone,
    account bigint NOT NULL,
    rights bigint NOT NULL,
    created timestamp with time zone NOT NULL,
    seen timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    CONSTRAINT session_account_fkey FOREIGN KEY (account) REFERENCES account(id) ON DELETE CASCADE,
    CONSTRAINT session_hash_key UNIQUE (hash),
    CONSTRAINT session_pkey PRIMARY KEY (id)
);
CREATE INDEX session_account ON session USING btree (account);
CREATE INDEX session_former ON session USING btree (former) WHERE (former IS NOT NULL);

CREATE TABLE source (
    id integer GENERATED ALWAYS AS IDENTITY NOT NULL,
    name text NOT NULL,
    sensitive_key boolean NOT NULL DEFAULT true,
    mapping text NOT NULL DEFAULT ''::text,
    cursor text NOT NULL DEFAULT ''::text,
    CONSTRAINT source_name_key UNIQUE (name),
    CONSTRAINT source_pkey PRIMARY KEY (id)
);

CREATE TABLE task (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    kind text NOT NULL,
    code bigint,
    other bigint,
    records bigint[] NOT NULL DEFAULT '{}'::bigint[],
    weight integer NOT NULL DEFAULT 0,
    state text NOT NULL DEFAULT 'open'::text,
    opened timestamp with time zone NOT NULL DEFAULT now(),
    reason text NOT NULL DEFAULT ''::text,
    sides integer[] NOT NULL DEFAULT '{}'::integer[],
    decision bigint,
    loss double precision NOT NULL DEFAULT 0,
    claimed_by text NOT NULL DEFAULT ''::text,
    claimed_until timestamp with time zone,
    skipped timestamp with time zone,
    closed timestamp with time zone,
    operation bigint,
    skip_reason text NOT NULL DEFAULT ''::text,
    snoozed timestamp with time zone,
    pending text NOT NULL DEFAULT ''::text,
    assigned text NOT NULL DEFAULT ''::text,
    together integer,
    weighed text NOT NULL DEFAULT ''::text,
    pair_loss double precision,
    CONSTRAINT task_pkey PRIMARY KEY (id),
    CONSTRAINT task_state_check CHECK ((state = ANY (ARRAY['open'::text, 'obsolete'::text, 'done'::text])))
);
CREATE INDEX task_closed ON task USING btree (closed) WHERE (state = 'done'::text);
CREATE INDEX task_code ON task USING btree (code) WHERE (state = 'open'::text);
CREATE UNIQUE INDEX task_decision ON task USING btree (decision) WHERE ((state = 'open'::text) AND (decision IS NOT NULL));
CREATE UNIQUE INDEX task_open ON task USING btree (kind, code, other) NULLS NOT DISTINCT WHERE ((state = 'open'::text) AND (kind <> ALL (ARRAY['key_reuse'::text, 'disagreement'::text])));
CREATE INDEX task_other ON task USING btree (other) WHERE (state = 'open'::text);
CREATE INDEX task_queue ON task USING btree (skipped NULLS FIRST, loss DESC, id) WHERE (state = 'open'::text);
CREATE INDEX task_unweighed ON task USING btree (loss DESC) WHERE ((state = 'open'::text) AND (kind = 'possible_match'::text) AND (weighed = ''::text));
ALTER TABLE task ENABLE ROW LEVEL SECURITY; -- policy seen;

CREATE TABLE token (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    hash bytea NOT NULL,
    name text NOT NULL,
    account bigint,
    scopes text[] NOT NULL,
    sources text[],
    created timestamp with time zone NOT NULL,
    maker text NOT NULL,
    until timestamp with time zone NOT NULL,
    used timestamp with time zone,
    revoked timestamp with time zone,
    CONSTRAINT token_account_fkey FOREIGN KEY (account) REFERENCES account(id) ON DELETE CASCADE,
    CONSTRAINT token_hash_key UNIQUE (hash),
    CONSTRAINT token_pkey PRIMARY KEY (id)
);

CREATE TABLE visit (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    who text NOT NULL,
    act text NOT NULL,
    codes bigint[] NOT NULL,
    fields text[] NOT NULL,
    reason text NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT visit_pkey PRIMARY KEY (id)
);
CREATE INDEX visit_codes ON visit USING gin (codes);
CREATE INDEX visit_who ON visit USING btree (who, act, at);

CREATE TABLE visit_head (
    one boolean NOT NULL DEFAULT true,
    last bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT visit_head_one_check CHECK (one),
    CONSTRAINT visit_head_pkey PRIMARY KEY (one)
);
