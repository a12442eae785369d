"""One table of cases, every expectation, every form that values can have: the verdicts are the same."""

from __future__ import annotations

import datetime
import json
import math
import statistics
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.expectations.evaluate import Asking, evaluate, evaluate_column, evaluate_file, evaluate_frame
from featurecat.expectations.kind import Surroundings
from featurecat.expectations.registry import KINDS, make_spec
from featurecat.expectations.spec import ExpectationSpec, Verdict
from featurecat.frames.measuring import table_of_column
from tests.expectations.cases import AS_OF, CASES, Case
from tests.expectations.forms import COLUMNS, FRAMES

NAN = math.nan
DAYS = [datetime.date(2013, 1, 1), None, datetime.date(2013, 12, 31)]

#: Where an engine truly cannot: which frames, of which cases, what the verdict is, and why.
UNABLE: list[tuple[tuple[str, ...], Any, str, str]] = [
    (
        ("duckdb", "dask", "spark"),
        lambda case: case.kind == "monotonic" and isinstance(case.argument, str),
        "error",
        "their rows have no order of their own",
    ),
    (
        ("duckdb", "dask", "spark"),
        lambda case: case.kind == "data_type" and case.dtype in ("category", "null"),
        "",
        "they have other types for it: texts, or integers",
    ),
    (
        ("duckdb", "spark"),
        lambda case: case.dtype == "category" and case.status == "error",
        "error",
        "their categories are texts, which is what the message calls them",
    ),
    (
        ("spark",),
        lambda case: case.dtype == "uint" or any(dtype == "uint" for dtype, _ in case.others.values()),
        "",
        "Spark has no whole numbers without a sign",
    ),
    (
        ("dask",),
        lambda case: case.dtype == "list",
        "",
        "to Narwhals, a column of lists is of no known type in Dask",
    ),
]


def unable(frame: str, case: Case) -> str | None:
    """What the verdict is where a frame cannot; empty where it is no matter; None where it can."""
    for frames, concerned, status, _ in UNABLE:
        if frame in frames and concerned(case):
            return status
    return None


def surroundings(case: Case) -> Surroundings:
    earlier = None if case.earlier is None else COLUMNS["polars"](case.dtype, case.earlier)
    return Surroundings(as_of=AS_OF if case.judged else None, earlier=lambda run: earlier)


def frame_verdict(case: Case, frame: str, folder: Any) -> Verdict:
    keys = list(range(len(case.values)))[::-1]
    columns = {"value": (case.dtype, case.values), "key": ("int", keys), **case.others}
    asking = Asking(["key"], lambda column: surroundings(case))
    specs = {"value": [make_spec(case.kind, case.argument)]}
    made = FRAMES[frame](columns, folder)
    found = evaluate_file(made, specs, asking) if frame == "parquet" else evaluate_frame(made, specs, asking)
    return found["value"][0]


def name(case: Case) -> str:
    return f"{CASES.index(case)}-{case.kind}-{case.dtype}-{case.status}"


def test_every_kind_has_cases_that_hold_and_cases_that_do_not():
    statuses = {kind: {case.status for case in CASES if case.kind == kind} for kind in KINDS}
    assert {kind for kind, found in statuses.items() if "pass" not in found} == set()
    # what these expect is told in tests of their own: of a column, something is always there; NaN differ by library
    assert {kind for kind, found in statuses.items() if "warn" not in found} == {"allow_none", "nans"}


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(frame, marks=[pytest.mark.component(frame)] if frame in ("dask", "spark") else [])
        for frame in FRAMES
        if frame != "polars"
    ],
)
@pytest.mark.parametrize("case", CASES, ids=name)
def test_every_frame_gets_the_same_verdict(case, frame, tmp_path):
    status = unable(frame, case)
    wanted = frame_verdict(case, "polars", tmp_path)
    found = wanted if status == "" else frame_verdict(case, frame, tmp_path)
    if status is None:
        assert found == wanted
    elif status:
        assert found.status == status, found
    assert (wanted.status, wanted.failing_rows or 0) == (case.status, case.failing), wanted
    assert case.message in str(wanted.message)
    assert (wanted.rows is None) == (
        case.status == "error" and "no column" in str(wanted.message)
    ) or wanted.rows == len(case.values)
    json.dumps([found.observed, found.threshold, found.sample], allow_nan=False)


@pytest.mark.parametrize("case", [case for case in CASES if not case.others], ids=name)
def test_every_column_gets_the_same_verdict(case):
    spec = make_spec(case.kind, case.argument)
    verdicts = {
        form: evaluate(spec, make(case.dtype, case.values), surroundings=surroundings(case))
        for form, make in COLUMNS.items()
        if unable(form, case) is None and form != "dask"
    }
    lazy = pl.LazyFrame({"a": COLUMNS["polars"](case.dtype, case.values)})
    verdicts["lazy expression"] = evaluate(spec, pl.col("a"), lazy, surroundings=surroundings(case))
    wanted = verdicts["polars"]
    apart = {form: found for form, found in verdicts.items() if _without_rows(found) != _without_rows(wanted)}
    assert not apart, (wanted, apart)
    assert wanted.status == case.status


@pytest.mark.component("dask")
@pytest.mark.parametrize("case", [case for case in CASES if not case.others and unable("dask", case) is None], ids=name)
def test_every_dask_column_gets_the_same_verdict(case):
    spec = make_spec(case.kind, case.argument)
    found, wanted = (
        evaluate(spec, COLUMNS[form](case.dtype, case.values), surroundings=surroundings(case))
        for form in ("dask", "polars")
    )
    assert _without_rows(found) == _without_rows(wanted)


def _without_rows(verdict: Verdict) -> tuple[Any, ...]:
    return verdict.status, verdict.observed, verdict.threshold, verdict.rows, verdict.failing_rows, verdict.message


def forms(values: list[Any], dtype: str) -> dict[str, Any]:
    return {form: make(dtype, values) for form, make in COLUMNS.items() if form not in ("duckdb", "dask")}


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


def test_several_expectations_share_one_conversion_and_one_pass(monkeypatch):
    specs = [make_spec("range", (0, 1)), make_spec("allow_nans", False), make_spec("data_type", float)]
    tables = []

    def watched(column):
        tables.append(table_of_column(column))
        return tables[-1]

    monkeypatch.setattr("featurecat.expectations.evaluate.table_of_column", watched)
    assert [verdict.status for verdict in evaluate_column(specs, pl.Series([0.5, 0.75]))] == ["pass"] * 3
    assert [verdict.status for verdict in evaluate_column(specs, pl.Series([0.5, NAN]))] == ["pass", "warn", "pass"]
    assert [table.passes for table in tables] == [1, 2]


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
