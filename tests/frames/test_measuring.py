"""Figures in one pass, rows at fault in a second one."""

from __future__ import annotations

import math

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from featurecat.errors import EvaluationError
from featurecat.frames.extremes import float_extremes
from featurecat.frames.measurement import Suspect
from featurecat.frames.measures import DEVIATION, DISTINCT, GREATEST, LEAST, MEAN, NANS, NULLS, ROWS, RowTest, quantile
from featurecat.frames.measuring import Asked, table_of_column, table_of_columns, table_of_file, table_of_frame

FIGURES = {
    ROWS: 4, NULLS: 1, NANS: 1, LEAST: -0.5, GREATEST: 2.5, MEAN: 1.0, DEVIATION: math.sqrt(4.5),
    quantile(0.5): 1.0, DISTINCT: 3,
}  # fmt: skip
VALUES = [-0.5, math.nan, None, 2.5]


@pytest.mark.parametrize("make", [pl.Series, pa.array], ids=["polars", "arrow"])
def test_figures_of_a_column(make):
    table = table_of_column(make(VALUES))
    found = table.measure([Asked("value", measure) for measure in FIGURES])
    assert {asked.measure: figure for asked, figure in found.items()} == pytest.approx(FIGURES)
    assert table.passes == 1


def test_figures_of_a_frame_take_one_pass_and_what_has_none_is_told_apart():
    frame = pl.LazyFrame({"a": VALUES, "b": ["x", "y", None, "x"]})
    table = table_of_frame(frame)
    answers = table.answers([Asked("a", MEAN), Asked("b", MEAN), Asked("b", DISTINCT), Asked("c", ROWS)])
    assert answers.figures == {Asked("a", MEAN): 1.0, Asked("b", DISTINCT): 3}
    assert [str(fault.problems[0].message) for fault in answers.faults.values()] == [
        "string values have no mean",
        "the data have no column 'c'",
    ]
    assert table.passes == 1
    with pytest.raises(EvaluationError, match="no mean"):
        table.measure([Asked("b", MEAN)])


def test_a_query_that_fails_is_taken_apart():
    def fails(column: pl.Series) -> pl.Series:
        raise ValueError("secret")

    frame = pl.LazyFrame({"a": [1.0], "b": [2.0]}).with_columns(pl.col("b").map_batches(fails, return_dtype=pl.Float64))
    answers = table_of_frame(frame).answers([Asked("a", LEAST), Asked("b", LEAST)])
    assert answers.figures == {Asked("a", LEAST): 1.0}
    assert "secret" not in str(answers.faults)


def test_rows_at_fault_of_several_columns_are_read_together():
    table = table_of_frame(pd.DataFrame({"key": list("dcba"), "a": [1, 5, 6, 7], "b": [9, 9, 0, 0]}))
    high = RowTest("outside", (None, 4))
    found = table.find([Suspect("a", high), Suspect("b", high)], keys=["key"], most=2)
    assert [(one.failing, one.rows) for one in found] == [
        (3, [{"key": "a", "a": 7}, {"key": "b", "a": 6}]),
        (2, [{"key": "c", "b": 9}, {"key": "d", "b": 9}]),
    ]
    assert table.passes == 1
    assert table.find([Suspect("a", high)], most=2)[0].rows == [{"row": 1, "a": 5}, {"row": 2, "a": 6}]


def test_values_are_those_that_are_there():
    assert table_of_column(pa.array(VALUES)).values("value").to_list() == [-0.5, 2.5]


def test_columns_of_several_libraries_stand_side_by_side():
    table = table_of_columns({"a": pd.Series([1, 2]), "b": pa.array([1, 2]), "c": 7})
    assert table.measure([Asked("c", ROWS), Asked("c", GREATEST)]) == {Asked("c", ROWS): 2, Asked("c", GREATEST): 7}


def test_what_is_no_frame_and_no_file_says_so(tmp_path):
    with pytest.raises(EvaluationError, match="not a frame"):
        table_of_frame([1, 2])
    with pytest.raises(EvaluationError, match="cannot be read"):
        table_of_file(tmp_path / "none.parquet")
    with pytest.raises(EvaluationError, match="cannot be told"):
        table_of_frame(pl.LazyFrame({"a": [1]}).select("gone"))


def test_a_mean_has_the_same_last_digits_wherever_a_column_is_cut(tmp_path):
    values = pl.Series([0.1 * number for number in range(1_000)])
    cut = pl.concat([values[:7], values[7:500], values[500:]], rechunk=False)
    cut.to_frame("value").write_parquet(tmp_path / "cut.parquet", row_group_size=64)
    asked = [Asked("value", MEAN), Asked("value", DEVIATION)]
    tables = [
        table_of_column(values),
        table_of_column(cut),
        table_of_column(cut.to_arrow()),
        table_of_frame(cut.to_frame("value")),
        table_of_frame(cut.to_frame("value").lazy()),
        table_of_file(tmp_path / "cut.parquet"),
    ]
    assert len({tuple(table.measure(asked).values()) for table in tables}) == 1


def test_extremes_of_long_columns_are_those_of_their_blocks():
    values = [math.nan, *range(200_000), math.nan]
    column = pl.concat([pl.Series(values, dtype=pl.Float64), pl.Series([-1.0])], rechunk=False)
    found = table_of_column(column).measure([Asked("value", one) for one in (NANS, LEAST, GREATEST)])
    assert list(found.values()) == [2, -1.0, 199_999.0]
    assert float_extremes(pl.Series([], dtype=pl.Float64)) == (0, None, None)
    assert float_extremes(pl.Series([math.nan, math.nan])) == (2, None, None)
    assert float_extremes(pl.Series([math.inf, -math.inf])) == (0, -math.inf, math.inf)
    assert float_extremes(pl.Series([1.0, None])) is None
