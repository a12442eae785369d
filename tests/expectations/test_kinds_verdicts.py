"""What the kinds that need nothing but the data say of them, alike for every library."""

from __future__ import annotations

import datetime
import json
import math
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from featurecat.expectations.evaluate import Asking, evaluate, evaluate_column, evaluate_frame
from featurecat.expectations.registry import make_spec

NAN = math.nan
ARROW = {
    "float": pa.float64(), "int": pa.int64(), "uint": pa.uint64(), "text": pa.string(), "bool": pa.bool_(),
    "date": pa.date32(), "moment": pa.timestamp("us"), "zoned": pa.timestamp("us", "UTC"), "null": pa.null(),
}  # fmt: skip
FORMS = ("pandas", "polars", "arrow")


def column(values: list[Any], dtype: str, form: str) -> Any:
    array = pa.array(values, ARROW[dtype], from_pandas=False)
    if form == "arrow":
        return array
    if form == "polars":
        return pl.from_arrow(array)
    return pd.Series(values, dtype="float64") if dtype == "float" else array.to_pandas(types_mapper=pd.ArrowDtype)


def day(number: int) -> datetime.date:
    return datetime.date(2013, 1, number)


def moment(number: int, hour: int = 0) -> datetime.datetime:
    return datetime.datetime(2013, 1, number, hour)


class Case(NamedTuple):
    kind: str
    argument: Any
    dtype: str
    values: list[Any]
    status: str
    failing: int | None = None
    message: str = ""
    observed: dict[str, Any] = {}


