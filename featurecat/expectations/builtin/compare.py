"""``compare``: each value stands in a relation to that of another feature in the same row."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from featurecat.errors import EvaluationError
from featurecat.expectations.builtin.arguments import figure_text, known_parts, misuse, number_of, span_of, span_text
from featurecat.expectations.kind import COLUMN_TYPES, Facts, Outcome, is_column, is_each
from featurecat.frames.measures import MISSING, Measure, RowTest, faults

__all__ = ["Compare"]

_OPERATORS = ("<", "<=", "==", "!=", ">=", ">")
_SPELLED = {"=": "==", "≤": "<=", "≥": ">=", "≠": "!=", "=<": "<=", "=>": ">=", "<>": "!="}
_MOMENTS = ("date", "datetime", "datetime with time zone")


class Compare:
    """Expects of each row that the value is less, equal, greater, … than that of another feature.

    Rows where either of the two is missing are passed over; without a row where both are there, there is nothing to
    judge. With a tolerance, a value may miss by so much. Numbers compare with numbers, texts with texts, days and
    moments with days and moments; anything else could not be evaluated.
    """

    kind = "compare"
    example = 'compare=("<=", "arr_time"), or compare={"operator": "==", "other": "total", "tolerance": 0.01}'
    supported_types = COLUMN_TYPES

    def normalise(self, argument: Any) -> dict[str, Any]:
        """JSON-ready parameters.

        Args:
            argument: An operator (``<``, ``<=``, ``==``, ``!=``, ``>=``, ``>``) and the name of the other feature; or a
                mapping of ``operator``, ``other`` and ``tolerance``: a number, or a span of time such as ``5min``.

        Raises:
            ModifierError: When it is anything else.

        Example:
            >>> Compare().normalise(("<=", "arr_time"))
            {'operator': '<=', 'other': 'arr_time', 'tolerance': None}
        """
        if isinstance(argument, (tuple, list)):
            if len(argument) != 2:
                raise misuse(self, "needs an operator and the name of a feature")
            argument = {"operator": argument[0], "other": argument[1]}
        parts = known_parts(self, argument, ("operator", "other", "tolerance"))
        written, other = parts.get("operator"), parts.get("other")
        if written not in _OPERATORS:
            meant = f"did you mean {_SPELLED[written]!r}?" if isinstance(written, str) and written in _SPELLED else None
            raise misuse(self, f"knows {', '.join(_OPERATORS)}, not {written!r}", hint=meant)
        if not (isinstance(other, str) and other.isidentifier()):
            raise misuse(self, f"needs the name of a feature, not {other!r}")
        tolerance = self._tolerance(parts.get("tolerance"))
        if tolerance is not None and written == "!=":
            raise misuse(self, "takes no tolerance with !=")
        return {"operator": written, "other": other, "tolerance": tolerance}

    def _tolerance(self, given: Any) -> float | str | None:
        """As JSON holds it; none at all for 0."""
        if given is None:
            return None
        span = span_of(given)
        if span is not None and span >= datetime.timedelta():
            return span_text(span) if span else None
        number = number_of(given)
        if number is None or number < 0:
            raise misuse(self, "takes as tolerance a number of at least 0, or a span of time such as '5min'")
        return number or None

    def others(self, params: Mapping[str, Any]) -> tuple[str, ...]:
        """The feature that it compares with."""
        return (params["other"],)

    def applies_to(self, annotation: Any) -> bool:
        """Whether a feature with this annotation has many values."""
        return is_each(annotation, is_column)

    def measures(self, params: Mapping[str, Any]) -> Sequence[Measure]:
        """Counts, the number of rows at fault, and of those that can be compared at all."""
        return (*MISSING, faults(_test(params)), *_pairs(params))

    def evaluate(self, params: Mapping[str, Any], facts: Facts) -> Outcome:
        """Counts the rows that are not in this relation.

        Raises:
            EvaluationError: When the two cannot be compared, such as numbers with texts.
        """
        threshold = {name: part for name, part in params.items() if part is not None}
        if facts.missing == facts.rows:
            return Outcome(None, {"missing": facts.missing}, threshold, 0, "no values to compare")
        tolerance = params["tolerance"]
        if tolerance is not None and facts.family not in (_MOMENTS if isinstance(tolerance, str) else ("number",)):
            raise EvaluationError(f"{facts.logical_type} values have no tolerance of {tolerance}")
        test = _test(params)
        failing = facts.figure(faults(test)) or 0
        compared = sum(facts.figure(pair) or 0 for pair in _pairs(params))
        observed = {"failing": failing, "compared": compared, "missing": facts.missing}
        if compared == 0:
            return Outcome(None, observed, threshold, 0, f"no rows with both a value and one of {params['other']}")
        allowance = "" if tolerance is None else f" within {figure_text(tolerance)}"
        message = f"{failing:,} of {compared:,} values not {params['operator']} {params['other']}{allowance}"
        return Outcome(failing == 0, observed, threshold, failing, message, at_fault=test)


def _test(params: Mapping[str, Any]) -> RowTest:
    tolerance = params["tolerance"]
    if isinstance(tolerance, str):
        tolerance = span_of(tolerance)
    return RowTest("unrelated", (params["operator"], tolerance), params["other"])


def _pairs(params: Mapping[str, Any]) -> tuple[Measure, Measure]:
    """Two counts whose sum is that of the rows where both values are there: those unlike, and those alike."""
    return (
        faults(RowTest("unrelated", ("==", None), params["other"])),
        faults(RowTest("unrelated", ("!=", None), params["other"])),
    )
