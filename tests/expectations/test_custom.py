"""Validators of the user's own: as expectations, their parameters, and whatever they may answer or raise."""

from __future__ import annotations

import asyncio
import datetime
import json
from types import SimpleNamespace
from typing import Any, Optional

import pandas as pd
import polars as pl
import pytest

from featurecat.errors import ModifierError
from featurecat.expectations.custom import (
    AsyncBaseDefaultValidator,
    AsyncDataValidator,
    BaseDefaultValidator,
    DataValidationLevel,
    DataValidator,
    ValidationResult,
)
from featurecat.expectations.evaluate import evaluate, evaluate_column, evaluate_in_time
from featurecat.expectations.judges import FunctionJudge, ValidatorJudge
from featurecat.expectations.registry import (
    VALIDATORS,
    Declared,
    declare,
    declare_function,
    declare_validator,
    make_spec,
    register_validator,
)
from featurecat.expectations.spec import ExpectationSpec, judged_by_columns


class AtMost(DataValidator):
    def __init__(self, most: float, *names: str, importance: str = "warn", **options: Any) -> None:
        super().__init__(importance)
        self.most = most
        self.hidden = object()

    def applies_to(self, datatype: Any) -> bool:
        return issubclass(datatype, (pd.Series, pl.Series))

    def description(self) -> str:
        return f"Values are at most {self.most}."

    @classmethod
    def name(cls) -> str:
        return "at_most"

    def validate(self, dataset: Any) -> ValidationResult:
        found = dataset.max()
        return ValidationResult(bool(found <= self.most), f"the greatest is {found}", {"greatest": found})


class Rows(BaseDefaultValidator):
    def __init__(self, rows: int, importance: str) -> None:
        super().__init__(importance)
        self.rows = int(rows)

    @classmethod
    def applies_to(cls, datatype: Any) -> bool:
        return datatype is pd.Series

    def description(self) -> str:
        return "There are so many rows."

    @classmethod
    def arg(cls) -> str:
        return "rows"

    def validate(self, data: Any) -> ValidationResult:
        return ValidationResult(len(data) == self.rows, f"{len(data)} rows")


class Later(AsyncDataValidator):
    def applies_to(self, datatype: Any) -> bool:
        return True

    def description(self) -> str:
        return "Is positive, says a service."

    @classmethod
    def name(cls) -> str:
        return "later"

    async def validate(self, dataset: Any) -> ValidationResult:
        await asyncio.sleep(0)
        return ValidationResult(dataset > 0, "asked")


def spec_of(declared: Declared) -> ExpectationSpec:
    return ExpectationSpec(declared.kind, declared.params, declared.severity or "warn", judge=declared.judge)


@pytest.mark.parametrize("values", [pd.Series([1, 5]), pl.Series([1, 5])], ids=["pandas", "Polars"])
@pytest.mark.parametrize(("importance", "status"), [("warn", "warn"), ("fail", "fail")])
def test_a_validator_judges_the_value_as_it_is(values: Any, importance: str, status: str) -> None:
    verdict = evaluate(spec_of(declare_validator(AtMost(3, importance=importance))), values)
    assert (verdict.status, verdict.message) == (status, "the greatest is 5")
    assert verdict.observed == {"greatest": 5}
    json.dumps([verdict.observed, verdict.threshold])
    assert evaluate(spec_of(declare_validator(AtMost(9))), values).passes


def test_it_is_catalogued_by_class_and_constructor_arguments() -> None:
    made = AtMost(3, "a", "b", importance="fail", day=datetime.date(2013, 1, 2), api_key="x", kind=float)
    declared = declare_validator(made)
    assert (declared.kind, declared.severity) == ("at_most", "error")
    assert declared.params == {
        "validator": f"{__name__}.AtMost",
        "arguments": {"most": 3, "names": ["a", "b"], "day": "2013-01-02", "api_key": "***", "kind": "float"},
    }
    assert isinstance(declared.judge, ValidatorJudge)
    assert declared.judge.description == "Values are at most 3."


