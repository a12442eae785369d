"""Judges values by expectations; what it takes of frame libraries is loaded when it is first called.

All expectations of a frame are judged on one aggregation; only if some did not hold, the rows at fault are counted in a
second one, and a sample of them is read. What has a judge of its own (a schema, a model, a validator of the user's) is
judged by it, on the value as it is. Nothing that is judged is ever changed.
"""

from __future__ import annotations

import datetime
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from featurecat.errors import EvaluationError, FeaturecatError
from featurecat.expectations.facts import ColumnFacts
from featurecat.expectations.kind import NOTHING_AROUND, Facts, Outcome, Surroundings
from featurecat.expectations.limits import parse_limit
from featurecat.expectations.literals import json_value
from featurecat.expectations.registry import find_kind
from featurecat.expectations.scalar import OpaqueFacts, ScalarFacts
from featurecat.expectations.spec import ExpectationSpec, Verdict
from featurecat.frames.describe import describe_value
from featurecat.frames.kinds import kind_of_value
from featurecat.frames.measures import RowTest, faults
from featurecat.frames.measuring import Asked, Table, table_of_column, table_of_file, table_of_frame

__all__ = [
    "MOST_ROWS",
    "Asking",
    "evaluate",
    "evaluate_column",
    "evaluate_file",
    "evaluate_frame",
    "evaluate_in_time",
    "evaluate_table",
]

#: Rows at fault that a verdict keeps unless more are asked for.
MOST_ROWS = 20


@dataclass(frozen=True, slots=True)
class Asking:
    """How expectations of a frame are evaluated.

    Attributes:
        keys: The columns that tell rows apart, shown with rows at fault.
        surroundings: What is known beside the values of a column, by its name.
        most: Rows at fault that a verdict keeps.
    """

    keys: Sequence[str] = ()
    surroundings: Callable[[str], Surroundings] = lambda column: NOTHING_AROUND
    most: int = MOST_ROWS