CASES = [
    Case("not_null", True, "float", [1.0, NAN, None], "warn", 2, "2 of 3 values missing"),
    Case("not_null", True, "text", ["", "a"], "pass", 0, "0 of 2 values missing", {"missing": 0}),
    Case("not_null", True, "null", [None], "warn", 1),
    Case("not_null", True, "int", [], "no_data", 0, "no rows"),
    Case("unique", True, "int", [1, 2, 2, 3, 3, 3, None, None], "warn", 5, "5 of 6 values repeat (3 different)"),
    Case("unique", True, "text", ["a", "b", "A", None], "pass", 0, "all 3 values are different"),
    Case("unique", True, "float", [0.0, -0.0], "warn", 2),
    Case("unique", True, "float", [NAN, NAN, 1.0], "pass", 0),
    Case("unique", True, "uint", [2**64 - 1, 2**64 - 2], "pass", 0),
    Case("unique", True, "text", [None], "no_data", 0, "no values that could repeat"),
    Case("matches", r"[A-Z]{2}\d+", "text", ["UA12", "ua12", "UA", "xUA1", None], "warn", 3, "3 of 4 texts do not match"),
    Case("matches", r"a.c", "text", ["abc", "a\nc", "abc\n"], "warn", 2),
    Case("matches", r"\d+", "text", ["12", "١٢"], "warn", 1),
    Case("matches", r"(?i)ewr|jfk", "text", ["Ewr", "JFK", "ewrx"], "warn", 1),
    Case("matches", "", "text", ["", "a"], "warn", 1),
    Case("matches", "a", "text", [None], "no_data"),
    Case("matches", "a", "int", [1], "error", None, "int64 values are no texts"),
    Case("min", (0, 2), "float", [1.0, 5.0, NAN], "pass", 0, "least value 1, expected in 0 … 2", {"min": 1.0}),
    Case("min", (0, None), "float", [-1.0, -2.0, 5.0], "warn", 2, "least value -2, at least 0 expected", {"min": -2.0, "missing": 0}),
    Case("min", (0, 2), "int", [3, 4], "warn", None, "least value 3, expected in 0 … 2"),
    Case("min", (day(2), None), "date", [day(1), day(5)], "warn", 1, "least value 2013-01-01, at least 2013-01-02 expected"),
    Case("min", ("b", "c"), "text", ["a", "b"], "warn", 1),
    Case("min", (0, 1), "text", ["a"], "error", None, "bounds of type number cannot be compared with string values"),
    Case("min", (0, 1), "float", [NAN], "no_data", 0, "no values, so there is no least one"),
    Case("max", (0, 2), "int", [1, 3, 4], "warn", 2, "greatest value 4, expected in 0 … 2", {"max": 4}),
    Case("max", (4, None), "int", [1, 3], "warn", None, "greatest value 3"),
    Case("max", (None, 1e9), "float", [math.inf, 1.0], "warn", 1, "greatest value inf", {"max": None}),
    Case("max", (moment(1), moment(3)), "moment", [moment(2), None], "pass", 0, "", {"max": "2013-01-02T00:00:00"}),
    Case("mean", (1.5, 1.5), "float", [1.0, 2.0, NAN], "pass", None, "mean 1.5, expected in 1.5 … 1.5", {"mean": 1.5}),
    Case("mean", (0, 1), "float", [math.inf, -math.inf], "warn", None, "mean undefined"),
    Case("mean", (0, 1), "text", ["a"], "error", None, "string values have no mean"),
    Case("mean", (0, 1), "int", [], "no_data", 0, "no values, so there is no mean"),
    Case("median", (2.5, 2.5), "int", [1, 2, 3, 4, None], "pass", None, "median 2.5"),
    Case("median", (None, 1), "bool", [True, True, False], "pass", None, "median 1, at most 1"),
    Case("median", (None, 1), "float", [NAN], "no_data"),
    Case("std", (1, 1), "float", [1.0, 2.0, 3.0], "pass", None, "standard deviation 1", {"std": 1.0}),
    Case("std", (0.1, None), "int", [5, 5, 5], "warn", None, "standard deviation 0, at least 0.1 expected"),
    Case("std", (0, 1), "float", [1.0], "no_data", 0, "fewer than two values, so there is no standard deviation"),
    Case("quantile", {0.5: (3, 3), 1: (None, 5)}, "int", [1, 2, 3, 4, 5], "pass", None, "quantile 0.5 is 3, expected in 3 … 3; quantile 1.0 is 5, at most 5 expected"),
    Case("quantile", {0.5: (0, 2), 1: (0, 9)}, "int", [1, 2, 3, 4, 5], "warn", None, "quantile 0.5 is 3, expected in 0 … 2"),
    Case("quantile", {0.75: (1.75, 1.75)}, "float", [1.0, 2.0, NAN], "pass", None, "", {"quantile_0.75": 1.75}),
    Case("quantile", {0.5: (0, 1)}, "text", ["a"], "error", None, "string values have no quantiles"),
    Case("quantile", {0.5: (0, 1)}, "int", [None], "no_data"),
    Case("row_count", (1, None), "float", [], "warn", None, "no rows at all, expected at least 1", {"rows": 0}),
    Case("row_count", (0, 2), "text", [None, "a"], "pass", None, "2 rows, expected 0 to 2"),
    Case("row_count", 1, "null", [None], "pass", None, "1 row, expected exactly 1"),
    Case("row_count", (None, 1), "int", [1, 2], "warn", None, "2 rows, expected at most 1"),
    Case("distinct", (2, 3), "text", ["a", "b", "a", None], "pass", None, "2 different values, expected 2 to 3"),
    Case("distinct", (2, None), "float", [1.0, 1.0, NAN, None], "warn", None, "1 value, expected at least 2"),
    Case("distinct", 2, "bool", [True, False], "pass", None, "", {"distinct": 2}),
    Case("distinct", (0, 2), "int", [None], "no_data"),
    Case("monotonic", "increasing", "int", [1, 1, None, 3, 2, 4], "warn", 1, "1 of 5 values out of increasing order"),
    Case("monotonic", {"direction": "increasing", "strict": True}, "int", [1, 1, 2], "warn", 1, "out of strictly incr"),
    Case("monotonic", "decreasing", "float", [3.0, NAN, 2.0, -math.inf], "pass", 0),
    Case("monotonic", "decreasing", "date", [day(3), day(2), day(5)], "warn", 1),
    Case("monotonic", "increasing", "float", [NAN, 5.0, NAN, 1.0], "warn", 1),
    Case("monotonic", "increasing", "text", ["a"], "pass", 0),
    Case("monotonic", "increasing", "text", [None], "no_data"),
    Case("nans", 0, "text", ["a", None], "pass", 0, "0 of 2 values are NaN, at most 0 expected"),
    Case("nans", 0, "int", [1, None], "pass", 0),
    Case("nans", 0, "int", [], "no_data"),
    Case(
        "categories", {"a": 0.5, "b": 0.5, "tolerance": 0.1}, "text", ["a", "b", None], "pass", 0,
        "share of 2 categories as expected, ± 10.00%", {"shares": {"a": 0.5, "b": 0.5}},
    ),
    Case(
        "categories", {"a": 0.5, "b": 0.5, "tolerance": 0.1}, "text", ["a", "a", "a", "b"], "warn", None,
        "'a': share of 75.00%, expected 50.00% ± 10.00%; 'b': share of 25.00%",
    ),
    Case(
        "categories", {"a": 0.5, "b": 0.4, "tolerance": 0.2}, "text", ["a", "b", "c", "c", "c"], "warn", 3,
        "others: share of 60.00%, expected 10.00% ± 20.00%",
    ),
    Case("categories", {1: 0.5, "tolerance": 0}, "int", [1, 2, 1, 3], "pass", 0),
    Case("categories", {"a": 1, "tolerance": 0}, "int", [1], "error", None, "categories of type string cannot be comp"),
    Case("categories", {"a": 1, "tolerance": 0}, "text", [None], "no_data"),
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind}-{case.dtype}-{case.status}-{CASES.index(case)}")
def test_verdicts(case, form):
    verdict = evaluate(make_spec(case.kind, case.argument), column(case.values, case.dtype, form))
    assert verdict.status == case.status, verdict
    assert verdict.failing_rows == (0 if case.status == "no_data" else case.failing)
    assert case.message in str(verdict.message)
    assert {name: verdict.observed.get(name) for name in case.observed} == case.observed
    assert len(str(verdict.message)) < 200
    json.dumps([verdict.observed, verdict.threshold], allow_nan=False)


