-- Views and macros over the public views. Names are unqualified, so that the views also work where the catalog is
-- attached under another name; macros need it to be the default database there (USE name).

CREATE VIEW public_features AS
WITH owned AS (
    SELECT feature, string_agg(DISTINCT owner, ', ' ORDER BY owner) AS owner FROM owners GROUP BY feature),
checked AS (
    SELECT feature, count(DISTINCT check_id) AS n_checks FROM expectations GROUP BY feature),
ran AS (
    SELECT m.feature, m.dtype, r.run_id, r.committed_at,
        CASE WHEN r.status = 'published' AND m.artifact_id IS NULL THEN 'blocked' ELSE r.status END AS status
    FROM materializations m JOIN runs r ON r.run_id = m.run_id
    QUALIFY row_number() OVER (PARTITION BY m.feature ORDER BY r.committed_at DESC, r.run_id DESC) = 1)
SELECT f.* REPLACE (CASE WHEN f.role = 'feature' THEN coalesce(f.dtype, ran.dtype) ELSE f.dtype END AS dtype),
    owned.owner, coalesce(checked.n_checks, 0) AS n_checks,
    ran.run_id AS last_run, ran.committed_at AS last_run_at, ran.status AS last_status
FROM features f
LEFT JOIN owned ON owned.feature = f.feature
LEFT JOIN checked ON checked.feature = f.feature
LEFT JOIN ran ON ran.feature = f.feature
WHERE f.public;
COMMENT ON VIEW public_features IS 'The features that lists show, with owners, number of expectations and last run.';
COMMENT ON COLUMN public_features.dtype IS 'Declared logical (Arrow) type; where none is declared, that of the last run.';
COMMENT ON COLUMN public_features.owner IS 'Owners, joined by a comma.';
COMMENT ON COLUMN public_features.n_checks IS 'Number of expectations over all variants.';
COMMENT ON COLUMN public_features.last_run IS 'Id of the last run that had the feature in it.';
COMMENT ON COLUMN public_features.last_run_at IS 'When that run was committed, UTC.';
COMMENT ON COLUMN public_features.last_status IS 'Status of that run; blocked where the run was published without the feature.';

CREATE VIEW current_artifacts AS
SELECT m.feature, m.variant, r.engine, m.artifact_id, r.run_id, r.committed_at, a.path, a.format, a.partition,
    a.entity, a.event_timestamp, m."column", m.dtype, a.rows, a.bytes, a.content_hash
FROM materializations m
JOIN runs r ON r.run_id = m.run_id
JOIN artifacts a ON a.artifact_id = m.artifact_id
WHERE r.status = 'published'
QUALIFY row_number() OVER (PARTITION BY m.feature ORDER BY r.committed_at DESC, r.run_id DESC, a.path) = 1;
COMMENT ON VIEW current_artifacts IS 'Where the latest published values of each feature lie.';
COMMENT ON COLUMN current_artifacts.feature IS 'Catalog key of the feature.';
COMMENT ON COLUMN current_artifacts.variant IS 'Variant that was used.';
COMMENT ON COLUMN current_artifacts.engine IS 'Engine of the run.';
COMMENT ON COLUMN current_artifacts.artifact_id IS 'Id of the file.';
COMMENT ON COLUMN current_artifacts.run_id IS 'Run that published it.';
COMMENT ON COLUMN current_artifacts.committed_at IS 'When that run was committed, UTC.';
COMMENT ON COLUMN current_artifacts.path IS 'File, relative to the store.';
COMMENT ON COLUMN current_artifacts.format IS 'parquet.';
COMMENT ON COLUMN current_artifacts.partition IS 'Partition values as JSON.';
COMMENT ON COLUMN current_artifacts.entity IS 'Entity key columns.';
COMMENT ON COLUMN current_artifacts.event_timestamp IS 'Event timestamp column.';
COMMENT ON COLUMN current_artifacts."column" IS 'Column of the file.';
COMMENT ON COLUMN current_artifacts.dtype IS 'Logical (Arrow) type of the values.';
COMMENT ON COLUMN current_artifacts.rows IS 'Number of rows of the file.';
COMMENT ON COLUMN current_artifacts.bytes IS 'Size of the file in bytes.';
COMMENT ON COLUMN current_artifacts.content_hash IS 'Hash of the file.';

-- Breadth first: each round adds the nodes not seen before, so the depth is the shortest. A name is walked along
-- edges, and source.column along the edges between columns: only one of the two begins anywhere.
CREATE MACRO upstream(x) AS TABLE
WITH RECURSIVE walk(feature, depth) USING KEY (feature) AS (
    SELECT parent, min(1) FROM edges WHERE child = x AND parent <> x GROUP BY parent
    UNION
    SELECT e.parent, min(w.depth) + 1
    FROM walk w JOIN edges e ON e.child = w.feature
    LEFT JOIN recurring.walk seen ON seen.feature = e.parent
    WHERE seen.feature IS NULL AND e.parent <> x GROUP BY e.parent)
