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
from featurecat.expectations.registry import KINDS, find_kind, make_spec
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


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("annotation", SUPPORTED, ids=str)
def test_applies_to_columns_and_scalars(kind, annotation):
    assert find_kind(kind).applies_to(annotation)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("annotation", [list[float], dict, pd.DataFrame, pl.LazyFrame, Any, float | list[int], None])
def test_does_not_apply_to_anything_else(kind, annotation):
    assert not find_kind(kind).applies_to(annotation)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_how_it_is_used(kind):
    entry = find_kind(kind)
    assert entry.kind == kind
    assert entry.example.startswith(f"{kind}=")
    assert "polars.Series" in entry.supported_types


def test_registry_is_light():
    program = """
import sys
import featurecat.expectations.registry
heavy = {"pandas", "polars", "pyarrow", "narwhals", "numpy", "duckdb"} & set(sys.modules)
assert not heavy, heavy
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
