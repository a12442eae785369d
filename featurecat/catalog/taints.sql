-- Where taints come from, how they got where they are, and who is given them.

CREATE TABLE private.taint_steps(
    feature VARCHAR, "column" VARCHAR, taint VARCHAR, via VARCHAR, via_column VARCHAR, hops INTEGER, variant VARCHAR,
    file VARCHAR, line INTEGER, stopped BOOLEAN);
COMMENT ON TABLE private.taint_steps IS 'The step with which a taint came to a feature, or to a column of it. Key: feature, column, taint, stopped.';
COMMENT ON COLUMN private.taint_steps.feature IS 'Catalog key of the feature, frame or source.';
COMMENT ON COLUMN private.taint_steps."column" IS 'Column that bears the taint; null where all of it does.';
COMMENT ON COLUMN private.taint_steps.taint IS 'Name of the taint.';
COMMENT ON COLUMN private.taint_steps.via IS 'Parent it came from; null where it is declared.';
COMMENT ON COLUMN private.taint_steps.via_column IS 'Column of the parent; null where all of it bears the taint.';
COMMENT ON COLUMN private.taint_steps.hops IS 'Fewest steps from where it was declared.';
COMMENT ON COLUMN private.taint_steps.variant IS 'Variant that took it over, or declares it; null for columns of sources.';
COMMENT ON COLUMN private.taint_steps.file IS 'File of that step.';
COMMENT ON COLUMN private.taint_steps.line IS 'Line of that file, counted from 1.';
COMMENT ON COLUMN private.taint_steps.stopped IS 'True where it ends here, declassified.';

CREATE TABLE private.consumer_taints(consumer VARCHAR, kind VARCHAR, feature VARCHAR, taint VARCHAR, cleared BOOLEAN);
COMMENT ON TABLE private.consumer_taints IS 'Tainted features that consumers outside the project are given. Key: consumer, kind, feature, taint.';
COMMENT ON COLUMN private.consumer_taints.consumer IS 'Name of the model, dashboard or service.';
COMMENT ON COLUMN private.consumer_taints.kind IS 'What it is.';
COMMENT ON COLUMN private.consumer_taints.feature IS 'Catalog key of the feature it uses.';
COMMENT ON COLUMN private.consumer_taints.taint IS 'Taint of that feature.';
COMMENT ON COLUMN private.consumer_taints.cleared IS 'True where the settings allow the consumer to have it.';

CREATE VIEW taint_steps AS FROM private.taint_steps;
CREATE VIEW consumer_taints AS FROM private.consumer_taints;

CREATE VIEW tainted_consumers AS
WITH owned AS (
    SELECT consumer, kind, feature, any_value(owner) AS owner FROM consumers GROUP BY consumer, kind, feature)
SELECT c.consumer, c.kind, owned.owner, c.feature, c.taint, t.origin
FROM consumer_taints c
LEFT JOIN owned ON owned.consumer = c.consumer AND owned.kind = c.kind AND owned.feature = c.feature
LEFT JOIN taints t ON t.feature = c.feature AND t.taint = c.taint
WHERE NOT c.cleared;
COMMENT ON VIEW tainted_consumers IS 'Consumers that are given a tainted feature and are not cleared for its taint.';
COMMENT ON COLUMN tainted_consumers.consumer IS 'Name of the model, dashboard or service.';
COMMENT ON COLUMN tainted_consumers.kind IS 'What it is.';
COMMENT ON COLUMN tainted_consumers.owner IS 'Who answers for the consumer.';
COMMENT ON COLUMN tainted_consumers.feature IS 'Catalog key of the feature it uses.';
COMMENT ON COLUMN tainted_consumers.taint IS 'Taint it is not cleared for.';
COMMENT ON COLUMN tainted_consumers.origin IS 'declared or inherited.';

-- Every step knows the one before it, which is one hop nearer to where the taint was declared.
CREATE MACRO taint_path(x, t) AS TABLE
WITH RECURSIVE walk(feature, "column", via, via_column, hops, route) AS (
    SELECT * FROM (
        SELECT s.feature, s."column", s.via, s.via_column, s.hops, [s.feature || coalesce('.' || s."column", '')]
        FROM taint_steps s WHERE s.feature = x AND s.taint = t AND NOT s.stopped
        ORDER BY s.hops, s."column" NULLS FIRST LIMIT 1)
    UNION ALL
    SELECT s.feature, s."column", s.via, s.via_column, s.hops,
        list_prepend(s.feature || coalesce('.' || s."column", ''), w.route)
    FROM walk w JOIN taint_steps s ON s.feature = w.via AND s."column" IS NOT DISTINCT FROM w.via_column
    WHERE s.taint = t AND NOT s.stopped AND s.hops = w.hops - 1)
SELECT route, len(route) - 1 AS hops FROM walk WHERE via IS NULL;
COMMENT ON MACRO TABLE taint_path IS 'Shortest way on which x came to bear the taint t, from where that was declared: one row, or none.';