SELECT feature, depth FROM walk
UNION ALL SELECT feature, min(depth) FROM column_walk_up(x) GROUP BY feature
ORDER BY depth, feature;
COMMENT ON MACRO TABLE upstream IS 'Everything x (a feature, or frame.column) is made of, with the fewest hops to it.';

CREATE MACRO downstream(x) AS TABLE
WITH RECURSIVE walk(feature, depth) USING KEY (feature) AS (
    SELECT child, min(1) FROM edges WHERE parent = x AND child <> x GROUP BY child
    UNION
    SELECT e.child, min(w.depth) + 1
    FROM walk w JOIN edges e ON e.parent = w.feature
    LEFT JOIN recurring.walk seen ON seen.feature = e.child
    WHERE seen.feature IS NULL AND e.child <> x GROUP BY e.child)
SELECT feature, depth FROM walk
UNION ALL SELECT feature, min(depth) FROM column_walk_down(x) GROUP BY feature
ORDER BY depth, feature;
COMMENT ON MACRO TABLE downstream IS 'Everything that is made of x (a feature, or source.column), with the fewest hops to it.';

CREATE MACRO consumers_downstream(x) AS TABLE
WITH touched AS (
    SELECT feature, 0 AS depth FROM features WHERE feature = x
    UNION ALL SELECT feature, depth FROM downstream(x))
SELECT c.consumer, c.kind, c.owner, c.feature, t.depth
FROM touched t JOIN consumers c ON c.feature = t.feature
ORDER BY t.depth, c.consumer, c.kind, c.feature;
COMMENT ON MACRO TABLE consumers_downstream IS 'Who uses x (a feature, or source.column) or what is made of it, with the feature each uses.';

-- The least of all shortest routes, so that the answer is always the same.
CREATE MACRO path(a, b) AS TABLE
WITH RECURSIVE walk(feature, route) USING KEY (feature) AS (
    SELECT feature, [feature] FROM features WHERE feature = a
    UNION
    SELECT e.child, min(list_append(w.route, e.child))
    FROM walk w JOIN edges e ON e.parent = w.feature
    LEFT JOIN recurring.walk seen ON seen.feature = e.child
    WHERE seen.feature IS NULL GROUP BY e.child),
column_walk(feature, "column", route) USING KEY (feature, "column") AS (
    SELECT e.child, coalesce(e.child_column, ''), min([a, e.child || coalesce('.' || e.child_column, '')])
    FROM column_of(a) c JOIN column_edges e ON e.parent = c.feature
        AND (e.parent_column IS NULL OR e.parent_column = c."column")
    GROUP BY e.child, e.child_column
    UNION
    SELECT e.child, coalesce(e.child_column, ''),
        min(list_append(w.route, e.child || coalesce('.' || e.child_column, '')))
    FROM column_walk w JOIN column_edges e ON e.parent = w.feature AND coalesce(e.parent_column, '') = w."column"
    LEFT JOIN recurring.column_walk seen ON seen.feature = e.child AND seen."column" = coalesce(e.child_column, '')
    WHERE seen.feature IS NULL GROUP BY e.child, e.child_column)
SELECT route, len(route) - 1 AS hops FROM walk WHERE feature = b
UNION ALL SELECT route, len(route) - 1 FROM column_walk WHERE feature = b AND "column" = '';
COMMENT ON MACRO TABLE path IS 'Shortest route from a (a feature, or source.column) down to b: one row, or none.';

CREATE MACRO impact(x) AS TABLE
WITH touched AS (
    SELECT feature, 0 AS depth FROM features WHERE feature = x
    UNION ALL SELECT feature, depth FROM downstream(x)),
owned AS (
    SELECT feature, string_agg(DISTINCT owner, ', ' ORDER BY owner) AS owner FROM owners GROUP BY feature),
used AS (
    SELECT feature, list(DISTINCT consumer ORDER BY consumer) AS consumers FROM consumers GROUP BY feature)
SELECT t.feature, t.depth, f.role, f.public, owned.owner, coalesce(used.consumers, []) AS consumers
FROM touched t
LEFT JOIN features f ON f.feature = t.feature
LEFT JOIN owned ON owned.feature = t.feature
LEFT JOIN used ON used.feature = t.feature
ORDER BY t.depth, t.feature;
COMMENT ON MACRO TABLE impact IS 'What a change of x (a feature, or source.column) touches: x itself at depth 0 and all downstream, with owners and consumers.';

CREATE MACRO owners_of_downstream(x) AS TABLE
SELECT o.owner, count(DISTINCT o.feature) AS n, list(DISTINCT o.feature ORDER BY o.feature) AS features
FROM downstream(x) d JOIN owners o ON o.feature = d.feature
GROUP BY o.owner ORDER BY o.owner;
COMMENT ON MACRO TABLE owners_of_downstream IS 'Who answers for what is made of x (a feature, or source.column).';
