"""Hello world: a function is a column, its parameters are the columns it needs."""

import sys

import pandas as pd
from hamilton import driver
from hamilton.function_modifiers import tag


def mean_takings(takings: pd.Series) -> float:
    """What a day brings in, on average."""
    return float(takings.mean())


@tag(owner="bakery", unit="EUR")
def takings_per_visitor(takings: pd.Series, visitors: pd.Series) -> pd.Series:
    """What each visitor spends."""
    return takings / visitors


def takings_three_days(takings: pd.Series) -> pd.Series:
    """Mean of the last three days; the first two days have none."""
    return takings.rolling(3).mean()


def takings_above_mean(takings: pd.Series, mean_takings: float) -> pd.Series:
    """How far the day is above the average."""
    return takings - mean_takings


def visitors_next_week(visitors: pd.Series, growth: float = 1.1) -> pd.Series:
    """What is expected in a week."""
    return (visitors * growth).round(1)


def _plain(column: pd.Series) -> list:
    return column.round(6).astype(object).where(column.notna(), None).tolist()


def _run() -> dict:
    """Asks for some columns; what they do not need is not computed."""
    days = {"takings": pd.Series([120.0, 90.0, 150.0, 200.0]), "visitors": pd.Series([40, 30, 60, 50])}
    dr = driver.Builder().with_modules(sys.modules[__name__]).build()
    wanted = ["takings_per_visitor", "takings_three_days", "takings_above_mean", "visitors_next_week"]
    found = dr.execute(wanted, inputs=days)
    owned = dr.list_available_variables(tag_filter={"owner": "bakery"})
    return {
        "columns": {name: _plain(column) for name, column in found.items()},
        "mean": dr.execute([mean_takings], inputs={"takings": days["takings"]})["mean_takings"],
        "owned by the bakery": [variable.name for variable in owned],
        "upstream": sorted(variable.name for variable in dr.what_is_upstream_of("takings_above_mean")),
    }
