"""What loading and saving tell about data: sizes, times, shapes; never values."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from featurecat.frames.kinds import kind_of_value

__all__ = ["dataframe_metadata", "file_metadata", "sql_metadata", "table_metadata"]

#: Version of each of these mappings.
VERSION = "1.0.0"


def file_metadata(path: str | os.PathLike[str]) -> dict[str, Any]:
    """What is known about a file.

    Args:
        path: The file, or an address such as ``s3://bucket/week.parquet``, of which no size is known.

    Returns:
        ``file_metadata`` with ``size`` (bytes), ``path``, ``last_modified`` and ``timestamp`` (seconds since the
        epoch), ``scheme``, ``notes`` and ``__version__``. ``size`` and ``last_modified`` are None where there is no file.

    Example:
        >>> file_metadata("no/such/file")["file_metadata"]["size"] is None
        True
    """
    shown = os.fspath(path)
    scheme, separator, _ = shown.partition("://")
    local = Path(shown).expanduser()
    found = local.stat() if not separator and local.exists() else None
    return {
        "file_metadata": {
            "size": None if found is None else found.st_size,
            "path": shown,
            "last_modified": None if found is None else found.st_mtime,
            "timestamp": time.time(),
            "scheme": scheme if separator else "",
            "notes": "" if found is not None else "there is no such file here",
            "__version__": VERSION,
        }
    }


def dataframe_metadata(frame: Any) -> dict[str, Any]:
    """The shape of a frame or column; a lazy frame is not collected, so its rows are None.

    Returns:
        ``dataframe_metadata`` with ``rows``, ``columns``, ``column_names``, ``datatypes`` and ``__version__``.

    Example:
        >>> import pyarrow as pa
        >>> found = dataframe_metadata(pa.table({"spend": [1, 2]}))["dataframe_metadata"]
        >>> found["rows"], found["column_names"], found["datatypes"]
        (2, ['spend'], ['int64'])
    """
    kind = kind_of_value(frame)
    if kind is None:
        rows, names, types = None, None, None
    elif kind.engine == "polars-lazy":
        schema = frame.collect_schema() if kind.shape == "frame" else {}
        rows, names, types = None, list(schema), [str(dtype) for dtype in schema.values()]
    elif kind.shape == "column":
        rows, names = len(frame), [str(getattr(frame, "name", None) or "value")]
        types = [str(frame.type if kind.engine == "pyarrow" else frame.dtype)]
    elif kind.engine == "pyarrow":
        rows, names, types = frame.num_rows, list(frame.column_names), [str(one) for one in frame.schema.types]
    else:
        rows, names, types = len(frame), list(map(str, frame.columns)), [str(dtype) for dtype in frame.dtypes]
    return {
        "dataframe_metadata": {
            "rows": rows,
            "columns": None if names is None else len(names),
            "column_names": names,
            "datatypes": types,
            "__version__": VERSION,
        }
    }


def table_metadata(names: Sequence[str], types: Sequence[Any], rows: int | None) -> dict[str, Any]:
    """As :func:`dataframe_metadata`, for what was written: names, types and rows as they stand in the file."""
    return {
        "dataframe_metadata": {
            "rows": rows,
            "columns": len(names),
            "column_names": list(names),
            "datatypes": [str(one) for one in types],
            "__version__": VERSION,
        }
    }


def sql_metadata(rows: int | None, *, table: str | None = None, query: str | None = None) -> Mapping[str, Any]:
    """What is known about rows read from or written to a database.

    Returns:
        ``sql_metadata`` with ``rows``, ``query``, ``table_name``, ``timestamp`` (seconds since the epoch), ``__version__``.

    Example:
        >>> sql_metadata(3, table="weeks")["sql_metadata"]["table_name"]
        'weeks'
    """
    return {
        "sql_metadata": {
            "rows": rows,
            "query": query,
            "table_name": table,
            "timestamp": time.time(),
            "__version__": VERSION,
        }
    }
