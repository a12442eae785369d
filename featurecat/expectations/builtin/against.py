"""What is compared with an earlier run: which one, and what it says when there is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from featurecat.errors import EvaluationError
from featurecat.expectations.builtin.arguments import Named, misuse, number_of
from featurecat.expectations.kind import Facts, Outcome

__all__ = ["against_text", "earlier_facts", "read_against", "read_share", "skipped"]

#: In the place of a run id: the last published run.
_LAST = "last"


def read_against(entry: Named, parts: Mapping[str, Any]) -> str:
    """Which run is compared with: ``last`` unless another one is named.

    Raises:
        ModifierError: When it is no text.
    """
    against = parts.get("against", _LAST)
    if not isinstance(against, str) or not against.strip():
        raise misuse(entry, "takes as against 'last' or the id of a run")
    return against.strip()


def read_share(entry: Named, name: str, given: Any, *, most: float | None = None) -> float:
    """A number of at least 0, and at most so much.

    Raises:
        ModifierError: When it is none.
    """
    number = number_of(given)
    if number is None or number < 0 or (most is not None and number > most):
        wanted = "a number of at least 0" if most is None else f"a number from 0 to {most:g}"
        raise misuse(entry, f"takes as {name} {wanted}, not {given!r}")
    return number


def earlier_facts(facts: Facts, against: str) -> Facts | str:
    """The facts of the run that is compared with, or the reason why there are none, which is nobody's fault.

    Args:
        facts: Those of the run that is judged.
        against: As :func:`read_against` gives it.

    Raises:
        EvaluationError: When a run was named that has no values of this feature, or when these are of another family.
    """
    if facts.surroundings.earlier is None:
        return "no published run is at hand to compare with"
    earlier = facts.earlier(None if against == _LAST else against)
    if earlier is None:
        if against == _LAST:
            return "there is no published run to compare with"
        raise EvaluationError(f"the run {against} has no values of this feature")
    if earlier.family != facts.family and "null" not in (earlier.family, facts.family):
        raise EvaluationError(
            f"{facts.logical_type} values cannot be compared with {earlier.logical_type} values of an earlier run"
        )
    return earlier if earlier.rows else "the run to compare with has no rows"


def against_text(against: str) -> str:
    """The run that is compared with, in words.

    Example:
        >>> against_text("last"), against_text("20131231T120000Z-0a1b")
        ('the last published run', 'run 20131231T120000Z-0a1b')
    """
    return "the last published run" if against == _LAST else f"run {against}"


def skipped(reason: str, threshold: Mapping[str, Any]) -> Outcome:
    """The outcome where nothing could be judged for a reason that is nobody's fault.

    Example:
        >>> skipped("no moment to judge by", {}).skipped
        True
    """
    return Outcome(None, {}, threshold, None, reason, skipped=True)
