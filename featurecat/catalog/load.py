"""Fills a new catalog file: definitions, ancestors, runs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from featurecat.catalog.ancestors import Ancestry, find_ancestors
from featurecat.catalog.canonical import canonical_rows, canonical_value, naive_timestamp, plain_json
from featurecat.catalog.connection import SCHEMA_VERSION, Connection, catalog_error
from featurecat.catalog.manifests import IndexedManifest, ManifestRow, held_manifests, sort_out
from featurecat.catalog.rows import RUN_TABLES, manifest_rows
from featurecat.catalog.snapshot import SnapshotRow
from featurecat.records import DEFINITION_TABLES

__all__ = ["CatalogLoad"]

_HERE = Path(__file__).parent
#: Later ones build on views of earlier ones.
_SCRIPTS = ("schema", "lineage", "checks", "search")
_CHUNK_ROWS = 5_000
_CHUNK_PAIRS = 200_000


class CatalogLoad:
    """The making of one catalog. Every method may raise ``duckdb.Error``: then the file cannot be written.

    Attributes:
        counts: Rows by table so far.
        kept: How many manifests were copied from the catalog before.
    """

    def __init__(self, catalog: Connection) -> None:
        """Make schema, views, macros and comments in a new, empty file."""
        self.counts: dict[str, int] = {}
        self.kept = 0
        self._catalog = catalog
        catalog.run("BEGIN")
        for script in _SCRIPTS:
            catalog.run((_HERE / f"{script}.sql").read_text(encoding="utf-8"))
        self._columns = _table_columns(catalog)
        catalog.run(_view_comments(catalog))
        catalog.run("COMMIT")

    def definitions(self, tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """Load the definition tables and who descends from whom."""
        for row in DEFINITION_TABLES:
            self._insert(row.table, canonical_rows(row.table, tables.get(row.table, ())))
        names = [name for (name,) in self._catalog.fetch("SELECT DISTINCT feature FROM features ORDER BY ALL").rows]
        known = set(names)
        edges = self._catalog.fetch("SELECT DISTINCT parent, child FROM edges").rows
        # edges that lead nowhere are reported by the checks at the end
        found = find_ancestors(names, [(parent, child) for parent, child in edges if {parent, child} <= known])
        self._insert_ancestors(names, found or [])

    def snapshots(self, rows: Sequence[SnapshotRow]) -> None:
        """Load the list of snapshots."""
        ordered = sorted(rows, key=lambda row: row.snapshot)
        self._insert("snapshots", [row.as_dict() | {"indexed_at": naive_timestamp(row.indexed_at)} for row in ordered])

    def runs(self, manifests: Sequence[IndexedManifest], previous: Path | None) -> None:
        """Load what manifests say.

        Args:
            manifests: Every manifest file of the store.
            previous: The catalog to take those from that come without content.

        Raises:
            CatalogError: When ``previous`` lacks one of them or cannot be read.
        """
        copied = any(indexed.copied for indexed in manifests)
        with self._attached(previous if copied else None) as before:
            sorted_out = sort_out(manifests, before)
            self._insert("manifests", [row.as_dict() for row in sorted_out.rows])
            self.kept = len(sorted_out.copied)
            fresh = [canonical_value(manifest_rows(manifest, file)) for file, manifest in sorted_out.fresh]
            for tables in fresh:
                tables["run_hashes"] = [_run_hash(tables)]
            for name, order in RUN_TABLES.items():
                rows = [row for tables in fresh for row in tables[name]]
                self._insert_ordered(name, order, rows, run_ids=sorted_out.copied, previous=previous)

    def finish(self, *, built_at: str, builder: str) -> str:
        """Write ``catalog_versions`` and put everything into the file.

        Returns:
            The content hash.
        """
        digest = self._content_hash()
        last = self._catalog.fetch("SELECT max(committed_at) FROM runs").rows[0][0]
        version = {
            "schema_version": SCHEMA_VERSION,
            "builder": builder,
            "built_at": naive_timestamp(built_at),
            "manifests": self.counts["manifests"],
            "last_committed_at": None if last is None else last.isoformat(),
            "content_hash": digest,
        }
        self._insert("catalog_versions", [version])
        self._catalog.run("CHECKPOINT catalog")
        return digest

    def _insert(self, table: str, rows: Sequence[Mapping[str, Any]], *, into: str | None = None) -> None:
        columns = self._columns[table]
        structure = plain_json([columns])
        names = ", ".join(f'"{column}"' for column in columns)
        statement = (
            f"INSERT INTO {into or f'private.{table}'} SELECT {names}"
            " FROM (SELECT unnest(from_json(?::JSON, ?), max_depth := 2))"
        )
        for start in range(0, len(rows), _CHUNK_ROWS):
            self._catalog.run(statement, [plain_json(rows[start : start + _CHUNK_ROWS]), structure])
        self.counts[table] = self.counts.get(table, 0) + len(rows)

    def _insert_ordered(
        self,
        table: str,
        order: Sequence[str],
        rows: Sequence[Mapping[str, Any]],
        *,
        run_ids: Sequence[str],
        previous: Path | None,
    ) -> None:
        """Copied and fresh rows together, so that their order does not tell which is which.

        Copied rows lie in order already. They are sorted again only where fresh ones belong between them.
        """
        columns = ", ".join(f'"{column}"' for column in order)
        between = bool(rows and run_ids) and min(row["run_id"] for row in rows) <= max(run_ids)
        target = "temp.staged" if between else f"private.{table}"
        self._catalog.run(f"CREATE TEMP TABLE staged AS SELECT * FROM private.{table} LIMIT 0")
        if run_ids and previous is not None:
            with _reading(previous):
                self._catalog.run(
                    f"INSERT INTO {target} SELECT * FROM previous.private.{table} WHERE run_id IN"
                    """ (SELECT unnest(from_json(?::JSON, '["VARCHAR"]')))""",
                    [plain_json(run_ids)],
                )
        self._insert(table, rows, into="temp.staged")
        self._catalog.run(f"INSERT INTO private.{table} SELECT * FROM temp.staged ORDER BY {columns}")
        self.counts[table] = self._catalog.fetch(f"SELECT count(*) FROM private.{table}").rows[0][0]
        self._catalog.run("DROP TABLE temp.staged")

    @contextmanager
    def _attached(self, previous: Path | None) -> Iterator[Mapping[str, ManifestRow]]:
        if previous is None:
            yield {}
            return
        with _reading(previous):
            self._catalog.attach(previous, "previous")
            self._catalog.refuse_other_version("previous.private.catalog_versions", previous)
            held = held_manifests(self._catalog, "previous.private.manifests")
        yield held
        self._catalog.run("DETACH previous")

    def _insert_ancestors(self, names: list[str], found: list[Ancestry]) -> None:
        self._catalog.run(
            "CREATE TEMP TABLE node AS SELECT unnest(names) AS name, generate_subscripts(names, 1) - 1 AS number"
            """ FROM (SELECT from_json(?::JSON, '["VARCHAR"]') AS names)""",
            [plain_json(names)],
        )
        statement = (
            "INSERT INTO private.ancestors SELECT a.name, d.name, pair.depth FROM ("
            "  SELECT descendant, unnest(numbers) AS ancestor, unnest(depths) AS depth"
            "  FROM (SELECT unnest(from_json(?::JSON, ?), max_depth := 2))) pair"
            " JOIN temp.node a ON a.number = pair.ancestor JOIN temp.node d ON d.number = pair.descendant"
            " ORDER BY d.name, pair.depth, a.name"
        )
        structure = '[{"descendant":"INTEGER","numbers":["INTEGER"],"depths":["INTEGER"]}]'
        for part in _parts(found):
            self._catalog.run(statement, [plain_json([ancestry.as_dict() for ancestry in part]), structure])
        self._catalog.run("DROP TABLE temp.node")
        self.counts["ancestors"] = sum(len(ancestry.numbers) for ancestry in found)

    def _content_hash(self) -> str:
        """SHA-256 over all rows, whatever their order in the file; DuckDB does it, so the rows need not pass Python.

        Those of ``ancestors`` follow from those of ``edges``, and may be thousands of times as many. Those of runs are
        hashed once, when their manifest is read.
        """
        parts = " UNION ALL ".join(
            f"SELECT '{table}' AS part, coalesce(string_agg(digest, '' ORDER BY digest), '') AS digests"
            f" FROM (SELECT sha256(to_json(one)::VARCHAR) AS digest FROM private.{table} one)"
            for table in sorted(self.counts.keys() - {"ancestors", *RUN_TABLES} | {"run_hashes"})
        )
        statement = f"SELECT sha256(string_agg(part || ':' || digests, '/' ORDER BY part)) FROM ({parts})"
        return str(self._catalog.fetch(statement).rows[0][0])


@contextmanager
def _reading(previous: Path) -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise catalog_error(previous, error) from error


def _run_hash(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    """What tells the rows of a run from any other rows, whatever their order."""
    lines = sorted(f"{table}\t{plain_json(row)}" for table, rows in tables.items() for row in rows)
    (run,) = tables["runs"]
    return {"run_id": run["run_id"], "content_hash": hashlib.sha256("\n".join(lines).encode()).hexdigest()}


def _parts(found: Sequence[Ancestry]) -> Iterator[list[Ancestry]]:
    part: list[Ancestry] = []
    pairs = 0
    for ancestry in found:
        part.append(ancestry)
        pairs += len(ancestry.numbers)
        if pairs >= _CHUNK_PAIRS:
            yield part
            part, pairs = [], 0
    if part:
        yield part


def _table_columns(catalog: Connection) -> dict[str, dict[str, str]]:
    columns: dict[str, dict[str, str]] = {}
    statement = (
        "SELECT table_name, column_name, data_type FROM duckdb_columns()"
        " WHERE database_name = 'catalog' AND schema_name = 'private' ORDER BY table_name, column_index"
    )
    for table, column, kind in catalog.fetch(statement).rows:
        columns.setdefault(table, {})[column] = kind
    return columns


def _view_comments(catalog: Connection) -> str:
    """The statements that give each view the comments of its table, and ``public_features`` those of ``features``."""
    statement = (
        "SELECT t.comment, v.view_name, NULL AS column_name FROM duckdb_views() v JOIN duckdb_tables() t"
        "  ON t.table_name = v.view_name AND t.schema_name = 'private'"
        " WHERE v.database_name = 'catalog' AND t.database_name = 'catalog' AND v.schema_name = 'main'"
        " UNION ALL SELECT t.comment, v.table_name, v.column_name FROM duckdb_columns() v JOIN duckdb_columns() t"
        "  ON t.table_name = CASE v.table_name WHEN 'public_features' THEN 'features' ELSE v.table_name END"
        "  AND t.column_name = v.column_name AND t.schema_name = 'private'"
        " WHERE v.database_name = 'catalog' AND t.database_name = 'catalog' AND v.schema_name = 'main'"
    )
    statements = []
    for comment, view, column in catalog.fetch(statement).rows:
        target = f"VIEW {view}" if column is None else f'COLUMN {view}."{column}"'
        text = comment.replace("'", "''")
        statements.append(f"COMMENT ON {target} IS '{text}';")
    return "\n".join(statements)
