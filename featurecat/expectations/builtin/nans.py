"""``allow_nans`` and ``max_fraction_nans``: how many values may be missing (NaN or null alike)."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping, Sequence
from typing import Any

from featurecat.errors import ModifierError
from featurecat.expectations.kind import SUPPORTED_TYPES, Facts, Outcome, is_column_or_scalar
from featurecat.frames.measures import MISSING, Measure, RowTest

__all__ = ["AllowNans", "MaxFractionNans"]


class AllowNans:
    """Expects that no value is missing."""

    kind = "allow_nans"
    example = "allow_nans=False"
    supported_types = SUPPORTED_TYPES

    def normalise(self, argument: Any) -> dict[str, Any]:
        """JSON-ready parameters.

        Args:
            argument: False; True would expect nothing.

        Raises:
            ModifierError: For anything but False.

        Example:
            >>> AllowNans().normalise(False)
            {'allow_nans': False}
        """
        if argument is False or (type(argument).__name__ in ("bool", "bool_") and not argument):
            return {"allow_nans": False}
        fault = "allow_nans=True expects nothing" if argument is True else "allow_nans takes False only"
        raise ModifierError(fault, hint=f"write {self.example}, or leave it out")

    def applies_to(self, annotation: Any) -> bool:
        """Whether a feature with this annotation can have missing values."""
        return is_column_or_scalar(annotation)

    def measures(self, params: Mapping[str, Any]) -> Sequence[Measure]:
        """Counts."""
        return MISSING

    def evaluate(self, params: Mapping[str, Any], facts: Facts) -> Outcome:
        """Counts the missing values."""
        return _judge_missing(facts, {"missing": 0}, 0.0)


class MaxFractionNans:
    """Expects that at most a given share of the values is missing."""

    kind = "max_fraction_nans"
    example = "max_fraction_nans=0.05"
    supported_types = SUPPORTED_TYPES

    def normalise(self, argument: Any) -> dict[str, Any]:
        """JSON-ready parameters.

        Args:
            argument: The greatest share of missing values that is fine, from 0 to 1, itself included.

        Raises:
            ModifierError: When it is not a number from 0 to 1.

        Example:
            >>> MaxFractionNans().normalise(0.5)
            {'max_fraction_nans': 0.5}
        """
        fraction = math.nan if isinstance(argument, bool) or not isinstance(argument, numbers.Real) else float(argument)
        if 0.0 <= fraction <= 1.0:
            return {"max_fraction_nans": fraction}
        raise ModifierError("max_fraction_nans needs a number from 0 to 1", hint=f"write {self.example} for 5 %")

    def applies_to(self, annotation: Any) -> bool:
        """Whether a feature with this annotation can have missing values."""
        return is_column_or_scalar(annotation)

    def measures(self, params: Mapping[str, Any]) -> Sequence[Measure]:
        """Counts."""
        return MISSING

    def evaluate(self, params: Mapping[str, Any], facts: Facts) -> Outcome:
        """Compares the share of missing values."""
        fraction = params["max_fraction_nans"]
        return _judge_missing(facts, {"fraction": fraction}, fraction)


def _judge_missing(facts: Facts, threshold: Mapping[str, Any], most: float) -> Outcome:
    if facts.rows == 0:
        return Outcome(None, {"missing": 0, "fraction": None}, threshold, 0, "no rows")
    fraction = facts.missing / facts.rows
    held = fraction <= most
    message = f"{facts.missing:,} of {facts.rows:,} values missing ({fraction:.2%}), at most {most:.2%} expected"
    observed = {"missing": facts.missing, "fraction": fraction}
    return Outcome(held, observed, threshold, facts.missing, message, at_fault=RowTest("missing"))
