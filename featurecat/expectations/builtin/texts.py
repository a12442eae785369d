"""``contains`` and ``does_not_contain``: what stands in each text.

They judge a text, or each text of a column (Hamilton: a ``str`` only). Missing texts take no part; with nothing but
missing ones the status is ``no_data`` (in Hamilton None is a TypeError).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from featurecat.errors import EvaluationError, ModifierError
from featurecat.expectations.kind import COLUMN_TYPES, Facts, Outcome, is_column, is_each
from featurecat.frames.measures import MISSING, Measure, RowTest, faults

__all__ = ["Contains", "DoesNotContain"]


class _Texts:
    """What both share."""

    kind = "contains"
    supported_types = f"str and {COLUMN_TYPES} of texts"

    @property
    def example(self) -> str:
        """Right use, for messages."""
        return f'{self.kind}="@" or {self.kind}=["@", "."]'

    def normalise(self, argument: Any) -> dict[str, Any]:
        """JSON-ready parameters.

        Args:
            argument: A text, or several. Letters of different case are different.

        Raises:
            ModifierError: When there is no text, an empty one, or something else.

        Example:
            >>> Contains().normalise("@")
            {'texts': ['@']}
        """
        texts = [argument] if isinstance(argument, str) else argument
        if not isinstance(texts, (list, tuple, set, frozenset)) or not texts:
            raise ModifierError(f"{self.kind} needs a text or a list of texts", hint=f"write {self.example}")
        if not all(isinstance(text, str) and text for text in texts):
            raise ModifierError(f"{self.kind} needs texts that are not empty", hint=f"write {self.example}")
        return {"texts": sorted(set(texts))}

    def applies_to(self, annotation: Any) -> bool:
        """Whether a feature with this annotation can be texts."""
        return is_each(
            annotation,
            lambda member: is_column(member) or (isinstance(member, type) and issubclass(member, str)),
        )

    def measures(self, params: Mapping[str, Any]) -> Sequence[Measure]:
        """Counts, and the number of texts that are not as expected."""
        return (*MISSING, faults(self.test(params["texts"])))

    def evaluate(self, params: Mapping[str, Any], facts: Facts) -> Outcome:
        """Counts the texts that are not as expected.

        Raises:
            EvaluationError: When the values are no texts.
        """
        threshold = dict(params)
        present = facts.rows - facts.missing
        if present == 0:
            return Outcome(None, {"missing": facts.missing}, threshold, 0, "no texts to look into")
        if facts.family != "string":
            raise EvaluationError(f"{facts.logical_type} values are no texts")
        test = self.test(params["texts"])
        failing = facts.figure(faults(test)) or 0
        fault = self.fault if len(params["texts"]) == 1 else self.fault_of_several
        message = f"{failing:,} of {present:,} texts {fault} {', '.join(map(repr, params['texts']))}"
        observed = {"failing": failing, "missing": facts.missing}
        return Outcome(failing == 0, observed, threshold, failing, message, at_fault=test)

    fault = "do not contain"
    fault_of_several = "do not contain all of"

    def test(self, texts: Sequence[str]) -> RowTest:
        """Which texts are at fault."""
        return RowTest("lacking", tuple(texts))


class Contains(_Texts):
    """Expects that every text contains all of the given ones."""


class DoesNotContain(_Texts):
    """Expects that no text contains any of the given ones."""

    kind = "does_not_contain"
    fault = "contain"
    fault_of_several = "contain some of"

    def test(self, texts: Sequence[str]) -> RowTest:
        """Which texts are at fault."""
        return RowTest("holding", tuple(texts))
