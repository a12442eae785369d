from __future__ import annotations

import datetime
import decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from featurecat.errors import ModifierError
from featurecat.frames.arrow import logical_type, parse_logical_type
from featurecat.frames.dtypes import LOGICAL_TYPES, fits_type, logical_type_name, type_or_family_name


@pytest.mark.parametrize(
    ("dtype", "name"),
    [
        (int, "int64"),
        (float, "double"),
        (str, "string"),
        (bool, "bool"),
        (bytes, "binary"),
        (datetime.date, "date32[day]"),
        (datetime.datetime, "timestamp[us]"),
        (datetime.timedelta, "duration[us]"),
        (decimal.Decimal, "decimal128(38, 9)"),
        (np.float64, "double"),
        (np.int32, "int32"),
        (np.bool_, "bool"),
        (np.dtype("float32"), "float"),
        (np.dtype("datetime64[ns]"), "timestamp[ns]"),
        (pd.Int64Dtype(), "int64"),
        (pd.StringDtype(), "string"),
        (pd.CategoricalDtype(), "dictionary<string>"),
        (pd.DatetimeTZDtype("us", "UTC"), "timestamp[us, tz=UTC]"),
        (pd.ArrowDtype(pa.float64()), "double"),
        (pl.Float64, "double"),
        (pl.String, "string"),
        (pl.Categorical, "dictionary<string>"),
        (pl.Datetime("ms", "Europe/Berlin"), "timestamp[ms, tz=Europe/Berlin]"),
        (pl.Duration("us"), "duration[us]"),
        (pl.List(pl.Int64), "list<int64>"),
        (pl.Decimal(10, 2), "decimal128(10, 2)"),
        (pl.Enum(["a"]), "dictionary<string>"),
        (pa.large_string(), "string"),
        (pa.timestamp("us", "UTC"), "timestamp[us, tz=UTC]"),
        (pa.dictionary(pa.int8(), pa.string()), "dictionary<string>"),
        (pa.list_(pa.float64()), "list<double>"),
        ("Float64", "double"),
        ("large_string", "string"),
        ("list<item: string>", "list<string>"),
        ("category", "dictionary<string>"),
    ],
    ids=str,
)
def test_reads_what_users_write(dtype, name):
    assert logical_type_name(dtype) == name
    assert logical_type(parse_logical_type(dtype)) == name


@pytest.mark.parametrize("name", LOGICAL_TYPES)
def test_every_logical_type_reads_as_itself(name):
    assert logical_type_name(name) == name
    assert logical_type(parse_logical_type(name)) == name


@pytest.mark.parametrize("dtype", ["flaot64", "time64[s]", object, "struct<a: int64>", "", list])
def test_unknown_types_are_refused(dtype):
    with pytest.raises(ModifierError, match="is not a data type"):
        logical_type_name(dtype)


def test_unknown_type_offers_a_near_one():
    with pytest.raises(ModifierError) as caught:
        logical_type_name("flaot64")
    assert "'float64'" in str(caught.value.problems[0].hint)


@pytest.mark.parametrize(
    ("dtype", "name"),
    [
        (int, "integer"),
        (float, "floating"),
        ("float", "floating"),
        (object, "object"),
        (np.integer, "integer"),
        (np.floating, "floating"),
        (np.number, "number"),
        (np.object_, "object"),
        (np.datetime64, "timestamp"),
        (np.float64, "double"),
        (pl.Datetime, "timestamp"),
        (pl.Int32, "int32"),
        (str, "string"),
        ("number", "number"),
    ],
    ids=str,
)
def test_abstract_types_are_families(dtype, name):
    assert type_or_family_name(dtype) == name


@pytest.mark.parametrize(
    ("actual", "wanted", "fits"),
    [
        ("int32", "integer", True),
        ("bool", "integer", False),
        ("float", "floating", True),
        ("double", "int64", False),
        ("decimal128(10, 2)", "number", True),
        ("timestamp[us]", "timestamp[ns]", True),
        ("timestamp[us, tz=UTC]", "timestamp[us]", False),
        ("timestamp[us, tz=UTC]", "timestamp", True),
        ("string", "object", True),
        ("double", "object", False),
        ("time64[us]", "time32[s]", True),
    ],
)
def test_fitting_ignores_units_but_not_time_zones(actual, wanted, fits):
    assert fits_type(actual, wanted) is fits
