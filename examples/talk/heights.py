"""The talk's slide on tags and checks: heights made comparable (pandas)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from featurecat import check_output, extract_columns, tag

__all__ = ["height_mean", "height_std_dev", "height_zero_mean", "height_zero_mean_unit_variance", "people"]


@tag(owner="Data-Engineering", unit="centimetres")
@check_output(range=(50.0, 250.0))
@extract_columns(("height", "Height of the person."))
def people(people_location: str = "people.csv") -> pd.DataFrame:
    """Eight made-up people, one row each.

    Args:
        people_location: A CSV file; a relative path starts beside this module.
    """
    return pd.read_csv(Path(__file__).parent / people_location)


@tag(owner="Data-Science", unit="centimetres")
def height_mean(height: pd.Series) -> float:
    """Mean height."""
    return float(height.mean())


@tag(owner="Data-Science", unit="centimetres")
def height_std_dev(height: pd.Series) -> float:
    """Standard deviation of height, of a sample."""
    return float(height.std())


@tag(owner="Data-Science", unit="centimetres")
@check_output(range=(-200.0, 200.0))
def height_zero_mean(height: pd.Series, height_mean: float) -> pd.Series:
    """Zero mean value of height"""
    return height - height_mean


@tag(owner="Data-Science", pii="False")
@check_output(data_type=np.float64, range=(-5.0, 5.0), allow_nans=False)
def height_zero_mean_unit_variance(height_zero_mean: pd.Series, height_std_dev: float) -> pd.Series:
    """Zero mean unit variance value of height"""
    return height_zero_mean / height_std_dev
