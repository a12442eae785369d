"""What the seats on offer cost."""

from __future__ import annotations

import pandas as pd

from featurecat import check_output, feature, tag

__all__ = ["seat_cost", "seat_cost_per_departure", "seat_cost_zero_mean", "seat_cost_zero_mean_unit_variance"]


@tag(known="after_period")
@feature(owner="finance", unit="USD")
@check_output(range=(0, 1e9))
def seat_cost(week_seat_miles: pd.Series, dollars_per_seat_mile: float = 0.12) -> pd.Series:
    """Cost of the seats on offer in the week."""
    return week_seat_miles * dollars_per_seat_mile


@tag(known="after_period")
@feature(owner="finance", unit="USD")
def seat_cost_per_departure(seat_cost: pd.Series, week_departures: pd.Series) -> pd.Series:
    """Cost of the seats of one departure, on average."""
    return seat_cost / week_departures


@tag(known="after_period")
@feature(owner="finance", unit="USD")
def seat_cost_zero_mean(seat_cost: pd.Series, seat_cost_mean: float) -> pd.Series:
    """Seat cost less its mean."""
    return seat_cost - seat_cost_mean


@feature(owner="finance", unit="USD")
def seat_cost_mean(seat_cost: pd.Series) -> float:
    """Mean seat cost of all weeks and airports."""
    return float(seat_cost.mean())


@feature(owner="finance", unit="USD")
def seat_cost_std(seat_cost: pd.Series) -> float:
    """Standard deviation of the seat cost."""
    return float(seat_cost.std())


@tag(known="after_period")
@feature(owner="finance")
def seat_cost_zero_mean_unit_variance(seat_cost_zero_mean: pd.Series, seat_cost_std: float) -> pd.Series:
    """Seat cost in standard deviations from its mean."""
    return seat_cost_zero_mean / seat_cost_std
