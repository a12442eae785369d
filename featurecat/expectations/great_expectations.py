"""Judges frames and columns by Great Expectations: the one module that names it."""

from __future__ import annotations

import copy
import importlib
from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from featurecat.errors import EvaluationError, ModifierError, UnsupportedError
from featurecat.expectations.kind import Judge, Outcome, is_each
from featurecat.expectations.literals import json_ready
from featurecat.frames.kinds import FrameKind, kind_of_type, kind_of_value

__all__ = ["GreatExpectationsAdapter", "SuiteJudge"]

_MOST_FAULTS_SHOWN = 5
_LIBRARY = "great_expectations"
_INSTALLATION = "pip install 'featurecat[great-expectations]'"
_TAKEN = frozenset({"ExpectationSuite", "Expectation"})


class GreatExpectationsAdapter:
    """Takes a suite of Great Expectations, or a single expectation; see ``expectations/adapters.py``."""

    name = "Great Expectations"
    example = "schema=great_expectations.ExpectationSuite(name=…, expectations=[…])"
    installation = _INSTALLATION

    def recognises(self, argument: Any) -> bool:
        """Whether an object is a suite or an expectation.

        Example:
            >>> GreatExpectationsAdapter().recognises({"age": int})
            False
        """
        return any(
            base.__name__ in _TAKEN and base.__module__.partition(".")[0] == _LIBRARY for base in type(argument).__mro__
        )

    def normalise(self, argument: Any) -> dict[str, Any]:
        """Library and name of the suite, and type and arguments of each expectation in it.

        Raises:
            ModifierError: When the suite is empty, or leaves arguments open.
        """
        configurations = _configurations(argument)
        if not configurations:
            raise ModifierError(
                f"the suite {_name_of(argument)!r} has no expectations", hint="add some; an empty suite finds no fault"
            )
        described = []
        for one in configurations:
            arguments = _arguments(one)
            if "$PARAMETER" in str(arguments):
                raise ModifierError(
                    f"{one.type} leaves an argument open with $PARAMETER",
                    hint="write the argument into the expectation",
                )
            described.append({"type": one.type, "arguments": json_ready(arguments)})
        return {"library": _LIBRARY, "schema": _name_of(argument), "expectations": described}

    def judge(self, argument: Any) -> Judge:
        """What judges frames and columns by a suite."""
        return SuiteJudge(argument)

    def argument_of(self, annotation: Any) -> Any:
        """None: no annotation names a suite."""
        del annotation


class SuiteJudge:
    """Judges a value by all expectations of a suite, on a copy, without a data context.

    Great Expectations judges pandas: frames and columns of Polars and Arrow are converted, missing values being null,
    whole numbers and booleans with gaps of pandas' nullable types; a lazy frame is collected. A column is judged by
    a suite that names one column only, whatever that is called. Nothing is stored, sent or logged.

    Verdicts tell which expectations failed on which columns and how often, never values. If one of them raises, the
    value could not be judged. The severities that a suite gives its expectations are left aside: that of
    ``check_output`` holds.

    Args:
        argument: A suite, or a single expectation.
    """

    name = "great_expectations_validator"
    asynchronous = False

    def __init__(self, argument: Any) -> None:
        self.title = _name_of(argument)
        self.configurations = _configurations(argument)
        named = {column for one in self.configurations for column in _columns(one)}
        #: The one column that the suite is about, if it is one.
        self.column: str | None = named.pop() if len(named) == 1 else None

    @property
    def supported_types(self) -> str:
        """The types that this suite judges."""
        frames = "pandas.DataFrame, polars.DataFrame, polars.LazyFrame and pyarrow.Table"
        if self.column is None:
            return f"{frames}, as the suite is about several columns"
        return f"{frames}, pandas.Series, polars.Series and pyarrow arrays"

    def applies_to(self, annotation: Any) -> bool:
        """Whether a value with this annotation is a frame, or a column that the suite can be about."""
        return is_each(annotation, lambda member: self._fits(kind_of_type(member)))

    def _fits(self, kind: FrameKind | None) -> bool:
        if kind is None:
            return False
        return kind.shape == "frame" or (self.column is not None and kind.engine != "polars-lazy")

    def __call__(self, value: Any) -> Outcome:
        """What the suite says of a value; None gives nothing to judge.

        Raises:
            EvaluationError: When the value is no frame or column, or an expectation could not be evaluated.
        """
        threshold = {"schema": self.title}
        if value is None:
            return Outcome(None, {}, threshold, 0, "no value to judge", 1)
        kind = kind_of_value(value)
        if kind is None or not self._fits(kind):
            raise EvaluationError(f"a {type(value).__name__} cannot be judged by the suite {self.title!r}")
        frame = self._frame(value, kind)
        results = _validated(self.configurations, frame)
        failed = [one for one in results if not one.success]
        _refuse_raised(failed, len(results), frame)
        if failed:
            return _outcome(failed, threshold, len(frame))
        if not len(frame) and not any("table_row_count" in one.type for one in self.configurations):
            return Outcome(None, {"faults": {}}, threshold, 0, "no rows to judge", 0)
        return Outcome(True, {"faults": {}}, threshold, 0, "as the suite says", len(frame))

    def _frame(self, value: Any, kind: FrameKind) -> Any:
        """A frame of pandas of its own, whose index counts the rows."""
        if kind.engine == "pandas" and kind.shape == "frame":
            return value.reset_index(drop=True)
        if kind.engine == "pandas":
            column = value.to_series() if hasattr(value, "to_series") else value
            return column.reset_index(drop=True).to_frame(self.column)
        # converting loads pyarrow, declaring must not
        from featurecat.frames.arrow import from_arrow, to_arrow, to_arrow_table
        from featurecat.frames.tables import table_of

        if kind.shape == "column":
            return from_arrow(table_of({str(self.column): to_arrow(value)}), "pandas")
        return from_arrow(to_arrow_table(value.collect() if kind.engine == "polars-lazy" else value), "pandas")


