"""Fills the tables of lineage by column, in the catalog itself: rows need not pass Python."""

from __future__ import annotations

from featurecat.catalog.connection import Connection

__all__ = ["COLUMN_TABLES", "MOST_COLUMN_EDGES", "fill_column_lineage"]

#: The tables, in the order they are filled.
COLUMN_TABLES = ("column_edges", "raw_columns")
#: Beyond this many edges ``raw_columns`` is not kept; the macros answer for one feature.
MOST_COLUMN_EDGES = 60_000

#: A variant's value, or a column of it, is made of what it reads for that column and of what counts for all.
#: A column that no row makes is handed on where the variant hands columns on, and otherwise made of everything.
_EDGES = """
INSERT INTO private.column_edges
WITH reads AS (
    SELECT feature, variant, parent, nullif("column", '*') AS "column", output FROM column_reads WHERE parent <> feature),
taken AS (
    SELECT DISTINCT e.parent, e.child AS feature, coalesce(e.variant, v.variant, '') AS variant
    FROM edges e LEFT JOIN variants v ON v.feature = e.child AND e.variant IS NULL
    WHERE e.kind = 'data' AND e.parent <> e.child),
plain AS (
    SELECT t.* FROM taken t ANTI JOIN reads r
    ON r.feature = t.feature AND r.variant = t.variant AND r.parent = t.parent),
listed AS (SELECT DISTINCT feature, variant, output AS "column" FROM reads WHERE output <> '*'),
handing AS (SELECT DISTINCT feature, variant FROM reads WHERE output = '*'),
asked AS (
    SELECT parent AS feature, "column" FROM reads WHERE "column" IS NOT NULL
    UNION SELECT feature, "column" FROM listed
    UNION SELECT c.feature, c.name FROM columns c),
variant_of AS (SELECT feature, variant FROM reads UNION SELECT feature, variant FROM plain),
wanted AS (
    SELECT a.feature, v.variant, a."column", l."column" IS NOT NULL AS listed, h.feature IS NOT NULL AS handing
    FROM asked a JOIN variant_of v ON v.feature = a.feature
    LEFT JOIN listed l ON l.feature = v.feature AND l.variant = v.variant AND l."column" = a."column"
    LEFT JOIN handing h ON h.feature = v.feature AND h.variant = v.variant)
SELECT parent, "column", feature, NULL FROM reads
UNION SELECT parent, NULL, feature, NULL FROM plain
UNION SELECT p.parent, NULL, p.feature, w."column" FROM plain p
    JOIN wanted w ON w.feature = p.feature AND w.variant = p.variant
UNION SELECT r.parent, CASE WHEN r.output = '*' AND r."column" IS NULL AND NOT w.listed THEN w."column" ELSE r."column" END,
    r.feature, w."column"
    FROM reads r JOIN wanted w ON w.feature = r.feature AND w.variant = r.variant
    WHERE r.output IS NULL OR (w.listed AND r.output = w."column") OR (NOT w.listed AND w.handing AND r.output = '*')
        OR (NOT w.listed AND NOT w.handing)
ORDER BY ALL
"""
_RAW = """
INSERT INTO private.raw_columns
WITH RECURSIVE origin AS (
    SELECT f.feature, f.role FROM features f WHERE f.role IN ('source', 'input')
    UNION SELECT DISTINCT feature, 'loaded' FROM column_reads WHERE origin = 'loaded' AND parent = feature),
walk(source, source_column, feature, "column", depth) USING KEY (source, source_column, feature, "column") AS (
    SELECT DISTINCT e.parent, coalesce(e.parent_column, ''), e.parent, coalesce(e.parent_column, ''), 0
    FROM column_edges e JOIN origin o ON o.feature = e.parent WHERE o.role <> 'input' OR e.parent_column IS NOT NULL
    UNION
    SELECT w.source, w.source_column, e.child, coalesce(e.child_column, ''), min(w.depth) + 1
    FROM walk w JOIN column_edges e ON e.parent = w.feature AND coalesce(e.parent_column, '') = w."column"
    LEFT JOIN recurring.walk seen ON seen.source = w.source AND seen.source_column = w.source_column
        AND seen.feature = e.child AND seen."column" = coalesce(e.child_column, '')
    WHERE seen.source IS NULL GROUP BY ALL)
SELECT feature, source, CASE source_column WHEN '' THEN '*' ELSE source_column END,
    CASE source_column WHEN '' THEN 'whole' ELSE 'named' END, depth
FROM walk WHERE "column" = '' AND depth > 0
ORDER BY ALL
"""


def fill_column_lineage(catalog: Connection, *, most: int = MOST_COLUMN_EDGES) -> None:
    """Fill ``column_edges`` and ``raw_columns`` of a catalog whose definition tables are loaded.

    Args:
        catalog: The catalog that is built.
        most: Keep no ``raw_columns`` beyond this many edges.
    """
    catalog.run(_EDGES)
    ((count,),) = catalog.fetch("SELECT count(*) FROM private.column_edges").rows
    if count <= most:
        catalog.run(_RAW)
