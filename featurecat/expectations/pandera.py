"""Judges frames and columns by pandera schemas: the one module that names pandera."""

from __future__ import annotations

import re
import sys
import typing
from collections.abc import Mapping, Sequence
from typing import Any, cast

from featurecat.errors import EvaluationError
from featurecat.expectations.kind import Judge, Outcome, is_each, members_of
from featurecat.expectations.literals import json_ready
from featurecat.frames.kinds import FrameKind, kind_of_type, kind_of_value

__all__ = ["PanderaAdapter", "SchemaJudge", "describe_schema", "schema_of_annotation"]

_MOST_FAULTS_SHOWN = 5
_WRONG_TYPES = frozenset({"WRONG_DATATYPE", "DATATYPE_COERCION"})
#: Checks whose failing value is the name of a column.
_ABOUT_COLUMNS = ("column_in_dataframe", "column_in_schema")
_BRACKETED = re.compile(r"^<.*>$")


class PanderaAdapter:
    """Takes the schemas and models of ``pandera.pandas`` and ``pandera.polars``; see ``expectations/adapters.py``."""

    name = "pandera"
    example = "schema=pandera.pandas.DataFrameSchema({…}), a model of it, or the same of pandera.polars"
    installation = "pip install 'featurecat[pandera]'"

    def recognises(self, argument: Any) -> bool:
        """Whether an object is a schema or a model of pandera.

        Example:
            >>> PanderaAdapter().recognises({"age": int})
            False
        """
        bases = (argument if isinstance(argument, type) else type(argument)).__mro__
        return any(base.__module__.partition(".")[0] == "pandera" for base in bases)

    def normalise(self, argument: Any) -> dict[str, Any]:
        """Library and name of the schema, and what it says of each column."""
        return describe_schema(argument)

    def judge(self, argument: Any) -> Judge:
        """What judges frames and columns by a schema."""
        return SchemaJudge(argument)

    def argument_of(self, annotation: Any) -> Any:
        """The model of an annotation such as ``pandera.typing.DataFrame[Model]``, or None."""
        if "pandera" not in sys.modules:  # then no annotation can name it
            return None
        return schema_of_annotation(annotation)


class SchemaJudge:
    """Judges a value by a schema, on a copy: the value that flows on is the one that came.

    A lazy frame is collected to be judged, so that its values are judged, too, and flows on lazily. All faults are
    found at once; verdicts tell which checks failed on which columns and how often, never values.

    Args:
        schema: A schema of ``pandera.pandas`` or ``pandera.polars``, or a model of either.

    Example:
        >>> import pandas as pd, pandera.pandas as pa
        >>> judge = SchemaJudge(pa.DataFrameSchema({"age": pa.Column(int, pa.Check.ge(0))}))
        >>> judge(pd.DataFrame({"age": [1, -1]})).message
        'age: greater_than_or_equal_to(0) (1 row)'
    """

    name = "pandera_schema_validator"
    asynchronous = False

    def __init__(self, schema: Any) -> None:
        self.schema: Any = cast("Any", schema).to_schema() if isinstance(schema, type) else schema
        self.library, self.shape = _library_and_shape(self.schema)

    @property
    def supported_types(self) -> str:
        """The types that this schema judges."""
        if self.library == "polars":
            return "polars.DataFrame and polars.LazyFrame, as it is a schema of pandera.polars"
        return f"pandas.{'DataFrame' if self.shape == 'frame' else 'Series'}, as it is a schema of pandera.pandas"

    def applies_to(self, annotation: Any) -> bool:
        """Whether a value with this annotation is of the schema's library and shape."""
        return is_each(annotation, lambda member: self._fits(kind_of_type(member)))

    def _fits(self, kind: FrameKind | None) -> bool:
        return kind is not None and kind.shape == self.shape and kind.engine.partition("-")[0] == self.library

    def __call__(self, value: Any) -> Outcome:
        """What the schema says of a value; None gives nothing to judge.

        Raises:
            EvaluationError: When the value is of another library or shape than the schema, or a check raises.
        """
        threshold = {"schema": _name_of(self.schema)}
        if value is None:
            return Outcome(None, {}, threshold, 0, "no value to judge", 1)
        import pandera.errors

        kind = kind_of_value(value)
        if not self._fits(kind):
            raise EvaluationError(f"a {type(value).__name__} cannot be judged by a schema of {self.library}")
        judged = _countable(
            value.collect() if kind is not None and kind.engine == "polars-lazy" else value, self.schema
        )
        try:
            self.schema.validate(judged, lazy=True, inplace=False)
        except pandera.errors.SchemaErrors as fault:
            _refuse_raised(fault)
            return self._outcome(_cases(fault), threshold, len(judged))
        except pandera.errors.SchemaError as fault:
            case = {"column": getattr(fault.schema, "name", None), "check": _check_text(fault.check), "index": None}
            return self._outcome([case], threshold, len(judged))
        if not len(judged):
            return Outcome(
                None, {"faults": {}}, threshold, 0, "no rows to judge; the columns are as the schema says", 0
            )
        coerced = ", on a coerced copy; the value itself stays as it is" if _coerces(self.schema) else ""
        return Outcome(True, {"faults": {}}, threshold, 0, f"as the schema says{coerced}", len(judged))

    def _outcome(self, cases: Sequence[Mapping[str, Any]], threshold: Mapping[str, Any], rows: int) -> Outcome:
        faults: dict[str, int] = {}
        failing_rows = set()
        for case in cases:
            column = case.get("failure_case") if case["check"] in _ABOUT_COLUMNS else case.get("column")
            fault = str(case["check"]) if column is None else f"{column}: {case['check']}"
            has_row = case.get("index") is not None and case["index"] == case["index"]
            faults[fault] = faults.get(fault, 0) + int(has_row)
            if has_row:
                failing_rows.add(str(case["index"]))
        shown = [f"{fault}{_rows_text(count)}" for fault, count in list(faults.items())[:_MOST_FAULTS_SHOWN]]
        if len(faults) > _MOST_FAULTS_SHOWN:
            shown.append(f"and {len(faults) - _MOST_FAULTS_SHOWN} more")
        return Outcome(False, {"faults": faults}, threshold, len(failing_rows) or None, "; ".join(shown), rows)


