"""Hamilton's ``plugins.pyspark_pandas_extensions``. Readers and writers for pandas on Spark."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "registry": "featurecat.compat.hamilton.registry:",
    },
    later={
        "readers and writers for pandas on Spark as classes": (
            "COLUMN_TYPE",
            "DATAFRAME_TYPE",
            "fill_with_scalar_pyspark_pandas",
            "get_column_pyspark_pandas",
            "register_types",
        )
    },
)
