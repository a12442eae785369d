from __future__ import annotations

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.errors import AlignmentError, UnsupportedError
from featurecat.frames.alignment import AlignmentMemo, align_columns, check_aligned


def series(labels, values=None):
    return pd.Series(values if values is not None else range(len(labels)), index=labels)


@pytest.mark.parametrize(
    "values",
    [
        [series([1, 2]), series([1, 2])],
        [series([1, 2]), pd.DataFrame({"x": [1, 2]}, index=[1, 2])],
        [series(["a", float("nan")]), series(["a", float("nan")])],
        [pl.Series([1, 2]), pl.Series([3, 4]), pl.DataFrame({"a": [1, 2]})],
        [pl.Series([1, 2]), series(["a", "b"]), pa.chunked_array([[1, 2]])],
        [series([1, 2]), 5, None, "text", pl.col("a")],
        [],
    ],
)
def test_aligned(values):
    check_aligned([(f"column_{number}", value) for number, value in enumerate(values)], AlignmentMemo())


def test_message_names_producers_lengths_and_the_first_difference():
    with pytest.raises(AlignmentError) as caught:
        check_aligned(
            [("spend", series(["a", "b", "c", "d"])), ("signups", series(["a", "b", "x", "y"]))], AlignmentMemo()
        )
    text = str(caught.value)
    assert "'spend' (4 rows) and 'signups' (4 rows)" in text
    assert "first difference at position 2: 'c' against 'x'" in text
    assert '@feature(align="outer")' in text
    assert isinstance(caught.value, ValueError)


def test_shorter_index_differs_where_it_ends():
    with pytest.raises(AlignmentError, match="position 2: 2 against no row"):
        check_aligned([("spend", series([0, 1, 2])), ("signups", series([0, 1]))], AlignmentMemo())


def test_polars_heights():
    with pytest.raises(AlignmentError, match="'a' has 2 rows, 'b' has 1"):
        check_aligned([("a", pl.Series([1, 2])), ("b", pl.Series([1]))], AlignmentMemo())


def test_mixed_engines_compare_heights():
    with pytest.raises(AlignmentError, match="'a' has 2 rows, 'b' has 1"):
        check_aligned([("a", series([1, 2])), ("b", pl.Series([1]))], AlignmentMemo())


def test_every_misaligned_column_is_reported():
    with pytest.raises(AlignmentError) as caught:
        check_aligned([("a", series([1])), ("b", series([2])), ("c", series([1])), ("d", series([3]))], AlignmentMemo())
    assert [problem.feature for problem in caught.value.problems] == ["b", "d"]


def test_each_pair_is_compared_once():
    class Counting:
        compared = 0

        def is_(self, other):
            return self is other

        def equals(self, other):
            type(self).compared += 1
            return True

    memo, left, right = AlignmentMemo(), Counting(), Counting()
    assert memo.same(left, right)
    assert memo.same(right, left)
    assert memo.same(left, left)
    assert Counting.compared == 1


@given(st.lists(st.integers(0, 3), max_size=30), st.lists(st.integers(0, 3), max_size=30))
def test_first_difference_is_the_first(left, right):
    expected = next(
        (position for position, pair in enumerate(zip(left, right, strict=False)) if pair[0] != pair[1]),
        min(len(left), len(right)),
    )
    columns = [("a", series(left)), ("b", series(right))]
    if left == right:
        check_aligned(columns, AlignmentMemo())
    else:
        with pytest.raises(AlignmentError, match=f"position {expected}:"):
            check_aligned(columns, AlignmentMemo())


def test_outer_keeps_whole_numbers_whole():
    aligned = align_columns({"a": series([1, 2], [10, 20]), "b": series([2, 3], [True, False]), "c": 5}, "outer")
    assert aligned["a"].index.tolist() == aligned["b"].index.tolist() == [1, 2, 3]
    assert [str(aligned[name].dtype) for name in "ab"] == ["Int64", "boolean"]
    assert aligned["c"] == 5


def test_inner_keeps_types():
    aligned = align_columns({"a": series([1, 2], [10, 20]), "b": pd.DataFrame({"x": [7, 8]}, index=[2, 3])}, "inner")
    assert aligned["a"].to_dict() == {2: 20}
    assert aligned["b"].to_dict() == {"x": {2: 7}}
    assert str(aligned["a"].dtype) == "int64"


def test_equal_indexes_change_nothing():
    values = {"a": series([2, 2]), "b": series([2, 2])}
    assert align_columns(values, "outer")["a"] is values["a"]


def test_polars_cannot_be_aligned_by_label():
    with pytest.raises(UnsupportedError, match="'b' has no index"):
        align_columns({"a": series([1]), "b": pl.Series([1])}, "outer")


def test_repeated_labels_cannot_be_matched():
    with pytest.raises(AlignmentError, match="'a' holds a label twice"):
        align_columns({"a": series([1, 1]), "b": series([1])}, "inner")


def test_unknown_way():
    with pytest.raises(UnsupportedError, match="outer and inner"):
        align_columns({}, "left")