def _validated(configurations: Sequence[Any], frame: Any) -> Sequence[Any]:
    """The results of expectations on a frame of pandas, in no particular order.

    Raises:
        UnsupportedError: When Great Expectations is missing, or too old.
    """
    try:
        engine = importlib.import_module("great_expectations.execution_engine")
        validator = importlib.import_module("great_expectations.validator.validator")
    except ImportError as missing:
        raise UnsupportedError("Great Expectations cannot be imported", hint=_INSTALLATION) from missing
    # in the place of a data context: it is asked for progress bars, and would be kept for the whole program
    silent = SimpleNamespace(progress_bars={"globally": False})
    judge = validator.Validator(engine.PandasExecutionEngine(batch_data_dict={"value": frame}), data_context=silent)
    # it writes the name of the batch into them
    own = judge.process_expectations_for_validation(copy.deepcopy(list(configurations)), None)
    results: Sequence[Any] = judge.graph_validate(
        configurations=own, runtime_configuration={"result_format": {"result_format": "COMPLETE"}}
    )
    if len(results) != len(configurations):
        raise EvaluationError(f"{len(configurations) - len(results)} of its expectations gave no result")
    return results


def _refuse_raised(failed: Sequence[Any], count: int, frame: Any) -> None:
    """That some expectations could not be evaluated, which says nothing for or against the value."""
    raised = {_told(one): _reason(one, frame) for one in failed if _raised(one)}
    if not raised:
        return
    shown = [f"{told}: {reason}" for told, reason in sorted(raised.items())]
    held = sorted(_told(one) for one in failed if not _raised(one))
    besides = f"; not held: {'; '.join(_few(held))}" if held else ""
    raise EvaluationError(f"{len(raised)} of {count} expectations raised: {'; '.join(_few(shown))}{besides}")


def _raised(result: Any) -> bool:
    return any(True for _ in _exceptions(result))


def _exceptions(result: Any) -> Iterator[Mapping[str, Any]]:
    """What an expectation raised: either one exception, or one for each figure it takes."""
    information = result.exception_info or {}
    for one in (information, *information.values()):
        if isinstance(one, Mapping) and one.get("raised_exception"):
            yield one


def _reason(result: Any, frame: Any) -> str:
    absent = [column for column in _columns(result.expectation_config) if column not in frame.columns]
    if absent:
        return f"there is no column {', '.join(absent)}"
    # its text may quote values: the type is what is told
    lines = str(next(_exceptions(result)).get("exception_traceback") or "").strip().splitlines()
    return lines[-1].partition(":")[0].rpartition(".")[2] if lines else "an exception"


def _outcome(failed: Sequence[Any], threshold: Mapping[str, Any], rows: int) -> Outcome:
    faults: dict[str, int] = {}
    places: set[int] = set()
    uncounted = 0
    for one in failed:
        count = int(one.result.get("unexpected_count") or 0)
        found = one.result.get("unexpected_index_list") or ()
        places.update(int(place) for place in found)
        uncounted += bool(count) and not found
        faults[_told(one)] = faults.get(_told(one), 0) + count
    faults = dict(sorted(faults.items()))
    message = "; ".join(_few([f"{told}{_rows_text(count)}" for told, count in faults.items()]))
    return Outcome(False, {"faults": faults}, threshold, None if uncounted else len(places) or None, message, rows)


def _told(result: Any) -> str:
    """An expectation by its type and columns; of a whole table also what was seen, if it is a number."""
    configuration = result.expectation_config
    text = f"{configuration.type}({', '.join(_columns(configuration))})"
    observed = result.result.get("observed_value")
    if configuration.type.startswith("expect_table_") and type(observed) is int:
        return f"{configuration.type}(), which is {observed:,}"
    return text


def _few(texts: Sequence[str]) -> list[str]:
    more = [f"and {len(texts) - _MOST_FAULTS_SHOWN} more"] if len(texts) > _MOST_FAULTS_SHOWN else []
    return [*texts[:_MOST_FAULTS_SHOWN], *more]


def _rows_text(count: int) -> str:
    return f" ({count:,} {'row' if count == 1 else 'rows'})" if count else ""


def _configurations(argument: Any) -> list[Any]:
    suite = getattr(argument, "expectation_configurations", None)
    return [argument.configuration] if suite is None else list(suite)


def _name_of(argument: Any) -> str:
    return str(getattr(argument, "name", None) or _configurations(argument)[0].type)


def _arguments(configuration: Any) -> dict[str, Any]:
    """What an expectation was made with; the batch is none of that."""
    return {name: given for name, given in sorted(configuration.kwargs.items()) if name != "batch_id"}


def _columns(configuration: Any) -> list[str]:
    """The columns that an expectation names."""
    given = configuration.kwargs
    single = [given[name] for name in ("column", "column_A", "column_B") if given.get(name) is not None]
    return [str(column) for column in [*single, *(given.get("column_list") or ())]]
