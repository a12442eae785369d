"""What must hold of a catalog before it replaces the one before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from featurecat.catalog.canonical import LOGICAL_KEYS
from featurecat.catalog.connection import Connection
from featurecat.errors import CatalogError, Problem

__all__ = ["check_catalog"]

_KEYS = {
    **{table: key for table, key in LOGICAL_KEYS.items() if table != "index_errors"},
    "runs": ("run_id",),
    "run_hashes": ("run_id",),
    "manifests": ("file",),
    "snapshots": ("snapshot",),
    "catalog_versions": ("schema_version",),
}
_MOST_EXAMPLES = 5


def check_catalog(path: Path, expected: Mapping[str, int], *, views: bool = True) -> None:
    """Open a finished catalog read-only and compare it with what went in.

    Args:
        path: The file to check.
        expected: Number of rows by table.
        views: Whether every view is asked, too, which takes as long as the rest.

    Raises:
        CatalogError: With one problem per fault: rows lost, a logical key twice, an edge to a node that is not there,
            a view that does not answer.
    """
    with Connection.open(path) as catalog:
        problems = [*_lost_rows(catalog, expected), *_repeated_keys(catalog), *_dangling_edges(catalog)]
        if views:
            _try_views(catalog)
    if problems:
        raise CatalogError(problems)


def _problem(message: str, details: list[str]) -> Problem:
    hint = "this is a fault of featurecat, or of a changed snapshot; the catalog before stays in place"
    return Problem("catalog-unusable", message, hint=hint, details=tuple(details[:_MOST_EXAMPLES]))


def _lost_rows(catalog: Connection, expected: Mapping[str, int]) -> Iterator[Problem]:
    counts = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM private.{table}" for table in expected)
    for table, found in catalog.rows(counts).rows:
        if found != expected[table]:
            yield _problem(f"table {table} has {found} rows instead of {expected[table]}", [])


def _repeated_keys(catalog: Connection) -> Iterator[Problem]:
    repeated = {table: _repeated(table, key) for table, key in _KEYS.items()}
    counts = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM ({rows})" for table, rows in repeated.items())
    for table, count in catalog.rows(counts).rows:
        if count:
            rows = catalog.rows(f"{repeated[table]} ORDER BY ALL").rows
            details = [f"{dict(zip(_KEYS[table], row[:-1], strict=True))}: {row[-1]} rows" for row in rows]
            yield _problem(f"{count} keys of table {table} stand for several rows", details)


def _repeated(table: str, key: Sequence[str]) -> str:
    columns = ", ".join(f'"{column}"' for column in key)
    return f"SELECT {columns}, count(*) FROM private.{table} GROUP BY {columns} HAVING count(*) > 1"


def _dangling_edges(catalog: Connection) -> Iterator[Problem]:
    dangling = catalog.rows(
        "SELECT parent, child FROM edges"
        " WHERE parent NOT IN (SELECT feature FROM features) OR child NOT IN (SELECT feature FROM features)"
        " ORDER BY ALL"
    ).rows
    if dangling:
        details = [f"{parent} -> {child}" for parent, child in dangling]
        yield _problem(f"{len(dangling)} edges lead to nodes that are not in the catalog", details)


def _try_views(catalog: Connection) -> None:
    views = catalog.rows(
        "SELECT view_name FROM duckdb_views() WHERE database_name = 'catalog' AND schema_name = 'main' AND NOT internal"
    ).rows
    for (view,) in views:
        catalog.rows(f"SELECT * FROM {view} LIMIT 0")
