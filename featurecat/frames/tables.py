"""Arrow tables put together from columns, and what is asked of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from featurecat.errors import RunError
from featurecat.frames.dtypes import fits_type
from featurecat.frames.logical import logical_type, parse_logical_type

__all__ = ["KeyFaults", "cast_column", "key_faults", "repeated", "table_of"]


def table_of(columns: Mapping[str, Any]) -> pa.Table:
    """An Arrow table of named columns, without copying them.

    Args:
        columns: Name to Arrow column, all of one length.

    Example:
        >>> table_of({"a": pa.chunked_array([[1, 2]])}).num_rows
        2
    """
    return pa.table(dict(columns))


def repeated(value: Any, rows: int) -> pa.ChunkedArray:
    """A column of ``rows`` times the same scalar."""
    return pa.chunked_array([pa.repeat(pa.scalar(value), rows)])


def cast_column(column: pa.ChunkedArray, dtype: str) -> pa.ChunkedArray:
    """A column as the declared logical type, when that loses nothing.

    pandas turns whole numbers with gaps into floats, for instance; declared ``int64`` they are whole again.

    Args:
        column: The column.
        dtype: The declared logical type.

    Raises:
        RunError: When the values do not fit the type.

    Example:
        >>> cast_column(pa.chunked_array([[1.0, None]]), "int64").type
        DataType(int64)
    """
    found = logical_type(column)
    if fits_type(found, dtype):
        return column
    try:
        return column.cast(parse_logical_type(dtype), safe=True)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
        raise RunError(
            f"its values are {found}, which does not fit the declared dtype {dtype!r}",
            code="type-mismatch",
            hint="convert in the function, or declare another dtype",
        ) from None


class KeyFaults(NamedTuple):
    """Rows whose key has a null, and rows whose key another row has, too."""

    nulls: int
    duplicates: int


def key_faults(table: pa.Table, keys: Sequence[str]) -> KeyFaults:
    """Count the rows that their key does not tell apart.

    Example:
        >>> key_faults(pa.table({"k": [1, 1, 2, None]}), ["k"])
        KeyFaults(nulls=1, duplicates=1)
    """
    missing: Any = None
    for key in keys:
        column = table.column(key)
        if column.null_count:
            empty = pc.is_null(column)
            missing = empty if missing is None else pc.or_(missing, empty)
    nulls = 0 if missing is None else int(pc.sum(missing).as_py())
    distinct = table.select(list(keys)).group_by(list(keys)).aggregate([]).num_rows
    return KeyFaults(nulls, table.num_rows - distinct)
