"""Hamilton's ``plugins.polars_post_1_0_0_extensions``. Readers and writers for Polars."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "COLUMN_TYPE": "polars:Series",
        "DATAFRAME_TYPE": "polars:DataFrame",
        "DataLoader": "featurecat.compat.hamilton.io.data_adapters",
        "DataSaver": "featurecat.compat.hamilton.io.data_adapters",
        "registry": "featurecat.compat.hamilton.registry:",
        "utils": "featurecat.compat.hamilton.io.utils:",
    },
    later={
        "readers and writers for Polars as classes": (
            "CsvQuoteStyle",
            "IpcCompression",
            "PolarsAvroReader",
            "PolarsAvroWriter",
            "PolarsCSVReader",
            "PolarsCSVWriter",
            "PolarsDatabaseReader",
            "PolarsDatabaseWriter",
            "PolarsFeatherReader",
            "PolarsFeatherWriter",
            "PolarsJSONReader",
            "PolarsJSONWriter",
            "PolarsNDJSONReader",
            "PolarsNDJSONWriter",
            "PolarsParquetReader",
            "PolarsParquetWriter",
            "PolarsSpreadsheetReader",
            "PolarsSpreadsheetWriter",
            "Selector",
            "has_alias",
            "register_data_loaders",
        )
    },
)
