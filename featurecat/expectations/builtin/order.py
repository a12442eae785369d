"""``monotonic``: values only rise, or only fall, from row to row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from featurecat.errors import did_you_mean
from featurecat.expectations.builtin.arguments import known_parts, misuse
from featurecat.expectations.kind import COLUMN_TYPES, Facts, Outcome, is_column, is_each
from featurecat.frames.measures import MISSING, Measure, RowTest, faults

__all__ = ["Monotonic"]

_DIRECTIONS = ("increasing", "decreasing")


class Monotonic:
    """Expects that no value is less (``increasing``) or greater (``decreasing``) than the one before it.

    Rows are taken in their order, or in that of another feature: ``by``. With ``strict``, equal neighbours are a fault,
    too. A missing value is passed over: its neighbours are compared with each other. At fault is the later row.
    """

    kind = "monotonic"
    example = 'monotonic="increasing", or monotonic={"direction": "increasing", "strict": True, "by": "day"}'
    supported_types = COLUMN_TYPES

    def normalise(self, argument: Any) -> dict[str, Any]:
        """JSON-ready parameters.

        Args:
            argument: ``increasing`` or ``decreasing``, or a mapping of ``direction``, ``strict`` (False unless given)
                and ``by``, the name of the feature that orders the rows.

        Raises:
            ModifierError: When it is anything else.

        Example:
            >>> Monotonic().normalise("increasing")
            {'direction': 'increasing', 'strict': False, 'by': None}
        """
        given = {"direction": argument} if isinstance(argument, str) else argument
        parts = known_parts(self, given, ("direction", "strict", "by"))
        direction, strict, by = parts.get("direction"), parts.get("strict", False), parts.get("by")
        if direction not in _DIRECTIONS:
            raise misuse(
                self,
                f"goes 'increasing' or 'decreasing', not {direction!r}",
                hint=did_you_mean(str(direction), _DIRECTIONS),
            )
        if not isinstance(strict, bool):
            raise misuse(self, "takes strict as True or False")
        if by is not None and not (isinstance(by, str) and by.isidentifier()):
            raise misuse(self, "takes the name of a feature as by")
        return {"direction": direction, "strict": strict, "by": by}

    def others(self, params: Mapping[str, Any]) -> tuple[str, ...]:
        """The feature that orders the rows, if one does."""
        return () if params["by"] is None else (params["by"],)

    def applies_to(self, annotation: Any) -> bool:
        """Whether a feature with this annotation has many values."""
        return is_each(annotation, is_column)

    def measures(self, params: Mapping[str, Any]) -> Sequence[Measure]:
        """Counts, and the number of rows out of order."""
        return (*MISSING, faults(_test(params)))

    def evaluate(self, params: Mapping[str, Any], facts: Facts) -> Outcome:
        """Counts the rows out of order.

        Raises:
            EvaluationError: When the rows have no order, as in a database, and ``by`` is not given.
        """
        present = facts.rows - facts.missing
        if present == 0:
            return Outcome(None, {"missing": facts.missing}, dict(params), 0, "no values that could be in order")
        test = _test(params)
        failing = facts.figure(faults(test)) or 0
        order = f"{'strictly ' if params['strict'] else ''}{params['direction']}"
        by = f" by {params['by']}" if params["by"] else ""
        message = f"{failing:,} of {present:,} values out of {order} order{by}"
        observed = {"failing": failing, "missing": facts.missing}
        return Outcome(failing == 0, observed, dict(params), failing, message, at_fault=test)


def _test(params: Mapping[str, Any]) -> RowTest:
    return RowTest("unordered", (params["direction"], params["strict"], params["by"]))
