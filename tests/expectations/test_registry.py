from __future__ import annotations

import datetime
import enum
import json
import math
import subprocess
import sys
from typing import Annotated, Any, Optional

import numpy as np
import pandas as pd
import polars as pl
import pytest

from featurecat.errors import ModifierError
from featurecat.expectations.registry import EVIDENT, JUDGED_KINDS, KINDS, find_kind, make_spec
from featurecat.expectations.spec import check_id


class Origin(enum.Enum):
    NEWARK = "EWR"
    KENNEDY = "JFK"


DAY = datetime.date(2013, 1, 2)


@pytest.mark.parametrize(
    ("kind", "argument", "params"),
    [
        ("range", (-5, 5.0), {"low": -5.0, "high": 5.0}),
        ("range", [np.int64(0), np.float32(0.5)], {"low": 0.0, "high": 0.5}),
        ("range", (0, None), {"low": 0.0, "high": None}),
        ("range", (-math.inf, 3), {"low": None, "high": 3.0}),
        ("range", (0, 2**60), {"low": 0.0, "high": 2**60}),
        ("range", ("a", "m"), {"low": "a", "high": "m", "family": "string"}),
        ("range", (DAY, None), {"low": "2013-01-02", "high": None, "family": "date"}),
        (
            "range",
            (np.datetime64("2013-01-02"), pd.Timestamp("2014-01-01")),
            {"low": "2013-01-02T00:00:00", "high": "2014-01-01T00:00:00", "family": "datetime"},
        ),
        ("data_type", np.float64, {"data_type": "double"}),
        ("data_type", float, {"data_type": "floating"}),
        ("data_type", pl.Categorical, {"data_type": "dictionary<string>"}),
        ("allow_nans", False, {"allow_nans": False}),
        ("allow_nans", np.False_, {"allow_nans": False}),
        ("max_fraction_nans", 1, {"max_fraction_nans": 1.0}),
        # a set has no order, so the test's name must not show it
        pytest.param("values_in", {"b", "a"}, {"values": ["a", "b"], "family": "string"}, id="values_in-a set"),
        ("values_in", [2, 1, 1, None], {"values": [1.0, 2.0]}),
        ("values_in", range(2), {"values": [0.0, 1.0]}),
        ("values_in", np.array([1.5]), {"values": [1.5]}),
        ("values_in", Origin, {"values": ["EWR", "JFK"], "family": "string"}),
        ("values_in", (True, False), {"values": [0.0, 1.0]}),
        ("values_in", [DAY], {"values": ["2013-01-02"], "family": "date"}),
        ("max_standard_dev", np.int64(2), {"max_standard_dev": 2.0}),
        ("mean_in_range", (0, np.float32(0.5)), {"low": 0.0, "high": 0.5}),
        ("mean_in_range", [-math.inf, 3], {"low": None, "high": 3.0}),
        ("allow_none", False, {"allow_none": False}),
        ("allow_none", True, {"allow_none": True}),
        ("contains", "@", {"texts": ["@"]}),
        ("does_not_contain", ["b", "a", "b"], {"texts": ["a", "b"]}),
    ],
    ids=str,
)
def test_arguments_become_plain_parameters(kind, argument, params):
    assert dict(make_spec(kind, argument).params) == params
    assert json.loads(json.dumps(params, allow_nan=False)) == params


@pytest.mark.parametrize(
    ("kind", "argument"),
    [
        ("range", 5),
        ("range", (1, 2, 3)),
        ("range", (2, 1)),
        ("range", (None, None)),
        ("range", (math.inf, None)),
        ("range", (math.nan, 1)),
        ("range", (0, "a")),
        ("range", "ab"),
        ("range", ([], 1)),
        ("data_type", "flaot"),
        ("data_type", 5),
        ("allow_nans", True),
        ("allow_nans", None),
        ("allow_nans", "no"),
        ("max_fraction_nans", 1.5),
        ("max_fraction_nans", -0.1),
        ("max_fraction_nans", True),
        ("max_fraction_nans", "0.5"),
        ("max_fraction_nans", math.nan),
        ("values_in", "abc"),
        ("values_in", []),
        ("values_in", [None]),
        ("values_in", [1, "a"]),
        ("values_in", [[1]]),
        ("values_in", [math.nan]),
        ("values_in", 3),
        ("max_standard_dev", -1),
        ("max_standard_dev", "1"),
        ("max_standard_dev", math.inf),
        ("max_standard_dev", True),
        ("mean_in_range", 3),
        ("mean_in_range", (2, 1)),
        ("mean_in_range", (None, math.inf)),
        ("mean_in_range", ("a", "b")),
        ("mean_in_range", (math.nan, 1)),
        ("allow_none", None),
        ("allow_none", "no"),
        ("contains", 3),
        ("contains", []),
        ("contains", ["a", ""]),
        ("does_not_contain", [1]),
        ("schema", {"a": float}),
        ("schema", pd.DataFrame),
        ("model", {"a": float}),
        ("model", int),
    ],
    ids=str,
)
def test_misuse_is_told_with_an_example(kind, argument):
    with pytest.raises(ModifierError) as caught:
        make_spec(kind, argument, file="features.py", line=3)
    problem = caught.value.problems[0]
    assert (problem.code, problem.place) == ("invalid-modifier", "features.py:3")
    assert kind in problem.message
    assert f"{kind}=" in str(problem.hint)


