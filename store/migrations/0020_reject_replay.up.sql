-- Which reading took a reject that was mended and sent again. Locks one table without rewriting it.
ALTER TABLE reject ADD replayed bigint REFERENCES run (id); -- NULL: it is still open
