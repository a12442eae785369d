"""How many values may be missing: ``not_null``, ``allow_nans``, ``max_fraction_nans``; and how many NaN: ``nans``.

Missing are NaN and null alike, for all but ``nans``, which tells the two apart where the data can.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping, Sequence
from typing import Any

from featurecat.errors import ModifierError
from featurecat.expectations.builtin.arguments import misuse
from featurecat.expectations.kind import (
    COLUMN_TYPES,
    SUPPORTED_TYPES,
    Facts,
    Outcome,
    is_column,
    is_column_or_scalar,
    is_each,
)
from featurecat.frames.measures import MISSING, Measure, RowTest

__all__ = ["AllowNans", "MaxFractionNans", "Nans", "NotNull", "is_true"]

#: The types whose values may be NaN.
_FLOATS = ("halffloat", "float", "double")


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


class NotNull:
    """Expects that no value is missing: neither null nor NaN, for every library alike.

    It is what ``allow_nans=False`` says. Without a single row there is nothing to judge.
    """

    kind = "not_null"
    example = "not_null=True"
    supported_types = SUPPORTED_TYPES

    def normalise(self, argument: Any) -> dict[str, Any]:
        """JSON-ready parameters.

        Args:
            argument: True; False would expect nothing.

        Raises:
            ModifierError: For anything but True.

        Example:
            >>> NotNull().normalise(True)
            {'not_null': True}
        """
        if is_true(argument):
            return {"not_null": True}
        raise misuse(self, "takes True only; for a share of missing values there is max_fraction_nans")

    def applies_to(self, annotation: Any) -> bool:
        """Whether a feature with this annotation can have missing values."""
        return is_column_or_scalar(annotation)

    def measures(self, params: Mapping[str, Any]) -> Sequence[Measure]:
        """Counts."""
        return MISSING

    def evaluate(self, params: Mapping[str, Any], facts: Facts) -> Outcome:
        """Counts the missing values."""
        missing, rows = facts.missing, facts.rows
        if rows == 0:
            return Outcome(None, {"missing": 0}, dict(params), 0, "no rows")
        message = f"{missing:,} of {rows:,} values missing"
        return Outcome(missing == 0, {"missing": missing}, dict(params), missing, message, at_fault=RowTest("missing"))


class Nans:
    """Expects at most so many NaN where null is meant: the one expectation that tells the two apart.

    Files, Polars and Arrow hold both. In pandas' numpy floats NaN is how null is written, so there the status is
    ``skip``; the file such a column is stored in is judged, and it holds null. Values that are no floats are never NaN.
    """

    kind = "nans"
    example = "nans=0"
    supported_types = COLUMN_TYPES

    def normalise(self, argument: Any) -> dict[str, Any]:
        """JSON-ready parameters.

        Args:
            argument: How many values may be NaN, itself included.

        Raises:
            ModifierError: When it is not a whole number of at least 0.

        Example:
            >>> Nans().normalise(0)
            {'nans': 0}
        """
        if isinstance(argument, bool) or not isinstance(argument, numbers.Integral) or argument < 0:
            raise misuse(self, "needs a whole number of at least 0")
        return {"nans": int(argument)}

    def applies_to(self, annotation: Any) -> bool:
        """Whether a feature with this annotation has many values."""
        return is_each(annotation, is_column)

    def measures(self, params: Mapping[str, Any]) -> Sequence[Measure]:
        """Counts."""
        return MISSING

    def evaluate(self, params: Mapping[str, Any], facts: Facts) -> Outcome:
        """Counts the NaN values."""
        threshold = dict(params)
        if facts.nan_is_null and facts.logical_type in _FLOATS:
            message = "pandas means null by NaN, so that they cannot be told apart; stored values are judged"
            return Outcome(None, {}, threshold, None, message, skipped=True)
        if facts.rows == 0:
            return Outcome(None, {"nans": 0}, threshold, 0, "no rows")
        found, most = facts.nans, params["nans"]
        message = f"{found:,} of {facts.rows:,} values are NaN, at most {most:,} expected"
        return Outcome(found <= most, {"nans": found}, threshold, found, message, at_fault=RowTest("nan"))


def is_true(argument: Any) -> bool:
    """Whether an argument is True, of Python or numpy.

    Example:
        >>> is_true(True), is_true(1)
        (True, False)
    """
    return argument is True or (type(argument).__name__ in ("bool", "bool_") and bool(argument))
