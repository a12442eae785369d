"""A score whose columns and weights stand in the config, not in the code."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from featurecat import feature, model, tag

__all__ = ["health_score"]


class WeightedSum:
    """Adds columns up, each times its weight.

    Args:
        weights: Weight of each column.
        name: Name of the feature.
    """

    def __init__(self, weights: Mapping[str, float], name: str) -> None:
        self.weights = weights
        self.name = name

    def get_dependents(self) -> list[str]:
        """The columns that are needed."""
        return list(self.weights)

    def predict(self, **columns: pd.Series) -> pd.Series:
        """The sum."""
        return sum(columns[name] * weight for name, weight in self.weights.items())


@tag(topic="score")
@feature(owner="research")
@model(WeightedSum, "score_weights")
def health_score() -> pd.Series:
    """The higher, the more there is to worry about; the config key ``score_weights`` says what counts."""