OTHERS = [
    (("<=", "other"), "int", [1, 5, None, 3], [2, 4, 1, None], "warn", 1, "1 of 2 values not <= other"),
    (("<", "other"), "float", [1.0, NAN], [1.0, 2.0], "warn", 1, "1 of 1 values not < other"),
    (("!=", "other"), "text", ["a", "b"], ["a", "c"], "warn", 1, "1 of 2 values not != other"),
    (("==", "other"), "date", [day(1), day(2)], [day(1), day(2)], "pass", 0, "0 of 2 values not == other"),
    ((">=", "other"), "moment", [moment(2)], [moment(1, 23)], "pass", 0, ""),
    (
        {"operator": "==", "other": "other", "tolerance": 0.5}, "float", [1.0, 2.0], [1.5, 3.0], "warn", 1,
        "1 of 2 values not == other within 0.5",
    ),
    (
        {"operator": "<=", "other": "other", "tolerance": "1h"}, "moment", [moment(1, 2), moment(1, 3)],
        [moment(1, 1), moment(1, 1)], "warn", 1, "within 1h",
    ),
    (("<=", "other"), "int", [1, None], [None, 2], "no_data", 0, "no rows with both a value and one of other"),
    (("<=", "other"), "int", [None], [2], "no_data", 0, "no values to compare"),
    (
        {"operator": "<=", "other": "other", "tolerance": "1h"}, "int", [1], [2], "error", None,
        "int64 values have no tolerance of 1h",
    ),
    (
        {"operator": "<=", "other": "other", "tolerance": 1}, "moment", [moment(1)], [moment(1)], "error", None,
        "have no tolerance of 1.0",
    ),
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("number", range(len(OTHERS)))
def test_two_features_are_compared_row_by_row(number, form):
    argument, dtype, values, others, status, failing, message = OTHERS[number]
    beside = {"other": column(others, dtype, form)}
    verdict = evaluate_column([make_spec("compare", argument)], column(values, dtype, form), others=beside)[0]
    assert (verdict.status, verdict.failing_rows) == (status, failing), verdict
    assert message in str(verdict.message)


@pytest.mark.parametrize("form", FORMS)
def test_features_that_cannot_be_compared_are_an_error(form):
    others = {"other": column(["a"], "text", form)}
    verdict = evaluate_column([make_spec("compare", ("<=", "other"))], column([1], "int", form), others=others)[0]
    assert verdict.status == "error"
    assert "cannot be compared with string values" in str(verdict.message)


@pytest.mark.parametrize("form", FORMS)
def test_rows_are_ordered_by_another_feature(form):
    spec = make_spec("monotonic", {"direction": "increasing", "by": "day"})
    values, days = column([3, 1, 2], "int", form), {"day": column([day(3), day(1), day(2)], "date", form)}
    assert evaluate_column([spec], values, others=days)[0].status == "pass"
    wrong = evaluate_column([spec], values, others={"day": column([day(1), day(2), day(3)], "date", form)})[0]
    assert (wrong.status, wrong.failing_rows) == ("warn", 1)
    assert "1 of 3 values out of increasing order by day" in str(wrong.message)


ROWS = {
    "key": [10, 20, 30, 40],
    "count": [1, 2, 2, None],
    "code": ["UA1", "x", "AA2", None],
    "start": [5, 1, 3, 3],
}
AT_FAULT = [
    ("count", "unique", True, [20, 30]),
    ("count", "not_null", True, [40]),
    ("count", "min", (2, None), [10]),
    ("count", "max", (None, 1), [20, 30]),
    ("count", "min", (3, None), [10, 20, 30]),
    ("code", "matches", "[A-Z]+[0-9]", [20]),
    ("start", "monotonic", "increasing", [20]),
    ("count", "compare", (">=", "start"), [10, 30]),
    ("code", "categories", {"UA1": 0.5, "tolerance": 0.1}, [20, 30]),
]


@pytest.mark.parametrize(("name", "kind", "argument", "keys"), AT_FAULT, ids=str)
@pytest.mark.parametrize("form", FORMS)
def test_rows_at_fault_are_named(form, name, kind, argument, keys):
    frame = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "arrow": pa.table}[form](ROWS)
    verdict = evaluate_frame(frame, {name: [make_spec(kind, argument)]}, Asking(keys=["key"]))[name][0]
    assert verdict.status == "warn"
    assert [row["key"] for row in verdict.sample] == keys
    assert verdict.failing_rows == len(keys)


