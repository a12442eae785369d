"""Makes columns of any library ready to be measured.

pandas and Arrow columns become Polars columns without a copy where their layout allows it, and Polars aggregates them;
lazy frames of other engines (DuckDB, Dask, Spark) are aggregated where they are, by :mod:`featurecat.frames.foreign`.
How the ways compare is measured in ``benchmarks/expectations.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from featurecat.errors import EvaluationError, FeaturecatError
from featurecat.frames.columnar import polars_column
from featurecat.frames.describe import describe_value
from featurecat.frames.fields import Field, polars_field
from featurecat.frames.foreign import foreign_table, is_foreign
from featurecat.frames.kinds import FrameKind, kind_of_value
from featurecat.frames.measurement import Asked, Table

__all__ = [
    "Asked",
    "Table",
    "table_of_column",
    "table_of_columns",
    "table_of_expressions",
    "table_of_file",
    "table_of_frame",
]

#: What a view of a text takes beside its letters, in Polars.
_VIEW_BYTES = 16
#: Files that take less are not looked at more closely.
_SMALL_BYTES = 1 << 28
_PANDAS = "pandas"


def table_of_column(column: Any) -> Table:
    """A single column, called ``value``.

    Args:
        column: A pandas, Polars or Arrow column, or that of another engine: a Dask Series, a DuckDB relation or a Spark
            frame with one column.

    Raises:
        RunError: ``not-tabular``, when its values have no common type.
        EvaluationError: When it is no column.

    Example:
        >>> from featurecat.frames.measures import GREATEST
        >>> table = table_of_column(pl.Series([1.0, float("nan"), 3.0]))
        >>> table.measure([Asked("value", GREATEST)])[Asked("value", GREATEST)]
        3.0
    """
    if is_foreign(column):
        return foreign_table(column, single="value")
    series = polars_column(column, in_one_piece=False).alias("value")
    looked = _looked(polars_field(series, series.dtype), kind_of_value(column))
    fields = {"value": _looked(polars_field(pl.col("value"), series.dtype), kind_of_value(column))}
    return Table(series.to_frame().lazy(), fields, series={"value": looked})


def table_of_columns(columns: Mapping[str, Any]) -> Table:
    """Columns of the same rows, of any library each; a plain value stands for as many rows as the others have.

    Args:
        columns: The columns by name.

    Raises:
        EvaluationError: When they are of different length.
    """
    named = [(name, _maker(column), kind_of_value(column)) for name, column in columns.items()]
    return _table_of_series(named)


def table_of_expressions(frame: pl.LazyFrame, expressions: Mapping[str, Any]) -> Table:
    """Expressions over a lazy frame, as columns; they are computed when they are measured.

    Args:
        frame: The lazy frame.
        expressions: The expressions by the names of their columns.

    Raises:
        EvaluationError: When the frame has no such columns.
    """
    return _table_of_lazy(frame.select(*(expression.alias(name) for name, expression in expressions.items())))


def table_of_file(path: Path) -> Table:
    """The columns of a Parquet file; they are read when they are measured.

    Args:
        path: The file.

    Raises:
        EvaluationError: When it cannot be read.
    """
    try:
        frame = pl.scan_parquet(path, glob=False, hive_partitioning=False)
        schema = frame.collect_schema()
        widths = _widths(path, schema, int(frame.select(pl.len()).collect().item()))
    except (Exception, pl.exceptions.PanicException) as error:  # readers raise errors of many types
        raise EvaluationError(f"{path.name} cannot be read: {type(error).__name__}") from error
    return _table_of_schema(frame, schema, widths=widths)


def table_of_frame(frame: Any, columns: Sequence[str] | None = None) -> Table:
    """The columns of a frame of any library.

    Args:
        frame: A pandas or Polars DataFrame, a LazyFrame, an Arrow table, or a lazy frame that Narwhals knows (DuckDB,
            Dask, Spark).
        columns: Those that will be asked for; None for all.

    Raises:
        EvaluationError: When it is no frame, or its columns cannot be told.
    """
    kind = kind_of_value(frame)
    if kind is None or kind.shape != "frame":
        if kind is None and is_foreign(frame):
            return foreign_table(frame)
        raise EvaluationError(f"{describe_value(frame)} is not a frame")
    if kind.engine == "polars-lazy":
        return _table_of_lazy(frame)
    wanted = None if columns is None else set(columns)
    named = [
        (name, _Column(frame, position, kind.engine), kind)
        for position, name in enumerate(_names(frame, kind.engine))
        if wanted is None or name in wanted
    ]
    return _table_of_series(named)


def _names(frame: Any, engine: str) -> list[str]:
    return [str(name) for name in (frame.column_names if engine == "pyarrow" else frame.columns)]


class _Column:
    """A column of a frame, by its place: names may stand twice, or be no texts."""

    def __init__(self, frame: Any, position: int, engine: str) -> None:
        self._frame, self._position, self._engine = frame, position, engine

    def __call__(self) -> pl.Series:
        """The column as Polars holds it."""
        if self._engine == _PANDAS:
            return polars_column(self._frame.iloc[:, self._position], in_one_piece=False)
        if self._engine == "polars":
            return polars_column(self._frame.to_series(self._position), in_one_piece=False)
        return polars_column(self._frame.column(self._position), in_one_piece=False)


def _maker(column: Any) -> Any:
    kind = kind_of_value(column)
    if kind is None:
        return lambda: pl.Series([column])
    return lambda: polars_column(column, in_one_piece=False)


def _looked(field: Field, kind: FrameKind | None) -> Field:
    unsure = field.floating and kind is not None and kind.engine == _PANDAS
    return replace(field, nan_is_null=True) if unsure else field


_Named = tuple[str, Any, FrameKind | None]


def _table_of_series(named: Iterable[_Named]) -> Table:
    """Columns in memory; those that cannot be had are told when they are asked for."""
    series, kinds, refused = _read(named)
    rows = max((column.len() for name, column in series.items() if kinds[name] is not None), default=1)
    places = {name: f"column_{number}" for number, name in enumerate(series)}
    fields: dict[str, Field] = {}
    for name, column in series.items():
        if kinds[name] is None:
            series[name] = column = column.new_from_index(0, rows)
        if column.len() != rows:
            raise EvaluationError(f"{name} has {column.len():,} rows, not {rows:,}")
        fields[name] = _looked(polars_field(pl.col(places[name]), column.dtype), kinds[name])
    frame = pl.DataFrame([column.alias(places[name]) for name, column in series.items()])
    floats = {name: polars_field(column, column.dtype) for name, column in series.items() if column.dtype == pl.Float64}
    return Table(frame.lazy(), fields, columns=places, refused=refused, series=floats)


def _read(
    named: Iterable[_Named],
) -> tuple[dict[str, pl.Series], dict[str, FrameKind | None], dict[str, FeaturecatError]]:
    """The columns that can be read, what each was (None: a plain value), and why others cannot."""
    series: dict[str, pl.Series] = {}
    kinds: dict[str, FrameKind | None] = {}
    refused: dict[str, FeaturecatError] = {}
    for name, make, kind in named:
        if name in kinds:
            refused[name] = EvaluationError(f"several columns are named {name!r}")
            continue
        kinds[name] = kind
        try:
            series[name] = make()
        except FeaturecatError as fault:
            refused[name] = fault
        except (Exception, pl.exceptions.PanicException) as fault:  # noqa: BLE001 - conversions raise many types
            refused[name] = EvaluationError(f"its values cannot be read: {type(fault).__name__}")
    return {name: column for name, column in series.items() if name not in refused}, kinds, refused


def _table_of_lazy(frame: pl.LazyFrame) -> Table:
    try:
        schema = frame.collect_schema()
    except (Exception, pl.exceptions.PanicException) as error:  # as a query may call functions
        raise EvaluationError(f"the columns of the lazy frame cannot be told: {type(error).__name__}") from error
    return _table_of_schema(frame, schema)


def _table_of_schema(
    frame: pl.LazyFrame, schema: Mapping[str, pl.DataType], *, widths: Mapping[str, int] | None = None
) -> Table:
    # to an expression, these names would be patterns
    odd = {name: f"column_{number} of {len(schema)}" for number, name in enumerate(schema) if _is_pattern(name)}
    frame = frame.rename(odd) if odd else frame
    fields = {}
    refused: dict[str, FeaturecatError] = {}
    for name, dtype in schema.items():
        if dtype == pl.Object:
            refused[name] = EvaluationError("its values are Python objects, which have no common type")
        else:
            fields[name] = polars_field(pl.col(odd.get(name, name)), dtype)
    return Table(frame, fields, columns=odd, refused=refused, widths=widths)


def _is_pattern(name: str) -> bool:
    return name == "*" or (name.startswith("^") and name.endswith("$"))


def _widths(path: Path, schema: Mapping[str, pl.DataType], rows: int) -> Mapping[str, int] | None:
    """How many bytes each column of a file takes once it is read; None when all together are few.

    Text takes a view a row, and its letters, which dictionaries of the file hold once.
    """
    if rows * _VIEW_BYTES * len(schema) + 8 * path.stat().st_size < _SMALL_BYTES:
        return None
    encoded: dict[str, int] = {}
    for name, size in _encoded(path):
        encoded[name] = encoded.get(name, 0) + size
    return {
        name: rows * _VIEW_BYTES + encoded.get(name, 0) if _varies(dtype) else rows * 8
        for name, dtype in schema.items()
    }


def _varies(dtype: pl.DataType) -> bool:
    return dtype.is_nested() or dtype in (pl.String, pl.Binary, pl.Categorical, pl.Enum)


def _encoded(path: Path) -> Iterator[tuple[str, int]]:
    """The columns of a file, once for each part of it, with their bytes before compression."""
    metadata = pq.read_metadata(path)
    for group in range(metadata.num_row_groups):
        part = metadata.row_group(group)
        for position in range(metadata.num_columns):
            column = part.column(position)
            yield column.path_in_schema.partition(".")[0], column.total_uncompressed_size