def test_a_validator_of_another_making_serves_if_it_has_the_methods() -> None:
    other = SimpleNamespace(
        name=lambda: "foreign_validator",
        applies_to=lambda datatype: True,
        validate=lambda value: SimpleNamespace(passes=value == 1, message="compared", diagnostics={}),
        importance=SimpleNamespace(value="fail"),
        limit=1,
    )
    declared = declare_validator(other)
    assert (declared.kind, declared.severity) == ("foreign", "error")
    assert declared.params["arguments"]["limit"] == 1
    assert evaluate(spec_of(declared), 1).passes
    assert evaluate(spec_of(declared), 2).status == "fail"


@pytest.mark.parametrize(
    "raised", [ValueError("secret"), KeyError("secret"), ZeroDivisionError(), AssertionError("secret")]
)
def test_what_a_validator_raises_is_an_error_verdict_that_quotes_nothing(raised: Exception) -> None:
    def broken(value: Any) -> bool:
        raise raised

    verdict = evaluate(spec_of(declare_function(broken)), 1)
    assert verdict.status == "error"
    assert type(raised).__name__ in str(verdict.message)
    assert "broken, line" in str(verdict.message)
    assert "secret" not in str(verdict.message)


@pytest.mark.parametrize("answer", [None, 1, "yes", (True, "fine")])
def test_an_answer_that_is_none_is_an_error_verdict(answer: Any) -> None:
    def answers(value: Any) -> Any:
        return answer

    verdict = evaluate(spec_of(declare_function(answers)), 1)
    assert verdict.status == "error"
    assert "ValidationResult" in str(verdict.message)


def is_even(number: int) -> bool:
    """Is even.

    More of it.
    """
    return number % 2 == 0


def test_a_plain_function_judges() -> None:
    declared = declare_function(is_even)
    assert (declared.kind, declared.params) == ("is_even", {"function": f"{__name__}.is_even"})
    assert isinstance(declared.judge, FunctionJudge)
    assert (declared.judge.name, declared.judge.description) == ("is_even_validator", "Is even.")
    verdicts = [evaluate(spec_of(declared), number) for number in (1, 2)]
    assert [(verdict.status, verdict.message) for verdict in verdicts] == [
        ("warn", "is_even does not hold"),
        ("pass", "is_even holds"),
    ]


def test_several_expectations_of_both_kinds_judge_one_value() -> None:
    specs = [make_spec("range", (0, 3)), spec_of(declare_validator(AtMost(3))), make_spec("allow_nans", False)]
    assert [verdict.status for verdict in evaluate_column(specs, pd.Series([1, 5]))] == ["warn", "warn", "pass"]
    assert not judged_by_columns(specs)
    assert judged_by_columns(specs[:1])


def test_what_has_to_be_awaited_is_awaited() -> None:
    declared = declare_validator(Later("fail"))
    assert declared.judge is not None
    assert declared.judge.asynchronous
    assert asyncio.run(evaluate_in_time(spec_of(declared), 1)).status == "pass"
    assert asyncio.run(evaluate_in_time(spec_of(declared), -1)).status == "fail"
    assert asyncio.run(evaluate_in_time(spec_of(declared), "a")).status == "error"
    assert asyncio.run(evaluate_in_time(spec_of(declare_function(is_even)), 2)).status == "pass"
    assert asyncio.run(evaluate_in_time(make_spec("range", (0, 1)), 2.0)).status == "warn"


def test_without_an_event_loop_it_is_an_error_verdict_and_nothing_is_left_unawaited() -> None:
    verdict = evaluate(spec_of(declare_validator(Later())), 1)
    assert verdict.status == "error"
    assert "async driver" in str(verdict.message)


class _Generic(AtMost):
    def applies_to(self, datatype: Any) -> bool:
        raise KeyError(datatype)


@pytest.mark.parametrize(
    ("annotation", "applies"),
    [
        (pd.Series, True),
        (Optional[pd.Series], True),  # noqa: UP045 - the old spelling is to work too
        (pd.Series | pl.Series, True),
        (pd.Series | int, False),
        (list[int], False),
        (float, False),
        (Any, False),
    ],
    ids=str,
)
def test_applies_to_is_asked_of_each_type(annotation: Any, applies: bool) -> None:
    assert ValidatorJudge(AtMost(1)).applies_to(annotation) is applies


