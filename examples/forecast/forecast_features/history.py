"""What a series of one airport was before: a graph of its own, whatever the length of a period.

Not a module of the project by itself: ``demand`` runs it once for weeks and once for months.
"""

from __future__ import annotations

import pandas as pd

from featurecat import config, parameterize, source, value

__all__ = ["change", "lag", "previous_mean__month", "previous_mean__week"]


@parameterize(
    lag_1={"amount": source("amount"), "steps": value(1)},
    lag_2={"amount": source("amount"), "steps": value(2)},
)
def lag(amount: pd.Series, airport: pd.Series, steps: int) -> pd.Series:
    """The amount {steps} periods before, at the same airport."""
    return amount.groupby(airport).shift(steps).astype("float64")


@config.when(period="week")
def previous_mean__week(amount: pd.Series, airport: pd.Series) -> pd.Series:
    """Mean of the four weeks before."""
    return amount.groupby(airport).transform(lambda one: one.shift(1).rolling(4, min_periods=1).mean())


@config.when(period="month")
def previous_mean__month(amount: pd.Series, airport: pd.Series) -> pd.Series:
    """Mean of the two months before."""
    return amount.groupby(airport).transform(lambda one: one.shift(1).rolling(2, min_periods=1).mean())


def change(lag_1: pd.Series, lag_2: pd.Series) -> pd.Series:
    """Last period's amount as a share of the one before it."""
    return lag_1 / lag_2
