"""``data_type``: the values are of one type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from featurecat.errors import ModifierError
from featurecat.expectations.kind import SUPPORTED_TYPES, Facts, Outcome, is_column_or_scalar
from featurecat.frames.dtypes import fits_type, type_or_family_name
from featurecat.frames.measures import ROWS, Measure

__all__ = ["DataType"]


class DataType:
    """Expects a type, judged on the Arrow logical type, so that it means the same to every engine.

    pandas keeps whole numbers with gaps in ``float64`` unless asked for ``Int64``: such a column *is* ``double``. A
    Python bool is ``bool``, not an integer.
    """

    kind = "data_type"
    example = 'data_type=float, data_type=np.float64 or data_type="int64"'
    supported_types = SUPPORTED_TYPES

    def normalise(self, argument: Any) -> dict[str, Any]:
        """JSON-ready parameters.

        Args:
            argument: A Python, numpy, pandas, Polars or Arrow type, or the name of one or of a family.

        Returns:
            ``data_type``: a logical type such as ``double``, or a family such as ``floating``.

        Raises:
            ModifierError: When there is no such type.

        Example:
            >>> DataType().normalise(float), DataType().normalise("float64")
            ({'data_type': 'floating'}, {'data_type': 'double'})
        """
        try:
            return {"data_type": type_or_family_name(argument)}
        except ModifierError as fault:
            problem = fault.problems[0]
            hint = "; ".join(part for part in (problem.hint, f"write {self.example}") if part)
            raise ModifierError(f"data_type: {problem.message}", hint=hint) from fault

    def applies_to(self, annotation: Any) -> bool:
        """Whether a feature with this annotation has one type for all values."""
        return is_column_or_scalar(annotation)

    def measures(self, params: Mapping[str, Any]) -> Sequence[Measure]:
        """How many rows there are; the type is seen at once."""
        return (ROWS,)

    def evaluate(self, params: Mapping[str, Any], facts: Facts) -> Outcome:
        """Compares the logical type; a column without rows or of nothing but untyped nulls gives nothing to judge."""
        wanted, actual = params["data_type"], facts.logical_type
        observed, threshold = {"data_type": actual}, {"data_type": wanted}
        if facts.rows == 0 or (actual == "null" and wanted != "null"):
            return Outcome(None, observed, threshold, 0, "no values whose type could be judged")
        held = fits_type(actual, wanted)
        message = f"values are {actual}, as expected" if held else f"values are {actual}, expected {wanted}"
        return Outcome(held, observed, threshold, 0 if held else facts.rows, message)
