"""When a flight is scheduled to leave (pandas)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from featurecat import check_output, config, feature, tag
from flight_features import vocabulary
from flight_features.operations_pandas import banded

__all__ = [
    "day_of_week",
    "day_of_year",
    "days_to_holiday",
    "departure_clock_cosine",
    "departure_clock_sine",
    "departure_date",
    "departure_day_number",
    "departure_quarter",
    "is_holiday",
    "is_weekend",
    "minutes_since_midnight",
    "part_of_day__fine",
    "part_of_day__usual",
    "scheduled_departure",
    "week_of_year",
]


@tag(calendar="date", known="before_departure")
@feature(owner="planning", dtype="timestamp[us]")
@check_output(severity="error", not_null=True, not_in_future=True, freshness="78h")
@check_output(min=(vocabulary.FIRST_DAY, vocabulary.FIRST_DAY), distinct=(365, 401))
def departure_date(year: pd.Series, month: pd.Series, day: pd.Series) -> pd.Series:
    """The local date of the scheduled departure, at midnight."""
    return pd.to_datetime(pd.DataFrame({"year": year, "month": month, "day": day})).astype("datetime64[us]")


@tag(calendar="date", known="before_departure")
@feature(owner="planning", unit="days", dtype="int64")
@check_output(severity="error", not_null=True, range=(15_706, 16_100))
def departure_day_number(departure_date: pd.Series) -> pd.Series:
    """Days from 1970-01-01 to the local date of the scheduled departure."""
    return (departure_date - pd.Timestamp(vocabulary.EPOCH)).dt.days.astype("int64")


@tag(calendar="week", known="before_departure")
@feature(owner="planning", dtype="int64")
@check_output(severity="error", not_null=True, range=(1, 7))
@check_output(mean=(3.6, 4.2))
def day_of_week(departure_date: pd.Series) -> pd.Series:
    """ISO day of the week of the departure: Monday is 1, Sunday 7."""
    return departure_date.dt.day_of_week.astype("int64") + 1


@tag(calendar="week", known="before_departure")
@feature(owner="planning", dtype="bool")
@check_output(severity="error", not_null=True)
@check_output(mean=(0.23, 0.27))
def is_weekend(day_of_week: pd.Series) -> pd.Series:
    """Whether the departure lies on a Saturday or Sunday."""
    return day_of_week >= 6


@tag(calendar="week", known="before_departure")
@feature(owner="planning", dtype="int64")
@check_output(severity="error", not_null=True, range=(1, 53))
@check_output(mean=(24, 29))
def week_of_year(departure_date: pd.Series) -> pd.Series:
    """ISO week of the departure; the last days of December may lie in week 1."""
    return departure_date.dt.isocalendar()["week"].astype("int64")


@tag(calendar="year", known="before_departure")
@feature(owner="planning", dtype="int64")
@check_output(severity="error", not_null=True, range=(1, 366), compare=(">=", "day"))
@check_output(mean=(170, 200))
def day_of_year(departure_date: pd.Series) -> pd.Series:
    """Day of the year of the departure, from 1."""
    return departure_date.dt.day_of_year.astype("int64")


@tag(calendar="year", known="before_departure")
@feature(owner="planning", dtype="int64")
@check_output(severity="error", not_null=True, values_in=[1, 2, 3, 4], compare=("<=", "month"))
@check_output(mean=(2.3, 2.7))
def departure_quarter(month: pd.Series) -> pd.Series:
    """Quarter of the year of the departure."""
    return (month + 2) // 3


@tag(calendar="holiday", known="before_departure")
@feature(owner="planning", unit="days", dtype="int64")
@check_output(severity="error", not_null=True, range=(0, 106))
@check_output(mean=(24, 29))
def days_to_holiday(departure_day_number: pd.Series) -> pd.Series:
    """Days until the next federal holiday, 0 on the day itself; missing after the last one listed."""
    positions = np.searchsorted(vocabulary.HOLIDAY_DAY_NUMBERS, departure_day_number.to_numpy(), side="left")
    coming = np.array([*vocabulary.HOLIDAY_DAY_NUMBERS, np.nan])[positions]
    return (pd.Series(coming, index=departure_day_number.index) - departure_day_number).astype("Int64")


@tag(calendar="holiday", known="before_departure")
@feature(owner="planning", dtype="bool")
@check_output(severity="error", not_null=True)
@check_output(mean=(0.025, 0.0301))
def is_holiday(departure_day_number: pd.Series) -> pd.Series:
    """Whether the departure lies on a federal holiday of the United States."""
    return departure_day_number.isin(vocabulary.HOLIDAY_DAY_NUMBERS)


@tag(calendar="instant", known="before_departure")
@feature(owner="planning", dtype="timestamp[us, tz=UTC]")
@check_output(severity="error", not_null=True, not_in_future=True, compare=(">=", "time_hour"), freshness="47h")
@check_output(severity="error", compare={"operator": "==", "other": "time_hour", "tolerance": "59min"})
@check_output(min=(vocabulary.FIRST_SCHEDULED, vocabulary.FIRST_SCHEDULED), row_count=(330_000, 370_000))
def scheduled_departure(time_hour: pd.Series, minute: pd.Series) -> pd.Series:
    """The instant of the scheduled departure, UTC."""
    return (time_hour + pd.to_timedelta(minute, unit="m")).dt.as_unit("us")


@tag(calendar="clock", known="before_departure")
@feature(owner="planning", unit="minutes", dtype="int64")
@check_output(severity="error", not_null=True, range=(0, 1_439), compare=("<=", "sched_dep_time"))
@check_output(severity="error", compare=(">=", "hour"))
@check_output(mean=(740, 890))
def minutes_since_midnight(hour: pd.Series, minute: pd.Series) -> pd.Series:
    """Local minutes from midnight to the scheduled departure, by the clock on the wall."""
    return hour * 60 + minute


@tag(calendar="clock", known="before_departure")
@feature(owner="planning", dtype="double")
@check_output(severity="error", not_null=True, nans=0, range=(-1, 1))
@check_output(mean=(-0.18, -0.16), std=(0.7, 0.8))
def departure_clock_sine(minutes_since_midnight: pd.Series) -> pd.Series:
    """Sine of the clock: 1 at 06:00, -1 at 18:00, so that midnight has no edge."""
    return np.sin(minutes_since_midnight * (2.0 * np.pi / vocabulary.MINUTES_PER_DAY))


@tag(calendar="clock", known="before_departure")
@feature(owner="planning", dtype="double")
@check_output(severity="error", not_null=True, nans=0, range=(-1, 1))
@check_output(mean=(-0.39, -0.33), std=(0.47, 0.57))
def departure_clock_cosine(minutes_since_midnight: pd.Series) -> pd.Series:
    """Cosine of the clock: 1 at midnight, -1 at noon."""
    return np.cos(minutes_since_midnight * (2.0 * np.pi / vocabulary.MINUTES_PER_DAY))


@config.when_not(day_parts="fine")
@tag(calendar="clock", known="before_departure")
@feature(owner="planning", dtype="string")
@check_output(severity="error", not_null=True, values_in=vocabulary.USUAL_DAY_PARTS)
@check_output(categories={"shares": {"afternoon": 0.3895, "morning": 0.3832, "evening": 0.2215}, "tolerance": 0.022})
def part_of_day__usual(hour: pd.Series) -> pd.Series:
    """Night, morning, afternoon or evening of the scheduled departure."""
    return banded(hour, limits=vocabulary.USUAL_DAY_LIMITS, labels=vocabulary.USUAL_DAY_PARTS)


@config.when(day_parts="fine")
@tag(calendar="clock", known="before_departure")
@feature(owner="planning", dtype="string")
@check_output(severity="error", not_null=True, values_in=vocabulary.FINE_DAY_PARTS)
def part_of_day__fine(hour: pd.Series) -> pd.Series:
    """Part of the day of the scheduled departure, in seven parts."""
    return banded(hour, limits=vocabulary.FINE_DAY_LIMITS, labels=vocabulary.FINE_DAY_PARTS)
