"""Arrow types in one normal form, so that every engine's column of the same content has the same type.

The normal form: ``large_string``, ``large_binary``, ``large_list``, ``date32``, categories of text as
``dictionary<int32, large_string>``, times and spans in microseconds unless that would lose something, NaN as null.
"""

from __future__ import annotations

import re
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc

from featurecat.errors import RunError
from featurecat.frames.dtypes import logical_type_name
from featurecat.frames.kinds import kind_of_value

__all__ = ["engine_dtype", "logical_type", "normal_column", "normal_type", "parse_logical_type"]

_CATEGORIES = pa.dictionary(pa.int32(), pa.large_string())


def logical_type(data: pa.DataType | pa.Array | pa.ChunkedArray) -> str:
    """Arrow's name of a type, apart from its layout: every kind of text is ``string``.

    Args:
        data: A type, or a column.

    Example:
        >>> logical_type(pa.large_string()), logical_type(pa.float64()), logical_type(pa.timestamp("us", "UTC"))
        ('string', 'double', 'timestamp[us, tz=UTC]')
    """
    data_type: Any = data if isinstance(data, pa.DataType) else data.type
    if pa.types.is_dictionary(data_type):
        return f"dictionary<{logical_type(data_type.value_type)}>"
    if _is_text(data_type):
        return "string"
    if _is_bytes(data_type):
        return "binary"
    if _is_list(data_type):
        return f"list<{logical_type(data_type.value_type)}>"
    if pa.types.is_struct(data_type):
        members = (f"{member.name}: {logical_type(member.type)}" for member in _members(data_type))
        return f"struct<{', '.join(members)}>"
    return str(data_type)


def parse_logical_type(dtype: object) -> pa.DataType:
    """The Arrow type, in normal form, of a logical type.

    Args:
        dtype: Whatever :func:`~featurecat.frames.dtypes.logical_type_name` reads.

    Raises:
        ModifierError: When no such type exists; the hint offers names near it.

    Example:
        >>> parse_logical_type("str"), parse_logical_type("dictionary<string>")
        (DataType(large_string), DictionaryType(dictionary<values=large_string, indices=int32, ordered=0>))
    """
    return _arrow_type(logical_type_name(dtype))


def _arrow_type(name: str) -> pa.DataType:
    special = {
        "string": pa.large_string(),
        "binary": pa.large_binary(),
        "dictionary<string>": _CATEGORIES,
        "date32[day]": pa.date32(),
    }
    if name in special:
        return special[name]
    if name.startswith("list<"):
        return pa.large_list(_arrow_type(name[len("list<") : -1]))
    if match := re.fullmatch(r"timestamp\[(\w+), tz=(.+)\]", name):
        return pa.timestamp(cast("Any", match[1]), match[2])
    if match := re.fullmatch(r"decimal128\((\d+), (-?\d+)\)", name):
        return pa.decimal128(int(match[1]), int(match[2]))
    return pa.type_for_alias(name)


def engine_dtype(value: object) -> str:
    """The engine's own name of a value's type: pandas' ``str``, Polars' ``Float64``; a class name for scalars.

    Example:
        >>> engine_dtype(2.5)
        'float'
    """
    kind = kind_of_value(value)
    if kind is None or kind.shape != "column":
        return type(value).__name__
    dtype = getattr(value, "type" if kind.engine == "pyarrow" else "dtype", None)
    return type(value).__name__ if dtype is None else str(dtype)


def normal_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column in normal form; the same object when it already is.

    Raises:
        RunError: ``not-tabular``, when its type is an extension that has no plain counterpart.
    """
    data_type: Any = column.type
    if isinstance(data_type, pa.BaseExtensionType):
        raise RunError(
            f"values of type {data_type.extension_name} cannot be a column",
            code="not-tabular",
            hint="convert them to a plain type first, periods and intervals for example to a timestamp or a number",
        )
    if pa.types.is_floating(data_type):
        return _null_for_nan(column)
    if pa.types.is_dictionary(data_type):
        return _normal_categories(column)
    target = normal_type(data_type)
    if target == data_type:
        return column
    try:
        return column.cast(target)
    except pa.ArrowInvalid:  # nanoseconds that microseconds cannot hold stay as they are
        return column


def _null_for_nan(column: pa.ChunkedArray) -> pa.ChunkedArray:
    is_nan = pc.is_nan(column)
    if not pc.any(is_nan).as_py():
        return column
    # a null made by Arrow itself: pa.scalar would import pandas into a run that does not use it
    return cast("pa.ChunkedArray", pc.if_else(is_nan, pa.nulls(1, column.type)[0], column))


def _normal_categories(column: pa.ChunkedArray) -> pa.ChunkedArray:
    data_type: Any = column.type
    if data_type == _CATEGORIES:
        return column
    if pa.types.is_null(data_type.value_type):
        return pa.chunked_array([pa.nulls(len(column), _CATEGORIES)])
    if not _is_text(data_type.value_type):
        return normal_column(column.cast(data_type.value_type))
    chunks: list[Any] = [
        pa.DictionaryArray.from_arrays(chunk.indices.cast(pa.int32()), chunk.dictionary.cast(pa.large_string()))
        for chunk in cast("Any", column).chunks
    ]
    return pa.chunked_array(chunks, type=_CATEGORIES)


def normal_type(data_type: Any) -> pa.DataType:
    """The normal form of an Arrow type; that of nanoseconds is microseconds, though a column may have to keep them.

    Example:
        >>> normal_type(pa.string()), normal_type(pa.timestamp("ns"))
        (DataType(large_string), TimestampType(timestamp[us]))
    """
    if pa.types.is_dictionary(data_type):
        text = _is_text(data_type.value_type) or pa.types.is_null(data_type.value_type)
        return _CATEGORIES if text else normal_type(data_type.value_type)
    if _is_text(data_type):
        return pa.large_string()
    if _is_bytes(data_type):
        return pa.large_binary()
    if pa.types.is_timestamp(data_type):
        return pa.timestamp("us", data_type.tz)
    for recognise, target in _NORMAL:
        if recognise(data_type):
            return target
    if pa.types.is_list(data_type) or pa.types.is_large_list(data_type):
        return pa.large_list(normal_type(data_type.value_type))
    if pa.types.is_struct(data_type):
        return pa.struct([pa.field(member.name, normal_type(member.type)) for member in _members(data_type)])
    return cast("pa.DataType", data_type)


_NORMAL: tuple[tuple[Any, pa.DataType], ...] = (
    (pa.types.is_duration, pa.duration("us")),
    (pa.types.is_time, pa.time64("us")),
    (pa.types.is_date, pa.date32()),
)


def _members(data_type: Any) -> list[Any]:
    return [data_type.field(position) for position in range(data_type.num_fields)]


def _is_text(data_type: Any) -> bool:
    texts = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(recognise(data_type) for recognise in texts)


def _is_bytes(data_type: Any) -> bool:
    kinds = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view)
    return any(recognise(data_type) for recognise in kinds)


def _is_list(data_type: Any) -> bool:
    lists = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
    return any(recognise(data_type) for recognise in lists)
