"""Flights, aircraft and weather on one index: airport and week, and airport and month."""

from __future__ import annotations

import pandas as pd

from featurecat import check_output, extract_columns, feature, tag

__all__ = ["monthly", "weekly", "weekly_weather"]

_AIRPORTS = ["EWR", "JFK", "LGA"]


def _week_of(day: pd.Series) -> pd.Series:
    """The Monday of each day's week."""
    return day - pd.to_timedelta(day.dt.dayofweek, unit="D")


def _counted(flights: pd.DataFrame, planes: pd.DataFrame, period: pd.Series) -> pd.DataFrame:
    """Flights by airport and period: how many left, how many were called off, seats and miles on offer."""
    seats = flights["tailnum"].map(planes.set_index("tailnum")["seats"])
    table = pd.DataFrame(
        {
            "origin": flights["origin"],
            "period": period,
            "departures": flights["dep_time"].notna().astype("int64"),
            "cancelled": flights["dep_time"].isna().astype("int64"),
            "seat_miles": seats.fillna(seats.median()) * flights["distance"],
        }
    )
    return table.groupby(["origin", "period"], sort=True).sum().reset_index()


@tag(known="after_period")
@feature(owner="planning", entity="origin", timestamp="week", target_=...)
@extract_columns(
    ("week_departures", "Flights that left in the week."),
    ("week_cancelled", "Flights of the week that were called off."),
    ("week_seat_miles", "Seats of the week's flights times the miles they fly; unknown aircraft count as the median."),
    "origin",
    "week",
)
def weekly(flights: pd.DataFrame, planes: pd.DataFrame) -> pd.DataFrame:
    """Flights by airport and week; weeks begin on Monday."""
    counted = _counted(flights, planes, _week_of(flights["local_day"]))
    return counted.rename(
        columns={
            "period": "week",
            "departures": "week_departures",
            "cancelled": "week_cancelled",
            "seat_miles": "week_seat_miles",
        }
    )


@tag(known="after_period")
@feature(owner="meteorology", entity="origin", timestamp="week", target_=...)
@check_output(range=(0, 200))
@extract_columns(
    ("week_rain", "Inches of rain in the week, missing hours left out."),
    ("week_wind", "Mean wind speed of the week in miles per hour."),
)
def weekly_weather(weather: pd.DataFrame, weekly: pd.DataFrame) -> pd.DataFrame:
    """Hourly weather on the weekly index of the flights."""
    grouped = weather.assign(week=_week_of(weather["local_day"])).groupby(["origin", "week"])
    measured = grouped.agg(week_rain=("precip", "sum"), week_wind=("wind_speed", "mean"))
    index = pd.MultiIndex.from_frame(weekly[["origin", "week"]])
    return measured.reindex(index).set_axis(weekly.index)


@tag(known="after_period")
@feature(owner="planning", entity="origin", timestamp="month", target_=...)
@extract_columns(
    ("month_departures", "Flights that left in the month."),
    ("month_cancelled", "Flights of the month that were called off."),
    ("month_origin", "Airport of the month's row."),
)
def monthly(flights: pd.DataFrame, planes: pd.DataFrame) -> pd.DataFrame:
    """Flights by airport and month."""
    counted = _counted(flights, planes, flights["local_day"].dt.to_period("M").dt.to_timestamp().astype("datetime64[us]"))
    return counted.assign(month_origin=counted["origin"]).rename(
        columns={"period": "month", "departures": "month_departures", "cancelled": "month_cancelled"}
    )
