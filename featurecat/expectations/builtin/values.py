"""``values_in``: every value is one of a given set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from featurecat.errors import EvaluationError, ModifierError
from featurecat.expectations.kind import SUPPORTED_TYPES, Facts, Outcome, is_column_or_scalar
from featurecat.expectations.literals import Literal, comparable, decode_literal, encode_literal
from featurecat.frames.measures import MISSING, Measure, RowTest, faults

__all__ = ["ValuesIn"]


class ValuesIn:
    """Expects that each value that is not missing is one of a set."""

    kind = "values_in"
    example = 'values_in=["EWR", "JFK", "LGA"]'
    supported_types = SUPPORTED_TYPES

    def normalise(self, argument: Any) -> dict[str, Any]:
        """JSON-ready parameters.

        Args:
            argument: The values: a list, tuple, set, mapping (its keys), ``range``, enumeration class or array of
                numbers, texts or dates, all of one kind. None in it is ignored, as missing values are.

        Returns:
            ``values``, sorted and without repeats, and ``family`` unless they are numbers.

        Raises:
            ModifierError: When there are no values, when it is a single text, or when kinds are mixed.

        Example:
            >>> ValuesIn().normalise({"b", "a"})
            {'values': ['a', 'b'], 'family': 'string'}
        """
        if isinstance(argument, (str, bytes)) or not (hasattr(argument, "__iter__") and hasattr(argument, "__len__")):
            raise self._misuse("needs a list of values")
        values = argument.tolist() if hasattr(argument, "tolist") else list(argument)
        try:
            literals = [encode_literal(value) for value in values if value is not None]
        except ValueError as fault:
            raise self._misuse(f"has a value that cannot work: {fault}") from fault
        families = sorted({literal.family for literal in literals})
        if not families:
            raise self._misuse("has no values, so nothing could ever hold")
        if len(families) > 1:
            raise self._misuse(f"mixes values of the types {', '.join(families)}")
        params: dict[str, Any] = {"values": sorted({literal.value for literal in literals})}
        return params if families[0] == "number" else {**params, "family": families[0]}

    def applies_to(self, annotation: Any) -> bool:
        """Whether a feature with this annotation has values that can be compared."""
        return is_column_or_scalar(annotation)

    def measures(self, params: Mapping[str, Any]) -> Sequence[Measure]:
        """Counts, and the number of values that are none of them."""
        return (*MISSING, faults(self._test(params)))

    def evaluate(self, params: Mapping[str, Any], facts: Facts) -> Outcome:
        """Counts the values that are not in the set.

        Raises:
            EvaluationError: When the two cannot be compared, such as numbers with texts.
        """
        threshold = {"values": list(params["values"])}
        present = facts.rows - facts.missing
        if present == 0:
            return Outcome(None, {"missing": facts.missing}, threshold, 0, "no values to compare with the set")
        family = params.get("family", "number")
        if not comparable(family, facts.family):
            raise EvaluationError(f"values of type {family} cannot be compared with {facts.logical_type} values")
        test = self._test(params)
        failing = facts.figure(faults(test)) or 0
        message = f"{failing:,} of {present:,} values not among the {len(params['values']):,} expected"
        observed = {"unexpected": failing, "missing": facts.missing}
        return Outcome(failing == 0, observed, threshold, failing, message, at_fault=test)

    @staticmethod
    def _test(params: Mapping[str, Any]) -> RowTest:
        family = params.get("family", "number")
        return RowTest("not_in", tuple(decode_literal(Literal(family, value)) for value in params["values"]))

    def _misuse(self, fault: str) -> ModifierError:
        return ModifierError(f"values_in {fault}", hint=f"write {self.example}")
