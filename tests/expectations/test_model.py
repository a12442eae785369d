"""model: strict verdicts by pydantic that quote nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Optional, TypedDict

import pandas as pd
import pydantic
import pytest

from featurecat.expectations.evaluate import evaluate
from featurecat.expectations.pydantic import ModelJudge, model_of_annotation
from featurecat.expectations.registry import make_spec


class Person(pydantic.BaseModel):
    age: int = pydantic.Field(ge=0)
    names: list[str] = []


class Employee(Person):
    salary: float = 0.0


class Fields(TypedDict):
    age: int


@pytest.mark.parametrize(
    ("value", "status", "message"),
    [
        ({"age": 3}, "pass", "as Person says"),
        (Person(age=3), "pass", "as Person says"),
        (Employee(age=3), "pass", "as Person says"),
        (None, "no_data", "no value to judge"),
        ({"age": "3"}, "warn", "age: Input should be a valid integer"),
        ({"age": -42}, "warn", "age: Input should be greater than or equal to 0"),
        ({"age": 3, "names": ["a", 42]}, "warn", "names.1: Input should be a valid string"),
        ({}, "warn", "age: Field required"),
        ([42], "warn", "Person"),
    ],
    ids=str,
)
def test_verdicts(value: Any, status: str, message: str) -> None:
    verdict = evaluate(make_spec("model", Person), value)
    assert verdict.status == status
    assert message in str(verdict.message)
    assert "42" not in str(verdict)
    json.dumps([verdict.observed, verdict.threshold])


def test_many_faults_are_told_in_short() -> None:
    verdict = evaluate(make_spec("model", Person), {"age": 1, "names": [1] * 9})
    assert str(verdict.message).endswith("and 4 more")
    assert len(verdict.observed["faults"]) == 9


def test_parameters_name_the_fields() -> None:
    assert make_spec("model", Employee).params == {
        "model": "Employee",
        "fields": {"age": "int ge=0", "names": "list[str]", "salary": "float"},
    }


@pytest.mark.parametrize(
    ("annotation", "applies"),
    [
        *[
            (annotation, True)
            for annotation in (Person, Employee, pydantic.BaseModel, dict, dict[str, Any], Fields, Any)
        ],
        *[(annotation, True) for annotation in (Mapping[str, int], Optional[Person], Annotated[Person, []])],  # noqa: UP045 - the old spelling is to work too
        *[(annotation, False) for annotation in (int, list[Person], pd.DataFrame, Person | int, object)],
    ],
    ids=str,
)
def test_it_applies_to_mappings_and_objects(annotation: Any, applies: bool) -> None:
    assert ModelJudge(Person).applies_to(annotation) is applies


@pytest.mark.parametrize(
    ("annotation", "model"),
    [(Person, Person), (Person | None, Person), (Annotated[Person, 1], Person), (dict, None), (list[Person], None)],
)
def test_the_model_of_an_annotation(annotation: Any, model: Any) -> None:
    assert model_of_annotation(annotation) is model
