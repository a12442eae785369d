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
@check_output(severity="error", target_=["plane_year", "plane_seats", "plane_engines"], data_type="int64")
@check_output(severity="error", target_=["plane_manufacturer", "plane_engine_type"], data_type="string")
@check_output(severity="error", target_="plane_year", range=(1951, 2014), compare=("<=", "year"))
@check_output(target_="plane_year", max_fraction_nans=0.189)
@check_output(severity="error", target_="plane_seats", range=(2, 490))
@check_output(target_="plane_seats", max_fraction_nans=0.17, mean=(130, 150))
@check_output(severity="error", target_="plane_engines", range=(1, 4))
@check_output(target_="plane_engines", max_fraction_nans=0.17, mean=(1.8, 2.1))
@check_output(
    target_="plane_manufacturer",
    max_fraction_nans=0.17,
    categories={
        "shares": {"BOEING": 0.2918, "EMBRAER": 0.2325, "AIRBUS": 0.1665, "AIRBUS INDUSTRIE": 0.1439},
        "tolerance": 0.014,
    },
)
@check_output(severity="error", target_="plane_engine_type", values_in=vocabulary.ENGINE_TYPES)
@check_output(
    target_="plane_engine_type",
    max_fraction_nans=0.17,
    categories={"shares": {"Turbo-fan": 0.8478, "Turbo-jet": 0.1442}, "tolerance": 0.014},
)
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
@check_output(severity="error", not_null=True)
@check_output(mean=(0.8, 0.9))
def is_plane_known(plane_seats: pl.Series) -> pl.Series:
    """Whether the register knows the aircraft."""
    return plane_seats.is_not_null()


@tag(plane="register", known="before_departure")
@feature(owner="fleet", unit="years", dtype="int64")
@check_output(severity="error", range=(0, 60))
@check_output(max_fraction_nans=0.189, mean=(11, 12.7))
def plane_age(year: pl.Series, plane_year: pl.Series) -> pl.Series:
    """Years since the aircraft was built."""
    return year - plane_year


@tag(plane="size", known="before_departure")
@feature(owner="fleet", dtype="string", status="experimental")
@check_output(severity="error", values_in=vocabulary.PLANE_SIZES)
@check_output(
    max_fraction_nans=0.17,
    categories={"shares": {"narrow_body": 0.6025, "regional": 0.3512, "wide_body": 0.0377}, "tolerance": 0.0037},
)
def plane_size(plane_seats: pl.Series) -> pl.Series:
    """Light (to 19 seats), regional (to 100), narrow_body (to 240) or wide_body."""
    return banded(plane_seats, limits=vocabulary.PLANE_SIZE_LIMITS, labels=vocabulary.PLANE_SIZES)


@tag(plane="register", known="before_departure")
@feature(owner="fleet", dtype="bool")
@check_output(max_fraction_nans=0.17, mean=(0.9, 1))
def is_jet(plane_engine_type: pl.Series) -> pl.Series:
    """Whether the aircraft has jet engines; missing where it is not known."""
    return plane_engine_type.is_in(vocabulary.JET_ENGINES)


@tag(plane="register", known="before_departure")
@feature(owner="fleet", dtype="string")
@check_output(
    severity="error", values_in=[*sorted(set(vocabulary.MANUFACTURER_FAMILIES.values())), vocabulary.OTHER_MANUFACTURER]
)
@check_output(
    max_fraction_nans=0.17,
    categories={
        "shares": {"airbus": 0.3104, "boeing": 0.2918, "embraer": 0.2325, "bombardier": 0.1055},
        "tolerance": 0.01,
    },
)
def manufacturer_family(plane_manufacturer: pl.Series) -> pl.Series:
    """The manufacturer under one name, whichever of its companies signed."""
    name = pl.col("name")
    family: pl.Expr = pl.when(name.is_not_null()).then(pl.lit(vocabulary.OTHER_MANUFACTURER))
    for prefix, known_as in vocabulary.MANUFACTURER_FAMILIES.items():
        family = pl.when(name.str.starts_with(prefix)).then(pl.lit(known_as)).otherwise(family)
    return pl.DataFrame({"name": plane_manufacturer}).select(family).to_series()


@tag(plane="size", known="before_departure")
@feature(owner="fleet", unit="seat miles", dtype="int64")
@check_output(severity="error", range=(340, 2_000_000), compare=(">=", "distance"))
@check_output(severity="error", compare=(">=", "plane_seats"))
@check_output(
    max_fraction_nans=0.17, mean=(160_000, 190_000), quantile={0.5: (120_000, 140_000), 0.95: (450_000, 530_000)}
)
def seat_miles(plane_seats: pl.Series, distance: pl.Series) -> pl.Series:
    """Seats times miles: what the flight offers."""
    return plane_seats * distance


@tag(plane="rotation", known="before_departure")
@feature(owner="fleet", unit="flights", dtype="int64")
@check_output(severity="error", range=(0, 600))
@check_output(max_fraction_nans=0.0082, mean=(80, 90))
def aircraft_flights_before(tailnum: pl.Series, scheduled_departure: pl.Series) -> pl.Series:
    """Flights from New York scheduled for the same aircraft before this one, in this data."""
    frame = pl.DataFrame({"tailnum": tailnum, "order": scheduled_departure}).with_row_index("row")
    counted = frame.sort("order", "row").with_columns(before=pl.int_range(pl.len(), dtype=pl.Int64).over("tailnum"))
    return counted.sort("row").select(pl.when(pl.col("tailnum").is_not_null()).then("before")).to_series()


@tag(plane="rotation", known="before_departure")
@feature(owner="fleet", unit="hours", dtype="double")
@check_output(severity="error", nans=0, range=(0, 8_000))
@check_output(max_fraction_nans=0.021, mean=(80, 96), quantile={0.5: (22, 26), 0.95: (320, 380)})
def hours_since_aircraft_flight(tailnum: pl.Series, scheduled_departure: pl.Series) -> pl.Series:
    """Hours since the aircraft was last scheduled to leave New York; missing the first time."""
    previous = lagged(scheduled_departure, within={"tailnum": tailnum}, order=scheduled_departure)
    return (scheduled_departure - previous).dt.total_seconds() / 3600.0


@tag(plane="rotation", delay="history", known="before_departure")
@feature(owner="fleet", unit="minutes", dtype="int64")
@check_output(severity="error", range=(-47, 1_400))
@check_output(max_fraction_nans=0.04, mean=(11.3, 13), quantile={0.95: (80, 96)})
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
