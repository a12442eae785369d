"""Adapters of other libraries behind schema=: one suite of behaviours over each library and each kind of frame."""

from __future__ import annotations

import copy
import functools
import json
import logging
import pickle
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from featurecat.driver.builder import Builder
from featurecat.errors import ExpectationError, FeaturecatError, ModifierError
from featurecat.expectations.adapters import ADAPTERS
from featurecat.expectations.evaluate import evaluate
from featurecat.expectations.registry import make_spec
from tests.support.modules import ModuleMaker

#: Two ages below 0 in rows 1 and 2, and a name missing in row 2; "secret" may stand in no message.
COLUMNS: dict[str, list[Any]] = {"age": [30, -41, -42, 7], "name": ["secret", "b", None, "d"]}


@functools.cache
def pandera(engine: str) -> SimpleNamespace:
    """Schemas of pandera; made when a test runs, for it may be missing."""
    if engine == "pandas":
        import pandera.pandas as library
    else:
        import pandera.polars as library

    def raising(values: Any) -> Any:
        raise ZeroDivisionError("secret")

    def schema(*checks: Any) -> Any:
        return library.DataFrameSchema({"age": library.Column(int, list(checks)), "name": library.Column(str)})

    return SimpleNamespace(
        good=schema(library.Check.ge(-100)),
        bad=schema(library.Check.ge(0)),
        raising=schema(library.Check(raising)),
        absent=library.DataFrameSchema({"height": library.Column(int)}),
        faults={"age: greater_than_or_equal_to(0)": 2, "name: not_nullable": 1},
    )


@functools.cache
def great_expectations() -> SimpleNamespace:
    """Suites of Great Expectations; made when a test runs, for it may be missing."""
    with warnings.catch_warnings():  # importing it names a module of Python's that is going away
        warnings.simplefilter("ignore")
        import great_expectations as library

    offered = library.expectations

    def suite(*expectations: Any) -> Any:
        return library.ExpectationSuite(name="people", expectations=list(expectations))

    names = offered.ExpectColumnValuesToNotBeNull(column="name")
    return SimpleNamespace(
        suite=suite,
        expectations=offered,
        good=suite(offered.ExpectColumnValuesToBeBetween(column="age", min_value=-100)),
        bad=suite(offered.ExpectColumnValuesToBeBetween(column="age", min_value=0), names),
        raising=suite(names, offered.ExpectColumnValuesToMatchRegex(column="age", regex="(")),
        absent=suite(offered.ExpectColumnMeanToBeBetween(column="height", min_value=0)),
        faults={"expect_column_values_to_be_between(age)": 2, "expect_column_values_to_not_be_null(name)": 1},
    )


@dataclass(frozen=True)
class Adapted:
    """A library, and what its objects judge."""

    component: str
    made: Callable[[], SimpleNamespace]
    framed: Callable[[dict[str, list[Any]]], Any]

    def good_frame(self) -> Any:
        return self.framed({"age": [30, 7], "name": ["a", "b"]})


def arrow(columns: dict[str, list[Any]]) -> Any:
    return pa.table(columns)


ADAPTED = {
    "pandera, pandas": Adapted("pandera", lambda: pandera("pandas"), pd.DataFrame),
    "pandera, Polars": Adapted("pandera", lambda: pandera("polars"), pl.DataFrame),
    "pandera, Polars, lazy": Adapted("pandera", lambda: pandera("polars"), pl.LazyFrame),
    "Great Expectations, pandas": Adapted("great-expectations", great_expectations, pd.DataFrame),
    "Great Expectations, Polars": Adapted("great-expectations", great_expectations, pl.DataFrame),
    "Great Expectations, Polars, lazy": Adapted("great-expectations", great_expectations, pl.LazyFrame),
    "Great Expectations, Arrow": Adapted("great-expectations", great_expectations, arrow),
}
EACH = pytest.mark.parametrize(
    "adapted",
    [pytest.param(one, id=name, marks=pytest.mark.component(one.component)) for name, one in ADAPTED.items()],
)
GREAT_EXPECTATIONS = pytest.mark.component("great-expectations")


@EACH
def test_what_is_as_expected_passes(adapted: Adapted) -> None:
    verdict = evaluate(make_spec("schema", adapted.made().good), adapted.good_frame())
    assert (verdict.status, verdict.rows, verdict.failing_rows) == ("pass", 2, 0)


