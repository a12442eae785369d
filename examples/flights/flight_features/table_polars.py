"""The flights themselves, column by column (Polars)."""

from __future__ import annotations

import polars as pl

from featurecat import check_output, extract_columns, feature, tag
from flight_features import vocabulary

__all__ = ["flight_table"]

_WITH_GAPS = ["dep_time", "dep_delay", "arr_delay", "air_time"]
_COMPLETE = ["year", "month", "day", "sched_dep_time", "flight", "distance", "hour", "minute"]
_TEXTS = ["carrier", "tailnum", "origin", "dest"]


@tag(topic="flight")
@feature(owner="ops")
@check_output(severity="error", target_=_COMPLETE, data_type="int64", not_null=True)
@check_output(severity="error", target_=_WITH_GAPS, data_type="int64")
@check_output(severity="error", target_=_TEXTS, data_type="string")
@check_output(severity="error", target_=["carrier", "origin", "dest"], not_null=True)
@check_output(severity="error", target_="year", range=(2013, 2014))
@check_output(severity="error", target_="month", range=(1, 12))
@check_output(target_="month", mean=(6, 7))
@check_output(severity="error", target_="day", range=(1, 31))
@check_output(target_="day", mean=(15, 17))
@check_output(severity="error", target_="dep_time", range=(1, 2_400))
@check_output(target_="dep_time", max_fraction_nans=0.0269, mean=(1_220, 1_480))
@check_output(severity="error", target_="sched_dep_time", range=(0, 2_400))
@check_output(target_="sched_dep_time", mean=(1_210, 1_400), row_count=(330_000, 370_000))
@check_output(severity="error", target_="dep_delay", range=(-47, 1_400))
@check_output(target_="dep_delay", max_fraction_nans=0.0269, mean=(12, 13.9), quantile={0.95: (80, 96)})
@check_output(severity="error", target_="arr_delay", range=(-90, 1_390))
@check_output(
    target_="arr_delay", max_fraction_nans=0.03, mean=(6.3, 7.5), quantile={0.05: (-35, -30), 0.95: (82, 100)}
)
@check_output(severity="error", target_="carrier", values_in=vocabulary.CARRIERS)
@check_output(
    target_="carrier",
    categories={"shares": {"UA": 0.1742, "B6": 0.1622, "EV": 0.1609, "DL": 0.1429, "AA": 0.0972}, "tolerance": 0.0097},
    distinct=(15, 17),
)
@check_output(severity="error", target_="flight", range=(1, 9_999))
@check_output(
    severity="error", fail_if="> 7.4%", warn_if="> 7%", target_="tailnum", matches=vocabulary.FAA_REGISTRATION
)
@check_output(target_="tailnum", max_fraction_nans=0.0082)
@check_output(severity="error", target_="origin", values_in=vocabulary.ORIGINS)
@check_output(
    target_="origin",
    categories={"shares": {"EWR": 0.3588, "JFK": 0.3304, "LGA": 0.3108}, "tolerance": 0.031},
    distinct=3,
)
@check_output(severity="error", fail_if="> 1%", warn_if="> 0", target_="dest", values_in=vocabulary.DESTINATIONS)
@check_output(target_="dest", distinct=(95, 115))
@check_output(severity="error", target_="air_time", range=(18, 760))
@check_output(target_="air_time", max_fraction_nans=0.03, mean=(140, 160), quantile={0.5: (120, 140), 0.95: (310, 370)})
@check_output(severity="error", target_="distance", range=(16, 5_400))
@check_output(target_="distance", mean=(940, 1_100), quantile={0.5: (800, 950), 0.95: (2_300, 2_700)})
@check_output(severity="error", target_="hour", range=(0, 23))
@check_output(target_="hour", mean=(12, 14))
@check_output(severity="error", target_="minute", range=(0, 59))
@check_output(target_="minute", mean=(24, 28))
@check_output(
    severity="error",
    target_="time_hour",
    data_type="timestamp[us, tz=UTC]",
    not_null=True,
    not_in_future=True,
    freshness="48h",
)
@check_output(target_="time_hour", min=(vocabulary.FIRST_HOUR, vocabulary.FIRST_HOUR))
@extract_columns(
    ("year", "Year of the scheduled departure, local."),
    ("month", "Month of the scheduled departure, local."),
    ("day", "Day of the month of the scheduled departure, local."),
    ("dep_time", "Actual departure as HHMM, local; missing when cancelled."),
    ("sched_dep_time", "Scheduled departure as HHMM, local."),
    ("dep_delay", "Minutes the flight left late; known only once it has left."),
    ("arr_delay", "Minutes the flight arrived late; known only once it has arrived."),
    ("carrier", "Two-letter code of the airline."),
    ("flight", "Flight number of the airline."),
    ("tailnum", "Registration of the aircraft."),
    ("origin", "Airport of departure: EWR, JFK or LGA."),
    ("dest", "Airport of arrival."),
    ("air_time", "Minutes in the air; known only once the flight has arrived."),
    ("distance", "Miles between the airports."),
    ("hour", "Hour of the scheduled departure, local."),
    ("minute", "Minute of the scheduled departure."),
    ("time_hour", "Scheduled hour of departure as an instant, UTC."),
)
def flight_table(flights: pl.DataFrame) -> pl.DataFrame:
    """The flights with one type a column.

    Args:
        flights: The source, one row a flight.

    Returns:
        The same rows.
    """
    return flights.select(
        pl.col([*_COMPLETE, *_WITH_GAPS]).cast(pl.Int64), *_TEXTS, pl.col("time_hour").dt.cast_time_unit("us")
    )
