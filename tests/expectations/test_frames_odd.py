"""Frames that are odd: names, types, indexes and files that do not fit; each gets a verdict and no traceback."""

from __future__ import annotations

import datetime
import math
from importlib.metadata import version

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from featurecat.expectations.evaluate import (
    Asking,
    evaluate,
    evaluate_column,
    evaluate_file,
    evaluate_frame,
    evaluate_table,
)
from featurecat.expectations.kind import Surroundings
from featurecat.expectations.registry import make_spec
from featurecat.expectations.spec import ExpectationSpec
from featurecat.frames import measurement
from featurecat.frames.measuring import table_of_file, table_of_frame

NOT_NULL, UNIQUE = make_spec("not_null", True), make_spec("unique", True)
IN_UNIT = make_spec("range", (0, 1))
NANOSECOND = np.timedelta64(1, "ns")


@pytest.mark.parametrize("name", ["^a.*$", "*", "a.b", "", "row", "figure_0", "count_0", "a b\n", "日本", "column_0"])
@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pl.LazyFrame, pa.table], ids=lambda make: make.__name__)
def test_every_name_is_just_a_name(name, make):
    found = evaluate_frame(make({name: [0.5, 3.0], "ab": [7.0, 8.0], "key": [1, 2]}), {name: [IN_UNIT, NOT_NULL]})[name]
    assert [verdict.status for verdict in found] == ["warn", "pass"]
    label = "row" if name != "row" else "row number"
    assert found[0].sample == ({label: 1, name: 3.0},)


def test_odd_names_in_a_file_and_a_database(tmp_path):
    duckdb = pytest.importorskip("duckdb")
    table = pa.table({"^a.*$": [0.5, 3.0], "ab": [7.0, 8.0], "faulty": [True, False]})
    pq.write_table(table, tmp_path / "odd.parquet")
    specs = {"^a.*$": [IN_UNIT, UNIQUE], "faulty": [IN_UNIT]}
    in_file = evaluate_file(tmp_path / "odd.parquet", specs)
    in_database = evaluate_frame(duckdb.from_arrow(table), specs, Asking(["faulty"]))
    assert [verdict.status for verdict in in_file["^a.*$"]] == ["warn", "pass"]
    # duckdb 1.4 takes the point in such a name for that of a table
    quoted = int(version("duckdb").partition(".")[0]) > 1
    assert [verdict.status for verdict in in_database["^a.*$"]] == (["warn", "pass"] if quoted else ["error", "error"])
    assert in_file["faulty"][0].status == in_database["faulty"][0].status == "pass"


def test_numbers_as_names_and_names_that_stand_twice():
    frame = pd.DataFrame([[1.0, 2.0, 3.0]], columns=[0, "a", "a"])
    found = evaluate_frame(frame, {"0": [NOT_NULL], "a": [NOT_NULL]})
    assert found["0"][0].status == "pass"
    assert found["a"][0].message == "could not be evaluated: several columns are named 'a'"


def test_a_column_that_cannot_be_read_keeps_no_other_from_its_verdict():
    frame = pd.DataFrame({"good": [1.0, 2.0], "bad": pd.Series(["secret", 1], dtype=object)})
    found = evaluate_frame(
        frame, {"bad": [NOT_NULL, make_spec("allow_none", False)], "good": [NOT_NULL], "gone": [NOT_NULL]}
    )
    assert [verdict.status for verdict in found["bad"]] == ["error", "pass"]
    assert "secret" not in str(found)
    assert found["good"][0].status == "pass"
    assert found["gone"][0].message == "could not be evaluated: the data have no column 'gone'"


def test_values_that_have_no_such_figure_cost_the_others_no_pass():
    table = table_of_frame(pl.DataFrame({"text": ["a"], "number": [1.0], "list": [[1]]}))
    mean = make_spec("mean", (0, 2))
    found = evaluate_table(table, {"text": [mean, NOT_NULL], "list": [UNIQUE, mean], "number": [mean]}, Asking())
    assert [verdict.status for verdict in found["text"]] == ["error", "pass"]
    assert [verdict.status for verdict in found["list"]] == ["error", "error"]
    assert found["number"][0].status == "pass"
    assert table.passes == 1


