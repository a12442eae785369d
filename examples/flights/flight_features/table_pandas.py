"""The flights themselves, column by column (pandas)."""

from __future__ import annotations

import pandas as pd

from featurecat import check_output, extract_columns, feature, tag

__all__ = ["flight_table"]

_WITH_GAPS = ["dep_time", "dep_delay", "arr_delay", "air_time"]
_COMPLETE = ["year", "month", "day", "sched_dep_time", "flight", "distance", "hour", "minute"]
_TEXTS = ["carrier", "tailnum", "origin", "dest"]


@tag(topic="flight")
@feature(owner="ops")
@check_output(max_fraction_nans=0.05)
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
def flight_table(flights: pd.DataFrame) -> pd.DataFrame:
    """The flights with one type a column, whichever way missing values arrived.

    Args:
        flights: The source, one row a flight.

    Returns:
        The same rows; whole numbers with gaps are ``Int64``, texts ``string``.
    """
    numbers = {**dict.fromkeys(_WITH_GAPS, "Int64"), **dict.fromkeys(_COMPLETE, "int64")}
    kinds = {**numbers, **dict.fromkeys(_TEXTS, "string")}
    table = flights[[*_COMPLETE, *_WITH_GAPS, *_TEXTS, "time_hour"]].astype(kinds)
    return table.assign(time_hour=table["time_hour"].dt.as_unit("us"))
