"""Features of a single plane."""

import numpy as np
import pandas as pd
from hamilton.function_modifiers import (
    check_output,
    config,
    does,
    extract_fields,
    parameterize,
    pipe_output,
    source,
    step,
    tag,
    value,
)

_COMPANIES = {"AIRBUS INDUSTRIE": "AIRBUS", "MCDONNELL DOUGLAS AIRCRAFT CO": "MCDONNELL DOUGLAS"}


def _renamed(makers: pd.Series, names: dict) -> pd.Series:
    return makers.replace(names)


def _in_title_case(makers: pd.Series) -> pd.Series:
    return makers.str.title()


def _sum_of(**columns: pd.Series) -> pd.Series:
    return sum(columns.values())


@tag(owner="fleet-team", unit="years")
@check_output(range=(0.0, 80.0), importance="warn")
def age(year_built: pd.Series, as_of_year: int) -> pd.Series:
    """Age of the plane; missing where nobody knows when it was built."""
    return as_of_year - year_built


@tag(owner="fleet-team")
@pipe_output(step(_renamed, names=value(_COMPANIES)), step(_in_title_case))
def maker(manufacturer: pd.Series) -> pd.Series:
    """Who built the plane; one name for each company."""
    return manufacturer


@check_output(data_type=bool, importance="fail")
def is_jet(engine_type: pd.Series) -> pd.Series:
    """Whether it has jet engines."""
    return engine_type.isin(["Turbo-fan", "Turbo-jet"])


@parameterize(
    seats_per_engine={"amount": source("seats")},
    miles_per_engine={"amount": source("miles")},
)
def per_engine(amount: pd.Series, engines: pd.Series) -> pd.Series:
    """{amount} shared among the engines."""
    return amount / engines


@config.when(sizes="coarse")
def size__coarse(seats: pd.Series) -> pd.Series:
    """Size of the plane: small or large."""
    return pd.Series(np.where(seats < 100, "small", "large"), index=seats.index)


@config.when_not(sizes="coarse")
def size__fine(seats: pd.Series) -> pd.Series:
    """Size of the plane: small, middle or large."""
    return pd.cut(seats, [0, 50, 150, 1000], labels=["small", "middle", "large"]).astype(str)


def seat_miles(seats: pd.Series, miles: pd.Series) -> pd.Series:
    """Seats that were offered, times the miles they went."""
    return seats * miles


@extract_fields({"mean_seats": float, "most_seats": int})
def seat_statistics(seats: pd.Series) -> dict:
    """What is usual, and what is the most."""
    return {"mean_seats": float(seats.mean()), "most_seats": int(seats.max())}


def seats_above_mean(seats: pd.Series, mean_seats: float) -> pd.Series:
    """How many seats more than usual."""
    return seats - mean_seats


@does(_sum_of)
def engines_and_seats(engines: pd.Series, seats: pd.Series) -> pd.Series:
    """Things to be checked before departure."""