def test_nan_and_null_are_told_apart_where_they_can_be():
    spec = make_spec("nans", 0)
    verdict = evaluate(spec, pl.Series([1.0, NAN, None]))
    assert (verdict.status, verdict.failing_rows) == ("warn", 1)
    assert "1 of 3 values are NaN, at most 0 expected" in str(verdict.message)
    assert evaluate(make_spec("nans", 1), pa.array([1.0, NAN, None])).status == "pass"
    of_pandas = evaluate(spec, pd.Series([1.0, NAN]))
    assert of_pandas.status == "skip"
    assert "cannot be told apart" in str(of_pandas.message)


SCALARS = [
    ("not_null", True, 1.0, "pass"),
    ("not_null", True, None, "warn"),
    ("not_null", True, NAN, "warn"),
    ("matches", r"\d+", "12", "pass"),
    ("matches", r"\d+", "12a", "warn"),
    ("matches", r"\d+", "١٢", "warn"),
    ("matches", r"a", "a\n", "warn"),
    ("matches", r"\d+", None, "no_data"),
    ("matches", r"\d+", 12, "error"),
]


@pytest.mark.parametrize(("kind", "argument", "value", "status"), SCALARS, ids=str)
def test_scalars(kind, argument, value, status):
    assert evaluate(make_spec(kind, argument), value).status == status


def test_limits_count_the_rows_at_fault():
    spec = make_spec("unique", True)
    allowed = type(spec)(spec.kind, spec.params, "error", fail_if="> 50%", warn_if="> 2")
    verdicts = [evaluate(allowed, pl.Series([1, 1, *range(2, length)])) for length in (3, 50)]
    assert [verdict.status for verdict in verdicts] == ["fail", "pass"]


@pytest.mark.parametrize("form", FORMS)
def test_expectations_together_say_what_each_says_alone(form):
    values = column([1, 2, 2, None, 7], "int", form)
    asked = {
        "not_null": True, "unique": True, "min": (0, 1), "max": (0, 5), "mean": (0, 2), "median": (0, 1), "std": (0, 1),
        "quantile": {0.9: (0, 1)}, "row_count": (9, None), "distinct": 9, "monotonic": "decreasing", "nans": 0,
    }  # fmt: skip
    specs = [make_spec(kind, argument) for kind, argument in asked.items()]
    assert evaluate_column(specs, values) == [evaluate(spec, values) for spec in specs]


def test_numpy_arguments_mean_what_plain_ones_do():
    assert make_spec("mean", (np.float64(0), np.int8(1))).params == make_spec("mean", (0, 1)).params
