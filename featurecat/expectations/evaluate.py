"""Judges values by expectations; the only module here that loads a frame library, and only when called.

A column is converted once for all its expectations, whatever library it is of, and judged on that one form.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from featurecat.errors import EvaluationError, FeaturecatError
from featurecat.expectations.kind import Facts
from featurecat.expectations.registry import find_kind
from featurecat.expectations.scalar import ScalarFacts
from featurecat.expectations.spec import ExpectationSpec, Verdict
from featurecat.frames.describe import describe_value
from featurecat.frames.facts import ColumnFacts
from featurecat.frames.kinds import kind_of_value

__all__ = ["evaluate", "evaluate_column"]


def evaluate(spec: ExpectationSpec, value: Any) -> Verdict:
    """Judges one value by one expectation.

    Missing values are NaN and null alike. ``range`` and ``values_in`` ignore them; with nothing else to judge, as in an
    empty column, the status is ``no_data``, which counts as holding.

    Args:
        spec: The expectation, as the registry normalised it.
        value: A pandas or Polars Series, an Arrow array, or a scalar.

    Returns:
        The verdict. What could not be evaluated has the status ``error`` and is never a pass; nothing is raised.

    Example:
        >>> spec = ExpectationSpec("range", {"low": 0.0, "high": 1.0})
        >>> evaluate(spec, 2.0).message
        '1 of 1 values outside 0.0 … 1.0 (min 2.0, max 2.0)'
    """
    return evaluate_column([spec], value)[0]


def evaluate_column(specs: Sequence[ExpectationSpec], value: Any) -> list[Verdict]:
    """Judges one value by several expectations, converting and measuring it once.

    Args:
        specs: The expectations.
        value: As for :func:`evaluate`.

    Returns:
        One verdict for each, in order.
    """
    try:
        facts = _facts(value)
    except FeaturecatError as fault:
        unusable = Verdict("error", message=f"could not be evaluated: {fault.problems[0].message}")
        return [unusable] * len(specs)
    return [_judge(spec, facts) for spec in specs]


def _facts(value: Any) -> Facts:
    kind = kind_of_value(value)
    if kind is None:
        return ScalarFacts(value)
    if kind.shape != "column" or kind.engine == "polars-lazy":
        raise EvaluationError(f"{describe_value(value)} is not a column with values")
    return ColumnFacts(value)


def _judge(spec: ExpectationSpec, facts: Facts) -> Verdict:
    try:
        outcome = find_kind(spec.kind).evaluate(spec.params, facts)
    except Exception as fault:  # noqa: BLE001 - whatever goes wrong is a verdict of its own and must not end the run
        reason = fault.problems[0].message if isinstance(fault, FeaturecatError) else type(fault).__name__
        return Verdict("error", rows=facts.rows, message=f"could not be evaluated: {reason}")
    if outcome.held is None:
        status = "no_data"
    elif outcome.held:
        status = "pass"
    else:
        status = "fail" if spec.blocking else "warn"
    return Verdict(
        status,
        observed=outcome.observed,
        threshold=outcome.threshold,
        rows=facts.rows,
        failing_rows=outcome.failing_rows,
        message=outcome.message,
    )
