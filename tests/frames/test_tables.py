"""Columns as declared types, and the first row in which two columns differ."""

from __future__ import annotations

import datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.errors import RunError
from featurecat.frames.logical import logical_type
from featurecat.frames.tables import cast_column, first_difference

NOON = datetime.datetime(2020, 1, 1, 12)
ODD = NOON + datetime.timedelta(microseconds=1)


def _column(values: list[Any], data_type: Any = None) -> pa.ChunkedArray:
    if data_type is not None and pa.types.is_dictionary(data_type):  # older Arrow cannot make one of Python values
        return pa.chunked_array([pa.array(values, data_type.value_type).dictionary_encode()])
    return pa.chunked_array([pa.array(values, data_type)])


@pytest.mark.parametrize(
    ("column", "dtype", "values"),
    [
        (_column([1.0, None]), "int64", [1, None]),
        (_column([1, 2], pa.int64()), "int8", [1, 2]),
        (_column([1, None]), "double", [1.0, None]),
        (_column([0.5, None]), "float", [0.5, None]),
        (_column([0.5], pa.float32()), "double", [0.5]),
        (_column(["a", None], pa.large_string()), "dictionary<string>", ["a", None]),
        (_column(["a", "b"], pa.dictionary(pa.int32(), pa.large_string())), "string", ["a", "b"]),
        (_column([NOON]), "timestamp[ms]", [NOON]),
        (_column([NOON]), "timestamp[ns]", [NOON]),
        (_column([datetime.timedelta(seconds=1)]), "duration[s]", [datetime.timedelta(seconds=1)]),
        (_column([None, None]), "int64", [None, None]),
        (_column([None]), "bool", [None]),
        (_column([], pa.null()), "dictionary<string>", []),
    ],
)
def test_what_loses_nothing_is_converted(column: pa.ChunkedArray, dtype: str, values: list[Any]) -> None:
    converted = cast_column(column, dtype)
    assert logical_type(converted) == dtype
    assert converted.to_pylist() == values


@pytest.mark.parametrize(
    ("column", "dtype"),
    [
        (_column([1e300]), "float"),
        (_column([0.1]), "float"),
        (_column([0.5]), "int64"),
        (_column([float("inf")]), "int64"),
        (_column([float("nan")]), "int64"),
        (_column([300]), "int8"),
        (_column([-1]), "uint64"),
        (_column([2**53 + 1]), "double"),
        (_column([5, 0]), "bool"),
        (_column([True]), "int64"),
        (_column([1]), "string"),
        (_column(["1"], pa.large_string()), "int64"),
        (_column([b"x"]), "string"),
        (_column([NOON]), "date32[day]"),
        (_column([NOON]), "int64"),
        (_column([1]), "timestamp[us]"),
        (_column([ODD]), "timestamp[ms]"),
        (_column([NOON], pa.timestamp("us", "America/New_York")), "timestamp[us]"),
        (_column([NOON]), "timestamp[us, tz=UTC]"),
        (_column([1.5]), "decimal128(38, 9)"),
    ],
)
def test_what_would_change_values_is_refused(column: pa.ChunkedArray, dtype: str) -> None:
    with pytest.raises(RunError, match="declared dtype") as caught:
        cast_column(column, dtype)
    assert caught.value.code == "type-mismatch"


def test_the_same_type_is_the_same_column() -> None:
    column = _column([1, 2])
    assert cast_column(column, "int64") is column


@pytest.mark.parametrize(
    ("left", "right", "position"),
    [
        (_column([1, 2]), _column([1, 2]), None),
        (_column([1, 2]), _column([1, 3]), 1),
        (_column([1, 2]), _column([1]), 1),
        (_column([None, 2]), _column([1, 2]), 0),
        (_column([1, 2], pa.int32()), _column([1, 2]), None),
        (_column([1.0, float("nan")]), _column([1.0, float("nan")]), None),
        (_column(["a", "b"], pa.dictionary(pa.int32(), pa.large_string())), _column(["a", "c"], pa.large_string()), 1),
        (_column([NOON]), _column([NOON], pa.timestamp("ms")), None),
        (_column([NOON]), _column(["x"]), 0),
        (_column([[1]]), _column([[2]]), 0),
        (_column([[1]]), _column([[1]]), None),
    ],
)
def test_the_first_difference(left: pa.ChunkedArray, right: pa.ChunkedArray, position: int | None) -> None:
    assert first_difference(left, right) == first_difference(right, left) == position


NUMBERS = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1))


@given(st.lists(NUMBERS), st.sampled_from(["int8", "uint16", "int32", "uint64", "float", "double"]))
def test_a_conversion_keeps_every_number_or_is_refused(values: list[int | None], dtype: str) -> None:
    try:
        converted = cast_column(_column(values, pa.int64()), dtype)
    except RunError:
        return
    assert [None if value is None else int(value) for value in converted.to_pylist()] == values


@given(st.lists(st.one_of(st.none(), st.integers(0, 2))), st.lists(st.one_of(st.none(), st.integers(0, 2))))
def test_the_first_difference_is_that_of_the_lists(left: list[int | None], right: list[int | None]) -> None:
    expected = next((at for at, (one, other) in enumerate(zip(left, right, strict=False)) if one != other), None)
    if len(left) != len(right):
        expected = min(len(left), len(right))
    assert first_difference(_column(left, pa.int64()), _column(right, pa.int64())) == expected
