"""How late flights leave and arrive, and what earlier delays tell (Polars).

``dep_delay`` and ``arr_delay`` are known only afterwards. Features tagged ``known="before_departure"`` use
only delays that were known when the flight's own day began; those tagged ``after_…`` are outcomes.
"""

from __future__ import annotations

import polars as pl

from featurecat import check_output, feature, parameterize, parameterize_sources, tag, value
from flight_features import vocabulary
from flight_features.operations_polars import banded, lagged, ratio, trailing

__all__ = [
    "airborne_speed",
    "arr_delay_7d",
    "cancelled_share_7d",
    "delay_band",
    "dep_delay_7d",
    "departed_at",
    "departure_known_day",
    "is_cancelled",
    "is_late_departure",
    "late_share_7d",
    "minutes_made_up",
    "origin_dep_delay",
    "previous_dep_delay",
]


@tag(delay="outcome", known="after_departure")
@feature(owner="ops", unit="days", dtype="int64")
@check_output(severity="error", range=(15_706, 16_100), compare=(">=", "departure_day_number"))
@check_output(severity="error", compare={"operator": "==", "other": "departure_day_number", "tolerance": 1})
@check_output(max_fraction_nans=0.0269)
def departure_known_day(
    departure_day_number: pl.Series, minutes_since_midnight: pl.Series, dep_delay: pl.Series
) -> pl.Series:
    """The day number on which the flight left, from when on its delay is known; missing when cancelled.

    A flight that leaves before its own day counts as known on its own day.
    """
    days_late = ((minutes_since_midnight + dep_delay) // vocabulary.MINUTES_PER_DAY).clip(lower_bound=0)
    return departure_day_number + days_late


@tag(delay="outcome", known="after_departure")
@feature(owner="ops", dtype="timestamp[us, tz=UTC]")
@check_output(
    severity="error",
    not_in_future=True,
    compare={"operator": "==", "other": "scheduled_departure", "tolerance": "1431min"},
    freshness="46h",
)
@check_output(min=(vocabulary.FIRST_DEPARTED, vocabulary.FIRST_DEPARTED), max_fraction_nans=0.0269)
def departed_at(scheduled_departure: pl.Series, dep_delay: pl.Series) -> pl.Series:
    """The instant the flight left, UTC; missing when cancelled."""
    frame = pl.DataFrame({"scheduled": scheduled_departure, "late": dep_delay})
    return frame.select(pl.col("scheduled") + pl.duration(minutes="late", time_unit="us")).to_series()


@tag(delay="history", known="before_departure")
@feature(owner="ops", unit="minutes", dtype="double")
@check_output(severity="error", nans=0, range=(-11.9, 230))
@check_output(max_fraction_nans=0.0028, mean=(12, 14), std=(9.1, 11))
def dep_delay_7d(
    dep_delay: pl.Series,
    departure_known_day: pl.Series,
    departure_day_number: pl.Series,
    carrier: pl.Series,
    origin: pl.Series,
) -> pl.Series:
    """Mean departure delay of the airline at this airport over the 7 days before the flight's day.

    Today's flights, this one among them, are left out: their delays are not yet known. A flight that left
    after midnight counts on the day it left.
    """
    past = trailing(
        dep_delay,
        known=departure_known_day,
        today=departure_day_number,
        by={"carrier": carrier, "origin": origin},
        days=7,
    )
    return ratio(past.total, past.rows)


@tag(delay="history", known="before_departure")
@feature(owner="ops", unit="minutes", dtype="double")
@check_output(severity="error", target_="origin_dep_delay_3d", nans=0, range=(-2.7, 57))
@check_output(target_="origin_dep_delay_3d", max_fraction_nans=0.0027, mean=(12, 13.9))
@check_output(severity="error", target_="origin_dep_delay_28d", nans=0, range=(1.4, 30))
@check_output(target_="origin_dep_delay_28d", max_fraction_nans=0.0027, mean=(11.2, 13))
@parameterize(origin_dep_delay_3d={"days": value(3)}, origin_dep_delay_28d={"days": value(28)})
def origin_dep_delay(
    dep_delay: pl.Series,
    departure_known_day: pl.Series,
    departure_day_number: pl.Series,
    origin: pl.Series,
    days: int,
) -> pl.Series:
    """Mean departure delay at this airport over the {days} days before the flight's day."""
    past = trailing(dep_delay, known=departure_known_day, today=departure_day_number, by={"origin": origin}, days=days)
    return ratio(past.total, past.rows)


@tag(delay="history", known="before_departure")
@feature(owner="ops", unit="minutes", dtype="double")
@check_output(severity="error", target_="carrier_arr_delay_7d", nans=0, range=(-64, 190))
@check_output(target_="carrier_arr_delay_7d", max_fraction_nans=0.0058, mean=(6.5, 7.8), std=(11.1, 13))
@check_output(severity="error", target_="dest_arr_delay_7d", nans=0, range=(-53, 270))
@check_output(target_="dest_arr_delay_7d", max_fraction_nans=0.0061, mean=(6.4, 7.8), std=(13, 14.9))
@parameterize_sources(carrier_arr_delay_7d={"place": "carrier"}, dest_arr_delay_7d={"place": "dest"})
def arr_delay_7d(
    arr_delay: pl.Series, departure_known_day: pl.Series, departure_day_number: pl.Series, place: pl.Series
) -> pl.Series:
    """Mean arrival delay by {place} over 7 days that ended the day before yesterday.

    An arrival counts a day after the departure: by then the longest flight has landed.
    """
    past = trailing(arr_delay, known=departure_known_day + 1, today=departure_day_number, by={"place": place}, days=7)
    return ratio(past.total, past.rows)


@tag(delay="history", known="before_departure")
@feature(owner="ops", unit="share", dtype="double")
@check_output(severity="error", nans=0, range=(0, 1))
@check_output(max_fraction_nans=0.0028, mean=(0.21, 0.24))
def late_share_7d(
    is_late_departure: pl.Series,
    departure_known_day: pl.Series,
    departure_day_number: pl.Series,
    carrier: pl.Series,
    origin: pl.Series,
) -> pl.Series:
    """Share of late departures of the airline at this airport over the 7 days before the flight's day."""
    past = trailing(
        is_late_departure.cast(pl.Int64),
        known=departure_known_day,
        today=departure_day_number,
        by={"carrier": carrier, "origin": origin},
        days=7,
    )
    return ratio(past.total, past.rows)


@tag(delay="history", cancellation="history", known="before_departure")
@feature(owner="ops", unit="share", dtype="double")
@check_output(severity="error", nans=0, range=(0, 0.18))
@check_output(max_fraction_nans=0.0027, mean=(0.023, 0.026))
def cancelled_share_7d(is_cancelled: pl.Series, departure_day_number: pl.Series, origin: pl.Series) -> pl.Series:
    """Share of this airport's flights that were cancelled over the 7 days before the flight's day."""
    past = trailing(
        is_cancelled.cast(pl.Int64),
        known=departure_day_number,
        today=departure_day_number,
        by={"origin": origin},
        days=7,
    )
    return ratio(past.total, past.rows)


@tag(delay="history", known="before_departure")
@feature(owner="ops", unit="minutes", dtype="int64")
@check_output(severity="error", range=(-47, 1_100))
@check_output(max_fraction_nans=0.052, mean=(11, 13), quantile={0.95: (80, 90)})
def previous_dep_delay(
    dep_delay: pl.Series,
    departure_known_day: pl.Series,
    departure_day_number: pl.Series,
    carrier: pl.Series,
    flight: pl.Series,
    origin: pl.Series,
) -> pl.Series:
    """Departure delay of the same flight number from this airport the last time it was scheduled.

    Missing when there was none, when it was cancelled, or when it had not left before the flight's own day.
    """
    same = {"carrier": carrier, "flight": flight, "origin": origin}
    known = lagged(departure_known_day, within=same, order=departure_day_number) < departure_day_number
    previous = lagged(dep_delay, within=same, order=departure_day_number)
    frame = pl.DataFrame({"previous": previous, "known": known})
    return frame.select(pl.when("known").then("previous")).to_series()


@tag(cancellation="outcome", known="after_departure")
@feature(owner="ops", dtype="bool")
@check_output(severity="error", not_null=True)
@check_output(mean=(0.023, 0.026))
def is_cancelled(dep_time: pl.Series) -> pl.Series:
    """Whether the flight never left."""
    return dep_time.is_null()


@tag(delay="outcome", known="after_departure")
@feature(owner="ops", dtype="bool")
@check_output(max_fraction_nans=0.0269, mean=(0.2, 0.24))
def is_late_departure(dep_delay: pl.Series, late_minutes: int = vocabulary.LATE_MINUTES) -> pl.Series:
    """Whether the flight left late; missing when cancelled.

    Args:
        dep_delay: Minutes.
        late_minutes: From how many minutes on a departure is late.
    """
    return dep_delay >= late_minutes


@tag(delay="outcome", known="after_arrival")
@feature(owner="ops", unit="minutes", dtype="int64")
@check_output(severity="error", range=(-210, 119), compare={"operator": "<=", "other": "dep_delay", "tolerance": 94})
@check_output(max_fraction_nans=0.03, mean=(5.1, 6), quantile={0.05: (-27, -23), 0.95: (28, 34)}, std=(17, 19))
def minutes_made_up(dep_delay: pl.Series, arr_delay: pl.Series) -> pl.Series:
    """Minutes of the departure delay that were gone on arrival; negative when more were lost."""
    return dep_delay - arr_delay


@tag(delay="outcome", known="after_departure")
@feature(owner="ops", dtype="string")
@check_output(severity="error", values_in=vocabulary.DELAY_BANDS)
@check_output(
    max_fraction_nans=0.0269,
    categories={
        "shares": {"early": 0.5587, "on_time": 0.2193, "late": 0.1396, "very_late": 0.0824},
        "tolerance": 0.0082,
    },
)
def delay_band(dep_delay: pl.Series) -> pl.Series:
    """The departure delay in words: early, on_time, late (15 minutes or more) or very_late (an hour)."""
    return banded(dep_delay, limits=vocabulary.DELAY_LIMITS, labels=vocabulary.DELAY_BANDS)


@tag(speed="outcome", known="after_arrival")
@feature(owner="ops", unit="miles per hour", dtype="double")
@check_output(severity="error", nans=0, range=(70, 770))
@check_output(max_fraction_nans=0.03, mean=(360, 430), quantile={0.05: (260, 300), 0.95: (430, 500)})
def airborne_speed(distance: pl.Series, air_time: pl.Series) -> pl.Series:
    """Mean speed between take-off and landing."""
    return ratio(distance * 60, air_time)
