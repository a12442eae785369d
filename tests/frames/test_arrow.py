from __future__ import annotations

import datetime
import decimal
import math
import subprocess
import sys

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.errors import RunError, UnsupportedError
from featurecat.frames.arrow import (
    engine_dtype,
    from_arrow,
    index_columns,
    logical_type,
    to_arrow,
    to_arrow_table,
)

MOMENT = datetime.datetime(2013, 1, 1, 5, 15, tzinfo=datetime.UTC)
NAIVE = MOMENT.replace(tzinfo=None)

PAIRS = {
    "floats": (pd.Series([1.5, math.nan]), pl.Series([1.5, math.nan])),
    "float32": (pd.Series([1.5, None], dtype="float32"), pl.Series([1.5, None], dtype=pl.Float32)),
    "integers": (pd.Series([1, 2]), pl.Series([1, 2])),
    "integers with gaps": (pd.Series([1, None], dtype="Int64"), pl.Series([1, None])),
    "booleans with gaps": (pd.Series([True, None], dtype="boolean"), pl.Series([True, None])),
    "texts": (pd.Series(["a", None]), pl.Series(["a", None])),
    "texts as objects": (pd.Series(["a", None], dtype=object), pl.Series(["a", None])),
    "texts as arrow": (pd.Series(["a", None], dtype=pd.ArrowDtype(pa.string())), pl.Series(["a", None])),
    "categories": (pd.Series(["a", None, "b"], dtype="category"), pl.Series(["a", None, "b"], dtype=pl.Categorical)),
    "enumeration": (pd.Series(["a"], dtype="category"), pl.Series(["a"], dtype=pl.Enum(["a"]))),
    "dates": (pd.Series([MOMENT.date(), None]), pl.Series([MOMENT.date(), None])),
    "datetimes": (pd.Series([NAIVE, None]), pl.Series([NAIVE, None])),
    "nanoseconds": (pd.Series([NAIVE]).astype("datetime64[ns]"), pl.Series([NAIVE], dtype=pl.Datetime("ms"))),
    "zoned": (pd.Series([pd.Timestamp(MOMENT)]), pl.Series([MOMENT])),
    "spans": (pd.Series([datetime.timedelta(hours=1)]), pl.Series([datetime.timedelta(hours=1)])),
    "times": (pd.Series([datetime.time(1, 2)]), pl.Series([datetime.time(1, 2)])),
    "bytes": (pd.Series([b"a"]), pl.Series([b"a"])),
    "decimals": (pd.Series([decimal.Decimal("1.50")]), pl.Series(["1.50"]).cast(pl.Decimal(3, 2))),
    "lists": (pd.Series([["a"], ["b", "c"]]), pl.Series([["a"], ["b", "c"]])),
    "nothing": (pd.Series([None, None], dtype=object), pl.Series([None, None])),
    "empty": (pd.Series([], dtype="float64"), pl.Series([], dtype=pl.Float64)),
}


@pytest.mark.parametrize("kind", PAIRS)
def test_engines_agree(kind):
    left, right = (to_arrow(column) for column in PAIRS[kind])
    assert left.type == right.type
    assert left.to_pylist() == right.to_pylist()


@given(st.lists(st.none() | st.floats(width=64)), st.lists(st.none() | st.integers(-(2**63), 2**63 - 1)))
def test_engines_agree_on_any_numbers(floats, integers):
    by_pandas = to_arrow(pd.Series(floats, dtype="float64"))
    assert by_pandas.equals(to_arrow(pl.Series(floats, dtype=pl.Float64)))
    assert by_pandas.equals(to_arrow(pa.chunked_array([floats], type=pa.float64())))
    by_pandas = to_arrow(pd.Series(integers, dtype="Int64"))
    assert by_pandas.equals(to_arrow(pl.Series(integers, dtype=pl.Int64)))
    assert by_pandas.type == pa.int64()


def test_nan_inside_a_nullable_column_is_null_too():
    masked = pd.Series(pd.arrays.FloatingArray(np.array([math.nan, 1.0]), np.array([False, False])))
    assert to_arrow(masked).to_pylist() == [None, 1.0]


def test_nanoseconds_that_microseconds_cannot_hold_are_kept():
    column = to_arrow(pd.Series(pd.to_datetime([1, 2], unit="ns")))
    assert logical_type(column) == "timestamp[ns]"


def test_categories_that_are_no_texts_become_plain_values():
    assert logical_type(to_arrow(pd.Series([3, 4], dtype="category"))) == "int64"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.array([1.0, math.nan]), [1.0, None]),
        ([1, None], [1, None]),
        (pd.Index(["a", "b"]), ["a", "b"]),
        (pd.Series(pd.arrays.SparseArray([0.0, 1.0])), [0.0, 1.0]),
    ],
    ids=["numpy", "list", "index", "sparse"],
)
def test_other_columns(value, expected):
    assert to_arrow(value).to_pylist() == expected


