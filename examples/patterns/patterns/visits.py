"""A graph to be reused: distinct guests by period, whatever the period and whichever the house."""

import pandas as pd
from hamilton.function_modifiers import config


@config.when(house="all")
def visits__all(all_visits: pd.DataFrame) -> pd.DataFrame:
    """Visits of every house."""
    return all_visits


@config.when_not(house="all")
def visits__one(all_visits: pd.DataFrame, house: str) -> pd.DataFrame:
    """Visits of one house."""
    return all_visits[all_visits["house"] == house]


def guests(visits: pd.DataFrame, period: str) -> pd.Series:
    """Distinct guests in each period."""
    return visits.set_index("day").groupby(pd.Grouper(freq=period))["guest"].nunique()


def most_guests(guests: pd.Series) -> int:
    """Guests of the fullest period."""
    return int(guests.max())
