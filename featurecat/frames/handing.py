"""Handing a frame or column to a function that may change it in place."""

from __future__ import annotations

from typing import Any

__all__ = ["handed_over"]


def handed_over(value: Any) -> Any:
    """The value as a function may have it that is not its only taker: a copy that shares its data until it is changed.

    pandas 3 copies on write, and Polars shares what nobody changes: both cost a few microseconds, whatever the size.
    With pandas 2 the copy keeps columns apart, not the values in them. Other values are handed over as they are.

    Args:
        value: A pandas or Polars frame or column, or anything else.

    Example:
        >>> import polars as pl
        >>> spend = pl.Series([1, 2])
        >>> handed = handed_over(spend)
        >>> handed[0] = 9
        >>> spend.to_list()
        [1, 2]
    """
    library = type(value).__module__.partition(".")[0]
    if library == "pandas" and hasattr(value, "iloc"):
        return value.copy(deep=False)
    if library == "polars" and hasattr(value, "clone") and not hasattr(value, "collect"):
        return value.clone()
    return value
