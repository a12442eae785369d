"""How a column is looked at: its type, what its values compare with, and the form in which they are compared."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import polars as pl
import pyarrow as pa

from featurecat.frames.logical import logical_type, normal_type

__all__ = ["Field", "narwhals_field", "polars_field"]


@dataclass(frozen=True, slots=True)
class Field:
    """One column.

    Attributes:
        values: The column, or an expression for it, in the form that is compared.
        logical_type: The Arrow logical type of the column itself.
        family: What its values compare with; the logical type where nothing does.
        floating: Whether its values may be NaN.
        whole: The least and the greatest whole number its type holds; None unless it is of whole numbers.
        dtype: The Polars type of whole numbers.
        exact: The column in full precision, where ``values`` is less precise: nanoseconds.
        nested: Whether its values are lists or structures, which have no order.
        nan_is_null: Whether the library it comes from writes null as NaN, so that the two cannot be told apart.
        library: Polars or Narwhals, for what is not a method.
    """

    values: Any
    logical_type: str
    family: str
    floating: bool = False
    whole: tuple[int, int] | None = None
    dtype: Any = None
    exact: Any = None
    nested: bool = False
    nan_is_null: bool = False
    library: Any = pl

    @property
    def present(self) -> Any:
        """The values with NaN as null."""
        if not self.floating:
            return self.values
        if self.library is pl:
            return self.values.fill_nan(None)
        return nw.when(~self.values.is_nan()).then(self.values)  # oldest Narwhals has no fill_nan

    @property
    def distinguished(self) -> Any:
        """As ``present``, in full precision: two values that differ at all are different."""
        return self.present if self.exact is None else self.exact

    @property
    def missing(self) -> Any:
        """Whether each value is null or NaN."""
        return self.present.is_null()

    @property
    def nans(self) -> Any:
        """Whether each value is NaN and not null, which are the same thing to some libraries."""
        if not self.floating:
            return self.nothing
        return self.values.is_nan() if self.library is pl else self.values.is_nan() & ~self.values.is_null()

    @property
    def nothing(self) -> Any:
        """A condition that holds of no row."""
        return self.values.is_null() & ~self.values.is_null()

    @property
    def extremes(self) -> Any:
        """The values as least and greatest are asked of them; Polars leaves NaN out by itself."""
        return self.values if self.library is pl else self.present


def polars_field(values: Any, dtype: pl.DataType) -> Field:
    """How a Polars column is looked at.

    Args:
        values: The column, or an expression for it.
        dtype: Its type.

    Example:
        >>> polars_field(pl.Series([1]), pl.Int8()).whole
        (-128, 127)
    """
    name = _logical_type(dtype)
    if dtype.is_integer():
        return Field(values, name, "number", whole=_whole(str(dtype)), dtype=dtype)
    for fits, look in _LOOKS:
        if fits(dtype):
            return look(values, dtype, name)
    return Field(values, name, name, nested=dtype.is_nested())


@functools.lru_cache(maxsize=256)
def _logical_type(dtype: pl.DataType) -> str:
    try:
        return logical_type(normal_type(pl.Series([], dtype=dtype).to_arrow().type))
    except (pa.ArrowException, pl.exceptions.PolarsError):  # of 128 bits; Arrow has no such type
        return str(dtype).lower()


def _whole(name: str) -> tuple[int, int]:
    bits = int(name.lower().lstrip("uint"))
    return (0, 2**bits - 1) if name.lower().startswith("u") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


_Look = Callable[[Any, Any, str], Field]


def _floats(values: Any, dtype: Any, name: str) -> Field:
    wide = values if dtype == pl.Float64 else values.cast(pl.Float64)
    return Field(wide, name, "number", floating=dtype.is_float())


def _flags(values: Any, dtype: Any, name: str) -> Field:
    del dtype
    return Field(values.cast(pl.Int8), name, "number", whole=(-128, 127), dtype=pl.Int8())


def _texts(values: Any, dtype: Any, name: str) -> Field:
    return Field(values if dtype == pl.String else values.cast(pl.String), name, "string")


def _days(values: Any, dtype: Any, name: str) -> Field:
    del dtype
    return Field(values, name, "date")


def _moments(values: Any, dtype: Any, name: str) -> Field:
    # one unit and one zone; what is finer than a microsecond has no Python counterpart to compare with
    exact, coarse = (values, values.dt.cast_time_unit("us")) if dtype.time_unit != "us" else (None, values)
    if dtype.time_zone is None:
        return Field(coarse, name, "datetime", exact=exact)
    zoned = coarse if dtype.time_zone == "UTC" else coarse.dt.convert_time_zone("UTC")
    return Field(zoned, name, "datetime with time zone", exact=exact)


def _nulls(values: Any, dtype: Any, name: str) -> Field:
    del dtype  # a type of its own would have no least value
    return Field(values.cast(pl.Int8), name, name, dtype=pl.Int8())


_LOOKS: Sequence[tuple[Callable[[Any], bool], _Look]] = (
    (lambda dtype: dtype.is_float() or dtype.is_decimal(), _floats),
    (lambda dtype: dtype == pl.Boolean, _flags),
    (lambda dtype: dtype in (pl.String, pl.Categorical, pl.Enum), _texts),
    (lambda dtype: dtype == pl.Date, _days),
    (lambda dtype: dtype == pl.Datetime, _moments),
    (lambda dtype: dtype == pl.Null, _nulls),
)

_NARWHALS_NAMES = {
    "Float64": "double",
    "Float32": "float",
    "Boolean": "bool",
    "Date": "date32[day]",
    "String": "string",
    "Time": "time64[us]",
    "Duration": "duration[us]",
}


def narwhals_field(values: Any, dtype: Any) -> Field:
    """How a column of an engine behind Narwhals is looked at.

    Args:
        values: An expression for it.
        dtype: Its Narwhals type.

    Example:
        >>> narwhals_field(nw.col("a"), nw.Int8()).whole
        (-128, 127)
    """
    name = _foreign_name(dtype)
    if dtype.is_integer():
        return Field(values, name, "number", whole=_whole(str(dtype)), library=nw)
    for fits, look in _NARWHALS_LOOKS:
        if fits(dtype):
            return look(values, dtype, name)
    return Field(values, name, name, nested=dtype.is_nested(), library=nw)


def _foreign_name(dtype: Any) -> str:
    if dtype == nw.List:
        return f"list<{_foreign_name(dtype.inner)}>"
    return _NARWHALS_NAMES.get(type(dtype).__name__, str(dtype).lower())


def _foreign_numbers(values: Any, dtype: Any, name: str) -> Field:
    wide = values if dtype == nw.Float64 else values.cast(nw.Float64)
    name = "decimal128" if dtype == nw.Decimal else name
    return Field(wide, name, "number", floating=dtype != nw.Decimal, library=nw)


def _foreign_flags(values: Any, dtype: Any, name: str) -> Field:
    del dtype  # a cast fails where flags are missing, in Dask
    number = nw.when(~values.is_null()).then(nw.when(values).then(nw.lit(1)).otherwise(nw.lit(0)))
    return Field(number, name, "number", whole=(-128, 127), library=nw)


def _foreign_moments(values: Any, dtype: Any, name: str) -> Field:
    del name
    if dtype.time_zone is None:
        return Field(values, "timestamp[us]", "datetime", library=nw)
    zone = "UTC" if dtype.time_zone == "Etc/UTC" else dtype.time_zone  # DuckDB's name for it
    return Field(values, f"timestamp[us, tz={zone}]", "datetime with time zone", library=nw)


_NARWHALS_LOOKS: Sequence[tuple[Callable[[Any], bool], _Look]] = (
    (lambda dtype: dtype.is_float() or dtype == nw.Decimal, _foreign_numbers),
    (lambda dtype: dtype == nw.Boolean, _foreign_flags),
    (lambda dtype: dtype == nw.String, lambda values, _, name: Field(values, name, "string", library=nw)),
    (
        lambda dtype: dtype in (nw.Categorical, nw.Enum),
        lambda values, _, __: Field(values.cast(nw.String), "dictionary<string>", "string", library=nw),
    ),
    (lambda dtype: dtype == nw.Date, lambda values, _, name: Field(values, name, "date", library=nw)),
    (lambda dtype: dtype == nw.Datetime, _foreign_moments),
)
