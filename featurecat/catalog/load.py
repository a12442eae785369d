"""Fills a new catalog file: definitions, ancestors, runs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from featurecat.catalog.ancestors import Ancestry, find_ancestors
from featurecat.catalog.canonical import EncodedTables, canonical_value, encode_tables, naive_timestamp, plain_json
from featurecat.catalog.column_lineage import fill_column_lineage
from featurecat.catalog.connection import SCHEMA_VERSION, Connection, catalog_error, sql_text
from featurecat.catalog.manifests import IndexedManifest, ManifestRow, held_manifests, sort_out
from featurecat.catalog.rows import RUN_TABLES, manifest_rows
from featurecat.catalog.snapshot import SnapshotRow
from featurecat.records import DEFINITION_TABLES

__all__ = ["CatalogLoad"]

_HERE = Path(__file__).parent
#: Later ones build on views of earlier ones.
_SCRIPTS = ("schema", "columns", "lineage", "checks", "documents", "search", "taints", "history")
#: Longer texts are handed over in a file, which DuckDB reads four times as fast.
_MOST_INLINE = 100_000
#: What one row may take in such a file.
_MOST_ROW_BYTES = 16_000_000
_DEFINITION_TABLES = tuple(row.table for row in DEFINITION_TABLES)


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
        self._definition_hashes: dict[str, Any] = {}
        catalog.run("BEGIN")
        for script in _SCRIPTS:
            catalog.run((_HERE / f"{script}.sql").read_text(encoding="utf-8"))
        self._columns = _table_columns(catalog)
        catalog.run(_view_comments(catalog))
        catalog.run("COMMIT")

    def definitions(self, tables: Mapping[str, Sequence[Mapping[str, Any]]] | EncodedTables) -> None:
        """Load the definition tables and who descends from whom."""
        encoded = tables if isinstance(tables, EncodedTables) else encode_tables(tables)
        for table in _DEFINITION_TABLES:
            self._insert_texts(table, encoded.texts.get(table, ()))
        self._definition_hashes = {"snapshot_hash": encoded.content_hash, "content_hash": encoded.exact_hash}
        names = [name for (name,) in self._catalog.fetch("SELECT DISTINCT feature FROM features ORDER BY ALL").rows]
        known = set(names)
        edges = self._catalog.fetch("SELECT DISTINCT parent, child FROM edges").rows
        # edges that lead nowhere are reported by the checks at the end
        found = find_ancestors(names, [(parent, child) for parent, child in edges if {parent, child} <= known])
        self._insert_ancestors(names, found or [])
        fill_column_lineage(self._catalog)

    def copied_definitions(self, previous: Path) -> None:
        """Take all that :meth:`definitions` loads from the catalog before.

        Raises:
            CatalogError: When it cannot be read.
        """
        with self._attached(previous):
            for table in (*_DEFINITION_TABLES, "ancestors"):
                names = ", ".join(f'"{column}"' for column in self._columns[table])
                with _reading(previous):
                    self._catalog.run(f"INSERT INTO private.{table} SELECT {names} FROM previous.private.{table}")
                self.counts[table] = self._catalog.fetch(f"SELECT count(*) FROM private.{table}").rows[0][0]
            with _reading(previous):
                (hashes,) = self._catalog.fetch("FROM previous.private.definition_hashes").dicts()
        self._definition_hashes = hashes
        fill_column_lineage(self._catalog)

    def snapshots(self, rows: Sequence[SnapshotRow]) -> None:
        """Load the list of snapshots."""
        ordered = sorted(rows, key=lambda row: row.snapshot)
        self._insert("snapshots", [row.as_dict() | {"indexed_at": naive_timestamp(row.indexed_at)} for row in ordered])

    def history(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Load the states that features were in."""
        self._insert("feature_history", sorted(rows, key=lambda row: (row["feature"], row["since_snapshot"])))

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
        self._insert("definition_hashes", [self._definition_hashes])
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
        self._insert_texts(table, [plain_json(row) for row in rows], into=into)

    def _insert_texts(self, table: str, texts: Sequence[str], *, into: str | None = None) -> None:
        """Insert rows that are JSON texts."""
        columns = self._columns[table]
        names = ", ".join(f'"{column}"' for column in columns)
        target = into or f"private.{table}"
        if sum(map(len, texts)) > _MOST_INLINE and max(map(len, texts)) < _MOST_ROW_BYTES // 4:
            self._insert_file(f"INSERT INTO {target} SELECT {names} FROM", columns, texts)
        elif texts:
            rows, structure = sql_text(f"[{','.join(texts)}]"), sql_text(plain_json([columns]))
            self._catalog.run(
                f"INSERT INTO {target} SELECT {names}"
                f" FROM (SELECT unnest(from_json({rows}::JSON, {structure}), max_depth := 2))"
            )
        self.counts[table] = self.counts.get(table, 0) + len(texts)

    def _insert_file(self, statement: str, columns: Mapping[str, str], texts: Sequence[str]) -> None:
        path = self._catalog.path.with_name(f"{self._catalog.path.name}.rows")
        path.write_text("\n".join(texts) + "\n", encoding="utf-8", newline="\n")
        try:
            kinds = ", ".join(f"{sql_text(column)}: {sql_text(kind)}" for column, kind in columns.items())
            self._catalog.run(
                f"{statement} read_json({sql_text(str(path))}, columns={{{kinds}}}, format='newline_delimited',"
                f" maximum_object_size={_MOST_ROW_BYTES})"
            )
        finally:
            path.unlink()

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
                    f""" (SELECT unnest(from_json({sql_text(plain_json(run_ids))}::JSON, '["VARCHAR"]')))"""
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
        texts = [
            plain_json({"ancestor": names[number], "descendant": names[ancestry.descendant], "depth": depth})
            for ancestry in found
            for depth, number in sorted(zip(ancestry.depths, ancestry.numbers, strict=True))
        ]
        self._insert_texts("ancestors", texts)

    def _content_hash(self) -> str:
        """SHA-256 over all rows, whatever their order in the file; DuckDB does it, so the rows need not pass Python.

        Those of ``ancestors`` follow from those of ``edges``. Definitions were hashed as texts, and the rows of runs
        once, when their manifest was read.
        """
        hashed = {"ancestors", *_DEFINITION_TABLES, *RUN_TABLES}
        parts = " UNION ALL ".join(
            f"SELECT '{table}' AS part, coalesce(string_agg(digest, '' ORDER BY digest), '') AS digests"
            f" FROM (SELECT sha256(to_json(one)::VARCHAR) AS digest FROM private.{table} one)"
            for table in sorted(self.counts.keys() - hashed | {"run_hashes"})
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
