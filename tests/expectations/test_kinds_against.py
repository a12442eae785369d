"""What is compared with an earlier run: ``change``, ``categories``, ``distribution``."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurecat.expectations.builtin.drift import stability_index
from featurecat.expectations.evaluate import Asking, evaluate, evaluate_frame
from featurecat.expectations.kind import NOTHING_AROUND, Surroundings
from featurecat.expectations.registry import make_spec

NAN = math.nan
FORMS: dict[str, Callable[[Any], Any]] = {
    "pandas": pd.Series,
    "polars": lambda values: pl.Series(values, nan_to_null=False),
    "arrow": pa.array,
}


def after(earlier: Any) -> Surroundings:
    """The surroundings after a published run with this column."""
    return Surroundings(earlier=lambda run: earlier if run is None else None)


CHANGES = [
    ({"rows": 0.5}, [1, 2, 3], [1, 2], "pass", "rows went from 2 to 3 (+50.00%), at most 50.00% expected"),
    ({"rows": 0.5}, [1], [1, 2, 3, 4], "warn", "rows went from 4 to 1 (-75.00%)"),
    ({"mean": 0.1}, [11.0, 11.0], [10.0, 10.0], "pass", "mean went from 10 to 11 (+10.00%)"),
    ({"mean": 0.1}, [-12.0], [-10.0], "warn", "mean went from -10 to -12 (-20.00%)"),
    ({"mean": 0.1}, [0.5], [0.0], "warn", "mean went from 0 to 0.5 (+inf%)"),
    ({"mean": 0.1}, [0.0], [0.0], "pass", "(+0.00%)"),
    ({"null_share": 0.02}, [1.0, None], [1.0, 2.0], "warn", "null_share went from 0 to 0.5 (+50.00%)"),
    ({"null_share": 0.5}, [1.0, NAN], [1.0, 2.0], "pass", ""),
    ({"median": 1, "std": 1, "distinct": 0.4}, [1.0, 2.0, 4.0], [1.0, 2.0], "warn", "distinct went from 2 to 3"),
    (
        {"min": 0.5, "max": 0.5},
        [1, 1000],
        [1, 10],
        "warn",
        "max went from 10 to 1,000 (+9,900.00%)".replace(",900", "900"),
    ),
    ({"rows": 0.5, "mean": 0.5}, [], [1.0], "warn", "rows went from 1 to 0"),
    ({"mean": 0.5}, [None, None], [1.0], "no_data", "no values to tell mean from"),
    ({"std": 0.5}, [1.0], [1.0, 2.0], "no_data", "no values to tell std from"),
    ({"distinct": 0.5}, ["a", "b"], ["a", "b", "c"], "pass", ""),
    ({"mean": 0.5}, ["a"], ["a"], "error", "string values have no mean"),
    ({"rows": 0.5}, ["a"], [1], "error", "cannot be compared with int64 values of an earlier run"),
]


@pytest.mark.parametrize("form", ["polars", "arrow"])
@pytest.mark.parametrize("number", range(len(CHANGES)))
def test_change(number, form):
    argument, values, before, status, message = CHANGES[number]
    make = FORMS[form]
    verdict = evaluate(make_spec("change", argument), make(values), surroundings=after(make(before)))
    assert verdict.status == status, verdict
    assert message in str(verdict.message)
    json.dumps([verdict.observed, verdict.threshold], allow_nan=False)


def test_change_is_observed_with_both_figures():
    spec = make_spec("change", {"rows": 0.5, "mean": 0.1})
    verdict = evaluate(spec, pd.Series([2.0, 4.0]), surroundings=after(pd.Series([2.0])))
    assert verdict.observed == {
        "rows": 2, "rows_before": 1, "rows_change": 1.0, "mean": 3.0, "mean_before": 2.0, "mean_change": 0.5,
    }  # fmt: skip
    assert verdict.threshold == {"rows": 0.5, "mean": 0.1, "against": "last"}


CATEGORIES = [
    (
        {"new": 0},
        ["a", "b", None],
        ["a", "b", "c"],
        "pass",
        0,
        "2 categories, 0 new, 1 gone, compared with the last published run",
    ),
    (
        {"new": 0},
        ["a", "x", "y", "x"],
        ["a"],
        "warn",
        3,
        "2 new ('x', 'y') in 3 of 4 values (75.00%), at most 0.00% exp",
    ),
    ({"new": 0.5}, ["a", "x"], ["a"], "pass", 0, ""),
    ({"missing": 0}, ["a"], ["a", "b"], "warn", None, "1 gone ('b'), at most 0 expected"),
    ({"missing": 1}, ["a", "z"], ["a", "b"], "pass", 0, ""),
    (
        {"new": 0, "missing": 0},
        ["x"],
        ["a"],
        "warn",
        1,
        "at most 0.00% expected; 1 gone ('a'), at most 0 expected, comp",
    ),
    ({"new": 0}, [1, 2], [1], "warn", 1, "1 new (2)"),
    ({"new": 0}, [True], [True, False], "pass", 0, ""),
    ({"new": 0}, [None, None], ["a"], "no_data", 0, "no values, so there are no categories"),
    ({"new": 0}, list("abcdefgh"), ["z"], "warn", 8, "8 new ('a', 'b', 'c', 'd', 'e' and 3 more)"),
    ({"new": 0}, [1], ["a"], "error", None, "cannot be compared with string values of an earlier run"),
    ({"new": 0}, list(range(10_001)), [1], "error", None, "10,001 different values are no categories"),
]


@pytest.mark.parametrize("form", ["polars", "arrow"])
@pytest.mark.parametrize("number", range(len(CATEGORIES)))
def test_categories(number, form):
    argument, values, before, status, failing, message = CATEGORIES[number]
    make = FORMS[form]
    verdict = evaluate(make_spec("categories", argument), make(values), surroundings=after(make(before)))
    assert (verdict.status, verdict.failing_rows) == (status, failing), verdict
    assert message in str(verdict.message)
    json.dumps([verdict.observed, verdict.threshold], allow_nan=False)


def test_categories_of_pandas_types():
    before = pd.Series(["a", "b"], dtype="category")
    now = pd.Series(["a", "c", None], dtype="string")
    verdict = evaluate(make_spec("categories", {"new": 0}), now, surroundings=after(before))
    assert (verdict.status, verdict.failing_rows) == ("warn", 1)


def test_rows_in_new_categories_are_named():
    frame = pl.DataFrame({"key": [1, 2, 3], "origin": ["EWR", "XXX", None]})
    asking = Asking(keys=["key"], surroundings=lambda name: after(pl.Series(["EWR", "JFK"])))
    verdict = evaluate_frame(frame, {"origin": [make_spec("categories", {"new": 0})]}, asking)["origin"][0]
    assert [row["key"] for row in verdict.sample] == [2]


AGAINST = [("change", {"rows": 0.5}), ("categories", {"new": 0}), ("distribution", {"psi": 0.2})]


@pytest.mark.parametrize(("kind", "argument"), AGAINST, ids=["change", "categories", "distribution"])
class TestWhichRun:
    def test_nothing_published_at_hand(self, kind, argument):
        verdict = evaluate(make_spec(kind, argument), pl.Series([1]), surroundings=NOTHING_AROUND)
        assert (verdict.status, verdict.message) == ("skip", "no published run is at hand to compare with")

    def test_nothing_published_yet(self, kind, argument):
        verdict = evaluate(make_spec(kind, argument), pl.Series([1]), surroundings=after(None))
        assert (verdict.status, verdict.message) == ("skip", "there is no published run to compare with")

    def test_nothing_in_the_published_run(self, kind, argument):
        verdict = evaluate(make_spec(kind, argument), pl.Series([1]), surroundings=after(pl.Series([], dtype=pl.Int64)))
        assert (verdict.status, verdict.message) == ("skip", "the run to compare with has no rows")

    def test_a_named_run_is_the_one(self, kind, argument):
        runs = {"r1": pl.Series([1, 2]), None: pl.Series(["never looked at"])}
        spec = make_spec(kind, {**argument, "against": "r1"})
        assert evaluate(spec, pl.Series([1, 2]), surroundings=Surroundings(earlier=runs.get)).status == "pass"

    def test_a_named_run_that_is_not_there_is_never_a_pass(self, kind, argument):
        spec = make_spec(kind, {**argument, "against": "r9"})
        verdict = evaluate(spec, pl.Series([1]), surroundings=after(pl.Series([1])))
        assert verdict.status == "error"
        assert "the run r9 has no values of this feature" in str(verdict.message)


RANDOM = np.random.default_rng(7)
NORMAL = RANDOM.normal(size=4_000)
SPREADS = [
    ({"psi": 0.01}, NORMAL, NORMAL, "pass"),
    ({"psi": 0.05}, RANDOM.normal(size=4_000), NORMAL, "pass"),
    ({"psi": 0.2}, NORMAL + 1, NORMAL, "warn"),
    ({"psi": 0.2}, NORMAL * 1000, NORMAL, "warn"),
    ({"psi": 0.2}, np.where(NORMAL > 0, NORMAL, NAN), NORMAL, "warn"),
    ({"psi": 0.2}, np.full(50, 3.0), np.full(70, 5.0), "warn"),
    ({"psi": 0.2}, np.full(50, 5.0), np.full(70, 5.0), "pass"),
    ({"psi": 0.2}, np.full(50, NAN), NORMAL, "warn"),
    ({"psi": 0.2}, np.append(NORMAL, math.inf), np.append(NORMAL, -math.inf), "pass"),
    ({"psi": 0.2}, np.array([0] * 95 + [9] * 5), np.array([0] * 94 + [8] * 6), "pass"),
    ({"psi": 0.2}, np.array([1] * 95 + [9] * 5), np.array([0] * 94 + [8] * 6), "warn"),
    ({"psi": 0.2}, np.array(["a", "b"] * 50), np.array(["a", "b"] * 9), "pass"),
    ({"psi": 0.2}, np.array(["a", "c"] * 50), np.array(["a", "b"] * 9), "warn"),
    ({"psi": 0.2}, np.array([], dtype=float), NORMAL, "no_data"),
    ({"ks": 0.05}, RANDOM.normal(size=4_000), NORMAL, "pass"),
    ({"ks": 0.05}, NORMAL + 0.2, NORMAL, "warn"),
    ({"ks_p": 0.01}, NORMAL[:500], NORMAL[500:1_000], "pass"),
    ({"ks_p": 0.01}, NORMAL[:500] + 1, NORMAL[500:1_000], "warn"),
    ({"ks": 0.0}, np.array([1, 2, 3]), np.array([3, 1, 2]), "pass"),
    ({"ks": 0.1, "psi": 0.1}, NORMAL + 1, NORMAL, "warn"),
    ({"ks": 0.1}, np.full(5, NAN), NORMAL, "no_data"),
    ({"ks": 0.1}, NORMAL, np.full(5, NAN), "skip"),
    ({"ks": 0.1}, np.array(["a"]), np.array(["a"]), "error"),
    ({"psi": 0.1}, np.array(["2013-01-01"], "M8[us]"), np.array(["2013-01-01"], "M8[us]"), "error"),
]


@pytest.mark.component("scipy")
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("number", range(len(SPREADS)), ids=lambda number: f"{SPREADS[number][3]}-{number}")
def test_distribution(number, form):
    argument, values, before, status = SPREADS[number]
    make = FORMS[form]
    verdict = evaluate(make_spec("distribution", argument), make(values), surroundings=after(make(before)))
    assert verdict.status == status, verdict
    assert len(str(verdict.message)) < 200
    json.dumps([verdict.observed, verdict.threshold], allow_nan=False)


def test_distribution_says_by_how_much():
    values, before = pl.Series([1.0] * 9 + [2.0]), pl.Series([1.0] * 5 + [2.0] * 5)
    verdict = evaluate(make_spec("distribution", {"psi": 0.2}), values, surroundings=after(before))
    assert verdict.observed == {"missing": 0, "psi": pytest.approx(0.8788898)}
    assert verdict.message == "stability index is 0.8789, at most 0.2 expected, compared with the last published run"


def test_rare_texts_share_a_bin():
    before = [f"common{number % 100:03}" for number in range(1_000)] + [f"rare{number}" for number in range(100)]
    now = [f"common{number % 100:03}" for number in range(1_000)] + [f"new{number}" for number in range(100)]
    verdict = evaluate(make_spec("distribution", {"psi": 0}), pl.Series(now), surroundings=after(pl.Series(before)))
    assert verdict.status == "pass"


counts = st.lists(st.integers(0, 1_000), min_size=1, max_size=12)


@given(counts, st.integers(1, 9))
def test_equal_shares_have_a_stability_index_of_0(rows, times):
    if sum(rows):
        assert stability_index([count * times for count in rows], rows) == pytest.approx(0, abs=1e-12)


@given(st.lists(st.tuples(st.integers(0, 1_000), st.integers(0, 1_000)), min_size=1, max_size=12))
def test_the_stability_index_knows_no_direction(pairs):
    now, before = [one for one, _ in pairs], [other for _, other in pairs]
    if sum(now) and sum(before):
        assert stability_index(now, before) == pytest.approx(stability_index(before, now))
        assert stability_index(now, before) >= 0


numbers = st.lists(st.floats(allow_nan=True, allow_infinity=True) | st.none(), min_size=1, max_size=30)


@given(numbers, numbers)
def test_the_stability_index_is_that_of_plain_python(values, before):
    verdict = evaluate(
        make_spec("distribution", {"psi": 0.1}),
        pl.Series(values, dtype=pl.Float64),
        surroundings=after(pl.Series(before, dtype=pl.Float64)),
    )
    assert verdict.observed["psi"] == pytest.approx(index_of(values, before))


def index_of(values: list[float | None], before: list[float | None]) -> float:
    """Bins by walking over them, one value at a time."""
    present, present_before = (
        sorted(one for one in side if one is not None and not math.isnan(one)) for side in (values, before)
    )
    count = len(present_before)
    deciles = [present_before[math.ceil(count * number / 10) - 1] for number in range(1, 10)] if count else []

    def bin_of(value: float) -> tuple[int, bool]:
        below = sum(decile < value for decile in set(deciles))
        return below, deciles.count(value) > 1

    places = sorted({bin_of(value) for value in present + present_before})
    counts_now, counts_before = (
        [sum(bin_of(one) == place for one in side) for place in places] for side in (present, present_before)
    )
    return stability_index(
        [*counts_now, len(values) - len(present)], [*counts_before, len(before) - len(present_before)]
    )
