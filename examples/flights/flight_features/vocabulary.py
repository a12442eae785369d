"""The words and figures that the pandas and the Polars features share."""

from __future__ import annotations

from datetime import date

__all__ = [
    "AIRBORNE_SPEED_LIMITS",
    "DELAY_BANDS",
    "DELAY_LIMITS",
    "DISTANCE_BANDS",
    "DISTANCE_LIMITS",
    "EPOCH",
    "FINE_DAY_LIMITS",
    "FINE_DAY_PARTS",
    "FLIGHT_KEY",
    "HOLIDAY_DAY_NUMBERS",
    "JET_ENGINES",
    "KILOMETRES_PER_MILE",
    "LATE_MINUTES",
    "MANUFACTURER_FAMILIES",
    "METRES_PER_SECOND_PER_MILE_PER_HOUR",
    "MINUTES_PER_DAY",
    "OTHER_MANUFACTURER",
    "PLANE_SIZES",
    "PLANE_SIZE_LIMITS",
    "PLAUSIBLE_WIND",
    "USUAL_DAY_LIMITS",
    "USUAL_DAY_PARTS",
    "VISIBILITY_CLASSES",
    "VISIBILITY_LIMITS",
]

#: What identifies a flight; joins with planes and weather keep this grain.
FLIGHT_KEY = ["year", "month", "day", "carrier", "flight", "origin"]

EPOCH = date(1970, 1, 1)
MINUTES_PER_DAY = 1440
KILOMETRES_PER_MILE = 1.609344
METRES_PER_SECOND_PER_MILE_PER_HOUR = 0.44704

#: A departure counts as late from this many minutes, as in the airlines' own statistics.
LATE_MINUTES = 15
#: Hourly wind above this (miles per hour) is a broken reading: the file holds one of 1,048.
PLAUSIBLE_WIND = 200.0
#: Miles per hour an airliner can average between take-off and landing.
AIRBORNE_SPEED_LIMITS = (50.0, 800.0)

#: Upper limits, inclusive; the last label has none.
USUAL_DAY_LIMITS = [5, 11, 17]
USUAL_DAY_PARTS = ["night", "morning", "afternoon", "evening"]
FINE_DAY_LIMITS = [4, 7, 10, 13, 16, 19]
FINE_DAY_PARTS = ["night", "early", "morning", "noon", "afternoon", "rush", "evening"]
DELAY_LIMITS = [-1, 14, 59]
DELAY_BANDS = ["early", "on_time", "late", "very_late"]
DISTANCE_LIMITS = [500, 1500, 2500]
DISTANCE_BANDS = ["short", "medium", "long", "very_long"]
PLANE_SIZE_LIMITS = [19, 100, 240]
PLANE_SIZES = ["light", "regional", "narrow_body", "wide_body"]
VISIBILITY_LIMITS = [1.0, 5.0]
VISIBILITY_CLASSES = ["poor", "reduced", "good"]

JET_ENGINES = ["Turbo-fan", "Turbo-jet"]
#: A family is recognised by how the register's manufacturer begins.
MANUFACTURER_FAMILIES = {
    "AIRBUS": "airbus",
    "BOEING": "boeing",
    "BOMBARDIER": "bombardier",
    "CANADAIR": "bombardier",
    "EMBRAER": "embraer",
    "MCDONNELL": "mcdonnell_douglas",
}
OTHER_MANUFACTURER = "other"

_FEDERAL_HOLIDAYS = [
    date(2013, 1, 1),
    date(2013, 1, 21),
    date(2013, 2, 18),
    date(2013, 5, 27),
    date(2013, 7, 4),
    date(2013, 9, 2),
    date(2013, 10, 14),
    date(2013, 11, 11),
    date(2013, 11, 28),
    date(2013, 12, 25),
    date(2014, 1, 1),
]
#: Federal holidays of the United States in the flights' year, as days since 1970-01-01, ascending.
HOLIDAY_DAY_NUMBERS = [(holiday - EPOCH).days for holiday in _FEDERAL_HOLIDAYS]
