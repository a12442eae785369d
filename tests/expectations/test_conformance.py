"""One table of cases, every expectation, every form a value can have: the verdicts are the same."""

from __future__ import annotations

import datetime
import json
import math
import statistics
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.expectations.evaluate import evaluate, evaluate_column
from featurecat.expectations.registry import make_spec
from featurecat.expectations.spec import ExpectationSpec

NAN = math.nan
DAYS = [datetime.date(2013, 1, 1), None, datetime.date(2013, 12, 31)]
MOMENTS = [datetime.datetime(2013, 1, 1, 5), None, datetime.datetime(2013, 12, 31, 23)]
ZONED = [moment.replace(tzinfo=datetime.UTC) if moment else None for moment in MOMENTS]

# How a list of values becomes a column: (pandas numpy dtype, pandas nullable dtype, Polars dtype, Arrow type)
TYPES: dict[str, tuple[Any, Any, Any, Any]] = {
    "float": ("float64", "Float64", pl.Float64, pa.float64()),
    "float32": ("float32", "Float32", pl.Float32, pa.float32()),
    "int": (None, "Int64", pl.Int64, pa.int64()),
    "uint": (None, "UInt64", pl.UInt64, pa.uint64()),
    "bool": (None, "boolean", pl.Boolean, pa.bool_()),
    "text": (object, "string", pl.String, pa.string()),
    "category": ("category", "category", pl.Categorical, pa.dictionary(pa.int8(), pa.string())),
    "date": (object, None, pl.Date, pa.date32()),
    "datetime": ("datetime64[us]", "datetime64[ns]", pl.Datetime("ns"), pa.timestamp("us")),
    "zoned": ("datetime64[us, UTC]", "datetime64[ns, UTC]", pl.Datetime("ms", "UTC"), pa.timestamp("us", "UTC")),
}


def forms(values: list[Any], dtype: str) -> dict[str, Any]:
    numpy, nullable, polars, arrow = TYPES[dtype]
    columns = {
        "pandas arrow-backed": pd.Series(pd.arrays.ArrowExtensionArray(pa.chunked_array([pa.array(values, arrow)])))
        if not pa.types.is_dictionary(arrow)
        else pd.Series(values, dtype="category"),
        "polars": pl.Series(values, dtype=polars, strict=False),
        "pyarrow array": pa.array(values, arrow),
        "pyarrow chunks": pa.chunked_array([pa.array(values[:1], arrow), pa.array(values[1:], arrow)]),
    }
    if numpy is not None:
        columns["pandas numpy"] = pd.Series(values, dtype=numpy)
    if nullable is not None:
        columns["pandas nullable"] = pd.Series(values, dtype=nullable)
    return columns


class Case(NamedTuple):
    values: list[Any]
    dtype: str
    kind: str
    argument: Any
    status: str
    failing: int = 0
    message: str = ""


