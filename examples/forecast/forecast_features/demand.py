"""Departures before the period, at two grains, and what is to be expected of it."""

from __future__ import annotations

import pandas as pd

from featurecat import check_output, extract_columns, feature, source, subdag, tag
from forecast_features import history

__all__ = ["expected_departures", "forecast_error", "monthly_demand", "weekly_demand"]


@tag(known="before_period")
@feature(owner="planning", unit="flights", entity="origin", timestamp="week")
@check_output(range=(0, 10_000))
@extract_columns("week_departures_lag_1", "week_departures_lag_2", "week_departures_mean", "week_departures_change")
@subdag(
    history,
    inputs={"amount": source("week_departures"), "airport": source("origin")},
    config={"period": "week"},
    namespace="week_history",
)
def weekly_demand(lag_1: pd.Series, lag_2: pd.Series, previous_mean: pd.Series, change: pd.Series) -> pd.DataFrame:
    """Departures of the weeks before."""
    return pd.DataFrame(
        {
            "week_departures_lag_1": lag_1,
            "week_departures_lag_2": lag_2,
            "week_departures_mean": previous_mean,
            "week_departures_change": change,
        }
    )


@tag(known="before_period")
@feature(owner="planning", unit="flights", entity="origin", timestamp="month")
@extract_columns("month_departures_lag_1", "month_departures_mean", "month_departures_change")
@subdag(
    history,
    inputs={"amount": source("month_departures"), "airport": source("month_origin")},
    config={"period": "month"},
    namespace="month_history",
)
def monthly_demand(lag_1: pd.Series, previous_mean: pd.Series, change: pd.Series) -> pd.DataFrame:
    """Departures of the months before."""
    return pd.DataFrame(
        {
            "month_departures_lag_1": lag_1,
            "month_departures_mean": previous_mean,
            "month_departures_change": change,
        }
    )


@tag(known="before_period")
@feature(owner="planning", unit="flights")
@check_output(range=(0, 10_000), importance="fail")
def expected_departures(
    week_departures_mean: pd.Series, is_holiday_week: pd.Series, holiday_factor: float = 0.95
) -> pd.Series:
    """Expected departures: the mean of the weeks before, a little less in holiday weeks."""
    return week_departures_mean.where(~is_holiday_week, week_departures_mean * holiday_factor)


@feature(owner="planning")
def forecast_error(week_departures: pd.Series, expected_departures: pd.Series) -> float:
    """Mean absolute error of the expectation, as a share of what left; the first weeks have none."""
    error = (week_departures - expected_departures).abs() / week_departures
    return float(error.mean())
