"""Columns and tables of every engine to Arrow and back, in the normal form of :mod:`featurecat.frames.logical`."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any, cast

import pyarrow as pa

from featurecat.errors import Problem, RunError, UnsupportedError
from featurecat.frames.describe import describe_value
from featurecat.frames.kinds import kind_of_value
from featurecat.frames.logical import engine_dtype, logical_type, normal_column, parse_logical_type

__all__ = [
    "engine_dtype",
    "from_arrow",
    "index_columns",
    "logical_type",
    "normal_table",
    "parse_logical_type",
    "to_arrow",
    "to_arrow_table",
]

_CONVERSION_FAULTS = (pa.ArrowException, TypeError, ValueError, OverflowError)


def to_arrow(value: Any) -> pa.ChunkedArray:
    """A column of any engine as one Arrow column in normal form: NaN becomes null, all text is ``large_string``.

    Args:
        value: A pandas Series or Index, a Polars Series, an Arrow array, a one-dimensional numpy array or a list.

    Raises:
        RunError: ``not-tabular``, when its values have no common Arrow type or it is no column at all. The message
            tells types, never values.

    Example:
        >>> to_arrow(pa.array([1.0, float("nan")])).null_count
        1
    """
    kind = kind_of_value(value)
    if kind is not None and (kind.shape != "column" or kind.engine == "polars-lazy"):
        raise _not_a_column(value)
    if kind is not None and kind.engine == "pyarrow":
        column = value if isinstance(value, pa.ChunkedArray) else pa.chunked_array([value])
    elif kind is not None and kind.engine == "polars":
        column = pa.chunked_array([_polars_array(value)])
    elif kind is not None or isinstance(value, (list, tuple)) or len(getattr(value, "shape", ())) == 1:
        column = _from_objects(value)
    else:
        raise _not_a_column(value)
    return normal_column(column)


def _polars_array(series: Any) -> Any:
    if str(series.dtype).startswith("Object"):  # Arrow would hold the addresses of the objects
        raise _no_common_type(series)
    try:
        return series.to_arrow()
    except _CONVERSION_FAULTS:
        raise _no_common_type(series) from None


def _from_objects(values: Any) -> pa.ChunkedArray:
    if str(getattr(values, "dtype", "")).startswith("Sparse"):
        values = values.sparse.to_dense()
    try:
        with _time_zones_heeded():
            array: Any = pa.array(values, from_pandas=True)
    except _CONVERSION_FAULTS:
        raise _no_common_type(values) from None  # Arrow's own message quotes a value
    return array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])


@contextlib.contextmanager
def _time_zones_heeded() -> Iterator[None]:
    """Take back, for a conversion, what importing pandera asks of Arrow: to drop the offsets of Python's datetimes."""
    asked = os.environ.pop("PYARROW_IGNORE_TIMEZONE", None)
    try:
        yield
    finally:
        if asked is not None:
            os.environ["PYARROW_IGNORE_TIMEZONE"] = asked


def _not_a_column(value: object) -> RunError:
    return RunError(
        f"{describe_value(value)} is not a column",
        code="not-tabular",
        hint="return a Series, or select a column of the frame",
    )


def _no_common_type(values: Any) -> RunError:
    found = sorted({type(value).__name__ for value in values if value is not None})
    shown = ", ".join(found[:5]) or "nothing"
    return RunError(
        f"{describe_value(values)} has no Arrow type; its values are of Python type {shown}",
        code="not-tabular",
        hint="give all values one type, for example with .astype(...) or .cast(...)",
    )