CASES = [
    Case([1.0, 2.0], "float", "range", (1, 2), "pass", 0, "0 of 2 values outside 1.0 … 2.0 (min 1.0, max 2.0)"),
    Case([-7.5, NAN, 11.5], "float", "range", (-5, 5), "warn", 2, "2 of 2 values outside -5.0 … 5.0 (min -7.5"),
    Case([0.5, None, 11.5], "float", "range", (0, 5), "warn", 1, "1 of 2 values outside"),
    Case([0.5, 11.5], "float", "range", (0, None), "pass"),
    Case([0.5, 11.5], "float", "range", (None, 5), "warn", 1),
    Case([1.0, math.inf], "float", "range", (0, 5), "warn", 1),
    Case([NAN, None], "float", "range", (0, 5), "no_data"),
    Case([], "float", "range", (0, 5), "no_data"),
    Case([0.5, 2.5], "float32", "range", (0, 2), "warn", 1),
    Case([1, None, 7], "int", "range", (0, 5), "warn", 1),
    Case([1, 2, 3], "int", "range", (1.5, 2.5), "warn", 2),
    Case([1, 2, 3], "int", "range", (10, 20), "warn", 3),
    Case([2**62 + 1, 5], "int", "range", (0, 2**62), "warn", 1),
    Case([2**64 - 1, 2], "uint", "range", (2, 2**63), "warn", 1),
    Case([2**64 - 1, 2], "uint", "range", (-3, 1e30), "pass"),
    Case([True, None], "bool", "range", (0, 1), "pass"),
    Case(["a", None, "x"], "text", "range", ("a", "m"), "warn", 1),
    Case(["a", "x"], "category", "range", ("a", "m"), "warn", 1),
    Case(DAYS, "date", "range", (datetime.date(2013, 1, 1), datetime.date(2013, 12, 30)), "warn", 1),
    Case(DAYS, "date", "range", (datetime.datetime(2013, 1, 1, 12), None), "warn", 1),
    Case(MOMENTS, "datetime", "range", (datetime.date(2013, 1, 1), datetime.date(2013, 12, 31)), "warn", 1),
    Case(ZONED, "zoned", "range", (ZONED[0], ZONED[2]), "pass"),
    Case(ZONED, "zoned", "range", (MOMENTS[0], MOMENTS[2]), "error", 0, "could not be evaluated: bounds of type datet"),
    Case(["a"], "text", "range", (0, 1), "error", 0, "bounds of type number cannot be compared with string values"),
    Case([1.0, NAN], "float", "allow_nans", False, "warn", 1, "1 of 2 values missing (50.00%), at most 0.00% expected"),
    Case(["a", None], "text", "allow_nans", False, "warn", 1),
    Case([1, None], "int", "allow_nans", False, "warn", 1),
    Case([1, 2], "int", "allow_nans", False, "pass"),
    Case([None, None], "float", "allow_nans", False, "warn", 2),
    Case([], "float", "allow_nans", False, "no_data"),
    Case([1.0, NAN, None, 2.0], "float", "max_fraction_nans", 0.5, "pass", 2),
    Case([1.0, NAN, None, 2.0], "float", "max_fraction_nans", 0.49, "warn", 2),
    Case([], "float", "max_fraction_nans", 0.0, "no_data"),
    Case(["a", None, "b"], "text", "values_in", ["a"], "warn", 1, "1 of 2 values not among the 1 expected"),
    Case(["a", None, "b"], "category", "values_in", ["a", "b"], "pass"),
    Case([1, None, 3], "int", "values_in", [1, 2.5, 10**30], "warn", 1),
    Case([2**53 + 1, 3], "int", "values_in", [2**53 + 1, 3], "pass"),
    Case([0.5, -0.0, NAN], "float", "values_in", [0.5, 0], "pass"),
    Case([True, False], "bool", "values_in", [True], "warn", 1),
    Case(DAYS, "date", "values_in", [DAYS[0]], "warn", 1),
    Case(MOMENTS, "datetime", "values_in", [MOMENTS[0], MOMENTS[2]], "pass"),
    Case(ZONED, "zoned", "values_in", [ZONED[0]], "warn", 1),
    Case(["a"], "text", "values_in", [1], "error", 0, "could not be evaluated"),
    Case([None, None], "text", "values_in", ["a"], "no_data"),
    Case([1.0, 2.0], "float", "data_type", float, "pass"),
    Case([1.0, 2.0], "float", "data_type", np.float64, "pass"),
    Case([1.0, 2.0], "float32", "data_type", np.float64, "warn", 2, "values are float, expected double"),
    Case([1, None], "int", "data_type", int, "pass"),
    Case([1, None], "int", "data_type", np.float64, "warn", 2),
    Case([True], "bool", "data_type", int, "warn", 1),
    Case(["a", "b"], "text", "data_type", str, "pass"),
    Case(["a", "b"], "category", "data_type", "category", "pass"),
    Case(["a", "b"], "category", "data_type", str, "warn", 2),
    Case(MOMENTS, "datetime", "data_type", "datetime64[ns]", "pass"),
    Case(ZONED, "zoned", "data_type", datetime.datetime, "pass"),
    Case(DAYS, "date", "data_type", datetime.date, "pass"),
    Case([], "float", "data_type", str, "no_data"),
    Case([1.0, 2.0, 3.0], "float", "max_standard_dev", 1.0, "pass", 0, "standard deviation 1.0, at most 1.0 expected"),
    Case([1.0, NAN, 3.0], "float", "max_standard_dev", 1.4, "warn"),
    Case([1, None, 3], "int", "max_standard_dev", 1.5, "pass"),
    Case([True, False], "bool", "max_standard_dev", 0.5, "warn"),
    Case([1.0], "float", "max_standard_dev", 0.0, "no_data"),
    Case([], "float", "max_standard_dev", 0.0, "no_data"),
    Case([1.0, math.inf], "float", "max_standard_dev", 9.0, "warn"),
    Case(["a", "b"], "text", "max_standard_dev", 9.0, "error", 0, "string values have no standard deviation"),
    Case(DAYS, "date", "max_standard_dev", 9.0, "error"),
    Case([1.0, 2.0], "float32", "mean_in_range", (1.5, 1.5), "pass", 0, "mean 1.5, expected in 1.5 … 1.5"),
    Case([0.0, NAN, 3.0], "float", "mean_in_range", (0, 1), "warn"),
    Case([0, None, 3], "int", "mean_in_range", (1, None), "pass"),
    Case([2**64 - 1], "uint", "mean_in_range", (None, 1), "warn"),
    Case([math.inf, -math.inf], "float", "mean_in_range", (0, 1), "warn"),
    Case([NAN, None], "float", "mean_in_range", (0, 1), "no_data"),
    Case([], "float", "mean_in_range", (0, 1), "no_data"),
    Case(["a"], "category", "mean_in_range", (0, 1), "error"),
    Case([None, NAN], "float", "allow_none", False, "pass"),
    Case([], "text", "allow_none", False, "pass"),
    Case(["a@b", None, "c"], "text", "contains", "@", "warn", 1, "1 of 2 texts do not contain '@'"),
    Case(["a@b", "b@a"], "category", "contains", ["a", "b"], "pass"),
    Case(["ab", "a", "b", None], "text", "contains", ["a", "b"], "warn", 2, "do not contain all of 'a', 'b'"),
    Case(["a.b", "axb"], "text", "contains", "a.b", "warn", 1),
    Case(["ab", "c", None], "text", "does_not_contain", ["a", "b"], "warn", 1, "1 of 2 texts contain some of 'a', 'b'"),
    Case(["A", None], "category", "does_not_contain", "a", "pass"),
    Case([None, None], "text", "does_not_contain", "a", "no_data"),
    Case([1.0], "float", "contains", "1", "error", 0, "double values are no texts"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind}={case.argument}-{case.dtype}-{case.status}")
def test_every_form_gets_the_same_verdict(case):
    spec = make_spec(case.kind, case.argument)
    verdicts = {form: evaluate(spec, value) for form, value in forms(case.values, case.dtype).items()}
    first = next(iter(verdicts.values()))
    assert all(verdict == first for verdict in verdicts.values()), verdicts
    assert (first.status, first.rows) == (case.status, len(case.values))
    assert (first.failing_rows or 0) == case.failing
    assert case.message in str(first.message)
    json.dumps([first.observed, first.threshold], allow_nan=False)


SCALARS = [
    (0.5, "range", (0, 1), "pass"),
    (1.5, "range", (0, 1), "warn"),
    (NAN, "range", (0, 1), "no_data"),
    (None, "range", (0, 1), "no_data"),
    (pd.NA, "range", (0, 1), "no_data"),
    (np.float64(1.5), "range", (0, 1), "warn"),
    (np.int64(1), "range", (0, 1), "pass"),
    (2**70, "range", (0, 1), "warn"),
    ("b", "range", ("a", "c"), "pass"),
    (DAYS[0], "range", (DAYS[0], None), "pass"),
    (np.datetime64("2013-01-01"), "range", (DAYS[0], None), "pass"),
    ("a", "range", (0, 1), "error"),
    ([1], "range", (0, 1), "error"),
    (NAN, "allow_nans", False, "warn"),
    (pd.NaT, "allow_nans", False, "warn"),
    (1, "allow_nans", False, "pass"),
    (None, "max_fraction_nans", 0.5, "warn"),
    ("a", "values_in", ["a"], "pass"),
    (3, "values_in", [1, 2], "warn"),
    (True, "values_in", [True], "pass"),
    (1, "data_type", int, "pass"),
    (True, "data_type", int, "warn"),
    (1, "data_type", float, "warn"),
    (1.0, "data_type", np.float64, "pass"),
    (np.float32(1), "data_type", np.float64, "warn"),
    ("a", "data_type", str, "pass"),
    (None, "data_type", str, "no_data"),
    (pd.DataFrame({"a": [1]}), "data_type", int, "error"),
    (pl.col("a"), "data_type", int, "error"),
    (None, "allow_none", False, "warn"),
    (None, "allow_none", True, "pass"),
    (NAN, "allow_none", False, "pass"),
    ([None], "allow_none", False, "pass"),
    (pd.DataFrame({"a": [None]}), "allow_none", False, "pass"),
    (pl.LazyFrame({"a": [None]}), "allow_none", False, "pass"),
    (pd.Series(["a", 1], dtype=object), "allow_none", False, "pass"),
    ("a@b", "contains", ["@", "a"], "pass"),
    ("ab", "contains", "@", "warn"),
    (None, "contains", "@", "no_data"),
    ("ab", "does_not_contain", ["@", "a"], "warn"),
    (1, "does_not_contain", "@", "error"),
]


@pytest.mark.parametrize(("value", "kind", "argument", "status"), SCALARS, ids=str)
def test_scalars(value, kind, argument, status):
    verdict = evaluate(make_spec(kind, argument), value)
    assert verdict.status == status, verdict
    json.dumps([verdict.observed, verdict.threshold], allow_nan=False)


@pytest.mark.parametrize(
    ("severity", "status"), [("info", "warn"), ("warn", "warn"), ("error", "fail"), ("fatal", "fail")]
)
def test_severity_decides_between_warn_and_fail(severity, status):
    verdict = evaluate(make_spec("range", (0, 1), severity=severity), pd.Series([5.0]))
    assert verdict.status == status
    assert not verdict.passes


def test_observed_figures():
    verdict = evaluate(make_spec("range", (0, 5)), pl.Series([0.5, None, math.inf]))
    assert verdict.observed == {"min": 0.5, "max": None, "outside": 1, "missing": 1}
    assert verdict.threshold == {"low": 0.0, "high": 5.0}


def test_several_expectations_share_one_conversion(monkeypatch):
    conversions = []
    specs = [make_spec("range", (0, 1)), make_spec("allow_nans", False), make_spec("data_type", float)]
    series = pl.Series([0.5, NAN])
    original = pl.Series.to_arrow
    monkeypatch.setattr(pl.Series, "to_arrow", lambda self: conversions.append(1) or original(self))
    assert [verdict.status for verdict in evaluate_column(specs, series)] == ["pass", "warn", "pass"]
    assert len(conversions) == 1


def test_what_has_no_arrow_type_is_an_error_verdict_without_values():
    verdict = evaluate(make_spec("allow_nans", False), pd.Series(["secret", 1], dtype=object))
    assert verdict.status == "error"
    assert "secret" not in str(verdict.message)


@pytest.mark.parametrize("spec", [ExpectationSpec("no_such_kind"), ExpectationSpec("range", {"unexpected": 1})])
def test_a_spec_that_cannot_work_is_an_error_verdict(spec):
    verdict = evaluate(spec, pl.Series([1.0]))
    assert verdict.status == "error"
    assert not verdict.passes


numbers = st.floats(allow_nan=True, allow_infinity=True) | st.none()
bounds = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(numbers), bounds, bounds)
def test_range_counts_what_python_counts(values, one, other):
    low, high = sorted((one, other))
    present = [value for value in values if value is not None and not math.isnan(value)]
    expected = sum(not low <= value <= high for value in present)
    spec = make_spec("range", (low, high))
    verdicts = [evaluate(spec, column) for column in forms(values, "float").values()]
    assert all(verdict == verdicts[0] for verdict in verdicts)
    assert verdicts[0].failing_rows == expected
    assert verdicts[0].status == ("no_data" if not present else "warn" if expected else "pass")


