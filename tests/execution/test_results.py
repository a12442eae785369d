"""Result builders: one strictly aligned frame, or the values as they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from featurecat.errors import AlignmentError, RequestError, RunError
from featurecat.execution.results import (
    DictResult,
    PandasDataFrameResult,
    PolarsDataFrameResult,
    PyarrowTableResult,
    result_builder,
)

BUILDERS = [PandasDataFrameResult(), PolarsDataFrameResult(), PyarrowTableResult()]
every_builder = pytest.mark.parametrize("builder", BUILDERS, ids=lambda builder: type(builder).__name__)


def _lists(frame: Any) -> dict[str, list[Any]]:
    """The frame as plain lists, in the order of its columns."""
    if isinstance(frame, pd.DataFrame):
        return {name: frame[name].tolist() for name in frame.columns}
    return frame.to_pydict() if isinstance(frame, pa.Table) else frame.to_dict(as_series=False)


def test_dictionaries_are_the_values_themselves() -> None:
    values = {"a": object(), "b": [1]}
    assert DictResult().build_result(**values) == values


@every_builder
@pytest.mark.parametrize("made", [pd.Series, pl.Series, lambda items: pa.chunked_array([items])])
def test_columns_of_any_library_and_scalars_in_the_order_of_the_request(builder: Any, made: Any) -> None:
    frame = builder.build_result(z=3, a=made([1, 2]), y="word", b=made(["p", "q"]))
    assert _lists(frame) == {"z": [3, 3], "a": [1, 2], "y": ["word", "word"], "b": ["p", "q"]}
    assert list(_lists(frame)) == ["z", "a", "y", "b"]


@every_builder
def test_numbers_keep_their_width_when_repeated(builder: Any) -> None:
    frame = builder.build_result(a=pl.Series([1.0, 2.0]), n=3, x=1.5, t=True)
    schema = {
        PandasDataFrameResult: lambda: [str(dtype) for dtype in frame.dtypes],
        PolarsDataFrameResult: lambda: [str(dtype).lower() for dtype in frame.dtypes],
        PyarrowTableResult: lambda: [str(field.type).replace("double", "float64") for field in frame.schema],
    }[type(builder)]()
    assert [name.replace("boolean", "bool") for name in schema] == ["float64", "int64", "float64", "bool"]


@every_builder
def test_scalars_alone_make_one_row(builder: Any) -> None:
    assert _lists(builder.build_result(a=1, b="x")) == {"a": [1], "b": ["x"]}


@every_builder
@pytest.mark.parametrize(
    "frame",
    [pd.DataFrame({"p": [1], "q": ["x"]}), pl.DataFrame({"p": [1], "q": ["x"]}), pa.table({"p": [1], "q": ["x"]})],
)
def test_a_single_frame_keeps_its_columns(builder: Any, frame: Any) -> None:
    built = builder.build_result(f=frame)
    assert _lists(built) == {"p": [1], "q": ["x"]}
    kind = {PandasDataFrameResult: pd.DataFrame, PolarsDataFrameResult: pl.DataFrame, PyarrowTableResult: pa.Table}
    assert isinstance(built, kind[type(builder)])
    if type(frame) is type(built) and not isinstance(frame, pa.Table):
        assert built is frame


@every_builder
def test_frames_among_others_are_taken_apart(builder: Any) -> None:
    built = builder.build_result(f=pd.DataFrame({"p": [1, 2], "q": [3, 4]}), a=pd.Series([5, 6]), n=7)
    assert _lists(built) == {"f.p": [1, 2], "f.q": [3, 4], "a": [5, 6], "n": [7, 7]}


@every_builder
def test_two_columns_of_one_name_are_refused(builder: Any) -> None:
    with pytest.raises(RequestError, match="two columns of the result would be called 'f.p'"):
        builder.build_result(f=pd.DataFrame({"p": [1]}), **{"f.p": pd.Series([2])})


@every_builder
def test_columns_must_share_their_rows(builder: Any) -> None:
    with pytest.raises(AlignmentError, match="'a' .2 rows. and 'b' .2 rows. do not share their index"):
        builder.build_result(a=pd.Series([1, 2]), b=pd.Series([1, 2], index=[1, 2]))
    with pytest.raises(AlignmentError, match="'a' has 2 rows, 'b' has 3"):
        builder.build_result(a=pl.Series([1, 2]), b=pl.Series([1, 2, 3]))


def test_a_shared_index_stays() -> None:
    index = pd.Index(["x", "y"], name="key")
    built = PandasDataFrameResult().build_result(n=1, a=pd.Series([1, 2], index=index), b=pl.Series([3, 4]))
    assert built.index.equals(index)
    assert built.index.name == "key"
    assert _lists(built) == {"n": [1, 1], "a": [1, 2], "b": [3, 4]}


def test_extension_types_stay_what_they_are() -> None:
    built = PandasDataFrameResult().build_result(
        a=pd.Series([1, None], dtype="Int64"),
        c=pd.Series(["p", "q"], dtype="category"),
        t=pd.Series(pd.date_range("2020", periods=2, tz="UTC")),
    )
    assert [str(dtype) for dtype in built.dtypes][:2] == ["Int64", "category"]
    assert built["t"].dt.tz is not None


def test_many_scalars_are_no_burden() -> None:
    scalars = {f"n{number}": number for number in range(150)}
    built = PandasDataFrameResult().build_result(a=pd.Series([1, 2]), **scalars)
    assert built.shape == (2, 151)


@every_builder
@pytest.mark.parametrize(
    "value",
    [[1, 2], {"a": 1}, (1,), {1, 2}, np.array([1, 2]), np.array([[1], [2]])],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_column_is_told(builder: Any, value: Any) -> None:
    with pytest.raises(RunError) as caught:
        builder.build_result(a=pd.Series([1, 2]), model=value)
    assert (caught.value.code, caught.value.problems[0].feature) == ("not-tabular", "model")
    assert "Builder" in (caught.value.problems[0].hint or "")


@every_builder
@pytest.mark.parametrize("value", [pl.LazyFrame({"a": [1]}), pl.col("a")], ids=["frame", "expression"])
@pytest.mark.parametrize("others", [{}, {"b": 1}], ids=["alone", "among others"])
def test_lazy_values_are_told(builder: Any, value: Any, others: dict[str, Any]) -> None:
    with pytest.raises(RunError, match="lazy and has no values yet"):
        builder.build_result(a=value, **others)


@every_builder
def test_nothing_makes_an_empty_frame_or_a_numpy_scalar_one_row(builder: Any) -> None:
    assert _lists(builder.build_result(a=np.float64(1.5))) == {"a": [1.5]}


@pytest.mark.parametrize("name", ["dict", "pandas", "polars", "arrow"])
def test_builders_have_names(name: str) -> None:
    assert hasattr(result_builder(name), "build_result")


def test_an_unknown_builder_is_told() -> None:
    with pytest.raises(RequestError) as caught:
        result_builder("panda")
    assert caught.value.problems[0].hint == "did you mean 'pandas'?"
