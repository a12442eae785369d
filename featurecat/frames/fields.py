"""How a column is looked at: its type, what its values compare with, and the form in which they are compared."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import polars as pl

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
        library: Polars or Narwhals, for what is not a method.
        skips_nan: Whether its least and greatest value leave NaN out by themselves.
    """

    values: Any
    logical_type: str
    family: str
    floating: bool = False
    whole: tuple[int, int] | None = None
    library: Any = pl
    skips_nan: bool = True

    @property
    def present(self) -> Any:
        """The values with NaN as null."""
        return self.values.fill_nan(None) if self.floating else self.values

    @property
    def missing(self) -> Any:
        """Whether each value is null or NaN."""
        return self.present.is_null()

    @property
    def nans(self) -> Any:
        """Whether each value is NaN."""
        # nothing is unlike itself: of other types, no value is NaN
        return self.values.is_nan() if self.floating else self.values.is_null() & ~self.values.is_null()

    @property
    def extremes(self) -> Any:
        """The values as least and greatest are asked of them."""
        return self.values if self.skips_nan else self.present


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
        return Field(values, name, "number", whole=_whole(str(dtype)))
    if dtype.is_float():
        return Field(values if dtype == pl.Float64 else values.cast(pl.Float64), name, "number", True)
    if dtype.is_decimal():
        return Field(values.cast(pl.Float64), name, "number", True)
    if dtype == pl.Boolean:
        return Field(values.cast(pl.Int8), name, "number", whole=(-128, 127))
    if dtype == pl.String:
        return Field(values, name, "string")
    if dtype in (pl.Categorical, pl.Enum):
        return Field(values.cast(pl.String), name, "string")
    if dtype == pl.Date:
        return Field(values, name, "date")
    if isinstance(dtype, pl.Datetime):
        # one unit and one zone; what is finer than a microsecond has no Python counterpart to compare with
        values = values if dtype.time_unit == "us" else values.dt.cast_time_unit("us")
        if dtype.time_zone is None:
            return Field(values, name, "datetime")
        zoned = values if dtype.time_zone == "UTC" else values.dt.convert_time_zone("UTC")
        return Field(zoned, name, "datetime with time zone")
    return Field(values, name, name)


@functools.lru_cache(maxsize=256)
def _logical_type(dtype: pl.DataType) -> str:
    return logical_type(normal_type(pl.Series([], dtype=dtype).to_arrow().type))


def _whole(name: str) -> tuple[int, int]:
    bits = int(name.lower().lstrip("uint"))
    return (0, 2**bits - 1) if name.lower().startswith("u") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


_NARWHALS_NAMES = {
    "Float64": "double",
    "Float32": "float",
    "Boolean": "bool",
    "Date": "date32[day]",
    "String": "string",
}


def narwhals_field(values: Any, dtype: Any) -> Field:
    """How a column of an engine behind Narwhals is looked at.

    Args:
        values: An expression for it.
        dtype: Its Narwhals type.
    """
    name = _NARWHALS_NAMES.get(str(dtype), str(dtype).lower())
    if dtype.is_integer():
        return Field(values, name, "number", whole=_whole(str(dtype)), library=nw)
    if dtype.is_float():
        wide = values if dtype == nw.Float64 else values.cast(nw.Float64)
        return Field(wide, name, "number", True, library=nw, skips_nan=False)
    if dtype == nw.Decimal:
        return Field(values.cast(nw.Float64), "decimal128", "number", True, library=nw, skips_nan=False)
    if dtype == nw.Boolean:
        return Field(values.cast(nw.Int8), name, "number", whole=(-128, 127), library=nw)
    if dtype == nw.String:
        return Field(values, name, "string", library=nw)
    if dtype in (nw.Categorical, nw.Enum):
        return Field(values.cast(nw.String), "dictionary<string>", "string", library=nw)
    if dtype == nw.Date:
        return Field(values, name, "date", library=nw)
    if isinstance(dtype, nw.Datetime):
        zone = dtype.time_zone
        if zone is None:
            return Field(values, "timestamp[us]", "datetime", library=nw)
        return Field(values, f"timestamp[us, tz={zone}]", "datetime with time zone", library=nw)
    return Field(values, name, name, library=nw)
