"""A column of any library as a Polars column, without a copy where its layout allows it."""

from __future__ import annotations

from typing import Any

import polars as pl
import pyarrow as pa

from featurecat.errors import RunError
from featurecat.frames.arrow import to_arrow
from featurecat.frames.describe import describe_value
from featurecat.frames.kinds import kind_of_value

__all__ = ["polars_column"]


def polars_column(column: Any, *, in_one_piece: bool = True) -> pl.Series:
    """A column as Polars holds it; NaN stays NaN, null stays null.

    Args:
        column: A pandas or Polars Series, an Arrow array, a one-dimensional numpy array or a list.
        in_one_piece: Whether to copy a column that is in several pieces; the last digits of a sum depend on where they
            end.

    Raises:
        RunError: ``not-tabular``, when its values have no common type.

    Example:
        >>> polars_column(pa.array([1, None])).to_list()
        [1, None]
    """
    kind = kind_of_value(column)
    if kind is not None and kind.engine == "polars" and kind.shape == "column":
        if column.dtype == pl.Object:
            raise RunError(
                f"{describe_value(column)} holds Python objects, which have no common type", code="not-tabular"
            )
        return _joined(column) if in_one_piece else column
    if kind is not None and kind.engine == "pyarrow" and pa.types.is_floating(column.type):
        found = _series(column)  # in its normal form, NaN would be null
        return _joined(found) if in_one_piece else found
    block = getattr(column, "_values", None) if kind is not None and kind.engine == "pandas" else column
    shared = _shared(block)
    if shared is not None:
        return shared
    found = _series(to_arrow(column))
    return _joined(found) if in_one_piece else found


def _joined(series: pl.Series) -> pl.Series:
    return series if series.n_chunks() == 1 else series.rechunk()


def _series(column: Any) -> pl.Series:
    answer = pl.from_arrow(column)
    assert isinstance(answer, pl.Series)  # of a column that is what it gives
    return answer


def _shared(block: Any) -> pl.Series | None:
    """A numpy block of plain numbers through its own memory; None for anything else."""
    dtype: Any = getattr(block, "dtype", None)
    if type(block).__module__ != "numpy" or getattr(dtype, "kind", None) not in ("i", "u", "f") or block.ndim != 1:
        return None
    if dtype.kind == "f" and dtype.itemsize > 8:
        return None
    if not dtype.isnative:
        block = block.astype(dtype.newbyteorder("="))
    answer = pl.from_arrow(pa.array(block, from_pandas=False))
    assert isinstance(answer, pl.Series)
    return answer
