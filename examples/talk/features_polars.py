"""The talk's forecast features (Polars)."""

from __future__ import annotations

import polars as pl
from bank_holidays import UK_HOLIDAY_WEEKS

from featurecat import check_output, config, tag

__all__ = [
    "acquisition_cost",
    "avg_3wk_spend",
    "holidays__uk",
    "holidays__us",
    "special_feature1",
    "spend_b",
    "spend_per_signup",
    "spend_shift_3weeks",
]


@config.when(region="US")
@tag(owner="Forecasting", calendar="holiday")
@check_output(values_in=[0, 1])
def holidays__us(holiday: pl.Series) -> pl.Series:
    """1 in weeks with a holiday in the US, as the file marks them."""
    return holiday.cast(pl.Int64)


@config.when(region="UK")
@tag(owner="Forecasting", calendar="holiday")
@check_output(values_in=[0, 1])
def holidays__uk(year: pl.Series, week: pl.Series) -> pl.Series:
    """1 in weeks with a bank holiday of England and Wales; known for 2015 and 2021, missing else."""
    mark = pl.lit(None, dtype=pl.Int64)
    for of_year, weeks in UK_HOLIDAY_WEEKS.items():
        held = pl.col("week").is_in(sorted(weeks)).cast(pl.Int64)
        mark = pl.when(pl.col("year") == of_year).then(held).otherwise(mark)
    return pl.DataFrame({"year": year, "week": week}).select(mark).to_series()


@tag(owner="Marketing", unit="dollars")
@check_output(range=(0.0, 1_000_000.0))
def avg_3wk_spend(spend: pl.Series) -> pl.Series:
    """Rolling 3 week average spend; missing in the first two weeks."""
    return spend.cast(pl.Float64).rolling_mean(3)


@tag(owner="Marketing", unit="dollars per sign-up")
@check_output(range=(0.0, 1_000.0))
def acquisition_cost(avg_3wk_spend: pl.Series, signups: pl.Series) -> pl.Series:
    """The cost of a sign-up in relation to the average spend."""
    return avg_3wk_spend / signups


@tag(owner="Marketing", unit="dollars per sign-up")
@check_output(range=(0.0, 1_000.0))
def spend_per_signup(spend: pl.Series, signups: pl.Series) -> pl.Series:
    """The cost of a sign-up in relation to the week's own spend."""
    return spend / signups


@tag(owner="Marketing", unit="dollars")
@check_output(range=(0.0, 1_000_000.0))
def spend_shift_3weeks(spend: pl.Series) -> pl.Series:
    """What was spent three rows earlier; missing in the first three."""
    return spend.cast(pl.Float64).shift(3)


@tag(owner="Forecasting", unit="dollars per sign-up")
@check_output(range=(0.0, 1_000.0))
def special_feature1(spend_per_signup: pl.Series, holidays: pl.Series) -> pl.Series:
    """Spend per sign-up in weeks without a holiday, 0 in weeks with one."""
    return spend_per_signup * (1 - holidays)


@tag(owner="Marketing", unit="dollars per sign-up", plan="B")
@check_output(range=(0.0, 10_000.0))
def spend_b(acquisition_cost: pl.Series, plan_b_factor: float = 1.5) -> pl.Series:
    """Acquisition cost under plan B.

    Args:
        acquisition_cost: Dollars per sign-up.
        plan_b_factor: How many times today's budget plan B spends.
    """
    return acquisition_cost * plan_b_factor
