"""Reuse of sub-DAGs: one graph of ``visits`` runs by day and by week, and once for each house."""

import sys

import pandas as pd
from hamilton import driver
from hamilton.function_modifiers import extract_fields, parameterized_subdag, source, subdag, value

from patterns import visits


def all_visits(first_day: str) -> pd.DataFrame:
    """Ten made-up visits to two houses."""
    shifts = [0, 0, 1, 1, 1, 6, 7, 8, 8, 9]
    return pd.DataFrame(
        {
            "day": pd.Timestamp(first_day) + pd.to_timedelta(shifts, unit="D"),
            "guest": ["ann", "bob", "ann", "ann", "cy", "bob", "cy", "ann", "bob", "ann"],
            "house": ["north", "south", "north", "south", "north", "south", "south", "north", "north", "north"],
        }
    )


@subdag(visits, inputs={"period": value("D")}, config={"house": "all"})
def guests_by_day(guests: pd.Series) -> pd.Series:
    """Distinct guests of each day."""
    return guests


@extract_fields({"weeks": list, "fullest_week": int})
@subdag(visits, inputs={"period": source("week_rule")}, config={"house": "all"}, namespace="weekly")
def guests_by_week(guests: pd.Series, most_guests: int) -> dict:
    """Distinct guests of each week, and of the fullest one."""
    return {"weeks": guests.tolist(), "fullest_week": most_guests}


@parameterized_subdag(
    visits,
    inputs={"period": value("D")},
    north={"config": {"house": "north"}},
    south={"config": {"house": "south"}},
)
def daily_mean(guests: pd.Series) -> float:
    """Distinct guests of a day in one house, on average."""
    return float(guests.mean())


def busiest_house(north: float, south: float) -> str:
    """The house with more guests."""
    return "north" if north > south else "south"


def _run() -> dict:
    """Every use of the graph has nodes of its own: ``guests_by_day.guests``, ``weekly.guests``, …"""
    dr = driver.Builder().with_modules(sys.modules[__name__]).build()
    inputs = {"first_day": "2024-01-01", "week_rule": "W-SUN"}
    names = ["guests_by_day", "north", "south", "weeks", "fullest_week", "busiest_house"]
    found = dr.execute(names, inputs=inputs)
    nodes = sorted(variable.name for variable in dr.list_available_variables())
    return {
        "values": {name: one.tolist() if hasattr(one, "tolist") else one for name, one in found.items()},
        "guests everywhere": [name for name in nodes if name.endswith(".guests")],
        "one node of a graph": dr.execute(["weekly.most_guests"], inputs=inputs)["weekly.most_guests"],
    }
