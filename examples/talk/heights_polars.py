"""The talk's slide on tags and checks: heights made comparable (Polars)."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from featurecat import check_output, extract_columns, tag

__all__ = ["height_mean", "height_std_dev", "height_zero_mean", "height_zero_mean_unit_variance", "people"]


@tag(owner="Data-Engineering", unit="centimetres")
@check_output(range=(50.0, 250.0))
@extract_columns(("height", "Height of the person."))
def people(people_location: str = "people.csv") -> pl.DataFrame:
    """Eight made-up people, one row each.

    Args:
        people_location: A CSV file; a relative path starts beside this module.
    """
    return pl.read_csv(Path(__file__).parent / people_location)


@tag(owner="Data-Science", unit="centimetres")
def height_mean(height: pl.Series) -> float:
    """Mean height."""
    return float(height.to_frame("height").select(pl.col("height").mean()).item())


@tag(owner="Data-Science", unit="centimetres")
def height_std_dev(height: pl.Series) -> float:
    """Standard deviation of height, of a sample."""
    return float(height.to_frame("height").select(pl.col("height").std()).item())


@tag(owner="Data-Science", unit="centimetres")
@check_output(range=(-200.0, 200.0))
def height_zero_mean(height: pl.Series, height_mean: float) -> pl.Series:
    """Zero mean value of height"""
    return height - height_mean


@tag(owner="Data-Science", pii="False")
@check_output(data_type=pl.Float64, range=(-5.0, 5.0), allow_nans=False)
def height_zero_mean_unit_variance(height_zero_mean: pl.Series, height_std_dev: float) -> pl.Series:
    """Zero mean unit variance value of height"""
    return height_zero_mean / height_std_dev
