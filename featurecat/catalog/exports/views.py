"""The public views as an export shows them: of personal data no value, whatever was recorded before it was known."""

from __future__ import annotations

from typing import Any

from featurecat.catalog.connection import Connection

__all__ = ["exported_rows", "view_queries"]

_PERSONAL = "SELECT feature FROM features WHERE pii UNION SELECT feature FROM taints WHERE taint = 'pii'"
#: Columns that tell values, or quote them.
_TELLING = frozenset(
    {
        "earliest", "histogram", "latest", "last_message", "max", "mean", "message", "min", "observed", "profile",
        "quantiles", "sample", "std", "top",
    }
)  # fmt: skip


def view_queries(connection: Connection) -> dict[str, str]:
    """The query that gives each public view as it may be exported.

    Args:
        connection: An open catalog.

    Returns:
        View to query, by name.
    """
    statement = (
        "SELECT v.view_name, list(c.column_name ORDER BY c.column_index) FROM duckdb_views() v"
        " JOIN duckdb_columns() c ON c.table_name = v.view_name AND c.schema_name = v.schema_name"
        " AND c.database_name = v.database_name"
        " WHERE v.database_name = 'catalog' AND v.schema_name = 'main' AND NOT v.internal"
        " GROUP BY v.view_name ORDER BY v.view_name"
    )
    return {view: _query(view, columns) for view, columns in connection.rows(statement).rows}


def _query(view: str, columns: list[str]) -> str:
    telling = [column for column in columns if column in _TELLING]
    if "feature" not in columns or not telling:
        return f'SELECT * FROM "{view}"'
    masked = ", ".join(f'CASE WHEN personal.feature IS NULL THEN v."{column}" END AS "{column}"' for column in telling)
    return f'SELECT v.* REPLACE ({masked}) FROM "{view}" v LEFT JOIN ({_PERSONAL}) personal ON personal.feature = v.feature'


def exported_rows(connection: Connection, views: tuple[str, ...]) -> dict[str, list[dict[str, Any]]]:
    """JSON-ready rows of some views, as they may be exported, in a fixed order.

    Args:
        connection: An open catalog.
        views: Their names.

    Returns:
        View to rows.
    """
    queries = view_queries(connection)
    return {view: connection.rows(f"{queries[view]} ORDER BY ALL").dicts() for view in views}
