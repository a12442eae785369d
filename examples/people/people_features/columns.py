"""Columns that the model needs and nobody else: they are added to its frame in passing.

Not a module of the project by itself: ``prediction`` takes them in with ``@with_columns``.
"""

from __future__ import annotations

import pandas as pd

__all__ = ["age_squared", "is_inactive", "is_male"]


def age_squared(age: pd.Series) -> pd.Series:
    """Age times age: weight rises, and falls again."""
    return (age**2).astype("float64")


def is_male(sex: pd.Series) -> pd.Series:
    """1 for men, 0 for women."""
    return (sex == "male").astype("float64")


def is_inactive(usual_day: pd.Series, recreation: pd.Series) -> pd.Series:
    """1 for people who move little by day and take little exercise."""
    return ((usual_day == "inactive") & (recreation == "little")).astype("float64")
