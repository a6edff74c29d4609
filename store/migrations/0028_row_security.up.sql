-- A second wall behind the policy of the hub (docs/decisions/0015-row-security.md). What people and programs read
-- is read under a role that owns nothing, within a transaction whose setting kartoteka.sources says whose customers
-- it may see: nothing set: no row; '*': every row; '{3,5}': the customers who have a live record of one of these
-- sources, whole, as access.Where has it. Who owns the tables (lane, dispatcher, migrations) is not asked.
--
-- Policies are for everybody, so that a dump needs no role; which role reads, and what, is brought about when the
-- hub is opened. CASE … <> 0 because the planner takes "not equal" for nearly always true: plans stay as they are.

-- 1 if a code, or the one that it leads to, is of a customer who is seen.
CREATE FUNCTION kartoteka_sees(wanted bigint) RETURNS integer
	LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER COST 1 AS $$
DECLARE
	own integer[] := nullif(current_setting('kartoteka.sources', true), '')::integer[];
	at bigint := wanted;
BEGIN
	IF own IS NULL THEN
		RETURN 0;
	END IF;
	FOR hop IN 1..100 LOOP
		IF EXISTS (SELECT FROM public.record r WHERE r.code = at AND r.state = 'live' AND r.source = ANY(own)) THEN
			RETURN 1;
		END IF;
		SELECT g.successor INTO at FROM public.golden g WHERE g.code = at AND g.state = 'retired';
		IF at IS NULL THEN
			RETURN 0;
		END IF;
	END LOOP;
	RETURN 0;
END $$;

-- 1 if a record is of a source that is seen, or of a customer who is, or was when the record ended.
CREATE FUNCTION kartoteka_sees_record(wanted bigint) RETURNS integer
	LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER COST 1 AS $$
DECLARE
	own integer[] := nullif(current_setting('kartoteka.sources', true), '')::integer[];
	of_source integer;
	of_code bigint;
BEGIN
	IF own IS NULL THEN
		RETURN 0;
	END IF;
	SELECT r.source, r.code INTO of_source, of_code FROM public.record r WHERE r.id = wanted;
	IF of_source = ANY(own) THEN
		RETURN 1;
	END IF;
	IF of_code IS NULL THEN
		SELECT m.from_code INTO of_code FROM public.move m WHERE m.record = wanted AND m.from_code IS NOT NULL ORDER BY m.operation DESC LIMIT 1;
	END IF;
	IF of_code IS NULL THEN
		RETURN 0;
	END IF;
	RETURN public.kartoteka_sees(of_code);
END $$;

-- 1 if both customers of a question are seen; of one that names none, if one of its records is.
CREATE FUNCTION kartoteka_sees_question(one bigint, other bigint, records bigint[]) RETURNS integer
	LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER COST 1 AS $$
BEGIN
	IF one IS NULL AND other IS NULL THEN
		RETURN coalesce((SELECT max(public.kartoteka_sees_record(r)) FROM unnest(records) r), 0);
	END IF;
	IF one IS NOT NULL AND public.kartoteka_sees(one) = 0 THEN
		RETURN 0;
	END IF;
	IF other IS NOT NULL THEN
		RETURN public.kartoteka_sees(other);
	END IF;
	RETURN 1;
END $$;

-- 1 if a question is seen by its number.
CREATE FUNCTION kartoteka_sees_task(wanted bigint) RETURNS integer
	LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER COST 1 AS $$
	SELECT coalesce((SELECT public.kartoteka_sees_question(t.code, t.other, t.records) FROM public.task t WHERE t.id = wanted), 0)
$$;

-- 1 if all records of a decision are seen.
CREATE FUNCTION kartoteka_sees_decision(wanted bigint) RETURNS integer
	LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER COST 1 AS $$
	SELECT coalesce((SELECT min(public.kartoteka_sees_record(d.record)) FROM public.decision_record d WHERE d.decision = wanted), 0)
$$;

-- 1 if a source is seen.
CREATE FUNCTION kartoteka_sees_source(wanted integer) RETURNS integer
	LANGUAGE sql STABLE PARALLEL SAFE COST 1 AS $$
	SELECT coalesce(wanted = ANY(nullif(current_setting('kartoteka.sources', true), '')::integer[]), false)::integer
$$;

