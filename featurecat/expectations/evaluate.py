"""Judges values by expectations; what it takes of frame libraries is loaded when it is first called.

All expectations of a frame are judged on one aggregation; only if some did not hold, the rows at fault are counted and a
sample of them is read, together for all. What has a judge of its own (a schema, a model, a validator of the user's) is
judged by it, on the value as it is. Nothing that is judged is ever changed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, cast

from featurecat.errors import EvaluationError, FeaturecatError
from featurecat.expectations.facts import ColumnFacts
from featurecat.expectations.kind import NOTHING_AROUND, Facts, Outcome, Surroundings
from featurecat.expectations.registry import find_kind
from featurecat.expectations.scalar import OpaqueFacts, ScalarFacts
from featurecat.expectations.spec import ExpectationSpec, Verdict
from featurecat.expectations.verdicts import rows_of, shown, unevaluated, verdict_of
from featurecat.frames.describe import describe_value
from featurecat.frames.foreign import is_foreign
from featurecat.frames.kinds import kind_of_value
from featurecat.frames.measurement import Answers, Found, Suspect
from featurecat.frames.measures import Measure, faults
from featurecat.frames.measuring import (
    Asked,
    Table,
    table_of_column,
    table_of_columns,
    table_of_expressions,
    table_of_file,
    table_of_frame,
)

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


class _Judged(NamedTuple):
    """What one expectation found; a verdict, where it found nothing."""

    column: str
    spec: ExpectationSpec
    facts: Facts | None
    outcome: Outcome | Verdict

    @property
    def suspect(self) -> Suspect | None:
        """Whose rows at fault are to be looked for; None where there are none."""
        outcome = self.outcome
        if isinstance(outcome, Verdict) or outcome.at_fault is None or outcome.held is None or outcome.held:
            return None
        return Suspect(self.column, outcome.at_fault)


def evaluate(
    spec: ExpectationSpec, value: Any, frame: Any = None, *, surroundings: Surroundings = NOTHING_AROUND
) -> Verdict:
    """Judges one value by one expectation.

    Missing values are NaN and null alike. They are counted and otherwise ignored; with nothing else to judge, as in an
    empty column, the status is ``no_data``.

    Args:
        spec: The expectation, as the registry normalised it.
        value: A pandas or Polars Series, an Arrow array, a scalar, or what the expectation's judge takes.
        frame: The lazy frame that ``value`` is an expression over, if it is one; the column is computed there.
        surroundings: What is known beside the value.

    Returns:
        The verdict. What could not be evaluated has the status ``error`` and is never a pass; nothing is raised.

    Example:
        >>> spec = ExpectationSpec("range", {"low": 0.0, "high": 1.0})
        >>> evaluate(spec, 2.0).message
        '1 of 1 values outside 0.0 … 1.0 (min 2.0, max 2.0)'
    """
    return evaluate_column([spec], value, frame=frame, surroundings=surroundings)[0]


def evaluate_column(
    specs: Sequence[ExpectationSpec],
    value: Any,
    *,
    frame: Any = None,
    others: Mapping[str, Any] | None = None,
    surroundings: Surroundings = NOTHING_AROUND,
) -> list[Verdict]:
    """Judges one value by several expectations, converting and measuring it once.

    Args:
        specs: The expectations.
        value: As for :func:`evaluate`; also the single column of another engine (a Dask Series, a DuckDB relation).
        frame: As for :func:`evaluate`. The column is not collected: what is asked of it is aggregated in one query.
        others: Further columns by name, of the same rows, that expectations compare with.
        surroundings: What is known beside the value.

    Returns:
        One verdict for each, in order.

    Example:
        >>> import polars as pl
        >>> specs = [ExpectationSpec("range", {"low": 0.0, "high": 3.0}), ExpectationSpec("not_null", {"not_null": True})]
        >>> lazy = pl.LazyFrame({"a": [1, 2, None]})
        >>> [verdict.status for verdict in evaluate_column(specs, pl.col("a") * 2, frame=lazy)]
        ['warn', 'warn']
    """
    plain = [spec for spec in specs if spec.judge is None]
    found = iter(_on_facts(plain, value, frame, others=others or {}, surroundings=surroundings) if plain else ())
    if len(plain) < len(specs) and frame is not None:
        try:
            value = _collected(frame, value)
        except Exception as fault:  # noqa: BLE001 - what a query raises is of many types
            return [next(found) if spec.judge is None else unevaluated(fault) for spec in specs]
    return [next(found) if spec.judge is None else _verdict_of_judge(spec, value) for spec in specs]


def _collected(frame: Any, expression: Any) -> Any:
    """The values of an expression over a lazy frame, as a Series."""
    return frame.select(expression).collect().to_series()


def _on_facts(
    specs: Sequence[ExpectationSpec],
    value: Any,
    frame: Any,
    *,
    others: Mapping[str, Any],
    surroundings: Surroundings,
) -> list[Verdict]:
    start = time.perf_counter()
    name = "value" if "value" not in others else "the value"
    try:
        table = _table_of_value(name, value, frame, others)
        if table is not None:
            return evaluate_table(table, {name: specs}, Asking(surroundings=lambda column: surroundings))[name]
        facts = _facts_of_value(value, surroundings)
    except FeaturecatError as fault:
        facts = cast("Facts", OpaqueFacts(fault.problems[0].message))
    judged = [_Judged(name, spec, facts, _outcome(spec, facts)) for spec in specs]
    return _timed([_verdict(_counted(one)) for one in judged], start)


def _table_of_value(name: str, value: Any, frame: Any, others: Mapping[str, Any]) -> Table | None:
    """The columns that a value is, with others beside it; None when it is no column."""
    kind = kind_of_value(value)
    if kind is not None and kind.engine == "polars-lazy" and kind.shape == "column" and frame is not None:
        return table_of_expressions(frame, {name: value, **others})
    if is_foreign(value):
        return table_of_column(value)
    if kind is None or kind.shape != "column" or kind.engine == "polars-lazy":
        return None
    return table_of_columns({name: value, **others}) if others else table_of_column(value)


def _facts_of_value(value: Any, surroundings: Surroundings) -> Facts:
    if kind_of_value(value) is None:
        return ScalarFacts(value, surroundings)
    return cast("Facts", OpaqueFacts(f"{describe_value(value)} is not a column with values"))


def _counted(judged: _Judged) -> _Judged:
    """With the number of rows at fault of a value that is none of a table."""
    suspect, outcome = judged.suspect, judged.outcome
    if suspect is None or isinstance(outcome, Verdict) or outcome.failing_rows is not None or judged.facts is None:
        return judged
    try:
        return judged._replace(outcome=outcome._replace(failing_rows=judged.facts.figure(faults(suspect.test))))
    except FeaturecatError as fault:
        return judged._replace(outcome=unevaluated(fault))


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
    return _evaluated(lambda: table_of_frame(frame, wanted), specs, asking)


def evaluate_file(
    path: Path, specs: Mapping[str, Sequence[ExpectationSpec]], asking: Asking | None = None
) -> dict[str, list[Verdict]]:
    """As :func:`evaluate_frame`, for the columns of a Parquet file, of which only those are read that are judged."""
    return _evaluated(lambda: table_of_file(path), specs, asking or Asking())


def _evaluated(
    ready: Callable[[], Table], specs: Mapping[str, Sequence[ExpectationSpec]], asking: Asking
) -> dict[str, list[Verdict]]:
    try:
        table = ready()
    except FeaturecatError as fault:
        return {name: [unevaluated(fault) for _ in column] for name, column in specs.items()}
    return evaluate_table(table, specs, asking)


def evaluate_table(
    table: Table, specs: Mapping[str, Sequence[ExpectationSpec]], asking: Asking
) -> dict[str, list[Verdict]]:
    """As :func:`evaluate_frame`, for columns that are ready to be measured.

    Args:
        table: The columns. Where all expectations hold, their data are read once; the rows at fault of all others are
            read together.
        specs: As for :func:`evaluate_frame`.
        asking: As for :func:`evaluate_frame`.
    """
    start = time.perf_counter()
    answers = _answers(table, specs)
    judged: list[_Judged] = []
    for name, column in specs.items():
        facts = _facts_of_column(table, name, answers, asking)
        if isinstance(facts, EvaluationError):
            judged += [_Judged(name, spec, None, unevaluated(facts)) for spec in column]
        else:
            judged += [_Judged(name, spec, facts, _outcome(spec, facts)) for spec in column]
    verdicts = iter(_timed(_with_rows(table, judged, asking), start))
    return {name: [next(verdicts) for _ in column] for name, column in specs.items()}


def _answers(table: Table, specs: Mapping[str, Sequence[ExpectationSpec]]) -> Answers:
    """The figures that all expectations take, in one pass."""
    return table.answers(
        Asked(name, measure)
        for name, column in specs.items()
        if name in table.fields
        for spec in column
        for measure in _measures(spec)
    )


def _measures(spec: ExpectationSpec) -> Sequence[Measure]:
    try:
        return find_kind(spec.kind).measures(spec.params)
    except Exception:  # noqa: BLE001 - what is wrong with an expectation is told where it is judged
        return ()


def _facts_of_column(table: Table, name: str, answers: Answers, asking: Asking) -> Facts | EvaluationError:
    if name in table.refused:
        return cast("Facts", OpaqueFacts(table.refused[name].problems[0].message))
    try:
        return ColumnFacts(table, name, answers, surroundings=asking.surroundings(name))
    except EvaluationError as fault:
        return fault


def _outcome(spec: ExpectationSpec, facts: Facts) -> Outcome | Verdict:
    try:
        return find_kind(spec.kind).evaluate(spec.params, facts)
    except Exception as fault:  # noqa: BLE001 - whatever goes wrong is a verdict of its own and must not end the run
        reason = fault.problems[0].message if isinstance(fault, FeaturecatError) else type(fault).__name__
        return unevaluated(EvaluationError(reason), rows=rows_of(facts))


def _with_rows(table: Table, judged: Sequence[_Judged], asking: Asking) -> list[Verdict]:
    """The verdicts, with the rows at fault of all that did not hold: the second pass."""
    suspects = list(dict.fromkeys(one.suspect for one in judged if one.suspect is not None))
    looked = table.find(suspects, keys=asking.keys, most=asking.most) if suspects else []
    found = dict(zip(suspects, looked, strict=True))
    return [_verdict(one, None if one.suspect is None else found[one.suspect]) for one in judged]


def _verdict(judged: _Judged, found: Found | EvaluationError | None = None) -> Verdict:
    outcome = judged.outcome
    if isinstance(outcome, Verdict):
        return outcome
    if isinstance(found, EvaluationError):
        if outcome.failing_rows is None:
            return unevaluated(found, rows=None if judged.facts is None else rows_of(judged.facts))
        found = None  # they were counted, so the verdict stands without a sample
    if found is not None and outcome.failing_rows is None:
        outcome = outcome._replace(failing_rows=found.failing)
    verdict = verdict_of(judged.spec, outcome, judged.facts)
    if found is None or verdict.status not in ("warn", "fail"):
        return verdict
    return replace(verdict, sample=tuple(map(shown, found.rows)))


def _timed(verdicts: Sequence[Verdict], start: float) -> list[Verdict]:
    """With the share of time of each."""
    share = (time.perf_counter() - start) / max(1, len(verdicts))
    return [replace(verdict, seconds=share) for verdict in verdicts]


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
    start = time.perf_counter()
    try:
        value = value if frame is None else _collected(frame, value)
        outcome = judge(value)
        if not isinstance(outcome, Outcome):
            outcome = await outcome
    except Exception as fault:  # noqa: BLE001 - as for judges that are not awaited
        return unevaluated(fault)
    return _timed([verdict_of(spec, outcome)], start)[0]


def _verdict_of_judge(spec: ExpectationSpec, value: Any) -> Verdict:
    judge = spec.judge
    assert judge is not None  # the caller asked
    start = time.perf_counter()
    try:
        if judge.asynchronous:
            raise EvaluationError("it has to be awaited, which the async driver does")
        outcome = cast("Outcome", judge(value))
    except Exception as fault:  # noqa: BLE001 - a user's validator may raise anything
        return unevaluated(fault)
    return _timed([verdict_of(spec, outcome)], start)[0]
