"""Verdicts from outcomes: severity, limits on rows at fault, and what a report may hold of a value."""

from __future__ import annotations

import datetime
import math
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from featurecat.errors import FeaturecatError
from featurecat.expectations.kind import Facts, Outcome
from featurecat.expectations.limits import parse_limit
from featurecat.expectations.literals import json_value
from featurecat.expectations.spec import ExpectationSpec, Verdict
from featurecat.frames.measures import faults

__all__ = ["rows_of", "shown", "unevaluated", "verdict_of"]

#: A limit that nobody wrote: one row at fault is too many.
_ANY = "> 0"


def unevaluated(fault: Exception, *, rows: int | None = None) -> Verdict:
    """The verdict on what judging raised: its type and place, not its text, which may quote values.

    Args:
        fault: What was raised.
        rows: How many rows there were, where that is known.

    Example:
        >>> from featurecat.errors import EvaluationError
        >>> unevaluated(EvaluationError("texts have no mean")).message
        'could not be evaluated: texts have no mean'
    """
    if isinstance(fault, FeaturecatError):
        reason = fault.problems[0].message
    else:
        places = traceback.extract_tb(fault.__traceback__)
        place = f" in {places[-1].name}, line {places[-1].lineno}" if places else ""
        reason = f"{type(fault).__name__}{place}"
    return Verdict("error", rows=rows, message=f"could not be evaluated: {reason}")


def verdict_of(spec: ExpectationSpec, outcome: Outcome, facts: Facts | None = None) -> Verdict:
    """What an outcome means for an expectation of some severity, with its limits.

    Args:
        spec: The expectation.
        outcome: What was found; its rows at fault are counted.
        facts: What it was found of, where that is more than a judge's word.

    Example:
        >>> spec = ExpectationSpec("custom", severity="error")
        >>> verdict_of(spec, Outcome(False, {}, {}, 3, "is not so")).status
        'fail'
    """
    rows = outcome.rows if facts is None else rows_of(facts)
    failing = outcome.failing_rows
    observed = dict(outcome.observed)
    if outcome.counted is not None and failing is not None:
        observed[outcome.counted] = failing
    limits = {name: text for name in ("fail_if", "warn_if") if (text := getattr(spec, name)) is not None}
    message = outcome.message if isinstance(outcome.message, str) else outcome.message(failing or 0)
    try:
        status, told = _status(spec, outcome, facts)
    except Exception as fault:  # noqa: BLE001 - the run before may be unreadable in any way
        return replace(unevaluated(fault, rows=rows), observed=observed, threshold={**outcome.threshold, **limits})
    return Verdict(status, observed, {**outcome.threshold, **limits}, rows, failing, f"{message}{told}")


def rows_of(facts: Facts) -> int | None:
    """How many rows there are; None where that cannot be told."""
    try:
        return facts.rows
    except FeaturecatError:
        return None


def _status(spec: ExpectationSpec, outcome: Outcome, facts: Facts | None) -> tuple[str, str]:
    """Whether it held, and how bad it is that it did not; what to add to the message."""
    if outcome.skipped:
        return "skip", ""
    if outcome.held is None:
        return "no_data", ""
    if outcome.held:
        return "pass", ""
    if outcome.failing_rows is None or facts is None or (spec.fail_if is None and spec.warn_if is None):
        return ("fail" if spec.blocking else "warn"), ""
    return _limited(_limits(spec), outcome, facts)


def _limits(spec: ExpectationSpec) -> list[tuple[str, str]]:
    """Limits, the stricter outcome first; where none is written, one row is too many."""
    warning = (spec.warn_if or _ANY, "warn")
    return [(spec.fail_if or _ANY, "fail"), warning] if spec.blocking else [warning]


def _limited(limits: Sequence[tuple[str, str]], outcome: Outcome, facts: Facts) -> tuple[str, str]:
    failing, unknown = outcome.failing_rows or 0, False
    for text, status in limits:
        limit = parse_limit(text)
        exceeded = limit.exceeded(failing, facts.rows, _before(outcome, facts) if limit.change else None)
        if exceeded:
            return status, "" if text == _ANY else f"; more than allowed: {text}"
        unknown |= exceeded is None
    if unknown:
        return "skip", "; there is no published run to compare with"
    return "pass", f"; allowed: {limits[-1][0]}"


def _before(outcome: Outcome, facts: Facts) -> tuple[int, int] | None:
    """Rows at fault and rows of the last published run."""
    earlier = facts.earlier()
    if earlier is None or outcome.at_fault is None:
        return None
    return int(earlier.figure(faults(outcome.at_fault)) or 0), earlier.rows


def shown(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row as a report may hold it; NaN is missing like null.

    Example:
        >>> shown({"a": float("nan"), "b": float("-inf"), "c": 2})
        {'a': None, 'b': '-Infinity', 'c': 2}
    """
    return {name: _shown(value) for name, value in row.items()}


def _shown(value: Any) -> Any:
    if isinstance(value, float) and math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, datetime.datetime) and value.tzinfo is not None:
        value = value.astimezone(datetime.UTC)
    return json_value(value)
