from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from featurecat.frames.describe import describe_value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (pd.Series([1.0] * 1234), "Series float64 (1,234)"),
        (pl.Series([1]), "Series Int64 (1)"),
        (pd.DataFrame({"a": [1, 2]}), "DataFrame (2 x 1)"),
        (pl.DataFrame({"a": [1, 2]}), "DataFrame (2 x 1)"),
        (pl.LazyFrame({"a": [1]}), "polars LazyFrame"),
        (pl.col("a"), "polars Expr"),
        (pa.chunked_array([[1, 2]]), "ChunkedArray int64 (2)"),
        (pa.table({"a": [1]}), "Table (1 x 1)"),
        (np.zeros((2, 3)), "ndarray float64 (2 x 3)"),
        (np.float64(1.0), "float64"),
        ({"secret": 1}, "dict (1 item)"),
        ("secret", "str"),
        (None, "None"),
    ],
)
def test_says_type_and_shape_and_no_value(value, text):
    assert describe_value(value) == text
