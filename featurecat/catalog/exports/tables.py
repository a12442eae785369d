"""The public views as Arrow tables; loads pyarrow, which the other exports do without."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from featurecat.catalog.connection import Connection
from featurecat.catalog.exports.views import view_queries

__all__ = ["arrow_type", "view_tables"]

_TYPES: dict[str, pa.DataType] = {
    "BIGINT": pa.int64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "DOUBLE": pa.float64(),
    "HUGEINT": pa.int64(),
    "INTEGER": pa.int32(),
    "TIMESTAMP": pa.timestamp("us"),
}


def view_tables(connection: Connection) -> Iterator[tuple[str, pa.Table]]:
    """Each public view as a table, in a fixed order of rows.

    Args:
        connection: An open catalog.

    Returns:
        Pairs of name and table. JSON stays text; times are UTC without a zone, as in the catalog.
    """
    for view, query in view_queries(connection).items():
        found = connection.rows(f"{query} ORDER BY ALL")
        columns = list(zip(*found.rows, strict=True)) or [()] * len(found.columns)
        schema = pa.schema([(name, arrow_type(kind)) for name, kind in zip(found.columns, found.types, strict=True)])
        arrays = [
            pa.array([_entries(value) for value in values], field.type)
            for values, field in zip(columns, schema, strict=True)
        ]
        yield view, pa.Table.from_arrays(arrays, schema=schema)


def arrow_type(kind: str) -> pa.DataType:
    """The Arrow type of one of DuckDB's; what has none of its own is text.

    Example:
        >>> arrow_type("MAP(VARCHAR, VARCHAR[])")
        MapType(map<string, list<item: string>>)
        >>> arrow_type("JSON")
        DataType(string)
    """
    if kind.endswith("[]"):
        return pa.list_(arrow_type(kind[:-2]))
    if kind.startswith("MAP("):
        key, _, value = kind[len("MAP(") : -1].partition(", ")
        return pa.map_(arrow_type(key), arrow_type(value))
    return _TYPES.get(kind, pa.string())


def _entries(value: object) -> object:
    return list(value.items()) if isinstance(value, dict) else value
