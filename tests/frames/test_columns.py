from __future__ import annotations

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from featurecat.errors import RunError
from featurecat.frames.columns import column_names, extract_column

DATA = {"spend": [1.0, 2.0], "signups": [3, 4]}
FRAMES = [pd.DataFrame(DATA), pl.DataFrame(DATA), pa.table(DATA)]
IDS = ["pandas", "polars", "pyarrow"]


def as_list(column):
    return column.to_pylist() if isinstance(column, pa.ChunkedArray) else column.to_list()


@pytest.mark.parametrize("frame", FRAMES, ids=IDS)
def test_takes_a_column_of_the_frames_own_library(frame):
    column = extract_column(frame, "signups")
    assert as_list(column) == [3, 4]
    assert type(column).__module__.split(".")[0] == type(frame).__module__.split(".")[0]


@pytest.mark.parametrize("fill", [0, 0.5, "none", None, True])
@pytest.mark.parametrize("frame", FRAMES, ids=IDS)
def test_fill_stands_in_for_an_absent_column_and_leaves_the_frame_alone(frame, fill):
    assert as_list(extract_column(frame, "clicks", fill)) == [fill, fill]
    assert column_names(frame) == ["spend", "signups"]


def test_fill_is_not_used_for_a_column_that_is_there():
    assert as_list(extract_column(FRAMES[1], "spend", 0.0)) == [1.0, 2.0]


def test_fill_is_aligned_to_the_pandas_index():
    frame = pd.DataFrame({"a": [1, 2]}, index=["x", "y"])
    assert extract_column(frame, "b", 7).index.is_(frame.index)


def test_whole_number_fill_has_64_bits_in_every_engine():
    assert str(extract_column(FRAMES[0], "clicks", 0).dtype) == "int64"
    assert extract_column(FRAMES[1], "clicks", 0).dtype == pl.Int64
    lazy = FRAMES[1].lazy()
    assert lazy.select(extract_column(lazy, "clicks", 0)).collect().schema == {"clicks": pl.Int64}


@pytest.mark.parametrize("frame", FRAMES, ids=IDS)
def test_absent_column_lists_the_columns_and_offers_a_near_one(frame):
    with pytest.raises(RunError) as caught:
        extract_column(frame, "spned")
    problem = caught.value.problems[0]
    assert problem.code == "step-failed"
    assert problem.details == ("columns: spend, signups",)
    assert problem.hint == "did you mean 'spend'?"


def test_lazy_frame_gives_an_expression():
    lazy = FRAMES[1].lazy()
    expression = extract_column(lazy, "spend")
    assert isinstance(expression, pl.Expr)
    assert lazy.select(expression).collect().get_column("spend").to_list() == [1.0, 2.0]


def test_labels_that_are_not_text_are_found_by_their_text():
    frame = pd.DataFrame([[1, 2]], columns=[2020, 2021])
    assert extract_column(frame, "2021").tolist() == [2]


def test_a_name_that_stands_twice_is_an_error():
    frame = pd.DataFrame([[1, 2]], columns=["a", "a"])
    with pytest.raises(RunError, match="2 columns named 'a'"):
        extract_column(frame, "a")


def test_what_is_no_frame_is_named_by_type():
    with pytest.raises(RunError, match=r"not list \(2 items\)"):
        extract_column([1, 2], "a")
