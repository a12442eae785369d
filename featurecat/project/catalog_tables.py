"""The catalog's views as Parquet files; loads pyarrow, which the other exports do without."""

from __future__ import annotations

from pathlib import Path

from featurecat.catalog.connection import SCHEMA_VERSION, Connection
from featurecat.catalog.exports.tables import view_tables
from featurecat.storage.parquet import write_parquet

__all__ = ["write_tables"]


def write_tables(connection: Connection, folder: Path) -> list[str]:
    """Write each public view as one Parquet file.

    Args:
        connection: An open catalog.
        folder: An empty directory.

    Returns:
        Names of the files, one a view.
    """
    names = []
    for view, table in view_tables(connection):
        names.append(f"{view}.parquet")
        metadata = {"featurecat.view": view, "featurecat.catalog_schema_version": str(SCHEMA_VERSION)}
        write_parquet(table, folder / names[-1], metadata=metadata)
    return names
