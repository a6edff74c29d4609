-- Less to write for each record. A record names the run that brought it, and no source that has a run can
-- be deleted, so looking its source up once more kept nothing right. Most codes are their own component:
-- those the primary key finds. Locks golden until the codes of other components are indexed: a second a million.
ALTER TABLE record DROP CONSTRAINT record_source_fkey;
DROP INDEX golden_component;
CREATE INDEX golden_component ON golden (component) WHERE component <> code;