def evaluate(
    spec: ExpectationSpec, value: Any, frame: Any = None, *, surroundings: Surroundings = NOTHING_AROUND
) -> Verdict:
    """Judges one value by one expectation.

    Missing values are NaN and null alike. They are counted and otherwise ignored; with nothing else to judge, as in an
    empty column, the status is ``no_data``.

    Args:
        spec: The expectation, as the registry normalised it.
        value: A pandas or Polars Series, an Arrow array, a scalar, or what the expectation's judge takes.
        frame: The lazy frame that ``value`` is an expression over, if it is one; it is collected for this column.
        surroundings: What is known beside the value.

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
    return evaluate_column([spec], value, surroundings=surroundings)[0]


def _collected(frame: Any, expression: Any) -> Any:
    """The values of an expression over a lazy frame, as a Series."""
    return frame.select(expression).collect().to_series()


def evaluate_column(
    specs: Sequence[ExpectationSpec],
    value: Any,
    *,
    others: Mapping[str, Any] | None = None,
    surroundings: Surroundings = NOTHING_AROUND,
) -> list[Verdict]:
    """Judges one value by several expectations, converting and measuring it once.

    Args:
        specs: The expectations.
        value: As for :func:`evaluate`.
        others: Further columns by name, of the same rows, that expectations compare with.
        surroundings: What is known beside the value.

    Returns:
        One verdict for each, in order.
    """
    plain = [spec for spec in specs if spec.judge is None]
    asking = Asking(surroundings=lambda column: surroundings)
    verdicts = iter(_on_facts(plain, value, others or {}, asking) if plain else ())
    return [next(verdicts) if spec.judge is None else _verdict_of_judge(spec, value) for spec in specs]


def _on_facts(specs: Sequence[ExpectationSpec], value: Any, others: Mapping[str, Any], asking: Asking) -> list[Verdict]:
    kind = kind_of_value(value)
    surroundings = asking.surroundings("value")
    try:
        if kind is None:
            facts: Facts = ScalarFacts(value, surroundings)
        elif kind.shape == "column" and kind.engine != "polars-lazy":
            table = table_of_frame({"value": value, **others}) if others else table_of_column(value)
            return evaluate_table(table, {"value": specs}, asking)["value"]
        else:
            facts = cast("Facts", OpaqueFacts(f"{describe_value(value)} is not a column with values"))
    except FeaturecatError as fault:
        facts = cast("Facts", OpaqueFacts(fault.problems[0].message))
    verdicts = []
    for spec in specs:
        outcome = _outcome(spec, facts)
        if isinstance(outcome, Outcome) and outcome.at_fault is not None and outcome.failing_rows is None:
            outcome = outcome._replace(failing_rows=facts.figure(faults(outcome.at_fault)))
        verdicts.append(_verdict(spec, outcome, facts))
    return verdicts


def evaluate_frame(
    frame: Any, specs: Mapping[str, Sequence[ExpectationSpec]], asking: Asking | None = None
) -> dict[str, list[Verdict]]:
    """Judges columns of a frame by their expectations, in one pass over the frame.

    Args:
        frame: A pandas or Polars DataFrame, a LazyFrame, an Arrow table, or a lazy frame that Narwhals knows (DuckDB,
            Dask, Spark).
        specs: Column to its expectations; those with a judge of their own are none of these.
        asking: Keys, surroundings and size of samples.

    Returns:
        Column to verdicts, one for each expectation in order. Nothing is raised: what could not be evaluated has the
        status ``error``.

    Example:
        >>> import polars as pl
        >>> spec = ExpectationSpec("allow_nans", {"allow_nans": False})
        >>> evaluate_frame(pl.DataFrame({"a": [1, None]}), {"a": [spec]})["a"][0].status
        'warn'
    """
    asking = asking or Asking()
    wanted = [*specs, *asking.keys, *(name for column in specs.values() for spec in column for name in spec.others)]
    try:
        table = table_of_frame(frame, wanted)
    except FeaturecatError as fault:
        return {name: [_unevaluated(fault) for _ in column] for name, column in specs.items()}
    return evaluate_table(table, specs, asking)


def evaluate_file(
    path: Path, specs: Mapping[str, Sequence[ExpectationSpec]], asking: Asking | None = None
) -> dict[str, list[Verdict]]:
    """As :func:`evaluate_frame`, for the columns of a Parquet file, of which only those are read that are judged."""
    try:
        table = table_of_file(path)
    except FeaturecatError as fault:
        return {name: [_unevaluated(fault) for _ in column] for name, column in specs.items()}
    return evaluate_table(table, specs, asking or Asking())


def evaluate_table(
    table: Table, specs: Mapping[str, Sequence[ExpectationSpec]], asking: Asking
) -> dict[str, list[Verdict]]:
    """As :func:`evaluate_frame`, for columns that are ready to be measured."""
    start = time.perf_counter()
    figures, refused = _measured(table, specs)
    facts: dict[str, Facts] = {}
    outcomes: list[tuple[str, int, ExpectationSpec, Outcome | Verdict]] = []
    for name, column in specs.items():
        for number, spec in enumerate(column):
            if name in refused:
                outcomes.append((name, number, spec, _unevaluated(refused[name])))
                continue
            if name not in facts:
                facts[name] = ColumnFacts(table, name, figures, surroundings=asking.surroundings(name))
            outcomes.append((name, number, spec, _outcome(spec, facts[name])))
    counted = _counted(table, outcomes)
    verdicts: dict[str, list[Verdict]] = {name: [] for name in specs}
    for name, number, spec, outcome in outcomes:
        outcome = counted.get((name, number), outcome)
        verdict = _verdict(spec, outcome, facts.get(name))
        if isinstance(outcome, Outcome) and outcome.at_fault is not None and verdict.status in ("warn", "fail"):
            verdict = replace(verdict, sample=_sample(table, name, outcome.at_fault, asking))
        verdicts[name].append(verdict)
    share = (time.perf_counter() - start) / max(1, len(outcomes))
    return {name: [replace(verdict, seconds=share) for verdict in column] for name, column in verdicts.items()}


def _measured(
    table: Table, specs: Mapping[str, Sequence[ExpectationSpec]]
) -> tuple[dict[Asked, Any], dict[str, FeaturecatError]]:
    """The figures that all expectations take, in one pass, and the columns that are not there.

    A column whose values have none of the figures must not keep the others from theirs: then each is asked alone, and
    what fails again is told by the expectation that wants it.
    """
    asked: list[Asked] = []
    refused: dict[str, FeaturecatError] = {}
    for name, column in specs.items():
        try:
            table.field(name)
        except EvaluationError as fault:
            refused[name] = fault
            continue
        asked += [Asked(name, measure) for spec in column for measure in _measures(spec)]
    try:
        return table.measure(asked), refused
    except Exception:  # noqa: BLE001 - a frame library raises errors of its own; who is at fault is found out below
        return {}, refused


def _measures(spec: ExpectationSpec) -> Sequence[Any]:
    try:
        return find_kind(spec.kind).measures(spec.params)
    except FeaturecatError:  # an unknown kind is told where it is judged
        return ()


def _outcome(spec: ExpectationSpec, facts: Facts) -> Outcome | Verdict:
    try:
        return find_kind(spec.kind).evaluate(spec.params, facts)
    except Exception as fault:  # noqa: BLE001 - whatever goes wrong is a verdict of its own and must not end the run
        reason = fault.problems[0].message if isinstance(fault, FeaturecatError) else type(fault).__name__
        return Verdict("error", rows=_rows(facts), message=f"could not be evaluated: {reason}")


def _rows(facts: Facts) -> int | None:
    try:
        return facts.rows
    except FeaturecatError:
        return None


def _counted(
    table: Table, outcomes: Sequence[tuple[str, int, ExpectationSpec, Outcome | Verdict]]
) -> dict[tuple[str, int], Outcome | Verdict]:
    """The outcomes whose rows at fault are not counted yet, with their counts: the second pass."""
    open_ones = [
        (name, number, outcome)
        for name, number, _, outcome in outcomes
        if isinstance(outcome, Outcome) and outcome.at_fault is not None and outcome.failing_rows is None
    ]
    asked = {
        (name, number): Asked(name, faults(outcome.at_fault)) for name, number, outcome in open_ones if outcome.at_fault
    }
    try:
        counts = table.measure(asked.values())
    except Exception as fault:  # noqa: BLE001 - as for the first pass
        return {(name, number): _unevaluated(fault) for name, number, _ in open_ones}
    return {
        (name, number): outcome._replace(failing_rows=int(counts[asked[name, number]] or 0))
        for name, number, outcome in open_ones
    }


def _sample(table: Table, name: str, test: RowTest, asking: Asking) -> tuple[Mapping[str, Any], ...]:
    try:
        rows = table.rows_at_fault(
            name, test, keys=[key for key in asking.keys if key in table.fields], most=asking.most
        )
    except Exception:  # noqa: BLE001 - the verdict stands without its sample
        return ()
    return tuple({key: _shown(value) for key, value in row.items()} for row in rows)


def _shown(value: Any) -> Any:
    """A value as a report may hold it; NaN is missing like null."""
    if isinstance(value, float) and value != value:
        return None
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, datetime.timedelta):
        return str(value)
    return json_value(value)


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
    return _verdict(spec, outcome, None)


def _verdict_of_judge(spec: ExpectationSpec, value: Any) -> Verdict:
    judge = spec.judge
    assert judge is not None  # the caller asked
    try:
        if judge.asynchronous:
            raise EvaluationError("it has to be awaited, which the async driver does")
        outcome = cast("Outcome", judge(value))
    except Exception as fault:  # noqa: BLE001 - a user's validator may raise anything
        return _unevaluated(fault)
    return _verdict(spec, outcome, None)


def _unevaluated(fault: Exception) -> Verdict:
    """The verdict on what a judge raised: its type and place, not its text, which may quote values."""
    if isinstance(fault, FeaturecatError):
        reason = fault.problems[0].message
    else:
        frame = traceback.extract_tb(fault.__traceback__)[-1]
        reason = f"{type(fault).__name__} in {frame.name}, line {frame.lineno}"
    return Verdict("error", message=f"could not be evaluated: {reason}")


def _verdict(spec: ExpectationSpec, outcome: Outcome | Verdict, facts: Facts | None) -> Verdict:
    if isinstance(outcome, Verdict):
        return outcome
    rows = outcome.rows if facts is None else _rows(facts)
    failing = outcome.failing_rows
    observed = dict(outcome.observed)
    if outcome.counted is not None and failing is not None:
        observed[outcome.counted] = failing
    limits = {name: text for name in ("fail_if", "warn_if") if (text := getattr(spec, name)) is not None}
    message = outcome.message if isinstance(outcome.message, str) else outcome.message(failing or 0)
    status, told = _status(spec, outcome, facts)
    return Verdict(
        status,
        observed=observed,
        threshold={**outcome.threshold, **limits},
        rows=rows,
        failing_rows=failing,
        message=f"{message}{told}",
    )


def _status(spec: ExpectationSpec, outcome: Outcome, facts: Facts | None) -> tuple[str, str]:
    """Whether it held, and how bad it is that it did not; what to add to the message."""
    if outcome.skipped:
        return "skip", ""
    if outcome.held is None:
        return "no_data", ""
    if outcome.held:
        return "pass", ""
    bad = "fail" if spec.blocking else "warn"
    if outcome.failing_rows is None or facts is None or (spec.fail_if is None and spec.warn_if is None):
        return bad, ""
    before = _before(outcome, facts)
    for text, status in ((spec.fail_if, bad), (spec.warn_if, "warn")):
        if text is None:
            if status == "warn" or spec.fail_if is None:
                return status, ""
            continue
        exceeded = parse_limit(text).exceeded(outcome.failing_rows, facts.rows, before)
        if exceeded is None:
            return "skip", "; there is no published run to compare with"
        if exceeded:
            return status, f"; more than allowed: {text}"
    return "pass", f"; allowed: {spec.warn_if or spec.fail_if}"


def _before(outcome: Outcome, facts: Facts) -> tuple[int, int] | None:
    """Rows at fault and rows of the last published run."""
    earlier = facts.earlier()
    if earlier is None or outcome.at_fault is None:
        return None
    return int(earlier.figure(faults(outcome.at_fault)) or 0), earlier.rows
