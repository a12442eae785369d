"""Figures of columns, many in one pass, whatever library a frame is of.

pandas and Arrow columns become Polars columns without a copy where their layout allows it, and Polars aggregates them;
lazy frames of other engines (DuckDB, Dask, Spark) are aggregated where they are, through Narwhals. Each figure and each
test is written once: the methods used here are called alike on a Polars column, a Polars expression and a Narwhals
expression. How the ways compare is measured in ``benchmarks/expectations.py``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import narwhals as nw
import polars as pl

from featurecat.errors import EvaluationError
from featurecat.frames.columnar import polars_column
from featurecat.frames.describe import describe_value
from featurecat.frames.fields import Field, narwhals_field, polars_field
from featurecat.frames.kinds import kind_of_value
from featurecat.frames.measures import Measure, RowTest
from featurecat.frames.row_tests import condition

__all__ = ["Asked", "Table", "table_of_column", "table_of_file", "table_of_frame"]

#: Columns are read together up to so many bytes, counted as eight a value.
_MOST_BYTES = 1 << 30
_ROW = "row"


class Asked(NamedTuple):
    """A figure that is wanted of a column."""

    column: str
    measure: Measure


class Table:
    """Columns to be measured.

    Args:
        frame: A Polars or Narwhals lazy frame.
        fields: How each column is looked at.
        column: The one column, where that is all there is: it is measured without a query.
        rows: How many rows there are, where that is known beforehand.

    Attributes:
        passes: How often the data were read so far.
    """

    def __init__(
        self, frame: Any, fields: Mapping[str, Field], *, column: pl.Series | None = None, rows: int | None = None
    ) -> None:
        self.fields = fields
        self.passes = 0
        self._frame = frame
        self._column = column
        self._rows = rows

    @property
    def ordered(self) -> bool:
        """Whether its rows have an order of their own."""
        return isinstance(self._frame, pl.LazyFrame) or self._column is not None

    def field(self, name: str) -> Field:
        """How a column is looked at.

        Raises:
            EvaluationError: When there is no such column.
        """
        try:
            return self.fields[name]
        except KeyError:
            raise EvaluationError(f"the data have no column {name!r}") from None

    def measure(self, asked: Iterable[Asked]) -> dict[Asked, Any]:
        """The figures, computed together.

        Args:
            asked: What is wanted.

        Returns:
            Each figure as a Python value; None where there are no values to tell it from.

        Raises:
            EvaluationError: When a column is not there, or its values have no such figure.
        """
        wanted = list(dict.fromkeys(asked))
        if not wanted:
            return {}
        if self._column is not None:
            self.passes += 1
            return {one: _plain(self._figure(one)) for one in wanted}
        figures: dict[Asked, Any] = {}
        for batch in self._batches(wanted):
            named = [self._figure(one).alias(f"figure_{number}") for number, one in enumerate(batch)]
            self.passes += 1
            answer = _collected(self._frame.select(*named))
            figures |= {one: _plain(answer[f"figure_{number}"][0]) for number, one in enumerate(batch)}
        return figures

    def rows_at_fault(
        self, name: str, test: RowTest, *, keys: Sequence[str] = (), most: int = 20
    ) -> list[dict[str, Any]]:
        """Rows at fault, each its keys (its number from 0, without keys) and its value.

        Args:
            name: The column.
            test: What is at fault.
            keys: The columns that tell rows apart.
            most: How many at most; of more, as many spread evenly over all in the order of the keys.
        """
        faulty = self._condition(name, test)
        self.passes += 1
        shown = list(dict.fromkeys([*keys, name, *([test.other] if test.other else [])]))
        if self._column is not None:
            frame: Any = self._column.alias(name).to_frame().with_row_index(_ROW).filter(faulty)
        elif self.ordered:
            frame = self._frame if keys else self._frame.with_row_index(_ROW)
            frame = _collected(frame.filter(faulty).select(*([] if keys else [_ROW]), *shown))
        else:
            frame = _collected(self._frame.filter(faulty).select(*shown))
        order = [*keys] or ([_ROW] if self.ordered else [name])
        frame = frame.sort([column for column in order if not frame.schema[column].is_nested()] or frame.columns[:1])
        count = frame.height
        if count > most:
            frame = frame[[number * count // most for number in range(most)]]
        return [dict(row) for row in frame.iter_rows(named=True)]

    def values(self, name: str) -> pl.Series:
        """All values of a column that are not missing, in the form that is compared."""
        field = self.field(name)
        self.passes += 1
        column: pl.Series
        if self._column is not None:
            column = field.present.drop_nulls()
            return column
        column = _collected(self._frame.select(field.present.alias(name)))[name].drop_nulls()
        return column

    def _figure(self, one: Asked) -> Any:
        field = self.field(one.column)
        if one.measure.name == "faults":
            return self._condition(one.column, one.measure.argument).sum()
        return _FIGURES[one.measure.name](field, one.measure.argument)

    def _condition(self, name: str, test: RowTest) -> Any:
        if test.name == "unordered" and test.arguments[2] is None and not self.ordered:
            raise EvaluationError("these rows have no order of their own; name the column that orders them: by=")
        others = [
            self.field(other)
            for other in (test.other, test.arguments[2] if test.name == "unordered" else None)
            if other
        ]
        return condition(test, self.field(name), *others)

    def _batches(self, wanted: Sequence[Asked]) -> list[list[Asked]]:
        """The figures by columns that are read together; each column is read once."""
        most = len(wanted) if not self._rows else max(1, _MOST_BYTES // (8 * self._rows))
        columns = list(dict.fromkeys(one.column for one in wanted))
        if len(columns) <= most:
            return [list(wanted)]
        place = {column: number // most for number, column in enumerate(columns)}
        batches: list[list[Asked]] = [[] for _ in range(place[columns[-1]] + 1)]
        for one in wanted:
            batches[place[one.column]].append(one)
        return batches


def table_of_column(column: Any) -> Table:
    """A single column, called ``value``.

    Args:
        column: A pandas, Polars or Arrow column.

    Raises:
        RunError: ``not-tabular``, when its values have no common type.

    Example:
        >>> from featurecat.frames.measures import GREATEST
        >>> table = table_of_column(pl.Series([1.0, float("nan"), 3.0]))
        >>> table.measure([Asked("value", GREATEST)])[Asked("value", GREATEST)]
        3.0
    """
    series = polars_column(column)
    return Table(None, {"value": polars_field(series, series.dtype)}, column=series, rows=series.len())


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
        rows = int(frame.select(pl.len()).collect().item())
    except (OSError, pl.exceptions.PolarsError) as error:
        raise EvaluationError(f"{path.name} cannot be read: {type(error).__name__}") from error
    return Table(frame, {name: polars_field(pl.col(name), dtype) for name, dtype in schema.items()}, rows=rows)


def table_of_frame(frame: Any, columns: Sequence[str] | None = None) -> Table:
    """The columns of a frame of any library.

    Args:
        frame: A pandas or Polars DataFrame, a LazyFrame, an Arrow table, or a lazy frame that Narwhals knows (DuckDB,
            Dask, Spark).
        columns: Those that will be asked for; None for all.

    Raises:
        EvaluationError: When it is no frame.
        RunError: ``not-tabular``, when values of a column have no common type.
    """
    kind = kind_of_value(frame)
    if kind is not None and kind.engine == "polars-lazy" and kind.shape == "frame":
        schema = frame.collect_schema()
        return Table(frame, {name: polars_field(pl.col(name), dtype) for name, dtype in schema.items()})
    if kind is not None and kind.shape == "frame":
        names = [str(name) for name in (frame.column_names if kind.engine == "pyarrow" else frame.columns)]
        wanted = names if columns is None else [name for name in names if name in set(columns)]
        eager = pl.DataFrame([polars_column(frame[name]).alias(name) for name in wanted])
        fields = {name: polars_field(pl.col(name), dtype) for name, dtype in eager.schema.items()}
        return Table(eager.lazy(), fields, rows=eager.height)
    try:
        wrapped = nw.from_native(frame)
    except TypeError:
        raise EvaluationError(f"{describe_value(frame)} is not a frame") from None
    if isinstance(wrapped, nw.Series):
        wrapped = wrapped.to_frame()
    lazy = wrapped.lazy() if isinstance(wrapped, nw.DataFrame) else wrapped
    return Table(lazy, {name: narwhals_field(nw.col(name), dtype) for name, dtype in lazy.collect_schema().items()})


def _collected(frame: Any) -> pl.DataFrame:
    try:
        if isinstance(frame, pl.LazyFrame):
            return frame.collect(engine="in-memory")  # sums of the same parts in the same order: the same last digit
        table = frame.collect(backend="polars").to_native()
    except EvaluationError:
        raise
    except Exception as error:  # each engine raises errors of its own
        raise EvaluationError(f"the frame's engine cannot answer: {type(error).__name__}") from error
    answer: pl.DataFrame = table
    return answer


def _plain(figure: Any) -> Any:
    """A figure as a Python value; what cannot be told, as the mean of nothing, is None."""
    return None if isinstance(figure, float) and math.isnan(figure) else figure


def _numbers(field: Field, what: str) -> Any:
    if field.family != "number":
        raise EvaluationError(f"{field.logical_type} values have no {what}")
    return field.present


_FIGURES: Mapping[str, Callable[[Field, Any], Any]] = {
    "rows": lambda field, _: field.values.len(),
    "nulls": lambda field, _: field.values.null_count(),
    "nans": lambda field, _: field.nans.sum(),
    "least": lambda field, _: field.extremes.min(),
    "greatest": lambda field, _: field.extremes.max(),
    "mean": lambda field, _: _numbers(field, "mean").mean(),
    "deviation": lambda field, _: _numbers(field, "standard deviation").std(ddof=1),
    "quantile": lambda field, share: _numbers(field, "quantiles").quantile(share, "linear"),
    "distinct": lambda field, _: field.present.n_unique(),
}