@pytest.mark.parametrize(
    "values",
    [
        pd.Series(pd.arrays.SparseArray([0.0, 0.0, 5.0])),
        pd.Series([0.0, 0.0, 5.0], dtype="float16"),
        pd.Series([0, 0, 5], dtype="int8"),
        pd.Series([0, 0, 5], index=pd.MultiIndex.from_tuples([(1, 1), (1, 1), (2, 1)])),
        pd.Index([0, 0, 5]),
        pd.Series([0, 0, 5], dtype="category"),
        pl.Series([0, 0, 5], dtype=pl.Int128),
        pl.Series([0, 0, 5], dtype=pl.UInt8),
        pl.concat([pl.Series([0, 0]), pl.Series([5])], rechunk=False),
        pd.Series(np.array([0, 0, 5], dtype=">i8")),
        pd.Series(np.array([0, 9, 0, 9, 5, 9])[::2]),
    ],
    ids=lambda values: f"{type(values).__module__.partition('.')[0]}-{values.dtype}",
)
def test_every_layout_of_numbers_is_judged(values):
    in_unit, unique = evaluate_column([IN_UNIT, UNIQUE], values)
    assert (in_unit.status, in_unit.failing_rows, in_unit.sample[0]["value"]) == ("warn", 1, 5)
    assert unique.failing_rows == 2


@pytest.mark.parametrize(
    "values",
    [
        pl.Series([{"a": 1}]),
        pl.Series([b"a"]),
        pl.Series([datetime.time(1)]),
        pl.Series([datetime.timedelta(1)]),
        pl.Series(["a"], dtype=pl.Enum(["a"])),
        pd.Series(pd.period_range("2013", periods=1, freq="D")),
        pd.Series([1j]),
        pa.array([[1]]),
        pd.MultiIndex.from_tuples([(1, 2)]),
        object(),
        b"bytes",
        1j,
        pd.DataFrame({"a": [1]}),
    ],
    ids=lambda values: type(values).__name__ + str(getattr(values, "dtype", "")),
)
def test_what_does_not_compare_with_numbers_is_an_error(values):
    verdict = evaluate(IN_UNIT, values)
    assert verdict.status == "error"
    assert str(verdict.message).startswith("could not be evaluated: ")


def test_nanoseconds_are_different_though_they_compare_to_the_microsecond():
    first = np.datetime64("2013-01-01T00:00:00.000000001")
    column = pd.Series([first, first + NANOSECOND])
    bounds = (datetime.datetime(2013, 1, 1), datetime.datetime(2013, 1, 1))
    unique, in_range, falling = evaluate_column(
        [UNIQUE, make_spec("range", bounds), make_spec("monotonic", "decreasing")], column
    )
    assert (unique.status, in_range.status, falling.failing_rows) == ("pass", "pass", 1)


def test_a_file_that_cannot_be_read_is_an_error(tmp_path):
    whole = tmp_path / "whole.parquet"
    pq.write_table(pa.table({"a": list(range(10_000))}), whole)
    broken = {
        "missing": None,
        "empty": b"",
        "text": b"not a file of columns",
        "truncated": whole.read_bytes()[:-100],
        "damaged": whole.read_bytes()[:4] + b"\xff" * 4_000 + whole.read_bytes()[4_004:],
    }
    for name, content in broken.items():
        path = tmp_path / f"{name}.parquet"
        if content is not None:
            path.write_bytes(content)
        assert evaluate_file(path, {"a": [IN_UNIT]})["a"][0].status == "error", name


def test_files_are_read_in_parts_that_fit_and_each_column_once(tmp_path, monkeypatch):
    monkeypatch.setattr(measurement, "_MOST_BYTES", 2 * 1_000 * 8)
    monkeypatch.setattr("featurecat.frames.measuring._SMALL_BYTES", 0)
    columns = {f"number_{number}": np.arange(1_000.0) for number in range(5)} | {"text": ["x" * 50] * 1_000}
    pq.write_table(pa.table(columns), tmp_path / "wide.parquet")
    table = table_of_file(tmp_path / "wide.parquet")
    found = evaluate_table(table, {name: [NOT_NULL, UNIQUE] for name in columns}, Asking())
    assert [verdict.status for verdict in found["text"]] == ["pass", "warn"]
    assert all(verdict.status == "pass" for verdict in found["number_4"])
    # two numbers, two numbers, one number, the text by itself; then the rows of the text
    assert table.passes == 5


