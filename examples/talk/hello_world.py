"""The talk's first slide: a function is a column, its parameters are the columns it needs."""

from __future__ import annotations

import pandas as pd

from featurecat import tag

__all__ = ["c", "d"]


@tag(owner="Data-Science")
def c(a: pd.Series, b: pd.Series) -> pd.Series:
    """Sum a with b"""
    return a + b


@tag(owner="Data-Science")
def d(c: pd.Series) -> pd.Series:
    """Transforms C to its square"""
    return _transform_logic(c)


def _transform_logic(column: pd.Series) -> pd.Series:
    return column**2
