"""``mean_in_range`` and ``max_standard_dev``: where the numbers of a column lie as a whole, and how far apart.

Missing values, NaN included, take no part. With no number to judge (for the deviation: with fewer than two) the status
is ``no_data``, which counts as holding; in Hamilton an empty column and a single row fail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from featurecat.errors import EvaluationError
from featurecat.expectations.builtin.arguments import bounds_text, misuse, number_of, read_numbers
from featurecat.expectations.kind import COLUMN_TYPES, Facts, Outcome, is_column, is_each
from featurecat.expectations.literals import json_value
from featurecat.frames.measures import DEVIATION, MEAN, MISSING, Measure

__all__ = ["MaxStandardDev", "MeanInRange", "require_numbers"]


class MaxStandardDev:
    """Expects that the standard deviation of a column (of a sample: n - 1 in the divisor) is at most so large."""

    kind = "max_standard_dev"
    example = "max_standard_dev=2.5"
    supported_types = COLUMN_TYPES

    def normalise(self, argument: Any) -> dict[str, Any]:
        """JSON-ready parameters.

        Args:
            argument: The greatest deviation that is fine, itself included.

        Raises:
            ModifierError: When it is not a finite number of at least 0.

        Example:
            >>> MaxStandardDev().normalise(2)
            {'max_standard_dev': 2.0}
        """
        most = number_of(argument)
        if most is None or most < 0:
            raise misuse(self, "needs a number of at least 0")
        return {"max_standard_dev": most}

    def applies_to(self, annotation: Any) -> bool:
        """Whether a feature with this annotation has many values."""
        return is_each(annotation, is_column)

    def measures(self, params: Mapping[str, Any]) -> Sequence[Measure]:
        """Counts and the deviation."""
        return (*MISSING, DEVIATION)

    def evaluate(self, params: Mapping[str, Any], facts: Facts) -> Outcome:
        """Compares the deviation.

        Raises:
            EvaluationError: When the values are no numbers.
        """
        threshold = dict(params)
        if facts.rows - facts.missing < 2:
            observed = {"standard_deviation": None, "missing": facts.missing}
            return Outcome(None, observed, threshold, 0, "fewer than two values, which do not deviate")
        require_numbers(facts, "standard deviation")
        deviation = facts.figure(DEVIATION)
        held = deviation is not None and deviation <= params["max_standard_dev"]
        observed = {"standard_deviation": json_value(deviation), "missing": facts.missing}
        message = f"standard deviation {deviation}, at most {params['max_standard_dev']} expected"
        return Outcome(held, observed, threshold, None, message)


class MeanInRange:
    """Expects that the mean of a column lies between two bounds, both included; None leaves a side open."""

    kind = "mean_in_range"
    example = "mean_in_range=(0.0, 1.0), or mean_in_range=(0, None) for a side left open"
    supported_types = COLUMN_TYPES

    def normalise(self, argument: Any) -> dict[str, Any]:
        """JSON-ready parameters.

        Args:
            argument: Two numbers, low first; None or an infinite number leaves a side open.

        Raises:
            ModifierError: When these are not two numbers in order.

        Example:
            >>> MeanInRange().normalise((0, 10))
            {'low': 0.0, 'high': 10.0}
        """
        return read_numbers(self, argument)

    def applies_to(self, annotation: Any) -> bool:
        """Whether a feature with this annotation has many values."""
        return is_each(annotation, is_column)

    def measures(self, params: Mapping[str, Any]) -> Sequence[Measure]:
        """Counts and the mean."""
        return (*MISSING, MEAN)

    def evaluate(self, params: Mapping[str, Any], facts: Facts) -> Outcome:
        """Compares the mean.

        Raises:
            EvaluationError: When the values are no numbers.
        """
        low, high = params["low"], params["high"]
        if facts.missing == facts.rows:
            observed = {"mean": None, "missing": facts.missing}
            return Outcome(None, observed, dict(params), 0, "no values to take the mean of")
        require_numbers(facts, "mean")
        mean = facts.figure(MEAN)
        # with infinities of both signs there is no mean
        held = mean is not None and (low is None or low <= mean) and (high is None or mean <= high)
        observed = {"mean": json_value(mean), "missing": facts.missing}
        return Outcome(held, observed, dict(params), None, f"mean {mean}, expected in {bounds_text(low, high)}")


def require_numbers(facts: Facts, what: str) -> None:
    """Refuse values that are no numbers.

    Args:
        facts: The values.
        what: What only numbers have.

    Raises:
        EvaluationError: When they are no numbers.
    """
    if facts.family != "number":
        raise EvaluationError(f"{facts.logical_type} values have no {what}")
