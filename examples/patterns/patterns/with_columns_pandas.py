"""Columns added in passing to a pandas frame; see ``with_columns``."""

import pandas as pd
from hamilton.plugins.h_pandas import with_columns


def _per_night(paid: pd.Series, nights: pd.Series) -> pd.Series:
    return paid / nights


def _dear(_per_night: pd.Series, limit: float) -> pd.Series:
    return _per_night > limit


@with_columns(_per_night, _dear, columns_to_pass=["paid", "nights"], select=["_per_night", "_dear"])
def stays(booked: pd.DataFrame) -> pd.DataFrame:
    """Bookings with what a night costs, the dear ones first."""
    return booked.sort_values(["_dear", "paid"], ascending=False, ignore_index=True)


def dear_stays(stays: pd.DataFrame) -> int:
    """How many bookings are dear."""
    return int(stays["_dear"].sum())