@pytest.mark.parametrize(
    "value",
    [
        pd.Series(["secret", 1], dtype=object),
        pd.Series([1, "secret"], dtype=object),
        pl.Series([object()], dtype=pl.Object),
        pd.Series(pd.period_range("2020-01", periods=2, freq="M")),
        pd.Series([1 + 2j]),
        np.zeros((2, 2)),
        pd.DataFrame({"a": [1]}),
        pl.col("a"),
        "secret",
        [2**70],
    ],
    ids=[
        "texts and numbers",
        "numbers and texts",
        "objects",
        "periods",
        "complex",
        "2-d",
        "frame",
        "expression",
        "text",
        "large",
    ],
)
def test_what_is_no_column_is_refused_without_quoting_it(value):
    with pytest.raises(RunError) as caught:
        to_arrow(value)
    assert caught.value.code == "not-tabular"
    assert "secret" not in str(caught.value)


def test_table_collects_every_problem():
    frame = pd.DataFrame({"good": [1, 2], "bad": [1, "a"], "worse": [1j, 2j]})
    with pytest.raises(RunError) as caught:
        to_arrow_table(frame)
    assert [problem.message.split(":")[0] for problem in caught.value.problems] == ["column 'bad'", "column 'worse'"]


@pytest.mark.parametrize("engine", ["pandas", "polars", "pyarrow"])
def test_round_trip_through_an_engine(engine):
    table = pa.table(
        {
            "whole": pa.array([1, None, 2**53 + 1]),
            "flag": pa.array([True, None, False]),
            "share": pa.array([0.5, math.nan, None]),
            "text": pa.array(["a", None, "c"]),
            "kind": pa.array(["a", None, "c"]).dictionary_encode(),
            "moment": pa.array([NAIVE, None, NAIVE], pa.timestamp("s")),
            "day": pa.array([MOMENT.date(), None, MOMENT.date()]),
        }
    )
    back = to_arrow_table(from_arrow(table, engine))
    assert {name: logical_type(back.column(name)) for name in back.column_names} == {
        "whole": "int64",
        "flag": "bool",
        "share": "double",
        "text": "string",
        "kind": "dictionary<string>",
        "moment": "timestamp[us]",
        "day": "date32[day]",
    }
    assert back.column("share").to_pylist() == [0.5, None, None]
    assert back.drop_columns(["share"]).to_pylist() == table.drop_columns(["share"]).to_pylist()


def test_pandas_gets_nullable_types_only_where_there_are_gaps():
    frame = from_arrow(pa.table({"a": [1, 2], "b": pa.array([1, None], pa.int16()), "c": [True, None]}), "pandas")
    assert [str(dtype) for dtype in frame.dtypes] == ["int64", "Int16", "boolean"]
    assert index_columns(frame) == []


def test_unknown_engine_is_refused():
    with pytest.raises(UnsupportedError):
        from_arrow(pa.table({"a": [1]}), "spark")


def test_lazy_frame():
    assert isinstance(from_arrow(pa.table({"a": [1]}), "polars-lazy"), pl.LazyFrame)


@pytest.mark.parametrize(
    ("index", "names"),
    [
        (None, []),
        (pd.RangeIndex(2), []),
        (pd.RangeIndex(1, 3), ["index"]),
        (pd.RangeIndex(2, name="row"), ["row"]),
        (pd.Index(["a", "b"], name="key"), ["key"]),
        (pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["key", None]), ["key", "level_1"]),
    ],
    ids=str,
)
def test_index_columns(index, names):
    assert [name for name, _ in index_columns(pd.Series([1, 2], index=index))] == names


def test_other_engines_have_no_index():
    assert index_columns(pl.Series([1])) == []


@pytest.mark.parametrize(
    ("value", "dtype"),
    [(pl.Series([1]), "Int64"), (pd.Series([1.0]), "float64"), (pa.chunked_array([[1]]), "int64"), (2.5, "float")],
    ids=["polars", "pandas", "pyarrow", "scalar"],
)
def test_engine_dtype(value, dtype):
    assert engine_dtype(value) == dtype


def test_a_polars_run_does_not_load_pandas():
    program = """
import sys
import polars as pl
from featurecat.expectations.evaluate import evaluate
from featurecat.expectations.registry import make_spec
from featurecat.frames.arrow import from_arrow, to_arrow, to_arrow_table
frame = pl.DataFrame({"a": [1.0, float("nan"), None], "b": ["x", None, "y"], "c": [2**40, 5, None]})
from_arrow(to_arrow_table(frame), "polars")
for column, kind, argument in [
    ("a", "range", (3, 4)), ("a", "allow_nans", False), ("a", "data_type", float),
    ("b", "values_in", ["x"]), ("b", "range", ("x", "xx")), ("c", "range", (6, None)), ("c", "values_in", [5]),
]:
    verdict = evaluate(make_spec(kind, argument), frame[column])
    assert verdict.status in ("pass", "warn"), verdict
assert "pandas" not in sys.modules, sorted(name for name in sys.modules if name.startswith("pandas"))[:3]
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
