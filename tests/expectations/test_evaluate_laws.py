"""Laws of judging: against plain Python, whatever the order of the rows, with the data as they were."""

from __future__ import annotations

import copy
import datetime
import math
import re
import statistics
from collections import Counter
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from featurecat.expectations.evaluate import Asking, evaluate_column, evaluate_frame, evaluate_table
from featurecat.expectations.registry import make_spec
from featurecat.frames.measuring import table_of_frame
from tests.expectations.forms import COLUMNS, FRAMES

NAN = math.nan
IN_MEMORY = [form for form in COLUMNS if form not in ("duckdb", "dask")]

floats = st.floats(allow_nan=True, allow_infinity=True) | st.none()
finite = st.floats(allow_nan=False, allow_infinity=False)
whole = st.integers(-(2**63), 2**63 - 1)
unsigned = st.integers(0, 2**64 - 1)
texts = st.text(max_size=3) | st.sampled_from(["", "a", "A", "ä", "日本", "\n", "😀"])
VALUES: dict[str, Any] = {
    "float": floats,
    "int": whole | st.none(),
    "uint": unsigned | st.none(),
    "text": texts.filter(lambda text: "\x00" not in text) | st.none(),
    "bool": st.booleans() | st.none(),
    "date": st.dates(datetime.date(1, 1, 1), datetime.date(9999, 12, 31)) | st.none(),
    "datetime": st.datetimes(datetime.datetime(1700, 1, 1), datetime.datetime(2250, 1, 1)) | st.none(),
}
columns = st.sampled_from(sorted(VALUES)).flatmap(
    lambda dtype: st.tuples(st.just(dtype), st.lists(VALUES[dtype], max_size=8))
)


def present(values: list[Any]) -> list[Any]:
    return [value for value in values if value is not None and not (isinstance(value, float) and math.isnan(value))]


def verdicts(kind: str, argument: Any, dtype: str, values: list[Any]) -> list[Any]:
    spec = make_spec(kind, argument)
    found = [evaluate_column([spec], COLUMNS[form](dtype, values))[0] for form in IN_MEMORY]
    assert all(
        (one.status, one.failing_rows, one.observed) == (found[0].status, found[0].failing_rows, found[0].observed)
        for one in found
    ), found
    return found


@given(columns)
def test_missing_values_are_counted_as_python_counts_them(column):
    dtype, values = column
    missing = len(values) - len(present(values))
    for kind, argument in (("not_null", True), ("allow_nans", False)):
        found = verdicts(kind, argument, dtype, values)[0]
        assert (found.status, found.failing_rows) == (
            "no_data" if not values else "warn" if missing else "pass",
            missing,
        )


@given(columns)
def test_unique_and_distinct_are_those_of_a_counter(column):
    dtype, values = column
    counted = Counter(present(values))
    repeated = sum(number for number in counted.values() if number > 1)
    found = verdicts("unique", True, dtype, values)[0]
    assert found.status == ("no_data" if not counted else "warn" if repeated else "pass")
    assert (found.failing_rows or 0) == repeated
    wanted = verdicts("distinct", (1, None), dtype, values)[0]
    assert not counted or wanted.observed["distinct"] == len(counted)


@given(columns, st.data())
def test_range_and_sets_are_those_of_python(column, data):
    dtype, values = column
    bounds = present(data.draw(st.lists(VALUES[dtype], min_size=2, max_size=2)))
    bounds = [bound for bound in bounds if not (isinstance(bound, float) and math.isinf(bound))]
    if len(bounds) < 2:
        return
    low, high = sorted(bounds)
    found = verdicts("range", (low, high), dtype, values)[0]
    outside = sum(not low <= value <= high for value in present(values))
    assert (found.failing_rows or 0) == outside
    assert found.status == ("no_data" if not present(values) else "warn" if outside else "pass")
    among = verdicts("values_in", bounds, dtype, values)[0]
    assert (among.failing_rows or 0) == sum(value not in bounds for value in present(values))


@given(st.lists(floats, max_size=6), st.integers(-(2**70), 2**70) | st.just(10**400) | finite)
def test_bounds_beyond_the_floats_are_compared_exactly(values, bound):
    for argument, beyond in (
        ((bound, None), lambda value: value < bound),
        ((None, bound), lambda value: value > bound),
    ):
        for spec_of in (("range", argument),):
            try:
                make_spec(*spec_of)
            except Exception as fault:  # what a kind refuses is no matter here
                assert "bound" in str(fault) or "cannot" in str(fault)
                continue
            found = verdicts(*spec_of, "float", values)[0]
            assert (found.failing_rows or 0) == sum(map(beyond, present(values)))


@given(st.lists(st.tuples(VALUES["int"], st.integers(0, 5) | st.none()), max_size=8), st.booleans(), st.randoms())
def test_an_order_by_another_column_is_the_same_whatever_the_order_of_the_rows(rows, rising, random):
    direction = "increasing" if rising else "decreasing"
    specs = {"value": [make_spec("monotonic", {"direction": direction, "by": "place"})]}
    sign = 1 if rising else -1
    placed = sorted((place, sign * value) for value, place in rows if value is not None and place is not None)
    expected = sum(later < earlier for (_, earlier), (_, later) in zip(placed, placed[1:], strict=False))
    shuffled = random.sample(rows, len(rows))
    for order in (rows, shuffled):
        made = {"value": ("int", [value for value, _ in order]), "place": ("int", [place for _, place in order])}
        found = evaluate_frame(FRAMES["polars"](made, None), specs)["value"][0]
        assert (found.failing_rows or 0) == (expected if any(value is not None for value, _ in rows) else 0)


