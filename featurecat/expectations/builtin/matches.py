"""``matches``: every text is, as a whole, as a regular expression says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from featurecat.errors import EvaluationError, ModifierError
from featurecat.expectations.builtin.arguments import misuse
from featurecat.expectations.builtin.patterns import common_pattern
from featurecat.expectations.kind import COLUMN_TYPES, Facts, Outcome, is_column, is_each
from featurecat.frames.measures import MISSING, Measure, RowTest, faults

__all__ = ["Matches"]


class Matches:
    r"""Expects that every text that is not missing matches a regular expression, from its first to its last character.

    Patterns are of the part that Python, Polars, DuckDB and Spark have in common: characters, classes, groups,
    alternatives, repeats, and ``(?i)`` at the start for letters of either case. ``\d``, ``\w`` and ``\s`` are those of
    ASCII, ``.`` is anything but a line feed. Look-around, back-references, word boundaries, possessive repeats and
    further flags are refused where they are written.
    """

    kind = "matches"
    example = r'matches=r"[A-Z]{2}\d+"'
    supported_types = f"str and {COLUMN_TYPES} of texts"

    def normalise(self, argument: Any) -> dict[str, Any]:
        r"""JSON-ready parameters.

        Args:
            argument: A regular expression, as text or compiled without flags.

        Raises:
            ModifierError: When it is none, or uses what not every engine knows.

        Example:
            >>> Matches().normalise(r"[A-Z]{2}\d+")
            {'pattern': '[A-Z]{2}\\d+'}
        """
        if isinstance(argument, re.Pattern):
            if argument.flags & ~re.UNICODE:
                raise misuse(self, "takes a pattern without flags", hint="(?i) may stand at its start;")
            argument = argument.pattern
        if not isinstance(argument, str):
            raise misuse(self, f"needs a regular expression, not a {type(argument).__name__}")
        try:
            common_pattern(argument)
        except ModifierError as fault:
            problem = fault.problems[0]
            raise misuse(self, problem.message, hint=problem.hint and f"{problem.hint};") from fault
        return {"pattern": argument}

    def applies_to(self, annotation: Any) -> bool:
        """Whether a feature with this annotation can be texts."""
        return is_each(
            annotation,
            lambda member: is_column(member) or (isinstance(member, type) and issubclass(member, str)),
        )

    def measures(self, params: Mapping[str, Any]) -> Sequence[Measure]:
        """Counts, and the number of texts that do not match."""
        return (*MISSING, faults(_test(params)))

    def evaluate(self, params: Mapping[str, Any], facts: Facts) -> Outcome:
        """Counts the texts that do not match.

        Raises:
            EvaluationError: When the values are no texts.
        """
        threshold = dict(params)
        present = facts.rows - facts.missing
        if present == 0:
            return Outcome(None, {"missing": facts.missing}, threshold, 0, "no texts to match")
        if facts.family != "string":
            raise EvaluationError(f"{facts.logical_type} values are no texts")
        test = _test(params)
        failing = facts.figure(faults(test)) or 0
        pattern = params["pattern"]
        shown = f"'{pattern}'" if pattern.isprintable() else repr(pattern)
        message = f"{failing:,} of {present:,} texts do not match {shown}"
        observed = {"failing": failing, "missing": facts.missing}
        return Outcome(failing == 0, observed, threshold, failing, message, at_fault=test)


def _test(params: Mapping[str, Any]) -> RowTest:
    return RowTest("unmatched", (common_pattern(params["pattern"]),))
