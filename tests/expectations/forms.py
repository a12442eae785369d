"""Every form that columns can have, made of plain lists: frames of each library, and single columns of each."""

from __future__ import annotations

import decimal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

__all__ = ["COLUMNS", "FRAMES", "Columns", "arrow_table"]

#: Name of a column to its type, a key of :data:`TYPES`, and its values.
Columns = Mapping[str, tuple[str, list[Any]]]

# How a list of values becomes a column: (pandas numpy dtype, pandas nullable dtype, Arrow type)
TYPES: dict[str, tuple[Any, Any, Any]] = {
    "float": ("float64", "Float64", pa.float64()),
    "float32": ("float32", "Float32", pa.float32()),
    "int": (None, "Int64", pa.int64()),
    "uint": (None, "UInt64", pa.uint64()),
    "bool": (None, "boolean", pa.bool_()),
    "text": (object, "string", pa.string()),
    "category": ("category", "category", pa.dictionary(pa.int32(), pa.large_string())),
    "date": (object, None, pa.date32()),
    "datetime": ("datetime64[us]", "datetime64[ns]", pa.timestamp("us")),
    "zoned": ("datetime64[us, UTC]", "datetime64[ns, UTC]", pa.timestamp("us", "UTC")),
    "decimal": (object, None, pa.decimal128(12, 4)),
    "null": (object, None, pa.null()),
    "list": (object, None, pa.list_(pa.int64())),
}


def plain(dtype: str, values: list[Any]) -> list[Any]:
    if dtype == "decimal":
        return [None if value is None else decimal.Decimal(str(value)) for value in values]
    return values


def arrow_column(dtype: str, values: list[Any]) -> pa.Array:
    wanted = TYPES[dtype][2]
    if pa.types.is_dictionary(wanted):
        return pa.array(values, pa.large_string()).dictionary_encode().cast(wanted)
    return pa.array(plain(dtype, values), wanted, from_pandas=False)


def arrow_table(columns: Columns) -> pa.Table:
    return pa.table({name: arrow_column(*column) for name, column in columns.items()})


def pandas_column(dtype: str, values: list[Any], position: int) -> pd.Series:
    """The column in pandas: of numpy (0), nullable (1) or backed by Arrow (2); the next of these that there is."""
    wanted = TYPES[dtype][position] if position < 2 else None
    if wanted is None and position == 0 and TYPES[dtype][1] is not None:
        wanted = TYPES[dtype][1]
    if wanted is not None:
        return pd.Series(plain(dtype, values), dtype=wanted)
    if dtype == "category":
        return pd.Series(values, dtype="category")
    return pd.Series(pd.arrays.ArrowExtensionArray(pa.chunked_array([arrow_column(dtype, values)])))


def pandas_frame(columns: Columns, position: int) -> pd.DataFrame:
    return pd.DataFrame({name: pandas_column(*column, position) for name, column in columns.items()})


def polars_frame(columns: Columns) -> pl.DataFrame:
    frame = pl.from_arrow(arrow_table(columns))
    assert isinstance(frame, pl.DataFrame)
    return frame


def parquet(columns: Columns, folder: Path) -> Path:
    path = folder / "data.parquet"
    pq.write_table(arrow_table(columns), path, row_group_size=2)
    return path


def dask_frame(columns: Columns) -> Any:
    import dask.dataframe

    position = 2 if any(dtype in ("date", "decimal", "list", "null") for dtype, _ in columns.values()) else 0
    return dask.dataframe.from_pandas(pandas_frame(columns, position), npartitions=2, sort=False)


def spark_frame(columns: Columns) -> Any:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[1]").config("spark.sql.session.timeZone", "UTC")
    builder = builder.config("spark.sql.timestampType", "TIMESTAMP_NTZ")
    return builder.config("spark.ui.enabled", "false").getOrCreate().createDataFrame(arrow_table(columns))


#: How columns become a frame of each kind; a Parquet file is written to a folder.
FRAMES: dict[str, Callable[[Columns, Path], Any]] = {
    "pandas": lambda columns, _: pandas_frame(columns, 0),
    "pandas nullable": lambda columns, _: pandas_frame(columns, 1),
    "pandas arrow": lambda columns, _: pandas_frame(columns, 2),
    "polars": lambda columns, _: polars_frame(columns),
    "polars lazy": lambda columns, _: polars_frame(columns).lazy(),
    "arrow": lambda columns, _: arrow_table(columns),
    "parquet": parquet,
    "duckdb": lambda columns, _: duckdb.from_arrow(arrow_table(columns)),
    "dask": lambda columns, _: dask_frame(columns),
    "spark": lambda columns, _: spark_frame(columns),
}

#: How a list of values becomes a single column of each kind.
COLUMNS: dict[str, Callable[[str, list[Any]], Any]] = {
    "pandas": lambda dtype, values: pandas_column(dtype, values, 0),
    "pandas nullable": lambda dtype, values: pandas_column(dtype, values, 1),
    "pandas arrow": lambda dtype, values: pandas_column(dtype, values, 2),
    "pandas repeated index": lambda dtype, values: pandas_column(dtype, values, 0).set_axis([7] * len(values)),
    "polars": lambda dtype, values: polars_frame({"a": (dtype, values)}).to_series(),
    "arrow array": arrow_column,
    "arrow chunks": lambda dtype, values: pa.chunked_array(
        [arrow_column(dtype, values[:1]), arrow_column(dtype, values[1:])], TYPES[dtype][2]
    ),
    "duckdb": lambda dtype, values: duckdb.from_arrow(arrow_table({"a": (dtype, values)})),
    "dask": lambda dtype, values: dask_frame({"a": (dtype, values)})["a"],
}
