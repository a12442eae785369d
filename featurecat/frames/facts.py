"""Counts and extremes of one Arrow column: all that expectations ask of the data.

Whatever library a column came from, it is judged in the normal form of :mod:`featurecat.frames.logical`; that is why
verdicts do not depend on the engine.
"""

from __future__ import annotations

import datetime
import math
import sys
from collections.abc import Sequence
from functools import cached_property
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc

from featurecat.frames.arrow import to_arrow
from featurecat.frames.logical import logical_type

__all__ = ["ColumnFacts"]


class ColumnFacts:
    """The facts of one column; missing values are counted and otherwise ignored.

    Args:
        column: What :func:`~featurecat.frames.arrow.to_arrow` takes.

    Example:
        >>> facts = ColumnFacts(pa.array([1.0, 5.0, None]))
        >>> facts.missing, facts.count_outside(0, 4), facts.extremes()
        (1, 1, (1.0, 5.0))
    """

    absent = False

    def __init__(self, column: Any) -> None:
        self._column = to_arrow(column)

    @property
    def rows(self) -> int:
        """All values, missing ones included."""
        return len(self._column)

    @property
    def missing(self) -> int:
        """How many values are null or NaN."""
        return int(self._column.null_count)

    @cached_property
    def logical_type(self) -> str:
        """The Arrow logical type."""
        return logical_type(self._column)

    @cached_property
    def family(self) -> str:
        """What the values compare with; the logical type itself where nothing does."""
        data_type: Any = self._values.type
        if pa.types.is_integer(data_type) or pa.types.is_floating(data_type):
            return "number"
        if pa.types.is_large_string(data_type):
            return "string"
        if pa.types.is_date(data_type):
            return "date"
        if pa.types.is_timestamp(data_type):
            return "datetime with time zone" if data_type.tz else "datetime"
        return self.logical_type

    @cached_property
    def _values(self) -> pa.ChunkedArray:
        """The column as a type that Arrow compares."""
        data_type: Any = self._column.type
        if pa.types.is_dictionary(data_type):
            return self._column.cast(pa.large_string())
        if pa.types.is_boolean(data_type):
            return self._column.cast(pa.int8())
        if pa.types.is_decimal(data_type) or pa.types.is_floating(data_type):
            return self._column.cast(pa.float64())
        if pa.types.is_timestamp(data_type):
            # one unit and one zone; what is finer than a microsecond has no Python counterpart to compare with
            target = pa.timestamp("us", "UTC" if data_type.tz else None)
            return cast("pa.ChunkedArray", pc.cast(self._column, target, safe=False))
        return self._column

    @cached_property
    def _extremes(self) -> tuple[Any, Any]:
        found = cast("Any", pc.min_max(self._values))
        return found["min"].as_py(), found["max"].as_py()

    def extremes(self) -> tuple[Any, Any]:
        """Least and greatest value as Python objects; both None when all values are missing."""
        return self._extremes

    def count_outside(self, low: Any, high: Any) -> int:
        """How many values lie below ``low`` or above ``high``; None leaves that side open.

        Args:
            low: A value of the column's family; a date may stand for midnight.
            high: Likewise.
        """
        least, greatest = self._extremes
        if least is None:
            return 0
        present = self.rows - self.missing
        low, high = self._fit(low), self._fit(high)
        failing = 0
        if low is not None and _moment(least) < low:
            failing += present if _moment(greatest) < low else self._count("less", low, math.ceil)
        if high is not None and _moment(greatest) > high:
            failing += present if _moment(least) > high else self._count("greater", high, math.floor)
        return failing

    def _fit(self, bound: Any) -> Any:
        return bound if bound is None else _moment(bound)

    def _count(self, comparison: str, bound: Any, whole: Any) -> int:
        values = self._values
        if pa.types.is_integer(values.type):
            bound = whole(bound)  # it lies between two values of the column, so it fits their type
        elif self.family == "date":
            values = values.cast(pa.timestamp("us"))
        hits = pc.call_function(comparison, [values, _typed_array([bound], values.type)[0]])
        return _total(hits)

    def count_not_in(self, values: Sequence[Any]) -> int:
        """How many values are none of ``values``.

        Args:
            values: Values of the column's family; numbers compare by value whatever their type.
        """
        column, present = self._values, self.rows - self.missing
        if present == 0:
            return 0
        wanted = [_moment(value) for value in values]
        if pa.types.is_integer(column.type):
            least, greatest = self._extremes
            wanted = [int(value) for value in wanted if least <= value <= greatest and value == value // 1]
        elif pa.types.is_floating(column.type):
            wanted = [float(value) for value in wanted] + ([-0.0] if 0 in wanted else [])
        elif self.family == "date":
            column = column.cast(pa.timestamp("us"))
        if not wanted:
            return present
        hits = pc.is_in(column, value_set=_typed_array(wanted, column.type))
        return present - _total(hits)

    def count_lacking(self, texts: Sequence[str]) -> int:
        """How many values, which are texts, do not contain all of ``texts``."""
        hits: Any = None
        for text in texts:
            found = pc.match_substring(self._values, text)
            hits = found if hits is None else pc.and_(hits, found)
        return 0 if hits is None else self.rows - self.missing - _total(hits)

    def count_holding(self, texts: Sequence[str]) -> int:
        """How many values, which are texts, contain any of ``texts``."""
        hits: Any = None
        for text in texts:
            found = pc.match_substring(self._values, text)
            hits = found if hits is None else pc.or_(hits, found)
        return 0 if hits is None else _total(hits)

    @cached_property
    def _numbers(self) -> Any:
        """The values in one piece, for the last digits of a sum depend on where the pieces end."""
        return cast("Any", self._values.cast(pa.float64(), safe=False)).combine_chunks()

    def mean(self) -> float | None:
        """The mean of numbers; None when all are missing."""
        if self.rows == self.missing:
            return None
        return float(cast("Any", pc.mean(self._numbers)).as_py())

    def standard_deviation(self) -> float | None:
        """The standard deviation of a sample of numbers; None when fewer than two are there."""
        if self.rows - self.missing < 2:
            return None
        return float(cast("Any", pc.stddev(self._numbers, ddof=1)).as_py())


def _total(hits: Any) -> int:
    return int(cast("Any", pc.sum(hits)).as_py() or 0)


def _moment(value: Any) -> Any:
    """A date as the midnight it starts with, so that dates and datetimes compare; anything else as it is."""
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return datetime.datetime(value.year, value.month, value.day)
    return value


def _typed_array(values: list[Any], data_type: pa.DataType) -> Any:
    """Python values as an Arrow array, through whichever library is loaded: Arrow's own way would import pandas."""
    polars = sys.modules.get("polars")
    if polars is None or "pandas" in sys.modules:
        return pa.array(values, type=data_type)
    wide = polars.UInt64 if pa.types.is_unsigned_integer(data_type) else polars.Int64
    return polars.Series(values, dtype=wide if pa.types.is_integer(data_type) else None).to_arrow().cast(data_type)
