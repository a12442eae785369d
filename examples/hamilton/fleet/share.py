"""How much of something the leading maker has; used for young and for old planes."""

import pandas as pd
from hamilton.function_modifiers import config


@config.when(generation="young")
def chosen__young(age: pd.Series, young_until: int = 10) -> pd.Series:
    """Planes that are young."""
    return age <= young_until


@config.when(generation="old")
def chosen__old(age: pd.Series, young_until: int = 10) -> pd.Series:
    """Planes that are not young any more."""
    return age > young_until


def weight_of_makers(maker: pd.Series, weight: pd.Series, chosen: pd.Series) -> pd.Series:
    """The weight of each maker among the chosen planes."""
    return weight[chosen].groupby(maker[chosen]).sum()


def largest_share(weight_of_makers: pd.Series) -> float:
    """The share of the leading maker."""
    return float(weight_of_makers.max() / weight_of_makers.sum())
