"""Arithmetic on Polars columns that several features share; defines no features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl

__all__ = ["Trailing", "banded", "lagged", "ratio", "trailing"]


class Trailing(NamedTuple):
    """Per row, what the days before it gave: a ``total`` and from how many ``rows`` it is; 0 where there was nothing."""

    total: pl.Series
    rows: pl.Series


def ratio(numerator: pl.Series, denominator: pl.Series) -> pl.Series:
    """One column divided by another, row by row; missing where the denominator is missing or 0."""
    frame = pl.DataFrame({"above": numerator.cast(pl.Float64), "below": denominator.cast(pl.Float64)})
    return frame.select(pl.when(pl.col("below") != 0.0).then(pl.col("above") / pl.col("below"))).to_series()


def banded(column: pl.Series, *, limits: Sequence[float], labels: Sequence[str]) -> pl.Series:
    """The label of the band each value falls in; a missing value has no label.

    Args:
        column: Numbers.
        limits: Upper limits, inclusive and ascending.
        labels: One more than limits.
    """
    value = pl.col("value")
    label: pl.Expr = pl.when(value.is_not_null()).then(pl.lit(labels[-1]))
    for limit, name in zip(reversed(limits), reversed(labels[:-1]), strict=True):
        label = pl.when(value <= limit).then(pl.lit(name)).otherwise(label)
    return pl.DataFrame({"value": column}).select(label).to_series()


def trailing(
    amount: pl.Series, *, known: pl.Series, today: pl.Series, by: Mapping[str, pl.Series], days: int
) -> Trailing:
    """Sums an amount over the ``days`` days before each row's day, today excluded.

    Only whole numbers are added, so the sums do not depend on the order of adding.

    Args:
        amount: Whole numbers; missing ones count for nothing.
        known: The day number on which each amount became known; where missing, it never did.
        today: Each row's own day number.
        by: The columns that say which rows belong together.
        days: How many days to look back.
    """
    keys = [*by, "day"]
    past = pl.DataFrame({**by, "day": known.cast(pl.Int64), "amount": amount.cast(pl.Int64)}).drop_nulls()
    daily = past.group_by(keys).agg(pl.col("amount").sum().alias("total"), pl.len().cast(pl.Int64).alias("count"))
    ahead = pl.DataFrame({"ahead": range(1, days + 1)}, schema={"ahead": pl.Int64})
    spread = daily.join(ahead, how="cross").with_columns(pl.col("day") + pl.col("ahead"))
    totals = spread.group_by(keys).agg(pl.col("total", "count").sum())
    rows = pl.DataFrame({**by, "day": today.cast(pl.Int64)}).join(totals, how="left", on=keys, maintain_order="left")
    whole = rows.select(pl.col("total", "count").fill_null(0))
    return Trailing(whole["total"], whole["count"])


def lagged(column: pl.Series, *, within: Mapping[str, pl.Series], order: pl.Series) -> pl.Series:
    """The value of the row before, in the order given, among the rows that belong together.

    Args:
        column: What to look back at.
        within: The columns that say which rows belong together; where one is missing there is no row before.
        order: What to order by; equal values keep the order of the rows.

    Returns:
        A column in the rows' own order; missing for the first row of each group.
    """
    names = list(within)
    frame = pl.DataFrame({**within, "order": order, "column": column}).with_row_index("row")
    previous = frame.sort("order", "row").with_columns(pl.col("column").shift(1).over(names)).sort("row")
    complete = pl.all_horizontal(pl.col(names).is_not_null())
    return previous.select(pl.when(complete).then(pl.col("column"))).to_series()
