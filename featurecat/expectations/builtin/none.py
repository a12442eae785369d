"""``allow_none``: whether a function may return None."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from featurecat.errors import ModifierError
from featurecat.expectations.kind import Facts, Outcome
from featurecat.frames.measures import Measure

__all__ = ["AllowNone"]


class AllowNone:
    """Expects that the value is there, whatever its type; what a column or list holds is not looked at.

    ``allow_none=True`` expects nothing and always holds, as in Hamilton. For gaps inside a column there is
    ``allow_nans``.
    """

    kind = "allow_none"
    example = "allow_none=False"
    supported_types = "every type"

    def normalise(self, argument: Any) -> dict[str, Any]:
        """JSON-ready parameters.

        Args:
            argument: False, or True for no expectation.

        Raises:
            ModifierError: For anything else.

        Example:
            >>> AllowNone().normalise(False)
            {'allow_none': False}
        """
        if not isinstance(argument, bool):
            raise ModifierError("allow_none takes False or True", hint=f"write {self.example}")
        return {"allow_none": argument}

    def applies_to(self, annotation: Any) -> bool:
        """True: anything may be None."""
        del annotation
        return True

    def measures(self, params: Mapping[str, Any]) -> Sequence[Measure]:
        """Nothing: whether the value is there is seen at once."""
        return ()

    def evaluate(self, params: Mapping[str, Any], facts: Facts) -> Outcome:
        """Looks whether the value is None."""
        held = params["allow_none"] or not facts.absent
        message = "the value is None" if facts.absent else "the value is not None"
        return Outcome(held, {"none": facts.absent}, dict(params), 0 if held else 1, message)
