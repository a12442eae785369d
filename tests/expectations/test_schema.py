"""schema: verdicts by pandera on pandas and Polars, which change nothing and quote nothing."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Annotated, Any, Optional

import pandas as pd
import polars as pl
import pytest

from featurecat.errors import ModifierError
from featurecat.expectations.evaluate import evaluate
from featurecat.expectations.pandera import SchemaJudge, schema_of_annotation
from featurecat.expectations.registry import make_spec

pytestmark = pytest.mark.component("pandera")

COLUMNS = {"age": [30, -1, -2], "name": ["a", "b", None]}
#: What is made of pandera when a test runs; when it is collected, pandera may be missing.
Made = Callable[[Any], Any]


@functools.cache
def pandera() -> SimpleNamespace:
    """What pandera offers for pandas and for Polars, its types, and a model of each."""
    import pandera.pandas
    import pandera.polars
    import pandera.typing
    import pandera.typing.polars

    class People(pandera.pandas.DataFrameModel):
        age: int = pandera.pandas.Field(ge=0)
        name: str

    class LazyPeople(pandera.polars.DataFrameModel):
        age: int = pandera.polars.Field(ge=0)
        name: str

    return SimpleNamespace(
        pandas=pandera.pandas, polars=pandera.polars, typing=pandera.typing, People=People, LazyPeople=LazyPeople
    )


def schema_of(library: Any) -> Any:
    return library.DataFrameSchema(
        {"age": library.Column(int, library.Check.ge(0)), "name": library.Column(str)}, name="People"
    )


@pytest.mark.parametrize(
    ("schema", "frame"),
    [
        (lambda offered: offered.People, pd.DataFrame(COLUMNS)),
        (lambda offered: schema_of(offered.pandas), pd.DataFrame(COLUMNS)),
        (lambda offered: offered.LazyPeople, pl.DataFrame(COLUMNS)),
        (lambda offered: schema_of(offered.polars), pl.DataFrame(COLUMNS)),
        (lambda offered: schema_of(offered.polars), pl.LazyFrame(COLUMNS)),
    ],
    ids=["pandas model", "pandas schema", "Polars model", "Polars schema", "Polars, lazy"],
)
def test_all_faults_are_found_with_their_rows_and_without_values(schema: Made, frame: Any) -> None:
    verdict = evaluate(make_spec("schema", schema(pandera())), frame)
    assert (verdict.status, verdict.rows, verdict.failing_rows) == ("warn", 3, 2)
    assert verdict.observed["faults"] == {"age: greater_than_or_equal_to(0)": 2, "name: not_nullable": 1}
    assert "age: greater_than_or_equal_to(0) (2 rows)" in str(verdict.message)
    assert "name: not_nullable (1 row)" in str(verdict.message)
    assert "-2" not in str(verdict)
    json.dumps([verdict.observed, verdict.threshold], allow_nan=False)


@pytest.mark.parametrize("frame", [pl.DataFrame(COLUMNS), pl.LazyFrame(COLUMNS)], ids=["eager", "lazy"])
def test_a_frame_that_fits_passes(frame: Any) -> None:
    kept = frame.filter(pl.col("age") > 0)
    assert evaluate(make_spec("schema", pandera().LazyPeople), kept).status == "pass"


def test_a_column_that_is_missing_is_a_fault_without_rows() -> None:
    verdict = evaluate(make_spec("schema", pandera().People), pd.DataFrame({"age": [1]}))
    assert (verdict.status, verdict.failing_rows) == ("warn", None)
    assert "name" in str(verdict.message) or "column_in_dataframe" in str(verdict.message)


def test_coercion_judges_a_copy() -> None:
    schema = pandera().pandas.DataFrameSchema({"age": pandera().pandas.Column(float)}, coerce=True)
    frame = pd.DataFrame({"age": [1, 2]})
    verdict = evaluate(make_spec("schema", schema), frame)
    assert verdict.status == "pass"
    assert "coerced copy" in str(verdict.message)
    assert frame["age"].dtype == "int64"


def test_a_series_schema_judges_a_series() -> None:
    spec = make_spec("schema", pandera().pandas.SeriesSchema(float, pandera().pandas.Check.le(1), name="share"))
    assert evaluate(spec, pd.Series([0.5, 1.0], name="share")).status == "pass"
    verdict = evaluate(spec, pd.Series([0.5, 7.25], name="share"))
    assert (verdict.status, verdict.failing_rows) == ("warn", 1)
    assert "7.25" not in str(verdict)


def test_a_check_of_ones_own_is_called_by_its_name() -> None:
    def is_even(values: Any) -> Any:
        return values % 2 == 0

    column = pandera().pandas.Column(
        int, [pandera().pandas.Check(is_even), pandera().pandas.Check(is_even, error="must be even")]
    )
    schema = pandera().pandas.DataFrameSchema({"age": column})
    spec = make_spec("schema", schema)
    assert spec.params == {
        "library": "pandas",
        "schema": "DataFrameSchema",
        "columns": {"age": {"type": "int64", "checks": ["is_even()", "must be even"]}},
    }
    assert set(evaluate(spec, pd.DataFrame({"age": [1]})).observed["faults"]) == {"age: is_even", "age: must be even"}


def test_parameters_say_what_the_schema_says() -> None:
    params = make_spec("schema", pandera().LazyPeople).params
    assert params == {
        "library": "polars",
        "schema": "LazyPeople",
        "columns": {"age": {"type": "Int64", "checks": ["greater_than_or_equal_to(0)"]}, "name": {"type": "String"}},
    } or params["columns"]["age"]["checks"] == ["greater_than_or_equal_to(min_value=0)"]
    json.dumps(params)


def test_none_gives_nothing_to_judge() -> None:
    assert evaluate(make_spec("schema", pandera().People), None).status == "no_data"


def test_a_frame_of_the_other_library_is_an_error_verdict() -> None:
    verdict = evaluate(make_spec("schema", pandera().People), pl.DataFrame(COLUMNS))
    assert verdict.status == "error"
    assert not verdict.passes


@pytest.mark.parametrize(
    ("schema", "annotation", "applies"),
    [
        (lambda offered: offered.People, lambda offered: pd.DataFrame, True),
        # the old spelling is to work too
        (lambda offered: offered.People, lambda offered: Optional[pd.DataFrame], True),  # noqa: UP045
        (lambda offered: offered.People, lambda offered: Annotated[pd.DataFrame, []], True),
        (lambda offered: offered.People, lambda offered: offered.typing.DataFrame[offered.People], True),
        (lambda offered: offered.People, lambda offered: pd.Series, False),
        (lambda offered: offered.People, lambda offered: pl.DataFrame, False),
        (lambda offered: offered.People, lambda offered: Any, False),
        (lambda offered: offered.LazyPeople, lambda offered: pl.DataFrame, True),
        (lambda offered: offered.LazyPeople, lambda offered: pl.LazyFrame, True),
        (lambda offered: offered.LazyPeople, lambda offered: pd.DataFrame, False),
        (lambda offered: offered.pandas.SeriesSchema(float), lambda offered: pd.Series, True),
        (lambda offered: offered.pandas.SeriesSchema(float), lambda offered: pd.DataFrame, False),
    ],
)
def test_it_applies_to_what_the_schema_is_of(schema: Made, annotation: Made, applies: bool) -> None:
    assert SchemaJudge(schema(pandera())).applies_to(annotation(pandera())) is applies


@pytest.mark.parametrize(
    ("annotation", "model"),
    [
        (lambda offered: offered.typing.DataFrame[offered.People], "People"),
        # the old spelling is to work too
        (lambda offered: Optional[offered.typing.DataFrame[offered.People]], "People"),  # noqa: UP045
        (lambda offered: Annotated[offered.typing.DataFrame[offered.People], 1], "People"),
        (lambda offered: offered.typing.polars.LazyFrame[offered.LazyPeople], "LazyPeople"),
        (lambda offered: offered.typing.Series[float], None),
        (lambda offered: pd.DataFrame, None),
        (lambda offered: list[int], None),
    ],
)
def test_the_model_of_an_annotation(annotation: Made, model: str | None) -> None:
    assert schema_of_annotation(annotation(pandera())) is (model and getattr(pandera(), model))


def test_what_is_no_schema_is_told_with_the_way_to_get_one() -> None:
    with pytest.raises(ModifierError) as caught:
        make_spec("schema", {"age": int})
    assert "takes a schema of pandera or Great Expectations, not a dict" in str(caught.value)
    assert "featurecat[pandera]" in str(caught.value)
