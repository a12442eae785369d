"""Columns of every library as Polars columns."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from featurecat.errors import RunError
from featurecat.frames.columnar import polars_column


@pytest.mark.parametrize("dtype", ["float64", "float32", "int64", "int8", "uint64"])
def test_numbers_of_numpy_are_shared_not_copied(dtype):
    values = pd.Series(np.arange(1_000).astype(dtype))
    assert np.shares_memory(polars_column(values).to_numpy(), values.to_numpy())


def test_nan_and_null_stay_what_they_are():
    for column in (pa.array([math.nan, None]), pa.chunked_array([[math.nan], [None]]), pl.Series([math.nan, None])):
        found = polars_column(column)
        assert (found.null_count(), found.is_nan().sum()) == (1, 1)
    assert polars_column(pd.Series([math.nan, 1.0])).is_nan().sum() == 1


def test_what_has_no_common_type_is_refused_without_its_values():
    for column in (pd.Series(["secret", 1], dtype=object), pl.Series([object()], dtype=pl.Object)):
        with pytest.raises(RunError) as raised:
            polars_column(column)
        assert "secret" not in str(raised.value)