OPERATORS = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    ">=": lambda left, right: left >= right,
    ">": lambda left, right: left > right,
}


@given(st.lists(st.tuples(VALUES["int"], VALUES["uint"]), max_size=8), st.sampled_from(sorted(OPERATORS)))
def test_whole_numbers_of_any_width_compare_exactly(rows, operator):
    specs = {"value": [make_spec("compare", (operator, "other"))]}
    made = {"value": ("int", [left for left, _ in rows]), "other": ("uint", [right for _, right in rows])}
    pairs = [(left, right) for left, right in rows if left is not None and right is not None]
    for frame in ("pandas", "polars", "duckdb"):
        found = evaluate_frame(FRAMES[frame](made, None), specs)["value"][0]
        assert (found.failing_rows or 0) == sum(not OPERATORS[operator](*pair) for pair in pairs)


@given(st.lists(st.floats(-1e6, 1e6) | st.none() | st.just(NAN), max_size=12))
def test_figures_are_those_of_the_values_that_are_there(values):
    there = present(values)
    mean, std, median = (verdicts(kind, (0, None), "float", values)[0] for kind in ("mean", "std", "median"))
    assert [one.status == "no_data" for one in (mean, std, median)] == [not there, len(there) < 2, not there]
    if there:
        assert mean.observed["mean"] == pytest.approx(statistics.fmean(there), abs=1e-6)
        assert median.observed["median"] == pytest.approx(statistics.median(there), abs=1e-6)
    if len(there) > 1:
        assert std.observed["std"] == pytest.approx(statistics.stdev(there), abs=1e-3)


@given(st.lists(st.text("aB1\n", max_size=4) | st.none(), max_size=8))
def test_patterns_match_whole_texts_as_python_does(values):
    pattern = r"[aB]*\d?"
    wrong = sum(re.fullmatch(pattern, value) is None for value in present(values))
    for frame in ("pandas", "polars", "duckdb"):
        made = FRAMES[frame]({"value": ("text", values)}, None)
        found = evaluate_frame(made, {"value": [make_spec("matches", pattern)]})["value"][0]
        assert (found.failing_rows or 0) == wrong


@given(st.lists(VALUES["float"], max_size=40), st.integers(1, 5), st.randoms())
def test_samples_are_rows_at_fault_as_many_as_asked_for_whatever_the_order(values, most, random):
    keys = list(range(len(values)))
    shuffled = random.sample(keys, len(keys))
    specs = {"value": [make_spec("range", (0, 1)), make_spec("not_null", True)]}
    asking = Asking(["key"], most=most)
    samples = []
    for order in (keys, shuffled):
        made = {"key": ("int", order), "value": ("float", [values[key] for key in order])}
        for frame in ("pandas", "polars", "duckdb"):
            outside, missing = evaluate_frame(FRAMES[frame](made, None), specs, asking)["value"]
            faulty = {key for key in keys if values[key] in present(values) and not 0 <= values[key] <= 1}
            gaps = {key for key in keys if values[key] is None or math.isnan(values[key])}
            for found, wrong in ((outside, faulty), (missing, gaps)):
                assert {row["key"] for row in found.sample} <= wrong
                assert len(found.sample) == min(most, len(wrong))
            samples.append((outside.sample, missing.sample))
    assert all(sample == samples[0] for sample in samples)


@settings(max_examples=20)
@given(columns)
def test_the_data_are_never_changed(column):
    dtype, values = column
    specs = [
        make_spec(kind, argument)
        for kind, argument in (("range", (0, 1)), ("unique", True), ("monotonic", "increasing"), ("not_null", True))
    ]
    for form in IN_MEMORY:
        made = COLUMNS[form](dtype, values)
        before = copy.deepcopy(made) if isinstance(made, pd.Series) else made
        kept = (
            list(made)
            if isinstance(made, pd.Series)
            else made.to_pylist()
            if hasattr(made, "to_pylist")
            else made.to_list()
        )
        evaluate_column(specs, made)
        if isinstance(made, pd.Series):
            pd.testing.assert_series_equal(made, before)
        else:
            after = made.to_pylist() if hasattr(made, "to_pylist") else made.to_list()
            assert repr(after) == repr(kept)


@given(columns)
def test_one_pass_when_all_holds_and_two_when_not(column):
    dtype, values = column
    specs = [make_spec("not_null", True), make_spec("unique", True), make_spec("row_count", (0, 1_000))]
    table = table_of_frame(pl.DataFrame({"value": COLUMNS["polars"](dtype, values), "other": [1.0] * len(values)}))
    verdicts_found = evaluate_table(table, {"value": specs, "other": specs}, Asking())
    failed = any(one.status == "warn" for column in verdicts_found.values() for one in column)
    assert table.passes == 1 + failed


def test_a_frame_of_pandas_that_is_a_view_stays_as_it_is():
    frame = pd.DataFrame({"a": [1.0, NAN, 3.0], "b": ["x", None, "y"]})
    view, before = frame.iloc[1:], frame.copy(deep=True)
    evaluate_frame(view, {"a": [make_spec("not_null", True)], "b": [make_spec("unique", True)]})
    pd.testing.assert_frame_equal(frame, before)
    array = pa.array([1.0, NAN])
    evaluate_column([make_spec("not_null", True)], array)
    assert str(array.to_pylist()) == "[1.0, nan]"