def test_an_applies_to_that_raises_is_told() -> None:
    with pytest.raises(ModifierError, match="applies_to raised KeyError"):
        ValidatorJudge(_Generic(1)).applies_to(float)


@pytest.mark.parametrize(
    ("annotation", "applies"),
    [(int, True), (bool, True), (int | None, True), (Any, True), (str, False), (pd.Series, False), (list[int], False)],
    ids=str,
)
def test_a_function_applies_to_the_type_of_its_parameter(annotation: Any, applies: bool) -> None:
    assert FunctionJudge(is_even).applies_to(annotation) is applies


def test_a_function_without_annotations_applies_to_anything() -> None:
    def anything(value):  # type: ignore[no-untyped-def]
        return True

    assert FunctionJudge(anything).applies_to(list[int])


def test_a_keyword_finds_its_validator_among_candidates_and_registered_ones() -> None:
    (declared,) = declare("rows", 2, "fail", candidates=[Rows])
    assert (declared.kind, declared.severity) == ("rows", "error")
    assert declared.params["arguments"] == {"rows": 2}
    with pytest.raises(ModifierError, match="'rows' is not an expectation"):
        declare("rows", 2)
    register_validator(Rows)
    try:
        assert declare("rows", 2)[0].severity == "warn"
    finally:
        VALIDATORS.remove(Rows)


def test_a_candidate_goes_before_what_is_built_in() -> None:
    class OwnRange(Rows):
        def __init__(self, range: Any, importance: str) -> None:
            DataValidator.__init__(self, importance)

        @classmethod
        def arg(cls) -> str:
            return "range"

    found = declare("range", (0, 1), candidates=[OwnRange])
    assert [offer.judge is None for offer in found] == [False, True]
    assert len(declare("range", "wide", candidates=[OwnRange])) == 1


def test_asynchronous_ones_may_have_a_keyword() -> None:
    class RowsLater(AsyncBaseDefaultValidator, Rows):
        async def validate(self, data: Any) -> ValidationResult:
            return ValidationResult(len(data) == self.rows, "counted")

    (declared,) = declare("rows", 1, candidates=[RowsLater])
    assert asyncio.run(evaluate_in_time(spec_of(declared), [1])).passes


def test_importance_compares_as_a_word() -> None:
    assert AtMost(1, importance="fail").importance == "fail"
    assert AtMost(1).importance is DataValidationLevel.WARN


class Silent(AtMost):
    def __init__(self) -> None:
        """Leaves out its parent's."""


@pytest.mark.parametrize(
    ("validator", "message"),
    [
        (AtMost, "AtMost is a class; an instance is needed"),
        (is_even, "is_even is a function, not a validator"),
        (3, "a int is no validator: it has no name, applies_to, validate"),
        (Silent(), "Silent has no importance"),
    ],
    ids=["a class", "a function", "a number", "without importance"],
)
def test_what_is_no_validator_is_told(validator: Any, message: str) -> None:
    with pytest.raises(ModifierError) as caught:
        declare_validator(validator)
    assert caught.value.problems[0].message == message
    assert caught.value.problems[0].hint


def test_an_importance_that_is_none_is_told() -> None:
    with pytest.raises(ModifierError, match="importance='loud' is not known"):
        AtMost(1, importance="loud")


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda value: True, "custom takes functions with a name of their own"),
        (len, "custom takes a function, not a builtin_function_or_method"),
        (3, "custom takes a function, not a int"),
        (test_a_plain_function_judges, "must take one argument, the value"),
        (evaluate_column, "must take one argument, the value"),
    ],
)
def test_what_is_no_function_of_a_value_is_told(function: Any, message: str) -> None:
    with pytest.raises(ModifierError) as caught:
        declare_function(function)
    assert message in caught.value.problems[0].message
    assert caught.value.problems[0].hint


@pytest.mark.parametrize("validator", [3, AtMost, AtMost(1)])
def test_only_validators_with_a_keyword_can_be_registered(validator: Any) -> None:
    with pytest.raises(ModifierError, match="has no keyword"):
        register_validator(validator)
