"""``featurecat.testing``: values of any engine are equal when what would be published is."""

from __future__ import annotations

import datetime

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as some

from featurecat import check_output, config, extract_columns, parameterize, value
from featurecat.errors import ExpectationError, RequestError, RunError, StepError
from featurecat.testing import assert_features_equal, run_feature

FRAMES = {
    "pandas": lambda columns: pd.DataFrame(columns),
    "polars": lambda columns: pl.DataFrame(columns),
    "polars-lazy": lambda columns: pl.LazyFrame(columns),
    "arrow": lambda columns: pa.table(columns),
}
COLUMNS = {
    "flight": [1, 2, 3],
    "delay": [1.5, None, -2.0],
    "origin": ["JFK", None, "LGA"],
    "late": [True, False, True],
    "day": [datetime.datetime(2013, 1, day) for day in (1, 2, 3)],
}


def difference(left, right, **options):
    """What the assertion says."""
    with pytest.raises(AssertionError) as caught:
        assert_features_equal(left, right, **options)
    lines = str(caught.value).splitlines()
    assert len(lines) <= 6
    return str(caught.value)


@pytest.mark.parametrize("left", FRAMES)
@pytest.mark.parametrize("right", FRAMES)
def test_equal_content_is_equal_in_every_library(left, right):
    assert_features_equal(FRAMES[left](COLUMNS), FRAMES[right](COLUMNS))


@pytest.mark.parametrize("left", FRAMES)
@pytest.mark.parametrize("right", FRAMES)
def test_one_other_value_is_found_in_every_library(left, right):
    changed = {**COLUMNS, "delay": [1.5, None, -2.5]}
    said = difference(FRAMES[left](COLUMNS), FRAMES[right](changed))
    assert said == "features differ: 'delay' (double) differs in 1 of 3 rows:\n  row 2: -2.0 != -2.5"


@pytest.mark.parametrize("left", FRAMES)
@pytest.mark.parametrize("right", FRAMES)
def test_rows_are_matched_by_keys(left, right):
    turned = {name: values[::-1] for name, values in COLUMNS.items()}
    difference(FRAMES[left](COLUMNS), FRAMES[right](turned))
    assert_features_equal(FRAMES[left](COLUMNS), FRAMES[right](turned), keys="flight")
    said = difference(FRAMES[left](COLUMNS), FRAMES[right]({**turned, "delay": [0.0, None, 1.5]}), keys=["flight"])
    assert "flight=3: -2.0 != 0.0" in said


def test_columns_are_matched_by_name():
    assert_features_equal(pd.DataFrame({"a": [1], "b": [2]}), pl.DataFrame({"b": [2], "a": [1]}))
    assert "only left has the columns 'a'" in difference(pd.DataFrame({"a": [1]}), pl.DataFrame({"b": [1]}))


def test_rows_must_be_as_many():
    assert "left has 1 rows, right has 2" in difference(pd.Series([1]), pl.Series([1, 2]))


def test_nan_is_null():
    assert_features_equal(pl.Series([float("nan"), 1.0]), pl.Series([None, 1.0]))
    assert_features_equal(pd.Series([float("nan"), 1.0]), pa.array([None, 1.0]))


def test_whole_numbers_with_gaps_stay_whole():
    whole = pl.Series([1, None, 3])
    assert_features_equal(pd.Series([1, None, 3]), whole)  # NumPy has nothing but floats for it
    assert_features_equal(pd.Series([1, None, 3], dtype="Int64"), whole)
    assert "'value' is double left and int64 right" in difference(pl.Series([1.0, None, 3.0]), whole)
    assert "row 0: 1.5 != 1" in difference(pd.Series([1.5, None, 3]), whole)
    assert "is double left and int64 right" in difference(pd.Series([1.0, 2.0]), pl.Series([1, 2]))


def test_logical_types_must_agree():
    assert_features_equal(pd.Series(["a"]), pl.Series(["a"]))
    assert "dictionary<string>" in difference(pd.Series(["a"], dtype="category"), pl.Series(["a"]))
    assert "int64 left and string right" in difference(pd.Series([1]), pl.Series(["1"]))
    assert_features_equal(pl.Series([None, None], dtype=pl.Null), pl.Series([None, None], dtype=pl.Float64))


def test_floats_may_differ_by_the_tolerance():
    assert_features_equal(pd.Series([1.0]), pl.Series([1.0 + 5e-13]))
    difference(pd.Series([1.0]), pl.Series([1.0 + 5e-12]))
    assert_features_equal(pd.Series([100.0]), pl.Series([101.0]), rtol=0.01)
    assert_features_equal(pd.Series([0.0]), pl.Series([0.5]), atol=0.5)


def test_infinities_are_near_nothing():
    infinite = float("inf")
    assert_features_equal(pd.Series([infinite, -infinite]), pl.Series([infinite, -infinite]))
    difference(pd.Series([infinite]), pl.Series([-infinite]), rtol=1.0)
    difference(pd.Series([infinite]), pl.Series([1.0]), rtol=1.0)


def test_nested_values_are_compared_with_the_tolerance():
    assert_features_equal(pl.Series([[1.0, 2.0]]), pa.array([[1.0, 2.0 + 1e-13]]))
    assert "[1.0] != [2.0]" in difference(pl.Series([[1.0]]), pl.Series([[2.0]]))
    difference(pl.Series([{"a": 1.0}]), pl.Series([{"a": 2.0}]))


