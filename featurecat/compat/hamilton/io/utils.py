"""Hamilton's ``io.utils``: what loaders and savers tell about data."""

from __future__ import annotations

import os
from typing import Any

from featurecat.io.metadata import dataframe_metadata, file_metadata, sql_metadata

__all__ = [
    "DATAFRAME_METADATA",
    "FILE_METADATA",
    "SQL_METADATA",
    "get_dataframe_metadata",
    "get_file_and_dataframe_metadata",
    "get_file_metadata",
    "get_sql_metadata",
]

DATAFRAME_METADATA = "dataframe_metadata"
SQL_METADATA = "sql_metadata"
FILE_METADATA = "file_metadata"

get_file_metadata = file_metadata
get_dataframe_metadata = dataframe_metadata
get_sql_metadata = sql_metadata


def get_file_and_dataframe_metadata(path: str | os.PathLike[str], df: Any) -> dict[str, Any]:
    """What is known about a file and the frame in it."""
    return {**file_metadata(path), **dataframe_metadata(df)}
