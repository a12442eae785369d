"""The weather at the airport in the scheduled hour, and before (Polars).

The observation of the scheduled hour is at hand when the flight is due, not days ahead: ``known="at_departure"``.
"""

from __future__ import annotations

import polars as pl

from featurecat import check_output, extract_columns, feature, tag, tag_outputs
from flight_features import vocabulary
from flight_features.operations_polars import banded

__all__ = [
    "flight_weather",
    "is_freezing",
    "is_weather_known",
    "precipitation_24h",
    "temperature_celsius",
    "temperature_change_3h",
    "visibility_class",
    "weather_severity",
    "wind_metres_per_second",
]

_OBSERVED = {
    "temp": "weather_temperature",
    "humid": "weather_humidity",
    "wind_speed": "weather_wind_speed",
    "precip": "weather_precipitation",
    "pressure": "weather_pressure",
    "visib": "weather_visibility",
}


def _at_airport_and_hour(origin: pl.Series, time_hour: pl.Series, observed: pl.DataFrame) -> pl.DataFrame:
    rows = pl.DataFrame({"origin": origin, "time_hour": time_hour})
    found = rows.join(observed, how="left", on=["origin", "time_hour"], maintain_order="left")
    return found.drop("origin", "time_hour")


@tag_outputs(
    weather_temperature={"unit": "degrees Fahrenheit"},
    weather_humidity={"unit": "percent"},
    weather_wind_speed={"unit": "miles per hour"},
    weather_precipitation={"unit": "inches"},
    weather_pressure={"unit": "millibars"},
    weather_visibility={"unit": "miles"},
)
@tag(weather="observation", known="at_departure")
@feature(entity=vocabulary.FLIGHT_KEY, target_=...)
@feature(owner="meteorology", dtype="double", freshness="26h")
@check_output(severity="error", nans=0)
@check_output(severity="error", target_="weather_temperature", range=(10, 110))
@check_output(target_="weather_temperature", max_fraction_nans=0.0085, mean=(52, 60))
@check_output(severity="error", target_="weather_humidity", range=(12, 100))
@check_output(target_="weather_humidity", max_fraction_nans=0.0085, mean=(54, 65))
@check_output(severity="error", fail_if="> 0.1%", warn_if="> 0", target_="weather_wind_speed", range=(0, 46))
@check_output(target_="weather_wind_speed", max_fraction_nans=0.0085, mean=(10.1, 12))
@check_output(severity="error", target_="weather_precipitation", range=(0, 1.3))
@check_output(target_="weather_precipitation", max_fraction_nans=0.0085, mean=(0.0042, 0.005))
@check_output(severity="error", target_="weather_pressure", range=(980, 1_045))
@check_output(target_="weather_pressure", max_fraction_nans=0.126, mean=(1_010, 1_025))
@check_output(severity="error", target_="weather_visibility", range=(0, 10))
@check_output(target_="weather_visibility", max_fraction_nans=0.0085, mean=(8.4, 10))
@extract_columns(
    ("weather_temperature", "Temperature in the scheduled hour."),
    ("weather_humidity", "Relative humidity in the scheduled hour."),
    ("weather_wind_speed", "Wind in the scheduled hour, as read: broken readings included."),
    ("weather_precipitation", "Rain or snow in the scheduled hour."),
    ("weather_pressure", "Pressure at sea level in the scheduled hour."),
    ("weather_visibility", "Visibility in the scheduled hour."),
)
def flight_weather(origin: pl.Series, time_hour: pl.Series, weather: pl.DataFrame) -> pl.DataFrame:
    """The observation at each flight's airport in its scheduled hour; missing where there is none."""
    readings = [pl.col(name).cast(pl.Float64).alias(known_as) for name, known_as in _OBSERVED.items()]
    return _at_airport_and_hour(origin, time_hour, weather.select("origin", "time_hour", *readings))


@tag(weather="observation", known="at_departure")
@feature(owner="meteorology", dtype="bool", freshness="26h")
@check_output(severity="error", not_null=True)
@check_output(mean=(0.985, 1))
def is_weather_known(weather_visibility: pl.Series) -> pl.Series:
    """Whether there is an observation for the airport and hour."""
    return weather_visibility.is_not_null()


@tag(weather="temperature", known="at_departure")
@feature(owner="meteorology", unit="degrees Celsius", dtype="double", freshness="26h")
@check_output(severity="error", nans=0, range=(-12.8, 40), compare=("<", "weather_temperature"))
@check_output(max_fraction_nans=0.0085, mean=(13, 15))
def temperature_celsius(weather_temperature: pl.Series) -> pl.Series:
    """Temperature in the scheduled hour."""
    return (weather_temperature - 32.0) * 5.0 / 9.0