def to_arrow_table(frame: Any) -> pa.Table:
    """A frame's columns as an Arrow table in normal form, without pandas' index (see :func:`index_columns`).

    Args:
        frame: A pandas or Polars DataFrame or an Arrow table.

    Raises:
        RunError: ``not-tabular``, naming every column that has no Arrow type, or a name that stands twice.
    """
    kind = kind_of_value(frame)
    if kind is None or kind.shape != "frame" or kind.engine == "polars-lazy":
        raise RunError(f"{describe_value(frame)} is not a frame with rows", code="not-tabular")
    names, columns = _named_columns(frame, kind.engine)
    repeated = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    problems = [Problem("not-tabular", f"several columns are named {name!r}") for name in repeated]
    arrays = []
    for name, column in zip(names, columns, strict=True):
        try:
            arrays.append(to_arrow(column))
        except RunError as fault:
            problems += [
                Problem(problem.code, f"column {name!r}: {problem.message}", hint=problem.hint)
                for problem in fault.problems
            ]
    if problems:
        raise RunError(problems)
    return pa.Table.from_arrays(arrays, names=names)


def _named_columns(frame: Any, engine: str) -> tuple[list[str], list[Any]]:
    if engine == "pandas":
        return [str(name) for name in frame.columns], [frame.iloc[:, position] for position in range(frame.shape[1])]
    if engine == "polars":
        return list(frame.columns), frame.get_columns()
    return list(frame.column_names), list(frame.columns)


def normal_table(table: pa.Table) -> pa.Table:
    """An Arrow table with every column in normal form."""
    columns: list[Any] = [normal_column(column) for column in table.columns]
    return pa.Table.from_arrays(columns, names=table.column_names)


def index_columns(value: Any) -> list[tuple[str, pa.ChunkedArray]]:
    """The index of a pandas Series or DataFrame as leading columns of a file.

    A default index (0, 1, 2 … without a name) says nothing and gives no column; neither do other engines. Levels
    without a name are called as pandas' ``reset_index`` calls them.
    """
    kind = kind_of_value(value)
    index = getattr(value, "index", None)
    if kind is None or kind.engine != "pandas" or index is None:
        return []
    if type(index).__name__ == "RangeIndex" and (index.start, index.step, index.name) == (0, 1, None):
        return []
    if index.nlevels == 1:
        return [("index" if index.name is None else str(index.name), to_arrow(index))]
    return [
        (f"level_{level}" if name is None else str(name), to_arrow(index.get_level_values(level)))
        for level, name in enumerate(index.names)
    ]


def from_arrow(table: pa.Table, engine: str) -> Any:
    """An Arrow table as an engine's frame, at the boundary where outside data enters: NaN becomes null.

    pandas gets nullable types (``Int64``, ``boolean``) only where a whole-number or boolean column has gaps, its
    default string type and a default index.

    Args:
        table: The table; its column names are unique.
        engine: ``pandas``, ``polars``, ``polars-lazy`` or ``pyarrow``.

    Raises:
        UnsupportedError: When there is no such engine.
    """
    table = normal_table(table)
    if engine == "pyarrow":
        return table
    if engine == "pandas":
        return _to_pandas(table)
    if engine in ("polars", "polars-lazy"):
        import polars

        frame = cast("polars.DataFrame", polars.from_arrow(table))
        return frame.lazy() if engine == "polars-lazy" else frame
    raise UnsupportedError(
        f"no frame can be made for the engine {engine!r}", hint="engines are pandas, polars, polars-lazy"
    )


def _to_pandas(table: pa.Table) -> Any:
    import pandas

    nullable: dict[Any, Any] = {pa.bool_(): pandas.BooleanDtype()}
    for bits in (8, 16, 32, 64):
        for prefix, maker in (("Int", "int"), ("UInt", "uint")):
            nullable[getattr(pa, f"{maker}{bits}")()] = getattr(pandas, f"{prefix}{bits}Dtype")()
    columns: dict[str, Any] = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        gaps = column.null_count > 0 and column.type in nullable
        columns[name] = cast("Any", column).to_pandas(types_mapper=nullable.get if gaps else None)
    return pandas.DataFrame(columns, index=pandas.RangeIndex(table.num_rows))
