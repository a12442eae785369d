"""The aircraft that flies, from the register of planes and from its earlier flights (Polars)."""

from __future__ import annotations

import polars as pl

from featurecat import check_output, extract_columns, feature, tag, tag_outputs
from flight_features import vocabulary
from flight_features.operations_polars import banded, lagged

__all__ = [
    "aircraft_flights_before",
    "aircraft_previous_dep_delay",
    "flight_planes",
    "hours_since_aircraft_flight",
    "is_jet",
    "is_plane_known",
    "manufacturer_family",
    "plane_age",
    "plane_size",
    "seat_miles",
]


@tag_outputs(plane_seats={"unit": "seats"}, plane_engines={"unit": "engines"})
@tag(plane="register", known="before_departure")
@feature(entity=vocabulary.FLIGHT_KEY, target_=...)
@feature(owner="fleet")
@check_output(max_fraction_nans=0.25)
@extract_columns(
    ("plane_year", "Year the aircraft was built."),
    ("plane_seats", "Seats of the aircraft."),
    ("plane_engines", "Engines of the aircraft."),
    ("plane_manufacturer", "Manufacturer, as the register spells it."),
    ("plane_engine_type", "Kind of engine, as the register spells it."),
)
def flight_planes(tailnum: pl.Series, planes: pl.DataFrame) -> pl.DataFrame:
    """The register's entry for each flight's aircraft; missing where the register has none (one in six)."""
    entries = planes.select(
        "tailnum",
        pl.col("year").alias("plane_year").cast(pl.Int64),
        pl.col("seats").alias("plane_seats").cast(pl.Int64),
        pl.col("engines").alias("plane_engines").cast(pl.Int64),
        pl.col("manufacturer").alias("plane_manufacturer"),
        pl.col("engine").alias("plane_engine_type"),
    )
    rows = pl.DataFrame({"tailnum": tailnum})
    return rows.join(entries, how="left", on="tailnum", maintain_order="left").drop("tailnum")


@tag(plane="register", known="before_departure")
@feature(owner="fleet", dtype="bool")
@check_output(allow_nans=False)
def is_plane_known(plane_seats: pl.Series) -> pl.Series:
    """Whether the register knows the aircraft."""
    return plane_seats.is_not_null()


@tag(plane="register", known="before_departure")
@feature(owner="fleet", unit="years", dtype="int64")
@check_output(range=(0, 60), max_fraction_nans=0.25)
def plane_age(year: pl.Series, plane_year: pl.Series) -> pl.Series:
    """Years since the aircraft was built."""
    return year - plane_year


@tag(plane="size", known="before_departure")
@feature(owner="fleet", dtype="string", status="experimental")
@check_output(values_in=vocabulary.PLANE_SIZES)
def plane_size(plane_seats: pl.Series) -> pl.Series:
    """Light (to 19 seats), regional (to 100), narrow_body (to 240) or wide_body."""
    return banded(plane_seats, limits=vocabulary.PLANE_SIZE_LIMITS, labels=vocabulary.PLANE_SIZES)


@tag(plane="register", known="before_departure")
@feature(owner="fleet", dtype="bool")
@check_output(max_fraction_nans=0.25)
def is_jet(plane_engine_type: pl.Series) -> pl.Series:
    """Whether the aircraft has jet engines; missing where it is not known."""
    return plane_engine_type.is_in(vocabulary.JET_ENGINES)


@tag(plane="register", known="before_departure")
@feature(owner="fleet", dtype="string")
@check_output(values_in=[*sorted(set(vocabulary.MANUFACTURER_FAMILIES.values())), vocabulary.OTHER_MANUFACTURER])
def manufacturer_family(plane_manufacturer: pl.Series) -> pl.Series:
    """The manufacturer under one name, whichever of its companies signed."""
    name = pl.col("name")
    family: pl.Expr = pl.when(name.is_not_null()).then(pl.lit(vocabulary.OTHER_MANUFACTURER))
    for prefix, known_as in vocabulary.MANUFACTURER_FAMILIES.items():
        family = pl.when(name.str.starts_with(prefix)).then(pl.lit(known_as)).otherwise(family)
    return pl.DataFrame({"name": plane_manufacturer}).select(family).to_series()


@tag(plane="size", known="before_departure")
@feature(owner="fleet", unit="seat miles", dtype="int64")
@check_output(range=(100, 2_500_000), max_fraction_nans=0.25)
def seat_miles(plane_seats: pl.Series, distance: pl.Series) -> pl.Series:
    """Seats times miles: what the flight offers."""
    return plane_seats * distance


@tag(plane="rotation", known="before_departure")
@feature(owner="fleet", unit="flights", dtype="int64")
@check_output(range=(0, 2_000), max_fraction_nans=0.05)
def aircraft_flights_before(tailnum: pl.Series, scheduled_departure: pl.Series) -> pl.Series:
    """Flights from New York scheduled for the same aircraft before this one, in this data."""
    frame = pl.DataFrame({"tailnum": tailnum, "order": scheduled_departure}).with_row_index("row")
    counted = frame.sort("order", "row").with_columns(before=pl.int_range(pl.len(), dtype=pl.Int64).over("tailnum"))
    return counted.sort("row").select(pl.when(pl.col("tailnum").is_not_null()).then("before")).to_series()


@tag(plane="rotation", known="before_departure")
@feature(owner="fleet", unit="hours", dtype="double")
@check_output(range=(0.0, 9_000.0), max_fraction_nans=0.05)
def hours_since_aircraft_flight(tailnum: pl.Series, scheduled_departure: pl.Series) -> pl.Series:
    """Hours since the aircraft was last scheduled to leave New York; missing the first time."""
    previous = lagged(scheduled_departure, within={"tailnum": tailnum}, order=scheduled_departure)
    return (scheduled_departure - previous).dt.total_seconds() / 3600.0


@tag(plane="rotation", delay="history", known="before_departure")
@feature(owner="fleet", unit="minutes", dtype="int64")
@check_output(range=(-120, 1_500), max_fraction_nans=0.1)
def aircraft_previous_dep_delay(
    dep_delay: pl.Series, departed_at: pl.Series, tailnum: pl.Series, scheduled_departure: pl.Series
) -> pl.Series:
    """Departure delay of the aircraft's previous flight from New York.

    Missing when there was none, or when it had not left by this flight's scheduled departure.
    """
    same = {"tailnum": tailnum}
    left = lagged(departed_at, within=same, order=scheduled_departure) <= scheduled_departure
    previous = lagged(dep_delay, within=same, order=scheduled_departure)
    return pl.DataFrame({"previous": previous, "left": left}).select(pl.when("left").then("previous")).to_series()
