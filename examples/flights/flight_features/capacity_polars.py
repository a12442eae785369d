"""How many seats and flights compete (Polars)."""

from __future__ import annotations

import polars as pl

from featurecat import check_output, feature, tag
from flight_features.operations_polars import ratio, trailing

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
def scheduled_seats_in_hour(plane_seats: pl.Series, origin: pl.Series, time_hour: pl.Series) -> pl.Series:
    """Seats scheduled to leave this airport in the same hour; aircraft not in the register count as none."""
    frame = pl.DataFrame({"seats": plane_seats, "origin": origin, "hour": time_hour})
    return frame.select(pl.col("seats").fill_null(0).sum().over("origin", "hour")).to_series()


@tag(capacity="seats", known="before_departure")
@feature(owner="planning", unit="share", dtype="double")
@check_output(severity="error", nans=0, range=(0, 1))
@check_output(max_fraction_nans=0.17, mean=(0.062, 0.075))
def seat_share_of_hour(plane_seats: pl.Series, scheduled_seats_in_hour: pl.Series) -> pl.Series:
    """The flight's share of the seats that leave this airport in the same hour."""
    return ratio(plane_seats, scheduled_seats_in_hour)


@tag(capacity="seats", route="traffic", known="before_departure")
@feature(owner="planning", unit="seats", dtype="double")
@check_output(severity="error", nans=0, range=(5.4, 400))
@check_output(max_fraction_nans=0.0065, mean=(130, 149))
def route_mean_seats_28d(plane_seats: pl.Series, departure_day_number: pl.Series, route: pl.Series) -> pl.Series:
    """Mean seats of the known aircraft on the route over the 28 days before the flight's day."""
    day = departure_day_number
    past = trailing(plane_seats, known=day, today=day, by={"route": route}, days=28)
    return ratio(past.total, past.rows)


@tag(capacity="flights", traffic="airport", known="before_departure")
@feature(owner="planning", unit="flights", dtype="int64")
@check_output(severity="error", not_null=True, range=(0, 2_700))
@check_output(mean=(2_000, 2_300))
def origin_flights_7d(origin: pl.Series, departure_day_number: pl.Series) -> pl.Series:
    """Flights scheduled from this airport over the 7 days before the flight's day."""
    ones = pl.repeat(1, origin.len(), dtype=pl.Int64, eager=True)
    day = departure_day_number
    return trailing(ones, known=day, today=day, by={"origin": origin}, days=7).rows


@tag(capacity="flights", traffic="airport", known="before_departure")
@feature(owner="planning", unit="ratio", dtype="double")
@check_output(severity="error", nans=0, range=(0.062, 21))
@check_output(max_fraction_nans=0.0027, mean=(1.5, 1.8))
def congestion(origin_departures_in_hour: pl.Series, origin_flights_7d: pl.Series) -> pl.Series:
    """Departures in the hour as a multiple of the airport's mean hour over the 7 days before."""
    return ratio(origin_departures_in_hour * _HOURS_PER_WEEK, origin_flights_7d)
