"""Arrow tables put together from columns, and what is asked of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from featurecat.errors import RunError
from featurecat.frames.logical import logical_type, parse_logical_type

__all__ = ["KeyFaults", "cast_column", "first_difference", "key_faults", "repeated", "table_of"]


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

    pandas turns whole numbers with gaps into floats, for instance; declared ``int64`` they are whole again. Numbers
    become numbers, text becomes categories and back, times get another unit, and empty columns any type; whatever is
    converted must be the same after the way back.

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
    if found == dtype:
        return column
    target = parse_logical_type(dtype)
    if not _convertible(column.type, target):
        raise _unfit(f"its values are {found}, which does not fit the declared dtype {dtype!r}")
    try:
        converted = column.cast(target)
        kept = column.null_count == len(column) or first_difference(column, converted.cast(column.type)) is None
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
        kept = False
    if not kept:
        raise _unfit(f"its values are {found}, and some would not be the same as the declared dtype {dtype!r}")
    return converted


def _unfit(message: str) -> RunError:
    return RunError(message, code="type-mismatch", hint="convert in the function, or declare another dtype")


def _is_number(data_type: Any) -> bool:
    return bool(pa.types.is_integer(data_type) or pa.types.is_floating(data_type))


def _is_text(data_type: Any) -> bool:
    plain = data_type.value_type if pa.types.is_dictionary(data_type) else data_type
    return bool(pa.types.is_large_string(plain) or pa.types.is_string(plain))


def _convertible(found: Any, target: Any) -> bool:
    """Whether a conversion is of a kind that can keep what the values mean."""
    if pa.types.is_null(found):
        return True
    if pa.types.is_timestamp(found) and pa.types.is_timestamp(target):
        return bool(found.tz == target.tz)
    kinds: tuple[Any, ...] = (_is_number, _is_text, pa.types.is_duration, pa.types.is_time)
    return any(recognise(found) and recognise(target) for recognise in kinds)


def first_difference(left: pa.ChunkedArray, right: pa.ChunkedArray) -> int | None:
    """The first row in which two columns differ; None when they are equal.

    Nulls are equal to each other, and so are NaN; columns of different types are compared as one of the two.

    Example:
        >>> first_difference(pa.chunked_array([[1, None, 3]]), pa.chunked_array([[1, None, 4]]))
        2
    """
    if len(left) != len(right):
        return min(len(left), len(right))
    one, other = _one_type(_decoded(left), _decoded(right))
    if one.equals(other):
        return None
    try:
        same: Any = pc.equal(one, other)
    except pa.ArrowNotImplementedError:  # nested values, or types that have nothing in common
        return 0
    same = pc.or_(pc.fill_null(same, False), pc.and_(pc.is_null(one), pc.is_null(other)))
    if pa.types.is_floating(one.type) and pa.types.is_floating(other.type):
        both = pc.and_(pc.is_nan(one), pc.is_nan(other))
        same = pc.or_(same, pc.fill_null(both, False))
    position = pc.index(same, False).as_py()
    return None if position < 0 else int(position)


def _decoded(column: Any) -> Any:
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _one_type(left: Any, right: Any) -> tuple[Any, Any]:
    """Two columns as the type of one of them, where one can be had as the other's without a loss."""
    if left.type == right.type:
        return left, right
    try:
        return left, right.cast(left.type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        pass
    try:
        return left.cast(right.type), right
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return left, right


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