@EACH
@pytest.mark.parametrize(
    ("severity", "status"), [("info", "warn"), ("warn", "warn"), ("error", "fail"), ("fatal", "fail")]
)
def test_all_faults_are_found_with_their_rows_and_without_values(adapted: Adapted, severity: str, status: str) -> None:
    spec = make_spec("schema", adapted.made().bad, severity=severity)
    verdict = evaluate(spec, adapted.framed(COLUMNS))
    assert (verdict.status, verdict.rows, verdict.failing_rows) == (status, 4, 2)
    assert verdict.observed["faults"] == adapted.made().faults
    for fault, rows in adapted.made().faults.items():
        assert f"{fault} ({rows} row" in str(verdict.message)
    assert not any(value in str(verdict) for value in ("-41", "-42", "secret"))
    json.dumps([verdict.observed, verdict.threshold], allow_nan=False)


@EACH
def test_an_exception_is_no_verdict_and_quotes_no_value(adapted: Adapted) -> None:
    frame = adapted.framed({"age": [1, 2], "name": ["secret", "b"]})
    verdict = evaluate(make_spec("schema", adapted.made().raising), frame)
    assert verdict.status == "error"
    assert not verdict.passes
    assert "could not be evaluated" in str(verdict.message) and "raised" in str(verdict.message)
    assert "secret" not in str(verdict)


@EACH
@pytest.mark.parametrize("value", [[1, 2], "text", 3.5], ids=["list", "str", "float"])
def test_what_is_no_frame_could_not_be_evaluated(adapted: Adapted, value: Any) -> None:
    verdict = evaluate(make_spec("schema", adapted.made().good), value)
    assert verdict.status == "error"


@EACH
def test_a_column_that_is_not_there_never_passes(adapted: Adapted) -> None:
    verdict = evaluate(make_spec("schema", adapted.made().absent), adapted.framed(COLUMNS))
    assert verdict.status in ("warn", "error")
    assert "height" in str(verdict)


@EACH
def test_nothing_is_not_as_expected_but_no_data(adapted: Adapted) -> None:
    spec = make_spec("schema", adapted.made().good)
    assert evaluate(spec, None).status == "no_data"
    frame = adapted.framed(COLUMNS)
    verdict = evaluate(spec, frame.slice(0, 0) if isinstance(frame, pa.Table) else frame.head(0))
    assert (verdict.status, verdict.rows) == ("no_data", 0)


@EACH
@pytest.mark.parametrize("which", ["good", "bad", "raising"])
def test_the_value_is_never_changed(adapted: Adapted, which: str) -> None:
    frame = adapted.framed(COLUMNS)
    before, schema = copy.deepcopy(frame), copy.deepcopy(getattr(adapted.made(), which))
    spec = make_spec("schema", getattr(adapted.made(), which))
    params = copy.deepcopy(spec.params)
    evaluate(spec, frame)
    if isinstance(frame, pd.DataFrame):
        pd.testing.assert_frame_equal(frame, before)
    elif isinstance(frame, pl.LazyFrame):
        assert frame.collect().equals(before.collect())
    else:
        assert frame.equals(before)
    # nor is the schema: it says the same of the next value
    assert make_spec("schema", getattr(adapted.made(), which)).params == params == make_spec("schema", schema).params


@EACH
def test_verdicts_are_repeatable(adapted: Adapted) -> None:
    spec = make_spec("schema", adapted.made().bad)
    assert evaluate(spec, adapted.framed(COLUMNS)) == evaluate(spec, adapted.framed(COLUMNS))


@EACH
def test_parameters_are_json_and_tell_schemas_apart(adapted: Adapted) -> None:
    good, bad = (make_spec("schema", one).params for one in (adapted.made().good, adapted.made().bad))
    assert good != bad
    assert json.loads(json.dumps([good, bad], allow_nan=False)) == [good, bad]
    assert {"library", "schema"} <= good.keys()


@EACH
def test_one_adapter_recognises_an_object(adapted: Adapted) -> None:
    for schema in (adapted.made().good, adapted.made().bad):
        assert [adapter.name for adapter in ADAPTERS if adapter.recognises(schema)] == [
            "pandera" if adapted.component == "pandera" else "Great Expectations"
        ]
    assert not any(adapter.recognises(one) for adapter in ADAPTERS for one in (None, 3, {}, pd.DataFrame, json))