whole = st.integers(-(2**63), 2**63 - 1)


@given(st.lists(whole | st.none()), whole | bounds, whole | bounds, st.lists(whole | bounds, min_size=1))
def test_whole_numbers_are_compared_exactly(values, one, other, allowed):
    low, high = sorted((one, other))
    present = [value for value in values if value is not None]
    ranges = [evaluate(make_spec("range", (low, high)), column) for column in forms(values, "int").values()]
    assert {verdict.failing_rows for verdict in ranges} == {sum(not low <= value <= high for value in present)}
    sets = [evaluate(make_spec("values_in", allowed), column) for column in forms(values, "int").values()]
    assert {verdict.failing_rows for verdict in sets} == {sum(value not in allowed for value in present)}


@given(st.lists(numbers), st.floats(0, 1))
def test_missing_means_nan_and_null_alike(values, fraction):
    missing = sum(value is None or math.isnan(value) for value in values)
    verdicts = [
        evaluate(make_spec("max_fraction_nans", fraction), column) for column in forms(values, "float").values()
    ]
    assert all(verdict == verdicts[0] for verdict in verdicts)
    assert verdicts[0].failing_rows == missing
    assert verdicts[0].passes == (not values or missing / len(values) <= fraction)


@given(st.lists(st.floats(-1e6, 1e6) | st.none()), st.floats(0, 1e6), bounds, bounds)
def test_mean_and_deviation_are_those_of_the_values_that_are_there(values, most, one, other):
    present = [value for value in values if value is not None]
    specs = [make_spec("max_standard_dev", most), make_spec("mean_in_range", tuple(sorted((one, other))))]
    verdicts = [evaluate_column(specs, column) for column in forms(values, "float").values()]
    assert all(verdict == verdicts[0] for verdict in verdicts)
    deviation, mean = verdicts[0]
    assert (deviation.status == "no_data") is (len(present) < 2)
    assert (mean.status == "no_data") is (not present)
    if present:
        assert mean.observed["mean"] == pytest.approx(statistics.fmean(present), abs=1e-6)
    if len(present) > 1:
        assert deviation.observed["standard_deviation"] == pytest.approx(statistics.stdev(present), abs=1e-3)


@given(st.lists(st.text("ab", max_size=4) | st.none()), st.lists(st.text("ab", min_size=1, max_size=2), min_size=1))
def test_texts_are_looked_into_as_python_does(values, texts):
    present = [value for value in values if value is not None]
    specs = [make_spec("contains", texts), make_spec("does_not_contain", texts)]
    lacking = sum(not all(text in value for text in texts) for value in present)
    holding = sum(any(text in value for text in texts) for value in present)
    for column in forms(values, "text").values():
        assert [verdict.failing_rows for verdict in evaluate_column(specs, column)] == [lacking, holding]
