"""``unique``: no value stands in two rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from featurecat.expectations.builtin.arguments import misuse
from featurecat.expectations.builtin.nans import is_true
from featurecat.expectations.kind import COLUMN_TYPES, Facts, Outcome, is_column, is_each
from featurecat.frames.measures import DISTINCT, MISSING, Measure, RowTest

__all__ = ["Unique"]


class Unique:
    """Expects that no value repeats. Missing values may: add ``not_null=True`` for a key.

    All rows with a value that repeats are at fault, the first one included.
    """

    kind = "unique"
    example = "unique=True"
    supported_types = COLUMN_TYPES

    def normalise(self, argument: Any) -> dict[str, Any]:
        """JSON-ready parameters.

        Args:
            argument: True; False would expect nothing.

        Raises:
            ModifierError: For anything but True.

        Example:
            >>> Unique().normalise(True)
            {'unique': True}
        """
        if is_true(argument):
            return {"unique": True}
        raise misuse(self, "takes True only")

    def applies_to(self, annotation: Any) -> bool:
        """Whether a feature with this annotation has many values."""
        return is_each(annotation, is_column)

    def measures(self, params: Mapping[str, Any]) -> Sequence[Measure]:
        """Counts, and how many different values there are."""
        return (*MISSING, DISTINCT)

    def evaluate(self, params: Mapping[str, Any], facts: Facts) -> Outcome:
        """Compares the number of different values with that of all."""
        threshold = dict(params)
        present = facts.rows - facts.missing
        if present == 0:
            return Outcome(None, {"missing": facts.missing}, threshold, 0, "no values that could repeat")
        distinct = facts.distinct()
        observed = {"repeated": 0, "distinct": distinct, "missing": facts.missing}
        if distinct == present:
            return Outcome(True, observed, threshold, 0, f"all {present:,} values are different")

        def told(failing: int) -> str:
            return f"{failing:,} of {present:,} values repeat ({distinct:,} different)"

        return Outcome(False, observed, threshold, None, told, at_fault=RowTest("repeated"), counted="repeated")
