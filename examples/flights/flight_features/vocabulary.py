"""The words and figures that the pandas and the Polars features share."""

from __future__ import annotations

from datetime import UTC, date, datetime

__all__ = [
    "AIRBORNE_SPEED_LIMITS",
    "CARRIERS",
    "DELAY_BANDS",
    "DELAY_LIMITS",
    "DESTINATIONS",
    "DISTANCE_BANDS",
    "DISTANCE_LIMITS",
    "ENGINE_TYPES",
    "EPOCH",
    "FAA_REGISTRATION",
    "FINE_DAY_LIMITS",
    "FINE_DAY_PARTS",
    "FIRST_DAY",
    "FIRST_DEPARTED",
    "FIRST_HOUR",
    "FIRST_SCHEDULED",
    "FLIGHT_KEY",
    "HOLIDAY_DAY_NUMBERS",
    "JET_ENGINES",
    "KILOMETRES_PER_MILE",
    "LATE_MINUTES",
    "MANUFACTURER_FAMILIES",
    "METRES_PER_SECOND_PER_MILE_PER_HOUR",
    "MINUTES_PER_DAY",
    "ORIGINS",
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

#: Airlines that reported flights from New York in 2013, by the codes of the Department of Transportation.
CARRIERS = ["9E", "AA", "AS", "B6", "DL", "EV", "F9", "FL", "HA", "MQ", "OO", "UA", "US", "VX", "WN", "YV"]
ORIGINS = ["EWR", "JFK", "LGA"]
#: Airports served from New York in 2013, by their IATA codes.
DESTINATIONS = [
    "ABQ",
    "ACK",
    "ALB",
    "ANC",
    "ATL",
    "AUS",
    "AVL",
    "BDL",
    "BGR",
    "BHM",
    "BNA",
    "BOS",
    "BQN",
    "BTV",
    "BUF",
    "BUR",
    "BWI",
    "BZN",
    "CAE",
    "CAK",
    "CHO",
    "CHS",
    "CLE",
    "CLT",
    "CMH",
    "CRW",
    "CVG",
    "DAY",
    "DCA",
    "DEN",
    "DFW",
    "DSM",
    "DTW",
    "EGE",
    "EYW",
    "FLL",
    "GRR",
    "GSO",
    "GSP",
    "HDN",
    "HNL",
    "HOU",
    "IAD",
    "IAH",
    "ILM",
    "IND",
    "JAC",
    "JAX",
    "LAS",
    "LAX",
    "LEX",
    "LGA",
    "LGB",
    "MCI",
    "MCO",
    "MDW",
    "MEM",
    "MHT",
    "MIA",
    "MKE",
    "MSN",
    "MSP",
    "MSY",
    "MTJ",
    "MVY",
    "MYR",
    "OAK",
    "OKC",
    "OMA",
    "ORD",
    "ORF",
    "PBI",
    "PDX",
    "PHL",
    "PHX",
    "PIT",
    "PSE",
    "PSP",
    "PVD",
    "PWM",
    "RDU",
    "RIC",
    "ROC",
    "RSW",
    "SAN",
    "SAT",
    "SAV",
    "SBN",
    "SDF",
    "SEA",
    "SFO",
    "SJC",
    "SJU",
    "SLC",
    "SMF",
    "SNA",
    "SRQ",
    "STL",
    "STT",
    "SYR",
    "TPA",
    "TUL",
    "TVC",
    "TYS",
    "XNA",
]
#: A civil aircraft of the United States (14 CFR 47.15); one in fifteen is written as the airline's fleet number.
FAA_REGISTRATION = r"N[1-9]([0-9]{0,4}|[0-9]{0,3}[A-HJ-NP-Z]|[0-9]{0,2}[A-HJ-NP-Z]{2})"
#: The kinds of engine of the register of the Federal Aviation Administration that airliners and charters have.
ENGINE_TYPES = ["4 Cycle", "Reciprocating", "Turbo-fan", "Turbo-jet", "Turbo-prop", "Turbo-shaft"]

#: When the data begin; what is published is all of it, so these never move.
FIRST_DAY = datetime(2013, 1, 1)
FIRST_HOUR = datetime(2013, 1, 1, 10, tzinfo=UTC)
FIRST_SCHEDULED = datetime(2013, 1, 1, 10, 15, tzinfo=UTC)
FIRST_DEPARTED = datetime(2013, 1, 1, 10, 17, tzinfo=UTC)