def test_the_index_counts_where_both_sides_have_one():
    left = pd.Series([1, 2], index=[10, 11])
    assert "'index' (int64) differs in 1 of 2 rows" in difference(left, pd.Series([1, 2], index=[10, 12]))
    assert "only left has the columns 'index'" in difference(left, pd.Series([1, 2]))
    assert_features_equal(left, pl.Series([1, 2]))


def test_an_index_stands_for_columns_of_its_names():
    indexed = pd.DataFrame({"delay": [1.0, 2.0]}, index=pd.Index([7, 8], name="flight"))
    assert_features_equal(indexed, pl.DataFrame({"flight": [7, 8], "delay": [1.0, 2.0]}))
    assert_features_equal(indexed, pl.DataFrame({"flight": [8, 7], "delay": [2.0, 1.0]}), keys="flight")
    difference(indexed, pl.DataFrame({"flight": [7, 9], "delay": [1.0, 2.0]}))


def test_keys_must_tell_rows_apart():
    twice = pl.DataFrame({"k": [1, 1], "v": [1, 2]})
    assert "repeat the key 'k'" in difference(twice, twice, keys="k")
    assert "is not a column of both" in difference(twice, twice, keys="q")
    gap = pl.DataFrame({"k": [1, None], "v": [1, 2]})
    assert "without a complete key" in difference(gap, gap, keys="k")
    assert "the first: 2 left, 3 right" in difference(
        pl.DataFrame({"k": [1, 2], "v": [1, 1]}), pl.DataFrame({"k": [1, 3], "v": [1, 1]}), keys="k"
    )


def test_categories_can_be_keys():
    left = pd.DataFrame({"k": pd.Categorical(["b", "a"]), "v": [2, 1]})
    right = pd.DataFrame({"k": pd.Categorical(["a", "b"]), "v": [1, 2]})
    assert_features_equal(left, right, keys="k")


def test_the_message_stays_short():
    left = pl.DataFrame({name: range(100) for name in "abc"})
    said = difference(left, left.select(pl.all() + 1))
    assert said.splitlines()[-1] == "  and 'b', 'c'"
    assert "differs in 100 of 100 rows" in said


def test_dictionaries_and_scalars():
    assert_features_equal({"a": pd.Series([1.0]), "mean": 2.0}, {"a": pl.Series([1.0]), "mean": 2.0 + 1e-13})
    assert difference({"a": 1}, {"b": 1}) == "features differ: only one side has 'a', 'b'"
    assert difference({"a": 1}, {"a": 2}) == "features differ: a: 1 != 2"
    assert_features_equal(float("nan"), float("nan"))
    assert_features_equal("text", "text")
    assert "left is a int, right a Series" in difference(1, pd.Series([1]))


def test_lists_and_arrays_stand_for_columns():
    assert_features_equal(pd.Series([1.5, None]), [1.5, None])
    assert_features_equal(pl.Series([1, 2]), pd.Series([1, 2]).to_numpy())
    assert_features_equal(pd.Series([1, 2]).to_numpy(), pd.Series([1, 2]).to_numpy())
    assert "row 1: 2 != 3" in difference((1, 2), pl.Series([1, 3]))
    assert difference([1, 2], [1, 3]) == "features differ: [1, 2] != [1, 3]"


def test_what_has_no_arrow_type_is_refused():
    with pytest.raises(RunError, match="no Arrow type"):
        assert_features_equal(pd.Series([object(), 1]), pd.Series([object(), 1]))


columns = some.lists(some.none() | some.floats(allow_nan=True) | some.just(0.0), min_size=1, max_size=8)


@given(columns, columns)
def test_both_engines_judge_alike(left, right):
    verdicts = set()
    for one in (pd.Series(left, dtype="float64"), pl.Series(left, dtype=pl.Float64)):
        for other in (pd.Series(right, dtype="float64"), pl.Series(right, dtype=pl.Float64)):
            try:
                assert_features_equal(one, other)
            except AssertionError:
                verdicts.add(False)
            else:
                verdicts.add(True)
    assert len(verdicts) == 1


# --- run_feature ----------------------------------------------------------------------------------


def test_a_function_runs_with_its_decorators():
    @parameterize(low={"limit": value(1)}, high={"limit": value(9)})
    def capped(spend: int, limit: int) -> int:
        return min(spend, limit)

    assert run_feature(capped, spend=5) == {"low": 1, "high": 5}


@pytest.mark.parametrize("library", [pd, pl])
def test_columns_are_taken_out_of_a_frame(library):
    def flights(raw):
        return raw

    flights.__annotations__ = {"raw": library.DataFrame, "return": library.DataFrame}
    made = run_feature(extract_columns("delay")(flights), raw=library.DataFrame({"delay": [1.0]}))
    assert_features_equal(made["delay"], pa.array([1.0]))


def test_expectations_hold_or_stop_it():
    @check_output(range=(0, 1), importance="fail")
    def share(part: pd.Series) -> pd.Series:
        return part / 2

    assert_features_equal(run_feature(share, part=pd.Series([1.0])), pl.Series([0.5]))
    with pytest.raises(ExpectationError):
        run_feature(share, part=pd.Series([4.0]))


def test_config_chooses_the_variant():
    @config.when(region="us")
    def tax__us(price: float) -> float:
        return price * 0.5

    assert run_feature(tax__us, config={"region": "us"}, price=4.0) == 2.0
    with pytest.raises(RequestError, match="defines no feature here"):
        run_feature(tax__us, price=4.0)


def test_faults_are_told_as_in_a_run():
    def share(part: float) -> float:
        raise ZeroDivisionError(part)

    with pytest.raises(StepError):
        run_feature(share, part=1.0)
    with pytest.raises(RequestError, match="part"):
        run_feature(share)
