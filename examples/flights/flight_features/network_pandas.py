"""What flies where, and how crowded it is (pandas)."""

from __future__ import annotations

import pandas as pd

from featurecat import check_output, feature, tag
from flight_features import vocabulary
from flight_features.operations_pandas import banded, lagged, ratio, trailing

__all__ = [
    "carrier_destinations_of_day",
    "carrier_share_of_day",
    "days_since_route_opened",
    "departure_order_of_day",
    "distance_band",
    "distance_kilometres",
    "distance_to_carrier_mean",
    "is_first_departure_of_day",
    "minutes_since_previous_departure",
    "origin_departures_in_hour",
    "route",
    "route_flights_7d",
]


@tag(route="name", known="before_departure")
@feature(owner="network", dtype="string")
@check_output(severity="error", not_null=True, matches=r"(EWR|JFK|LGA)-[A-Z]{3}")
def route(origin: pd.Series, dest: pd.Series) -> pd.Series:
    """Both airports, as in JFK-LAX."""
    return origin + "-" + dest


@tag(route="traffic", known="before_departure")
@feature(owner="network", unit="flights", dtype="int64")
@check_output(severity="error", not_null=True, range=(0, 240))
@check_output(mean=(66, 80))
def route_flights_7d(route: pd.Series, departure_day_number: pd.Series) -> pd.Series:
    """Flights scheduled on the route over the 7 days before the flight's day."""
    ones = pd.Series(1, index=route.index)
    day = departure_day_number
    return trailing(ones, known=day, today=day, by={"route": route}, days=7).total


@tag(route="traffic", known="before_departure")
@feature(owner="network", unit="days", dtype="int64")
@check_output(severity="error", not_null=True, range=(0, 400))
@check_output(mean=(170, 190))
def days_since_route_opened(route: pd.Series, departure_day_number: pd.Series) -> pd.Series:
    """Days since the first scheduled flight on the route in this data."""
    return departure_day_number - departure_day_number.groupby(route).transform("min")


@tag(route="distance", known="before_departure")
@feature(owner="network", unit="kilometres", dtype="double")
@check_output(severity="error", data_type=float, not_null=True, nans=0, range=(25, 8_800), compare=(">", "distance"))
@check_output(mean=(1_600, 1_800))
def distance_kilometres(distance: pd.Series) -> pd.Series:
    """Distance between the airports."""
    return distance * vocabulary.KILOMETRES_PER_MILE


@tag(route="distance", known="before_departure")
@feature(owner="network", dtype="string")
@check_output(severity="error", not_null=True, values_in=vocabulary.DISTANCE_BANDS)
@check_output(
    categories={"shares": {"medium": 0.5455, "short": 0.2385, "long": 0.1715, "very_long": 0.0445}, "tolerance": 0.0044}
)
def distance_band(distance: pd.Series) -> pd.Series:
    """Short (to 500 miles), medium (to 1,500), long (to 2,500) or very_long."""
    return banded(distance, limits=vocabulary.DISTANCE_LIMITS, labels=vocabulary.DISTANCE_BANDS)


@tag(carrier="profile", known="before_departure")
@feature(owner="network", unit="ratio", dtype="double")
@check_output(severity="error", not_null=True, nans=0, range=(0.021, 5.6))
@check_output(mean=(0.9, 1.1))
def distance_to_carrier_mean(distance: pd.Series, carrier: pd.Series, departure_date: pd.Series) -> pd.Series:
    """The flight's distance as a multiple of its airline's mean distance that day."""
    same_day = distance.groupby([carrier, departure_date])
    return ratio(distance * same_day.transform("size"), same_day.transform("sum"))


@tag(carrier="profile", known="before_departure")
@feature(owner="network", unit="airports", dtype="int64")
@check_output(severity="error", not_null=True, range=(1, 50))
@check_output(mean=(19, 22))
def carrier_destinations_of_day(
    dest: pd.Series, carrier: pd.Series, origin: pd.Series, departure_date: pd.Series
) -> pd.Series:
    """Different destinations the airline serves from this airport that day."""
    return dest.groupby([carrier, origin, departure_date]).transform("nunique").astype("int64")


@tag(carrier="profile", traffic="airport", known="before_departure")
@feature(owner="network", unit="share", dtype="double")
@check_output(severity="error", not_null=True, nans=0, range=(0, 0.49))
@check_output(mean=(0.2, 0.24))
def carrier_share_of_day(carrier: pd.Series, origin: pd.Series, departure_date: pd.Series) -> pd.Series:
    """The airline's share of all flights scheduled from this airport that day."""
    own = carrier.groupby([carrier, origin, departure_date]).transform("size")
    return ratio(own, carrier.groupby([origin, departure_date]).transform("size"))


@tag(traffic="airport", known="before_departure")
@feature(owner="network", unit="flights", dtype="int64")
@check_output(severity="error", not_null=True, range=(1, 40))
@check_output(mean=(19, 22))
def origin_departures_in_hour(origin: pd.Series, time_hour: pd.Series) -> pd.Series:
    """Flights scheduled to leave this airport in the same hour, this one included."""
    return origin.groupby([origin, time_hour]).transform("size").astype("int64")


@tag(traffic="airport", known="before_departure")
@feature(owner="network", dtype="int64")
@check_output(severity="error", not_null=True, range=(1, 400))
@check_output(mean=(141, 170))
def departure_order_of_day(
    minutes_since_midnight: pd.Series, origin: pd.Series, departure_date: pd.Series
) -> pd.Series:
    """Place among the airport's scheduled departures of the day; equal times share the better place."""
    return minutes_since_midnight.groupby([origin, departure_date]).rank(method="min").astype("int64")


@tag(traffic="airport", known="before_departure")
@feature(
    owner="network",
    dtype="bool",
    status="deprecated",
    sunset="2027-06-30",
    replaced_by="departure_order_of_day",
)
@check_output(severity="error", not_null=True)
@check_output(mean=(0.0041, 0.0049))
def is_first_departure_of_day(departure_order_of_day: pd.Series) -> pd.Series:
    """Whether no flight is scheduled to leave this airport earlier that day."""
    return departure_order_of_day == 1


@tag(traffic="airport", known="before_departure")
@feature(owner="network", unit="minutes", dtype="int64")
@check_output(severity="error", range=(0, 680))
@check_output(max_fraction_nans=0.0000098, mean=(4.3, 5))
def minutes_since_previous_departure(scheduled_departure: pd.Series, origin: pd.Series) -> pd.Series:
    """Minutes from the airport's previous scheduled departure; missing for its first in this data."""
    previous = lagged(scheduled_departure, within={"origin": origin}, order=scheduled_departure)
    return ((scheduled_departure - previous).dt.total_seconds() // 60).astype("Int64")
