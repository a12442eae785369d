"""How many seats and flights compete (pandas)."""

from __future__ import annotations

import pandas as pd

from featurecat import check_output, feature, tag
from flight_features.operations_pandas import ratio, trailing

__all__ = [
    "congestion",
    "origin_flights_7d",
    "route_mean_seats_28d",
    "scheduled_seats_in_hour",
    "seat_share_of_hour",
]

_HOURS_PER_WEEK = 168


@tag(capacity="seats", known="before_departure")
@feature(owner="planning", unit="seats", dtype="int64")
@check_output(severity="error", not_null=True, range=(0, 5_000), compare=(">=", "plane_seats"))
@check_output(mean=(2_200, 2_500))
def scheduled_seats_in_hour(plane_seats: pd.Series, origin: pd.Series, time_hour: pd.Series) -> pd.Series:
    """Seats scheduled to leave this airport in the same hour; aircraft not in the register count as none."""
    seats = plane_seats.fillna(0).astype("int64")
    return seats.groupby([origin, time_hour]).transform("sum")


@tag(capacity="seats", known="before_departure")
@feature(owner="planning", unit="share", dtype="double")
@check_output(severity="error", nans=0, range=(0, 1))
@check_output(max_fraction_nans=0.17, mean=(0.062, 0.075))
def seat_share_of_hour(plane_seats: pd.Series, scheduled_seats_in_hour: pd.Series) -> pd.Series:
    """The flight's share of the seats that leave this airport in the same hour."""
    return ratio(plane_seats, scheduled_seats_in_hour)


@tag(capacity="seats", route="traffic", known="before_departure")
@feature(owner="planning", unit="seats", dtype="double")
@check_output(severity="error", nans=0, range=(5.4, 400))
@check_output(max_fraction_nans=0.0065, mean=(130, 149))
def route_mean_seats_28d(plane_seats: pd.Series, departure_day_number: pd.Series, route: pd.Series) -> pd.Series:
    """Mean seats of the known aircraft on the route over the 28 days before the flight's day."""
    day = departure_day_number
    past = trailing(plane_seats, known=day, today=day, by={"route": route}, days=28)
    return ratio(past.total, past.rows)


@tag(capacity="flights", traffic="airport", known="before_departure")
@feature(owner="planning", unit="flights", dtype="int64")
@check_output(severity="error", not_null=True, range=(0, 2_700))
@check_output(mean=(2_000, 2_300))
def origin_flights_7d(origin: pd.Series, departure_day_number: pd.Series) -> pd.Series:
    """Flights scheduled from this airport over the 7 days before the flight's day."""
    ones = pd.Series(1, index=origin.index)
    day = departure_day_number
    return trailing(ones, known=day, today=day, by={"origin": origin}, days=7).rows


@tag(capacity="flights", traffic="airport", known="before_departure")
@feature(owner="planning", unit="ratio", dtype="double")
@check_output(severity="error", nans=0, range=(0.062, 21))
@check_output(max_fraction_nans=0.0027, mean=(1.5, 1.8))
def congestion(origin_departures_in_hour: pd.Series, origin_flights_7d: pd.Series) -> pd.Series:
    """Departures in the hour as a multiple of the airport's mean hour over the 7 days before."""
    return ratio(origin_departures_in_hour * _HOURS_PER_WEEK, origin_flights_7d)
