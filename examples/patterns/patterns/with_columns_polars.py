"""Columns added in passing to a Polars frame; see ``with_columns``."""

import polars as pl
from hamilton.plugins.h_polars import with_columns


def _per_night(paid: pl.Series, nights: pl.Series) -> pl.Series:
    return paid / nights


def _dear(_per_night: pl.Series, limit: float) -> pl.Series:
    return _per_night > limit


@with_columns(_per_night, _dear, columns_to_pass=["paid", "nights"], select=["_per_night", "_dear"])
def stays(booked: pl.DataFrame) -> pl.DataFrame:
    """Bookings with what a night costs, the dear ones first."""
    return booked.sort(["_dear", "paid"], descending=True)


def dear_stays(stays: pl.DataFrame) -> int:
    """How many bookings are dear."""
    return int(stays["_dear"].sum())
