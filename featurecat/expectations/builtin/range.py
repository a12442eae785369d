"""``range``: every value lies between two bounds, both included."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from featurecat.errors import EvaluationError
from featurecat.expectations.builtin.arguments import beyond_text, read_bounds, short_figure
from featurecat.expectations.kind import SUPPORTED_TYPES, Facts, Outcome, is_column_or_scalar
from featurecat.expectations.literals import Literal, comparable, decode_literal, is_below, json_value
from featurecat.frames.measures import EXTREMES, MISSING, Measure, RowTest

__all__ = ["Range", "are_bounds"]


class Range:
    """Expects ``low <= value <= high`` of each value that is not missing; None leaves a side open."""

    kind = "range"
    example = "range=(0.0, 1.0), or range=(0, None) for a side left open"
    supported_types = SUPPORTED_TYPES

    def normalise(self, argument: Any) -> dict[str, Any]:
        """JSON-ready parameters.

        Args:
            argument: Two numbers, texts, dates or datetimes, low first; None or an infinite number leaves a side open.

        Returns:
            ``low`` and ``high``, and ``family`` unless they are numbers.

        Raises:
            ModifierError: When these are not two bounds of one kind in order.

        Example:
            >>> Range().normalise((0, None))
            {'low': 0.0, 'high': None}
        """
        if are_bounds(argument):
            return {"low": argument[0], "high": argument[1]}
        return read_bounds(self, argument)

    def applies_to(self, annotation: Any) -> bool:
        """Whether a feature with this annotation has values that can be compared."""
        return is_column_or_scalar(annotation)

    def measures(self, params: Mapping[str, Any]) -> Sequence[Measure]:
        """Counts and extremes: where they hold, all values do."""
        return (*MISSING, *EXTREMES)

    def evaluate(self, params: Mapping[str, Any], facts: Facts) -> Outcome:
        """Compares the extremes; where they lie outside the bounds, so do rows.

        Raises:
            EvaluationError: When the bounds cannot be compared with the values, such as numbers with texts.
        """
        threshold = {"low": params["low"], "high": params["high"]}
        if facts.missing == facts.rows:
            return Outcome(None, {"missing": facts.missing}, threshold, 0, "no values to compare with the bounds")
        family = params.get("family", "number")
        if not comparable(family, facts.family):
            raise EvaluationError(f"bounds of type {family} cannot be compared with {facts.logical_type} values")
        low, high = (
            None if params[side] is None else decode_literal(Literal(family, params[side])) for side in ("low", "high")
        )
        extremes = facts.extremes()
        least, greatest = (json_value(extreme) for extreme in extremes)
        held = not (is_below(extremes[0], low) or is_below(high, extremes[1]))
        observed = {"min": least, "max": greatest, "outside": 0, "missing": facts.missing}
        beyond = beyond_text(params["low"], params["high"])
        present = facts.rows - facts.missing

        def told(failing: int) -> str:
            return f"{failing:,} of {present:,} values {beyond} (min {short_figure(extremes[0])}, max {short_figure(extremes[1])})"

        if held:
            return Outcome(True, observed, threshold, 0, told(0))
        return Outcome(
            False, observed, threshold, None, told, at_fault=RowTest("outside", (low, high)), counted="outside"
        )


def are_bounds(argument: Any) -> bool:
    """Whether an argument is, at a glance, what most are: a tuple of two finite floats in order.

    Example:
        >>> are_bounds((0.0, 1.0)), are_bounds((1.0, 0.0)), are_bounds((0, 1))
        (True, False, False)
    """
    if type(argument) is not tuple or len(argument) != 2:
        return False
    low, high = argument
    return type(low) is float and type(high) is float and -math.inf < low <= high < math.inf