def test_spelling_of_a_kind_is_mended():
    with pytest.raises(ModifierError) as caught:
        find_kind("rnage")
    assert "did you mean 'range'?" in str(caught.value)


def test_unknown_severity():
    with pytest.raises(ModifierError, match="not a severity"):
        make_spec("range", (0, 1), severity="loud")


def test_equal_expectations_have_one_identity():
    ids = {
        check_id("height", "values_in", make_spec("values_in", values).params)
        for values in ([1, 2], {2.0, 1.0}, (2, 1))
    }
    assert len(ids) == 1


SUPPORTED = [
    *(pd.Series, pl.Series, float, int, str, bool, np.float64, np.bool_, datetime.date, Optional[float], float | None),  # noqa: UP045 - the old spelling is to work too
    *(Annotated[pd.Series, int], Optional[pl.Series], int | float),  # noqa: UP045 - the old spelling is to work too
]


COLUMN_KINDS = (
    *("max_standard_dev", "mean_in_range", "unique", "min", "max", "mean", "median", "std", "quantile", "row_count"),
    *("distinct", "monotonic", "compare", "categories", "distribution", "change", "nans"),
)
TEXT_KINDS = ("contains", "does_not_contain", "matches")
MOMENT_KINDS = ("freshness", "not_in_future")
SCALAR_KINDS = [kind for kind in KINDS if kind not in (*COLUMN_KINDS, *TEXT_KINDS, *MOMENT_KINDS)]


@pytest.mark.parametrize("kind", SCALAR_KINDS)
@pytest.mark.parametrize("annotation", SUPPORTED, ids=str)
def test_applies_to_columns_and_scalars(kind, annotation):
    assert find_kind(kind).applies_to(annotation)


@pytest.mark.parametrize("kind", [*COLUMN_KINDS, *TEXT_KINDS, *MOMENT_KINDS])
@pytest.mark.parametrize("annotation", [pd.Series, pl.Series, Optional[pl.Series], Annotated[pd.Series, []]], ids=str)  # noqa: UP045 - as above
def test_applies_to_columns(kind, annotation):
    assert find_kind(kind).applies_to(annotation)


@pytest.mark.parametrize(
    ("kind", "annotation", "applies"),
    [
        *[(kind, annotation, False) for kind in COLUMN_KINDS for annotation in (float, str, float | None)],
        *[(kind, annotation, True) for kind in TEXT_KINDS for annotation in (str, str | None, Annotated[str, 1])],
        *[(kind, annotation, False) for kind in TEXT_KINDS for annotation in (float, bytes, str | int)],
        *[(kind, datetime.date, True) for kind in MOMENT_KINDS],
        *[(kind, datetime.datetime | None, True) for kind in MOMENT_KINDS],
        *[(kind, np.datetime64, True) for kind in MOMENT_KINDS],
        *[(kind, annotation, False) for kind in MOMENT_KINDS for annotation in (float, str, datetime.time)],
    ],
    ids=str,
)
def test_applies_to_texts_moments_or_many_values(kind, annotation, applies):
    assert find_kind(kind).applies_to(annotation) is applies


@pytest.mark.parametrize("annotation", [list[float], dict, pd.DataFrame, pl.LazyFrame, Any, None, object])
def test_anything_may_be_none(annotation):
    assert find_kind("allow_none").applies_to(annotation)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "allow_none"])
@pytest.mark.parametrize("annotation", [list[float], dict, pd.DataFrame, pl.LazyFrame, Any, float | list[int], None])
def test_does_not_apply_to_anything_else(kind, annotation):
    assert not find_kind(kind).applies_to(annotation)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_how_it_is_used(kind):
    entry = find_kind(kind)
    assert entry.kind == kind
    assert entry.example.startswith(f"{kind}=")
    assert "polars.Series" in entry.supported_types or entry.supported_types == "every type"


@pytest.mark.parametrize("kind", JUDGED_KINDS)
def test_every_judged_kind_says_how_it_is_used(kind):
    assert JUDGED_KINDS[kind].kind == kind
    assert JUDGED_KINDS[kind].example.startswith(f"{kind}=")


ARGUMENTS = [
    *[(0.0, 1.0), (1.0, 0.0), (0, 1.0), [0.0, 1.0], (math.nan, 1.0), (0.0, math.inf), (0.0,), (0.0, 1.0, 2.0)],
    *[False, True, 0, 1, None, 0.5, 1.5, -0.1, math.nan, float, int, str, bool, list, "float", "x", "", []],
]


@pytest.mark.parametrize("kind", EVIDENT)
@pytest.mark.parametrize("argument", ARGUMENTS, ids=repr)
def test_what_is_evident_at_a_glance_is_right(kind, argument):
    if EVIDENT[kind](argument):
        assert make_spec(kind, argument).params


def test_registry_is_light():
    program = """
import sys
import featurecat.expectations.registry
heavy = {"pandas", "polars", "pyarrow", "narwhals", "numpy", "duckdb"} & set(sys.modules)
assert not heavy, heavy
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
