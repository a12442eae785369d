-- Lineage down to columns. The tables follow from column_reads and edges; fill_column_lineage fills them.

CREATE TABLE private.column_edges(parent VARCHAR, parent_column VARCHAR, child VARCHAR, child_column VARCHAR);
COMMENT ON TABLE private.column_edges IS 'What is made of which column, one step. Of features and frames as a whole there is a row, too. Key: all columns.';
COMMENT ON COLUMN private.column_edges.parent IS 'Feature, frame or source that is used.';
COMMENT ON COLUMN private.column_edges.parent_column IS 'Column of it; null for all of it, or what has no columns.';
COMMENT ON COLUMN private.column_edges.child IS 'Feature or frame that uses it.';
COMMENT ON COLUMN private.column_edges.child_column IS 'Column of the frame that is made of it; null for the child as a whole.';

CREATE TABLE private.raw_columns(feature VARCHAR, source VARCHAR, "column" VARCHAR, origin VARCHAR, depth INTEGER);
COMMENT ON TABLE private.raw_columns IS 'Columns of sources that a feature is made of, directly or not; empty when there are too many edges (use columns_upstream then). Key: feature, source, column.';
COMMENT ON COLUMN private.raw_columns.feature IS 'Catalog key of the feature or frame.';
COMMENT ON COLUMN private.raw_columns.source IS 'Source, loader or input whose column it is.';
COMMENT ON COLUMN private.raw_columns."column" IS 'Column of the source; * where all of them may be read.';
COMMENT ON COLUMN private.raw_columns.origin IS 'named, or whole where the column is *.';
COMMENT ON COLUMN private.raw_columns.depth IS 'Fewest steps between the two.';

CREATE VIEW column_edges AS FROM private.column_edges;
CREATE VIEW raw_columns AS FROM private.raw_columns;

CREATE VIEW ancestors AS
WITH known AS (
    SELECT DISTINCT e.parent AS source, e.parent_column AS "column" FROM column_edges e WHERE e.parent_column IS NOT NULL
    UNION SELECT c.feature, c.name FROM columns c)
SELECT ancestor, descendant, depth FROM private.ancestors
UNION ALL
SELECT r.source || '.' || k."column", r.feature, min(r.depth)
FROM raw_columns r JOIN known k ON k.source = r.source AND r."column" IN (k."column", '*')
GROUP BY ALL;
COMMENT ON VIEW ancestors IS 'Every ancestor of every node with the fewest hops between them, columns of sources (source.column) among them; empty when there are too many pairs (use upstream and downstream then).';
COMMENT ON COLUMN ancestors.ancestor IS 'Feature or source.column that is used, directly or not.';
COMMENT ON COLUMN ancestors.descendant IS 'Feature that uses it.';
COMMENT ON COLUMN ancestors.depth IS 'Fewest edges between the two; 1 for a direct parent.';

CREATE VIEW consumer_lineage AS
SELECT c.consumer, c.kind, c.owner, c.feature, c.feature AS ancestor, 1 AS depth FROM consumers c
UNION ALL
SELECT c.consumer, c.kind, c.owner, c.feature, a.ancestor, a.depth + 1 FROM consumers c
JOIN ancestors a ON a.descendant = c.feature;
COMMENT ON VIEW consumer_lineage IS 'What consumers depend on: the features they use, and all ancestors of those, columns of sources among them.';
COMMENT ON COLUMN consumer_lineage.consumer IS 'Name of the model, dashboard or feature set.';
COMMENT ON COLUMN consumer_lineage.kind IS 'What it is.';
COMMENT ON COLUMN consumer_lineage.owner IS 'Who answers for the consumer.';
COMMENT ON COLUMN consumer_lineage.feature IS 'Feature it uses.';
COMMENT ON COLUMN consumer_lineage.ancestor IS 'Feature or source.column it depends on; the feature itself at depth 1.';
COMMENT ON COLUMN consumer_lineage.depth IS 'Fewest hops from the ancestor to the consumer by way of that feature.';