@EACH
@pytest.mark.parametrize("importance", ["warn", "fail"])
def test_the_decorator_lets_through_or_blocks(
    adapted: Adapted,
    importance: str,
    make_module: ModuleMaker,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    frame = adapted.framed(COLUMNS)
    given = SimpleNamespace(SCHEMA=adapted.made().bad, IMPORTANCE=importance, Frame=type(frame), frame=frame)
    monkeypatch.setitem(sys.modules, "given_here", given)
    module = make_module("""
        import given_here
        from featurecat import check_output

        @check_output(schema=given_here.SCHEMA, importance=given_here.IMPORTANCE)
        def people(names: int) -> given_here.Frame:
            return given_here.frame
    """)
    driver = Builder().with_modules(module).build()
    with caplog.at_level(logging.WARNING, logger="featurecat"):
        if importance == "fail":
            with pytest.raises(ExpectationError) as caught:
                driver.execute(["people"], inputs={"names": 1})
            assert caught.value.problems[0].feature == "people"
        else:
            driver.execute(["people"], inputs={"names": 1})
            assert "(2 rows)" in caplog.text


# --- Great Expectations ---------------------------------------------------------------------------


def ages(*expectations: str) -> Any:
    """A suite about one column."""
    offered = great_expectations()
    made = {
        "between": offered.expectations.ExpectColumnValuesToBeBetween(column="age", min_value=0),
        "unique": offered.expectations.ExpectColumnValuesToBeUnique(column="age"),
    }
    return offered.suite(*[made[name] for name in expectations])


@GREAT_EXPECTATIONS
@pytest.mark.parametrize(
    "column",
    [
        pd.Series([1, -2, -2], name="anything", index=[5, 5, 5]),
        pd.Series([1, -2, -2], dtype="Int64"),
        pl.Series("anything", [1, -2, -2]),
        pa.array([1, -2, -2]),
        pa.chunked_array([[1], [-2, -2]]),
    ],
    ids=["pandas", "pandas, nullable", "Polars", "Arrow", "Arrow, in pieces"],
)
def test_a_suite_about_one_column_judges_columns(column: Any) -> None:
    spec = make_spec("schema", ages("between", "unique"))
    assert spec.judge is not None and spec.judge.applies_to(type(column))
    verdict = evaluate(spec, column)
    assert (verdict.status, verdict.rows, verdict.failing_rows) == ("warn", 3, 2)
    assert set(verdict.observed["faults"].values()) == {2}


@GREAT_EXPECTATIONS
def test_a_suite_about_several_columns_judges_frames_only() -> None:
    judge = make_spec("schema", great_expectations().bad).judge
    assert judge is not None
    fits = [judge.applies_to(one) for one in (pd.DataFrame, pl.DataFrame, pl.LazyFrame, pa.Table, pd.DataFrame | None)]
    assert fits == [True] * 5
    assert [judge.applies_to(one) for one in (pd.Series, pl.Series, pl.Expr, float, Any)] == [False] * 5
    assert "as the suite is about several columns" in judge.supported_types


@GREAT_EXPECTATIONS
def test_rows_of_one_label_are_counted_one_by_one() -> None:
    frame = pd.DataFrame(COLUMNS, index=["x", "x", "x", "x"])
    assert evaluate(make_spec("schema", great_expectations().bad), frame).failing_rows == 2


@pytest.mark.component("pandera")
def test_rows_of_one_label_are_counted_one_by_one_by_pandera() -> None:
    frame = pd.DataFrame(COLUMNS, index=["x", "x", "x", "x"])
    assert evaluate(make_spec("schema", pandera("pandas").bad), frame).failing_rows == 2


@GREAT_EXPECTATIONS
def test_a_single_expectation_serves() -> None:
    spec = make_spec("schema", great_expectations().expectations.ExpectColumnValuesToNotBeNull(column="name"))
    assert spec.params == {
        "library": "great_expectations",
        "schema": "expect_column_values_to_not_be_null",
        "expectations": [{"type": "expect_column_values_to_not_be_null", "arguments": {"column": "name"}}],
    }
    assert evaluate(spec, pl.DataFrame(COLUMNS)).failing_rows == 1


@GREAT_EXPECTATIONS
def test_what_is_allowed_mostly_is_allowed() -> None:
    allowed = great_expectations().expectations.ExpectColumnValuesToBeBetween(column="age", min_value=0, mostly=0.5)
    assert evaluate(make_spec("schema", allowed), pd.DataFrame(COLUMNS)).status == "pass"


@GREAT_EXPECTATIONS
def test_of_a_whole_table_a_number_is_told() -> None:
    offered = great_expectations()
    rows = offered.expectations.ExpectTableRowCountToBeBetween(min_value=1, max_value=2)
    verdict = evaluate(make_spec("schema", rows), pd.DataFrame(COLUMNS))
    assert (verdict.message, verdict.failing_rows) == ("expect_table_row_count_to_be_between(), which is 4", None)
    # no rows are a number of rows, too
    none = offered.expectations.ExpectTableRowCountToBeBetween(min_value=0, max_value=2)
    assert evaluate(make_spec("schema", none), pd.DataFrame(COLUMNS).head(0)).status == "pass"
    assert evaluate(make_spec("schema", rows), pd.DataFrame(COLUMNS).head(0)).status == "warn"


@GREAT_EXPECTATIONS
def test_what_raised_and_what_does_not_hold_are_both_told() -> None:
    offered = great_expectations()
    suite = offered.suite(
        offered.expectations.ExpectColumnMeanToBeBetween(column="height", min_value=1),
        offered.expectations.ExpectColumnValuesToNotBeNull(column="name"),
    )
    verdict = evaluate(make_spec("schema", suite), pd.DataFrame(COLUMNS))
    assert verdict.status == "error"
    assert verdict.message == (
        "could not be evaluated: 1 of 2 expectations raised: expect_column_mean_to_be_between(height): "
        "there is no column height; not held: expect_column_values_to_not_be_null(name)"
    )


@GREAT_EXPECTATIONS
@pytest.mark.parametrize(
    ("suite", "message"),
    [
        (lambda offered: offered.suite(), "has no expectations"),
        (
            lambda offered: offered.suite(
                offered.expectations.ExpectColumnValuesToBeBetween(column="age", min_value={"$PARAMETER": "low"})
            ),
            "leaves an argument open",
        ),
    ],
    ids=["empty", "parameters"],
)
def test_suites_that_cannot_work_are_told_at_decoration(suite: Callable[[Any], Any], message: str) -> None:
    with pytest.raises(ModifierError, match=message):
        make_spec("schema", suite(great_expectations()))


@GREAT_EXPECTATIONS
def test_huge_numbers_with_gaps_lose_nothing_on_their_way_from_polars() -> None:
    huge = 2**62 + 1
    one = great_expectations().expectations.ExpectColumnValuesToBeInSet(column="n", value_set=[huge])
    assert evaluate(make_spec("schema", one), pl.DataFrame({"n": [huge, None]})).status == "pass"
    assert evaluate(make_spec("schema", one), pl.DataFrame({"n": [huge + 1, None]})).failing_rows == 1


@GREAT_EXPECTATIONS
def test_nothing_is_printed_or_kept_for_the_program(capfd: pytest.CaptureFixture[str]) -> None:
    great_expectations()
    from great_expectations.data_context.data_context import context_factory

    before = vars(context_factory.project_manager).copy()
    evaluate(make_spec("schema", great_expectations().bad), pd.DataFrame(COLUMNS))
    assert capfd.readouterr() == ("", "")
    assert vars(context_factory.project_manager) == before


@EACH
def test_judges_travel_to_other_processes(adapted: Adapted) -> None:
    if adapted.component == "pandera" and not _picklable(adapted.made().bad):
        pytest.skip("this schema of pandera cannot be pickled")
    judge = pickle.loads(pickle.dumps(make_spec("schema", adapted.made().bad).judge))
    assert judge(adapted.framed(COLUMNS)).failing_rows == 2


def _picklable(schema: Any) -> bool:
    try:
        pickle.dumps(schema)
    except (AttributeError, TypeError, pickle.PicklingError):
        return False
    return True


def test_what_no_adapter_knows_is_told_with_all_ways_to_get_one() -> None:
    with pytest.raises(FeaturecatError) as caught:
        make_spec("schema", {"age": int})
    for adapter in ADAPTERS:
        assert adapter.name in str(caught.value) and adapter.installation in str(caught.value)
