"""Hamilton's ``plugins.polars_lazyframe_extensions``. Readers and writers for lazy Polars."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "COLUMN_TYPE": "polars:Expr",
        "DATAFRAME_TYPE": "polars:LazyFrame",
        "DataLoader": "featurecat.compat.hamilton.io.data_adapters",
        "registry": "featurecat.compat.hamilton.registry:",
        "utils": "featurecat.compat.hamilton.io.utils:",
    },
    later={
        "readers and writers for lazy Polars as classes": (
            "CsvEncoding",
            "PolarsScanCSVReader",
            "PolarsScanFeatherReader",
            "PolarsScanParquetReader",
            "fill_with_scalar_polars_lazyframe",
            "get_column_polars_lazyframe",
            "has_alias",
            "register_data_loaders",
            "register_types",
        )
    },
)