ALTER TABLE record ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON record FOR SELECT USING (CASE WHEN (SELECT current_setting('kartoteka.sources', true)) = '*' THEN 1 ELSE kartoteka_sees_record(id) END <> 0);
ALTER TABLE body ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON body FOR SELECT USING (CASE WHEN (SELECT current_setting('kartoteka.sources', true)) = '*' THEN 1 ELSE kartoteka_sees_record(record) END <> 0);
ALTER TABLE consent ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON consent FOR SELECT USING (CASE WHEN (SELECT current_setting('kartoteka.sources', true)) = '*' THEN 1 ELSE kartoteka_sees_record(record) END <> 0);
ALTER TABLE relation ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON relation FOR SELECT USING (CASE WHEN (SELECT current_setting('kartoteka.sources', true)) = '*' THEN 1 ELSE kartoteka_sees_record(record) END <> 0);
ALTER TABLE product ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON product FOR SELECT USING (CASE WHEN (SELECT current_setting('kartoteka.sources', true)) = '*' THEN 1 ELSE kartoteka_sees_record(record) END <> 0);
ALTER TABLE move ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON move FOR SELECT USING (CASE WHEN (SELECT current_setting('kartoteka.sources', true)) = '*' THEN 1 ELSE kartoteka_sees_record(record) END <> 0);
ALTER TABLE decision_record ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON decision_record FOR SELECT USING (CASE WHEN (SELECT current_setting('kartoteka.sources', true)) = '*' THEN 1 ELSE kartoteka_sees_record(record) END <> 0);
ALTER TABLE golden ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON golden FOR SELECT USING (CASE WHEN (SELECT current_setting('kartoteka.sources', true)) = '*' THEN 1 ELSE kartoteka_sees(code) END <> 0);
ALTER TABLE history ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON history FOR SELECT USING (CASE WHEN (SELECT current_setting('kartoteka.sources', true)) = '*' THEN 1 ELSE kartoteka_sees(code) END <> 0);
ALTER TABLE change ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON change FOR SELECT USING (CASE WHEN (SELECT current_setting('kartoteka.sources', true)) = '*' THEN 1 ELSE kartoteka_sees(code) END <> 0);
ALTER TABLE pin ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON pin FOR SELECT USING (CASE WHEN (SELECT current_setting('kartoteka.sources', true)) = '*' THEN 1 ELSE kartoteka_sees(code) END <> 0);
ALTER TABLE keeper ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON keeper FOR SELECT USING (CASE WHEN (SELECT current_setting('kartoteka.sources', true)) = '*' THEN 1 ELSE kartoteka_sees(code) END <> 0);
ALTER TABLE feed_parked ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON feed_parked FOR SELECT USING (CASE WHEN (SELECT current_setting('kartoteka.sources', true)) = '*' THEN 1 ELSE kartoteka_sees(code) END <> 0);
ALTER TABLE feed_resend ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON feed_resend FOR SELECT USING (CASE WHEN (SELECT current_setting('kartoteka.sources', true)) = '*' THEN 1 ELSE kartoteka_sees(code) END <> 0);
ALTER TABLE task ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON task FOR SELECT USING (CASE WHEN (SELECT current_setting('kartoteka.sources', true)) = '*' THEN 1 ELSE kartoteka_sees_question(code, other, records) END <> 0);
ALTER TABLE note ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON note FOR SELECT USING (CASE WHEN (SELECT current_setting('kartoteka.sources', true)) = '*' THEN 1 ELSE kartoteka_sees_task(task) END <> 0);
ALTER TABLE proposal ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON proposal FOR SELECT USING (CASE WHEN (SELECT current_setting('kartoteka.sources', true)) = '*' THEN 1
	WHEN author = (SELECT current_setting('kartoteka.who', true)) AND (SELECT current_setting('kartoteka.sources', true)) <> '' THEN 1
	ELSE kartoteka_sees_task(task) END <> 0);
ALTER TABLE consent_grant ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON consent_grant FOR SELECT USING (CASE WHEN (SELECT current_setting('kartoteka.sources', true)) = '*' THEN 1 ELSE kartoteka_sees_decision(decision) END <> 0);
ALTER TABLE reject ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON reject FOR SELECT USING (CASE WHEN (SELECT current_setting('kartoteka.sources', true)) = '*' THEN 1 ELSE kartoteka_sees_source(source) END <> 0);

-- Hashes, numbers and who did what: nothing of one customer, so for whoever sees any.
ALTER TABLE block ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON block FOR SELECT USING (coalesce((SELECT current_setting('kartoteka.sources', true)), '') <> '');
ALTER TABLE closed ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON closed FOR SELECT USING (coalesce((SELECT current_setting('kartoteka.sources', true)), '') <> '');
ALTER TABLE decision ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON decision FOR SELECT USING (coalesce((SELECT current_setting('kartoteka.sources', true)), '') <> '');
ALTER TABLE op ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON op FOR SELECT USING (coalesce((SELECT current_setting('kartoteka.sources', true)), '') <> '');
ALTER TABLE erased ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON erased FOR SELECT USING (coalesce((SELECT current_setting('kartoteka.sources', true)), '') <> '');
