"""NaN, the least and the greatest value of a column of floats, read from memory once.

Three aggregations one after another fetch a long column three times; taken block by block, the second and the third find
their block in the cache. None of the figures depends on where blocks end.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import polars as pl

__all__ = ["Extremes", "float_extremes"]

#: Half a megabyte of doubles: less than the cache of any one processor.
_BLOCK = 1 << 16


class Extremes(NamedTuple):
    """How many values are NaN, and the least and greatest of the others; None where there are none."""

    nans: int
    least: float | None
    greatest: float | None


def float_extremes(column: pl.Series) -> Extremes | None:
    """The extremes of a column of doubles; None where it has nulls or is of another type.

    Args:
        column: The column; it may be in several pieces.

    Example:
        >>> float_extremes(pl.Series([1.5, float("nan"), -2.0]))
        Extremes(nans=1, least=-2.0, greatest=1.5)
    """
    if column.dtype != pl.Float64 or column.null_count():
        return None
    nans, least, greatest = 0, np.nan, np.nan
    for piece in column.get_chunks():
        values: Any = piece.to_numpy(allow_copy=False)
        for start in range(0, len(values), _BLOCK):
            block = values[start : start + _BLOCK]
            # these pass over NaN, unlike the functions of a similar name
            least = _lesser(least, np.fmin.reduce(block))
            greatest = _greater(greatest, np.fmax.reduce(block))
            nans += int(np.count_nonzero(np.isnan(block)))
    return Extremes(nans, _number(least), _number(greatest))


def _lesser(one: Any, other: Any) -> Any:
    """The lesser of two, NaN passed over."""
    return other if one != one or other < one else one


def _greater(one: Any, other: Any) -> Any:
    """The greater of two, NaN passed over."""
    return other if one != one or other > one else one


def _number(figure: Any) -> float | None:
    return None if figure != figure else float(figure)
