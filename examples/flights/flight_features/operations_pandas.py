"""Arithmetic on pandas columns that several features share; defines no features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["Trailing", "as_floats", "banded", "flag", "lagged", "ratio", "trailing"]


class Trailing(NamedTuple):
    """Per row, what the days before it gave: a ``total`` and from how many ``rows`` it is; 0 where there was nothing."""

    total: pd.Series
    rows: pd.Series


def as_floats(column: pd.Series) -> npt.NDArray[np.float64]:
    """A numeric column as floating point numbers, NaN where a value is missing."""
    return column.to_numpy(dtype="float64", na_value=np.nan)


def ratio(numerator: pd.Series, denominator: pd.Series) -> pd.Series:
    """One column divided by another, row by row; missing where the denominator is missing or 0."""
    below = as_floats(denominator)
    below = np.where(below == 0.0, np.nan, below)
    return pd.Series(as_floats(numerator) / below, index=numerator.index)


def flag(condition: pd.Series, *, known: pd.Series) -> pd.Series:
    """A truth value that is missing, not False, where ``known`` is False.

    Args:
        condition: What holds; its value is ignored where not known.
        known: Where the condition can be told.
    """
    return condition.astype("boolean").where(known)


def banded(column: pd.Series, *, limits: Sequence[float], labels: Sequence[str]) -> pd.Series:
    """The label of the band each value falls in; a missing value has no label.

    Args:
        column: Numbers.
        limits: Upper limits, inclusive and ascending.
        labels: One more than limits.
    """
    values = as_floats(column)
    positions = np.searchsorted(np.asarray(limits, dtype="float64"), values, side="left")
    names = np.array([*labels, None], dtype=object)[np.where(np.isnan(values), len(labels), positions)]
    return pd.Series(names, index=column.index, dtype="string")


def trailing(
    amount: pd.Series, *, known: pd.Series, today: pd.Series, by: Mapping[str, pd.Series], days: int
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
    past = pd.DataFrame({**by, "day": known, "amount": amount}).dropna()
    past = past.astype({"day": "int64", "amount": "int64"})
    daily = past.groupby(keys, sort=False)["amount"].agg(["sum", "count"]).reset_index()
    spread = daily.merge(pd.DataFrame({"ahead": range(1, days + 1)}), how="cross")
    spread["day"] += spread.pop("ahead")
    totals = spread.groupby(keys, sort=False)[["sum", "count"]].sum().reset_index()
    rows = pd.DataFrame({**by, "day": today}).merge(totals, how="left", on=keys)
    whole = rows[["sum", "count"]].fillna(0).astype("int64").set_axis(today.index)
    return Trailing(whole["sum"], whole["count"])


def lagged(column: pd.Series, *, within: Mapping[str, pd.Series], order: pd.Series) -> pd.Series:
    """The value of the row before, in the order given, among the rows that belong together.

    Args:
        column: What to look back at.
        within: The columns that say which rows belong together; where one is missing there is no row before.
        order: What to order by; equal values keep the order of the rows.

    Returns:
        A column in the rows' own order; missing for the first row of each group.
    """
    names: list[Any] = list(within)
    frame = pd.DataFrame({**within, "order": order, "column": column}).sort_values("order", kind="stable")
    return frame.groupby(names, sort=False)["column"].shift(1).reindex(column.index)