@tag(weather="temperature", known="at_departure")
@feature(owner="meteorology", dtype="bool", freshness="26h")
@check_output(max_fraction_nans=0.0085, mean=(0.083, 0.1))
def is_freezing(weather_temperature: pl.Series) -> pl.Series:
    """Whether water freezes: 32 degrees Fahrenheit or less."""
    return weather_temperature <= 32.0


@tag(weather="temperature", known="at_departure")
@feature(entity=vocabulary.FLIGHT_KEY, target_=...)
@feature(owner="meteorology", unit="degrees Fahrenheit", dtype="double", freshness="26h")
@check_output(severity="error", nans=0, range=(-49, 26))
@check_output(max_fraction_nans=0.0095, mean=(0.74, 0.89), std=(3.7, 4.4))
def temperature_change_3h(
    weather_temperature: pl.Series, origin: pl.Series, time_hour: pl.Series, weather: pl.DataFrame
) -> pl.Series:
    """How much warmer it is in the scheduled hour than three hours before."""
    later = pl.col("time_hour").dt.offset_by("3h")
    observed = weather.select("origin", later, pl.col("temp").cast(pl.Float64))
    return weather_temperature - _at_airport_and_hour(origin, time_hour, observed)["temp"]


@tag(weather="wind", known="at_departure")
@feature(owner="meteorology", unit="metres per second", dtype="double", freshness="26h")
@check_output(severity="error", nans=0, range=(0, 20), compare=("<=", "weather_wind_speed"))
@check_output(max_fraction_nans=0.0085, mean=(4.5, 5.4))
def wind_metres_per_second(weather_wind_speed: pl.Series) -> pl.Series:
    """Wind in the scheduled hour, without readings no storm can give."""
    read = pl.col("read")
    plausible = pl.when(read <= vocabulary.PLAUSIBLE_WIND).then(read)
    metres = plausible * vocabulary.METRES_PER_SECOND_PER_MILE_PER_HOUR
    return pl.DataFrame({"read": weather_wind_speed}).select(metres).to_series()


@tag(weather="visibility", known="at_departure")
@feature(owner="meteorology", dtype="string", status="experimental", freshness="26h")
@check_output(severity="error", values_in=vocabulary.VISIBILITY_CLASSES)
@check_output(max_fraction_nans=0.0085, categories={"shares": {"good": 0.9289, "reduced": 0.0548}, "tolerance": 0.0054})
def visibility_class(weather_visibility: pl.Series) -> pl.Series:
    """Poor (to one mile), reduced (to five) or good."""
    return banded(weather_visibility, limits=vocabulary.VISIBILITY_LIMITS, labels=vocabulary.VISIBILITY_CLASSES)


@tag(weather="precipitation", known="before_departure")
@feature(entity=vocabulary.FLIGHT_KEY, target_=...)
@feature(owner="meteorology", unit="inches", dtype="double", freshness="26h")
@check_output(severity="error", nans=0, range=(0, 4.6))
@check_output(max_fraction_nans=0.0085, mean=(0.1, 0.118))
def precipitation_24h(origin: pl.Series, time_hour: pl.Series, weather: pl.DataFrame) -> pl.Series:
    """Rain and snow at the airport in the 24 hours before the scheduled hour.

    Added in whole hundredths of an inch, as the gauge reads, so that no rounding builds up. Missing where none of
    those hours was read.
    """
    hundredths = (pl.col("precip") * 100.0).round().cast(pl.Int64)
    readings = pl.col("precip").is_not_null().cast(pl.Int64)
    gauge = weather.select("origin", "time_hour", hundredths=hundredths.fill_null(0), readings=readings)
    window = pl.col("hundredths", "readings").rolling_sum_by("time_hour", "24h", closed="left").over("origin")
    sums = gauge.sort("origin", "time_hour").with_columns(window)
    fallen = sums.select("origin", "time_hour", fallen=pl.when(pl.col("readings") > 0).then("hundredths"))
    return _at_airport_and_hour(origin, time_hour, fallen)["fallen"] / 100.0


@tag(weather="severity", known="at_departure")
@feature(owner="meteorology", unit="points", dtype="int64", freshness="26h")
@check_output(severity="error", not_null=True, values_in=[0, 1, 2, 3, 4])
@check_output(mean=(0.16, 0.19))
def weather_severity(
    weather_temperature: pl.Series,
    wind_metres_per_second: pl.Series,
    weather_precipitation: pl.Series,
    weather_visibility: pl.Series,
) -> pl.Series:
    """One point each for frost, a fresh wind (10 m/s), heavy rain (0.1 inch an hour), and less than three miles' view.

    What was not observed gives no point.
    """
    flags = pl.DataFrame(
        {
            "frost": weather_temperature <= 32.0,
            "wind": wind_metres_per_second >= 10.0,
            "rain": weather_precipitation >= 0.1,
            "view": weather_visibility < 3.0,
        }
    )
    return flags.select(pl.sum_horizontal(pl.all().fill_null(False).cast(pl.Int64))).to_series()
