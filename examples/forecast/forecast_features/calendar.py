"""What the calendar says about a week; the config's country decides which days are holidays."""

from __future__ import annotations

import holidays
import pandas as pd

from featurecat import check_output, config, feature, tag

__all__ = ["holidays_in_week__gb", "holidays_in_week__none", "holidays_in_week__us", "is_holiday_week", "week_of_year"]


def _count(week: pd.Series, days: holidays.HolidayBase) -> pd.Series:
    """How many of the seven days from each Monday on are holidays."""
    dates = pd.to_datetime(pd.Series(list(days)))
    mondays = dates - pd.to_timedelta(dates.dt.dayofweek, unit="D")
    return week.map(mondays.value_counts()).fillna(0).astype("int64")


def _years(week: pd.Series) -> range:
    return range(int(week.dt.year.min()), int(week.dt.year.max()) + 2)


@tag(known="before_period")
@feature(owner="planning")
@check_output(range=(0, 7), importance="fail")
@config.when(country="US")
def holidays_in_week__us(week: pd.Series) -> pd.Series:
    """Public holidays in the week: federal ones."""
    return _count(week, holidays.country_holidays("US", years=_years(week)))


@tag(known="before_period")
@feature(owner="planning")
@check_output(range=(0, 7), importance="fail")
@config.when(country="GB")
def holidays_in_week__gb(week: pd.Series) -> pd.Series:
    """Public holidays in the week: England's."""
    return _count(week, holidays.country_holidays("GB", subdiv="ENG", years=_years(week)))


@tag(known="before_period")
@feature(owner="planning")
@config.when_not_in(country=["US", "GB"])
def holidays_in_week__none(week: pd.Series) -> pd.Series:
    """Public holidays in the week: none, as no country is given."""
    return pd.Series(0, index=week.index, dtype="int64")


@tag(known="before_period")
@feature(owner="planning")
def is_holiday_week(holidays_in_week: pd.Series) -> pd.Series:
    """Whether the week has a public holiday."""
    return holidays_in_week > 0


@tag(known="before_period")
@feature(owner="planning")
@check_output(range=(1, 53), importance="fail")
def week_of_year(week: pd.Series) -> pd.Series:
    """ISO number of the week."""
    return week.dt.isocalendar().week.astype("int64")
