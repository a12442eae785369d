"""Answers of the catalog as Arrow tables; loads pyarrow, which other answers do without."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from featurecat.catalog.connection import distinct_names
from featurecat.catalog.sandbox import Limits, run_sql_for_arrow

__all__ = ["arrow_table"]


def arrow_table(path: Path, statement: str, limits: Limits | None = None) -> pa.Table:
    """The answer to one query on the catalog, as :func:`~featurecat.catalog.sandbox.run_sql` gives rows.

    Args:
        path: The catalog's file.
        statement: One query.
        limits: How much it may take.

    Returns:
        A table; a repeated column name gets a number, times with a zone are in UTC.

    Raises:
        FeaturecatError: As :func:`~featurecat.catalog.sandbox.run_sql` does.
    """
    with pa.ipc.open_stream(run_sql_for_arrow(path, statement, limits)) as stream:
        table = stream.read_all()
    return table.rename_columns(distinct_names(table.column_names)).replace_schema_metadata(None)
