"""Judges values by expectations; the only module here that loads a frame library, and only when called.

A column is converted once for all its expectations, whatever library it is of, and judged on that one form. What has a
judge of its own (a schema, a model, a validator of the user's) is judged by it, on the value as it is.
"""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from typing import Any, cast

from featurecat.errors import EvaluationError, FeaturecatError
from featurecat.expectations.kind import Facts, Outcome
from featurecat.expectations.registry import find_kind
from featurecat.expectations.scalar import OpaqueFacts, ScalarFacts
from featurecat.expectations.spec import ExpectationSpec, Verdict
from featurecat.frames.describe import describe_value
from featurecat.frames.facts import ColumnFacts
from featurecat.frames.kinds import kind_of_value

__all__ = ["evaluate", "evaluate_column", "evaluate_in_time"]


def evaluate(spec: ExpectationSpec, value: Any, frame: Any = None) -> Verdict:
    """Judges one value by one expectation.

    Missing values are NaN and null alike. ``range`` and ``values_in`` ignore them; with nothing else to judge, as in an
    empty column, the status is ``no_data``, which counts as holding.

    Args:
        spec: The expectation, as the registry normalised it.
        value: A pandas or Polars Series, an Arrow array, a scalar, or what the expectation's judge takes.
        frame: The lazy frame that ``value`` is an expression over, if it is one; it is collected for this column.

    Returns:
        The verdict. What could not be evaluated has the status ``error`` and is never a pass; nothing is raised.

    Example:
        >>> spec = ExpectationSpec("range", {"low": 0.0, "high": 1.0})
        >>> evaluate(spec, 2.0).message
        '1 of 1 values outside 0.0 … 1.0 (min 2.0, max 2.0)'
    """
    if frame is not None:
        try:
            value = _collected(frame, value)
        except Exception as fault:  # noqa: BLE001 - what a query raises is of many types
            return _unevaluated(fault)
    return evaluate_column([spec], value)[0]


def _collected(frame: Any, expression: Any) -> Any:
    """The values of an expression over a lazy frame, as a Series."""
    return frame.select(expression).collect().to_series()


def evaluate_column(specs: Sequence[ExpectationSpec], value: Any) -> list[Verdict]:
    """Judges one value by several expectations, converting and measuring it once.

    Args:
        specs: The expectations.
        value: As for :func:`evaluate`.

    Returns:
        One verdict for each, in order.
    """
    facts: Facts | None = None
    verdicts = []
    for spec in specs:
        if spec.judge is None:
            facts = _facts(value) if facts is None else facts
            verdicts.append(_verdict_on_facts(spec, facts))
        else:
            verdicts.append(_verdict_of_judge(spec, value))
    return verdicts


async def evaluate_in_time(spec: ExpectationSpec, value: Any, frame: Any = None) -> Verdict:
    """Judges one value by an expectation whose judge has to be awaited, such as one that asks a service.

    Args:
        spec: The expectation; its judge may also be one that need not be awaited.
        value: As for :func:`evaluate`.
        frame: As for :func:`evaluate`.

    Returns:
        As :func:`evaluate`.
    """
    judge = spec.judge
    if judge is None:
        return evaluate(spec, value, frame)
    try:
        value = value if frame is None else _collected(frame, value)
        outcome = judge(value)
        if not isinstance(outcome, Outcome):
            outcome = await outcome
    except Exception as fault:  # noqa: BLE001 - as for judges that are not awaited
        return _unevaluated(fault)
    return _verdict(spec, outcome, outcome.rows)


def _facts(value: Any) -> Facts:
    kind = kind_of_value(value)
    try:
        if kind is None:
            return ScalarFacts(value)
        if kind.shape == "column" and kind.engine != "polars-lazy":
            return ColumnFacts(value)
    except FeaturecatError as fault:
        return cast("Facts", OpaqueFacts(fault.problems[0].message))
    return cast("Facts", OpaqueFacts(f"{describe_value(value)} is not a column with values"))


def _verdict_on_facts(spec: ExpectationSpec, facts: Facts) -> Verdict:
    rows = None if isinstance(facts, OpaqueFacts) else facts.rows
    try:
        outcome = find_kind(spec.kind).evaluate(spec.params, facts)
    except Exception as fault:  # noqa: BLE001 - whatever goes wrong is a verdict of its own and must not end the run
        reason = fault.problems[0].message if isinstance(fault, FeaturecatError) else type(fault).__name__
        return Verdict("error", rows=rows, message=f"could not be evaluated: {reason}")
    return _verdict(spec, outcome, rows)


def _verdict_of_judge(spec: ExpectationSpec, value: Any) -> Verdict:
    judge = spec.judge
    assert judge is not None  # the caller asked
    try:
        if judge.asynchronous:
            raise EvaluationError("it has to be awaited, which the async driver does")
        outcome = cast("Outcome", judge(value))
    except Exception as fault:  # noqa: BLE001 - a user's validator may raise anything
        return _unevaluated(fault)
    return _verdict(spec, outcome, outcome.rows)


def _unevaluated(fault: Exception) -> Verdict:
    """The verdict on what a judge raised: its type and place, not its text, which may quote values."""
    if isinstance(fault, FeaturecatError):
        reason = fault.problems[0].message
    else:
        frame = traceback.extract_tb(fault.__traceback__)[-1]
        reason = f"{type(fault).__name__} in {frame.name}, line {frame.lineno}"
    return Verdict("error", message=f"could not be evaluated: {reason}")


def _verdict(spec: ExpectationSpec, outcome: Outcome, rows: int | None) -> Verdict:
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
        rows=rows,
        failing_rows=outcome.failing_rows,
        message=outcome.message,
    )
