"""How columns are looked at, alike in Polars and behind Narwhals."""

from __future__ import annotations

import datetime

import narwhals as nw
import polars as pl
import pytest

from featurecat.frames.fields import narwhals_field, polars_field

LOOKS = [
    (pl.Float32(), nw.Float32(), "float", "number", None),
    (pl.Float64(), nw.Float64(), "double", "number", None),
    (pl.Int16(), nw.Int16(), "int16", "number", (-(2**15), 2**15 - 1)),
    (pl.UInt64(), nw.UInt64(), "uint64", "number", (0, 2**64 - 1)),
    (pl.Boolean(), nw.Boolean(), "bool", "number", (-128, 127)),
    (pl.String(), nw.String(), "string", "string", None),
    (pl.Categorical(), nw.Categorical(), "dictionary<string>", "string", None),
    (pl.Date(), nw.Date(), "date32[day]", "date", None),
    (pl.Datetime("ns"), nw.Datetime("ns"), "timestamp[us]", "datetime", None),
    (pl.Datetime("ms", "UTC"), nw.Datetime("ms", "UTC"), "timestamp[us, tz=UTC]", "datetime with time zone", None),
    (pl.Duration("us"), nw.Duration("us"), "duration[us]", "duration[us]", None),
    (pl.Time(), nw.Time(), "time64[us]", "time64[us]", None),
    (pl.List(pl.Int64()), nw.List(nw.Int64()), "list<int64>", "list<int64>", None),
]


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: str(look[0]))
def test_both_sides_look_alike(look):
    polars, narwhals, name, family, whole = look
    for field in (polars_field(pl.col("a"), polars), narwhals_field(nw.col("a"), narwhals)):
        assert (field.logical_type, field.family, field.whole) == (name, family, whole)
        assert field.nested == name.startswith("list")


def test_what_arrow_has_no_type_for_is_called_as_polars_does():
    assert polars_field(pl.col("a"), pl.Int128()).logical_type == "int128"


def test_moments_compare_in_utc_to_the_microsecond_and_keep_what_is_finer():
    column = pl.Series([datetime.datetime(2013, 1, 1)], dtype=pl.Datetime("ns", "Europe/Berlin"))
    field = polars_field(column, column.dtype)
    assert field.values.dtype == pl.Datetime("us", "UTC")
    assert field.distinguished.dtype == column.dtype


def test_nan_is_missing_and_told_apart():
    field = polars_field(pl.Series([1.0, float("nan"), None]), pl.Float64())
    assert field.missing.to_list() == [False, True, True]
    assert field.nans.sum() == 1
    assert polars_field(pl.Series([1, None]), pl.Int64()).nans.to_list() == [False, False]
