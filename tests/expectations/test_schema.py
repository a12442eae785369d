"""schema: verdicts by pandera on pandas and Polars, which change nothing and quote nothing."""

from __future__ import annotations

import json
from typing import Annotated, Any, Optional

import pandas as pd
import pandera.pandas as pandera_pandas
import pandera.polars as pandera_polars
import pandera.typing
import pandera.typing.polars
import polars as pl
import pytest

from featurecat.errors import ModifierError
from featurecat.expectations.evaluate import evaluate
from featurecat.expectations.pandera import SchemaJudge, schema_of_annotation
from featurecat.expectations.registry import make_spec

COLUMNS = {"age": [30, -1, -2], "name": ["a", "b", None]}


class People(pandera_pandas.DataFrameModel):
    age: int = pandera_pandas.Field(ge=0)
    name: str


class LazyPeople(pandera_polars.DataFrameModel):
    age: int = pandera_polars.Field(ge=0)
    name: str


def schema_of(library: Any) -> Any:
    return library.DataFrameSchema(
        {"age": library.Column(int, library.Check.ge(0)), "name": library.Column(str)}, name="People"
    )


@pytest.mark.parametrize(
    ("schema", "frame"),
    [
        (People, pd.DataFrame(COLUMNS)),
        (schema_of(pandera_pandas), pd.DataFrame(COLUMNS)),
        (LazyPeople, pl.DataFrame(COLUMNS)),
        (schema_of(pandera_polars), pl.DataFrame(COLUMNS)),
        (schema_of(pandera_polars), pl.LazyFrame(COLUMNS)),
    ],
    ids=["pandas model", "pandas schema", "Polars model", "Polars schema", "Polars, lazy"],
)
def test_all_faults_are_found_with_their_rows_and_without_values(schema: Any, frame: Any) -> None:
    verdict = evaluate(make_spec("schema", schema), frame)
    assert (verdict.status, verdict.rows, verdict.failing_rows) == ("warn", 3, 2)
    assert verdict.observed["faults"] == {"age: greater_than_or_equal_to(0)": 2, "name: not_nullable": 1}
    assert "age: greater_than_or_equal_to(0) (2 rows)" in str(verdict.message)
    assert "name: not_nullable (1 row)" in str(verdict.message)
    assert "-2" not in str(verdict)
    json.dumps([verdict.observed, verdict.threshold], allow_nan=False)


@pytest.mark.parametrize("frame", [pl.DataFrame(COLUMNS), pl.LazyFrame(COLUMNS)], ids=["eager", "lazy"])
def test_a_frame_that_fits_passes(frame: Any) -> None:
    kept = frame.filter(pl.col("age") > 0)
    assert evaluate(make_spec("schema", LazyPeople), kept).status == "pass"


def test_a_column_that_is_missing_is_a_fault_without_rows() -> None:
    verdict = evaluate(make_spec("schema", People), pd.DataFrame({"age": [1]}))
    assert (verdict.status, verdict.failing_rows) == ("warn", None)
    assert "name" in str(verdict.message) or "column_in_dataframe" in str(verdict.message)


def test_coercion_judges_a_copy() -> None:
    schema = pandera_pandas.DataFrameSchema({"age": pandera_pandas.Column(float)}, coerce=True)
    frame = pd.DataFrame({"age": [1, 2]})
    verdict = evaluate(make_spec("schema", schema), frame)
    assert verdict.status == "pass"
    assert "coerced copy" in str(verdict.message)
    assert frame["age"].dtype == "int64"


def test_a_series_schema_judges_a_series() -> None:
    spec = make_spec("schema", pandera_pandas.SeriesSchema(float, pandera_pandas.Check.le(1), name="share"))
    assert evaluate(spec, pd.Series([0.5, 1.0], name="share")).status == "pass"
    verdict = evaluate(spec, pd.Series([0.5, 7.25], name="share"))
    assert (verdict.status, verdict.failing_rows) == ("warn", 1)
    assert "7.25" not in str(verdict)


def test_a_check_of_ones_own_is_called_by_its_name() -> None:
    def is_even(values: Any) -> Any:
        return values % 2 == 0

    column = pandera_pandas.Column(
        int, [pandera_pandas.Check(is_even), pandera_pandas.Check(is_even, error="must be even")]
    )
    schema = pandera_pandas.DataFrameSchema({"age": column})
    spec = make_spec("schema", schema)
    assert spec.params == {
        "library": "pandas",
        "schema": "DataFrameSchema",
        "columns": {"age": {"type": "int64", "checks": ["is_even()", "must be even"]}},
    }
    assert set(evaluate(spec, pd.DataFrame({"age": [1]})).observed["faults"]) == {"age: is_even", "age: must be even"}


def test_parameters_say_what_the_schema_says() -> None:
    params = make_spec("schema", LazyPeople).params
    assert params == {
        "library": "polars",
        "schema": "LazyPeople",
        "columns": {"age": {"type": "Int64", "checks": ["greater_than_or_equal_to(0)"]}, "name": {"type": "String"}},
    } or params["columns"]["age"]["checks"] == ["greater_than_or_equal_to(min_value=0)"]
    json.dumps(params)


def test_none_gives_nothing_to_judge() -> None:
    assert evaluate(make_spec("schema", People), None).status == "no_data"


def test_a_frame_of_the_other_library_is_an_error_verdict() -> None:
    verdict = evaluate(make_spec("schema", People), pl.DataFrame(COLUMNS))
    assert verdict.status == "error"
    assert not verdict.passes


@pytest.mark.parametrize(
    ("schema", "annotation", "applies"),
    [
        (People, pd.DataFrame, True),
        (People, Optional[pd.DataFrame], True),  # noqa: UP045 - the old spelling is to work too
        (People, Annotated[pd.DataFrame, []], True),
        (People, pandera.typing.DataFrame[People], True),
        (People, pd.Series, False),
        (People, pl.DataFrame, False),
        (People, Any, False),
        (LazyPeople, pl.DataFrame, True),
        (LazyPeople, pl.LazyFrame, True),
        (LazyPeople, pd.DataFrame, False),
        (pandera_pandas.SeriesSchema(float), pd.Series, True),
        (pandera_pandas.SeriesSchema(float), pd.DataFrame, False),
    ],
)
def test_it_applies_to_what_the_schema_is_of(schema: Any, annotation: Any, applies: bool) -> None:
    assert SchemaJudge(schema).applies_to(annotation) is applies


@pytest.mark.parametrize(
    ("annotation", "model"),
    [
        (pandera.typing.DataFrame[People], People),
        (Optional[pandera.typing.DataFrame[People]], People),  # noqa: UP045 - the old spelling is to work too
        (Annotated[pandera.typing.DataFrame[People], 1], People),
        (pandera.typing.polars.LazyFrame[LazyPeople], LazyPeople),
        (pandera.typing.Series[float], None),
        (pd.DataFrame, None),
        (list[int], None),
    ],
)
def test_the_model_of_an_annotation(annotation: Any, model: Any) -> None:
    assert schema_of_annotation(annotation) is model


def test_what_is_no_schema_is_told_with_the_way_to_get_one() -> None:
    with pytest.raises(ModifierError) as caught:
        make_spec("schema", {"age": int})
    assert "takes a schema of pandera, not a dict" in str(caught.value)
    assert "featurecat[pandera]" in str(caught.value)
