"""Hamilton's ``plugins.spark_extensions``. Readers and writers for Spark."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "DataLoader": "featurecat.compat.hamilton.io.data_adapters",
        "registry": "featurecat.compat.hamilton.registry:",
        "utils": "featurecat.compat.hamilton.io.utils:",
    },
    later={
        "readers and writers for Spark as classes": (
            "COLUMN_FRIENDLY_DF_TYPE",
            "COLUMN_TYPE",
            "CSVDataLoader",
            "DATAFRAME_TYPE",
            "ParquetDataLoader",
            "SparkDataFrameDataLoader",
            "register_data_loaders",
            "register_types",
        )
    },
)
