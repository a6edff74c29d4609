-- A consumer of the golden records in SQL (PostgreSQL 15 or later). Messages may repeat and come in any
-- order across codes; keeping the greatest (epoch, version) of a code is all that is needed.
--
--   curl -H "Authorization: Bearer $TOKEN" "$HUB/v1/snapshot"
--       first page; go on with ?next=NEXT while there is one
--   curl -H "Authorization: Bearer $TOKEN" "$HUB/v1/changes?golden=true&after=POSITION"
--       then, for ever, with the position of the page before
--   psql -c "SELECT take('<the page>')"
--
-- Of Kafka's golden topic a message's value is such a golden record; a tombstone is
-- {"code": key, "state": "erased", "epoch": ce_epoch, "version": ce_version}, by its key and headers.

CREATE TABLE customer_golden (
    code      text   PRIMARY KEY,
    state     text   NOT NULL, -- active; retired: see successor; erased, hidden: no document
    epoch     bigint NOT NULL,
    version   bigint NOT NULL,
    successor text,
    document  jsonb
);
CREATE TABLE customer_position (one bool PRIMARY KEY DEFAULT true CHECK (one), position bigint NOT NULL);

-- take applies a page and remembers its position, in one transaction.
CREATE FUNCTION take(page jsonb) RETURNS bigint LANGUAGE sql AS $$
    INSERT INTO customer_golden AS known
    SELECT DISTINCT ON (g->>'code') g->>'code', g->>'state', (g->>'epoch')::bigint, (g->>'version')::bigint,
           g->>'successor', CASE WHEN g->>'state' = 'active' THEN g END
    FROM   jsonb_array_elements(page->'golden') g
    ORDER  BY g->>'code', (g->>'epoch')::bigint DESC, (g->>'version')::bigint DESC
    ON CONFLICT (code) DO UPDATE
    SET    (state, epoch, version, successor, document) = (excluded.state, excluded.epoch, excluded.version, excluded.successor, excluded.document)
    WHERE  (known.epoch, known.version) < (excluded.epoch, excluded.version);
    INSERT INTO customer_position AS p (position) VALUES ((page->>'position')::bigint)
    ON CONFLICT (one) DO UPDATE SET position = greatest(p.position, excluded.position) RETURNING position;
$$;

-- present follows a code that was retired to the customer's present one.
CREATE FUNCTION present(asked text) RETURNS SETOF customer_golden LANGUAGE sql STABLE AS $$
    WITH RECURSIVE way AS (SELECT g.* FROM customer_golden g WHERE g.code = asked
                           UNION SELECT g.* FROM way w JOIN customer_golden g ON w.state = 'retired' AND g.code = w.successor)
    SELECT * FROM way WHERE state <> 'retired';
$$;