-- The longest name of a feature that x begins with, and the column after it; no row where x is a feature itself.
CREATE MACRO column_of(x) AS TABLE
SELECT feature, substr(x, length(feature) + 2) AS "column" FROM features
WHERE starts_with(x, feature || '.') AND length(x) > length(feature) + 1 AND x NOT IN (SELECT f.feature FROM features f)
ORDER BY length(feature) DESC LIMIT 1;
COMMENT ON MACRO TABLE column_of IS 'Takes source.column apart: one row, or none where x is a feature or nothing.';

CREATE MACRO column_walk_up(x) AS TABLE
WITH RECURSIVE walk(feature, "column", depth) USING KEY (feature, "column") AS (
    SELECT e.parent, coalesce(e.parent_column, ''), min(1)
    FROM column_of(x) c JOIN column_edges e ON e.child = c.feature AND e.child_column = c."column"
    GROUP BY e.parent, e.parent_column
    UNION
    SELECT e.parent, coalesce(e.parent_column, ''), min(w.depth) + 1
    FROM walk w JOIN column_edges e ON e.child = w.feature AND coalesce(e.child_column, '') = w."column"
    LEFT JOIN recurring.walk seen ON seen.feature = e.parent AND seen."column" = coalesce(e.parent_column, '')
    WHERE seen.feature IS NULL GROUP BY e.parent, e.parent_column)
SELECT feature, nullif("column", '') AS "column", depth FROM walk;
COMMENT ON MACRO TABLE column_walk_up IS 'What frame.column is made of, column by column, with the fewest hops to it.';

CREATE MACRO column_walk_down(x) AS TABLE
WITH RECURSIVE walk(feature, "column", depth) USING KEY (feature, "column") AS (
    SELECT e.child, coalesce(e.child_column, ''), min(1)
    FROM column_of(x) c JOIN column_edges e ON e.parent = c.feature
        AND (e.parent_column IS NULL OR e.parent_column = c."column")
    GROUP BY e.child, e.child_column
    UNION
    SELECT e.child, coalesce(e.child_column, ''), min(w.depth) + 1
    FROM walk w JOIN column_edges e ON e.parent = w.feature AND coalesce(e.parent_column, '') = w."column"
    LEFT JOIN recurring.walk seen ON seen.feature = e.child AND seen."column" = coalesce(e.child_column, '')
    WHERE seen.feature IS NULL GROUP BY e.child, e.child_column)
SELECT feature, nullif("column", '') AS "column", depth FROM walk;
COMMENT ON MACRO TABLE column_walk_down IS 'What is made of frame.column, column by column, with the fewest hops to it; what takes the frame as a whole, too.';

CREATE MACRO columns_upstream(x) AS TABLE
WITH RECURSIVE walk(feature, "column", depth) USING KEY (feature, "column") AS (
    SELECT * FROM (
        SELECT f.feature, '', 0 FROM features f WHERE f.feature = x
        UNION ALL SELECT c.feature, c."column", 0 FROM column_of(x) c)
    UNION
    SELECT e.parent, coalesce(e.parent_column, ''), min(w.depth) + 1
    FROM walk w JOIN column_edges e ON e.child = w.feature AND coalesce(e.child_column, '') = w."column"
    LEFT JOIN recurring.walk seen ON seen.feature = e.parent AND seen."column" = coalesce(e.parent_column, '')
    WHERE seen.feature IS NULL GROUP BY e.parent, e.parent_column),
loaded AS (SELECT DISTINCT feature FROM column_reads WHERE origin = 'loaded' AND parent = feature)
SELECT w.feature AS source, CASE w."column" WHEN '' THEN '*' ELSE w."column" END AS "column", w.depth
FROM walk w JOIN features f ON f.feature = w.feature
WHERE w.depth > 0 AND (
    f.role = 'source' OR f.feature IN (FROM loaded) OR (f.role = 'input' AND w."column" <> ''))
ORDER BY w.depth, source, "column";
COMMENT ON MACRO TABLE columns_upstream IS 'The columns of sources that x is made of, with the fewest hops to each: raw_columns of one feature, whatever the size of the catalog.';
