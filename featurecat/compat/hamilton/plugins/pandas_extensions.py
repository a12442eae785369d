"""Hamilton's ``plugins.pandas_extensions``. Readers and writers for pandas."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "COLUMN_TYPE": "pandas:Series",
        "DATAFRAME_TYPE": "pandas:DataFrame",
        "DataLoader": "featurecat.compat.hamilton.io.data_adapters",
        "DataSaver": "featurecat.compat.hamilton.io.data_adapters",
        "registry": "featurecat.compat.hamilton.registry:",
        "utils": "featurecat.compat.hamilton.io.utils:",
    },
    later={
        "readers and writers for pandas as classes": (
            "DataFrameDataLoader",
            "Dtype",
            "FILESYSTEM_TYPE",
            "IndexLabel",
            "JSONSerializable",
            "PandasCSVReader",
            "PandasCSVWriter",
            "PandasExcelReader",
            "PandasExcelWriter",
            "PandasFWFReader",
            "PandasFeatherReader",
            "PandasFeatherWriter",
            "PandasHtmlReader",
            "PandasHtmlWriter",
            "PandasJsonReader",
            "PandasJsonWriter",
            "PandasORCReader",
            "PandasORCWriter",
            "PandasParquetReader",
            "PandasParquetWriter",
            "PandasPickleReader",
            "PandasPickleWriter",
            "PandasSPSSReader",
            "PandasSqlReader",
            "PandasSqlWriter",
            "PandasStataReader",
            "PandasStataWriter",
            "PandasTableReader",
            "PandasXmlReader",
            "PandasXmlWriter",
            "fill_with_scalar_pandas",
            "get_column_pandas",
            "pickle_protocol_default",
            "register_data_loaders",
            "register_types",
        )
    },
)