def describe_schema(schema: Any) -> dict[str, Any]:
    """A schema as JSON: ``library``, ``schema`` (its name), and the type, nullability and checks of each column."""
    if isinstance(schema, type):
        schema = cast("Any", schema).to_schema()
    library, _ = _library_and_shape(schema)
    described: dict[str, Any] = {"library": library, "schema": _name_of(schema)}
    columns = getattr(schema, "columns", None)
    if columns is None:
        return described | _column(schema)
    described["columns"] = {str(name): _column(column) for name, column in columns.items()}
    if schema.checks:
        described["checks"] = [_check_text(check) for check in schema.checks]
    return described


def schema_of_annotation(annotation: Any) -> Any:
    """The model of an annotation such as ``pandera.typing.DataFrame[Model]``, or None when it has none.

    ``Optional`` and ``Annotated`` count as what they wrap.
    """
    for member in members_of(annotation):
        origin, arguments = typing.get_origin(member), typing.get_args(member)
        if isinstance(origin, type) and kind_of_type(origin) is not None and len(arguments) == 1:
            (model,) = arguments
            return model if isinstance(model, type) and hasattr(model, "to_schema") else None
    return None


def _library_and_shape(schema: Any) -> tuple[str, str]:
    module = next(base.__module__ for base in type(schema).__mro__ if base.__module__.startswith("pandera."))
    library = "polars" if ".polars" in module else "pandas"
    return library, "frame" if hasattr(schema, "columns") else "column"


def _name_of(schema: Any) -> str:
    return str(schema.name) if getattr(schema, "name", None) else type(schema).__name__


def _column(column: Any) -> dict[str, Any]:
    described: dict[str, Any] = {"type": None if column.dtype is None else str(column.dtype)}
    if column.nullable:
        described["nullable"] = True
    if getattr(column, "unique", False):
        described["unique"] = True
    if column.checks:
        described["checks"] = [_check_text(check) for check in column.checks]
    return described


def _check_text(check: Any) -> str:
    """A check by the words pandera itself uses, else by its name and arguments."""
    if isinstance(check, str):
        return check
    error, name = getattr(check, "error", None), getattr(check, "name", None)
    if error:
        return str(error)
    if not name or _BRACKETED.match(str(name)):
        return "check"
    return f"{name}({', '.join(f'{key}={json_ready(item)}' for key, item in check.statistics.items())})"


def _countable(value: Any, schema: Any) -> Any:
    """A value whose rows can be told apart: pandera names them by an index in which a label may stand often."""
    index = getattr(value, "index", None)
    if getattr(index, "is_unique", True) or getattr(schema, "index", None) is not None:
        return value
    return value.reset_index(drop=True)


def _coerces(schema: Any) -> bool:
    columns = getattr(schema, "columns", {})
    return bool(schema.coerce) or any(column.coerce for column in columns.values())


def _refuse_raised(fault: Any) -> None:
    """That some checks raised, which says nothing for or against the values.

    Values of a wrong type make their checks raise, too: then it is the type that is at fault.

    Raises:
        EvaluationError: When a check of a column of the right type raised.
    """
    reasons = [(_column_of(one), str(getattr(one.reason_code, "name", "")), one.check) for one in fault.schema_errors]
    mistyped = {column for column, reason, _ in reasons if reason in _WRONG_TYPES}
    raised = sorted(
        _check_text(check) if column is None else f"{column}: {_check_text(check)}"
        for column, reason, check in reasons
        if reason == "CHECK_ERROR" and column not in mistyped
    )
    if raised:
        more = f" and {len(raised) - _MOST_FAULTS_SHOWN} more" if len(raised) > _MOST_FAULTS_SHOWN else ""
        raise EvaluationError(f"checks of the schema raised: {'; '.join(raised[:_MOST_FAULTS_SHOWN])}{more}")


def _column_of(fault: Any) -> Any:
    return getattr(fault.schema, "name", None)


def _cases(fault: Any) -> list[dict[str, Any]]:
    """What failed, one mapping a value, whichever library the list of it is of."""
    cases = fault.failure_cases
    found = cases.to_dicts() if hasattr(cases, "to_dicts") else cases.to_dict("records")
    return cast("list[dict[str, Any]]", found)


def _rows_text(count: int) -> str:
    return f" ({count:,} {'row' if count == 1 else 'rows'})" if count else ""