def test_files_with_nan_and_null_tell_them_apart_and_pandas_does_not(tmp_path):
    pq.write_table(pa.table({"a": pa.array([1.0, math.nan, None])}), tmp_path / "both.parquet")
    nans = make_spec("nans", 0)
    found = evaluate_file(tmp_path / "both.parquet", {"a": [nans, NOT_NULL]})["a"]
    assert [verdict.failing_rows for verdict in found] == [1, 2]
    assert evaluate(nans, pa.array([1.0, math.nan])).failing_rows == 1
    assert evaluate(nans, pl.Series([1.0, math.nan])).failing_rows == 1
    assert evaluate(nans, pd.Series([1.0, math.nan])).status == "skip"


def test_expressions_over_a_lazy_frame_are_judged_in_one_query():
    calls = []

    def counted(frame: pl.DataFrame) -> pl.DataFrame:
        calls.append(frame.height)
        return frame

    lazy = pl.LazyFrame({"a": [1.0, 2.0], "b": [0.0, 3.0]}).map_batches(
        counted, projection_pushdown=False, schema={"a": pl.Float64, "b": pl.Float64}
    )
    good = make_spec("range", (0, 5))
    assert [one.status for one in evaluate_column([good, NOT_NULL], pl.col("a") * 2, frame=lazy)] == ["pass", "pass"]
    assert calls == [2]
    compare = make_spec("compare", (">=", "b"))
    found = evaluate_column([compare], pl.col("a"), frame=lazy, others={"b": pl.col("b")})[0]
    assert (found.status, found.failing_rows) == ("warn", 1)
    gone = evaluate_column([good], pl.col("gone"), frame=lazy)[0]
    assert gone.status == "error"


def test_columns_of_different_length_are_not_compared():
    compare = make_spec("compare", ("<", "other"))
    found = evaluate_column([compare], pd.Series([1, 2]), others={"other": pl.Series([1])})[0]
    assert found.message == "could not be evaluated: other has 1 rows, not 2"
    plain = evaluate_column([compare], pd.Series([1, 2]), others={"other": 2})[0]
    assert (plain.status, plain.failing_rows) == ("warn", 1)


LIMITS = [
    ("error", None, None, 3, "fail"),
    ("error", "> 3", None, 3, "warn"),
    ("error", "> 3", "> 3", 3, "pass"),
    ("error", "> 2", None, 3, "fail"),
    ("error", "> 50%", "> 10%", 3, "warn"),
    ("warn", None, "> 3", 3, "pass"),
    ("warn", None, "> 2", 3, "warn"),
    ("warn", "> 50%", None, 3, "warn"),
    ("error", "> +0", "> 3", 3, "skip"),
    ("error", "> +0", "> 2", 3, "warn"),
    ("error", "> +1", "> 3", 3, "fail"),
    ("error", "> +3", "> 3", 3, "pass"),
]


@pytest.mark.parametrize("limits", LIMITS, ids=str)
def test_limits_on_rows_at_fault(limits):
    severity, fail_if, warn_if, failing, status = limits
    before = pl.Series([5.0] + [0.5] * 9) if fail_if in ("> +1", "> +3") else None
    spec = ExpectationSpec("range", {"low": 0.0, "high": 1.0}, severity, fail_if=fail_if, warn_if=warn_if)
    column = pd.Series([5.0] * failing + [0.5] * (10 - failing))
    found = evaluate(spec, column, surroundings=Surroundings(earlier=lambda run: before))
    assert found.status == status, found
    assert (len(found.sample) == failing) == (status in ("warn", "fail"))


def test_an_earlier_run_that_cannot_be_read_is_an_error_and_is_read_only_if_needed():
    def unreadable(run):
        raise OSError("gone")

    column, around = pd.Series([5.0]), Surroundings(earlier=unreadable)
    plain = ExpectationSpec("range", {"low": 0.0, "high": 1.0}, "error", fail_if="> 1%")
    change = ExpectationSpec("range", {"low": 0.0, "high": 1.0}, "error", fail_if="> +1%")
    assert evaluate(plain, column, surroundings=around).status == "fail"
    assert evaluate(change, column, surroundings=around).status == "error"


def test_samples_show_what_is_not_finite_and_zones_alike():
    zoned = datetime.datetime(2013, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=9)))
    frame = pl.DataFrame({"moment": pl.Series([zoned] * 2), "value": [math.inf, math.nan]})
    found = evaluate_frame(frame, {"value": [IN_UNIT, NOT_NULL]}, Asking(["moment"]))["value"]
    assert found[0].sample == ({"moment": "2012-12-31T15:00:00+00:00", "value": "Infinity"},)
    assert found[1].sample == ({"moment": "2012-12-31T15:00:00+00:00", "value": None},)
