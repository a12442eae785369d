"""The makers of planes compared: one small graph for young and for old planes."""

import pandas as pd
from hamilton.function_modifiers import config, parameterized_subdag, source, tag

from fleet import share


@parameterized_subdag(
    share,
    inputs={"maker": source("maker"), "age": source("age"), "weight": source("departures")},
    young_share={"config": {"generation": "young"}},
    old_share={"config": {"generation": "old"}},
)
def share_of_maker(largest_share: float) -> float:
    """What the leading maker's planes flew, as a share of all departures."""
    return largest_share


@tag(owner="fleet-team", display_name="Does one maker lead less than before?")
def is_more_even(young_share: float, old_share: float) -> bool:
    """Whether young planes are spread over more makers than old ones."""
    return young_share < old_share


@config.when(report="long")
def planes_by_maker(maker: pd.Series) -> pd.Series:
    """Planes of each maker, the largest first."""
    return maker.value_counts()
