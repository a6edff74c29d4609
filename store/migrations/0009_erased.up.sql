-- Keyed hashes of source keys whose records were erased: what comes again under one is filtered.
CREATE TABLE erased (
    hash text PRIMARY KEY,
    operation bigint NOT NULL);
