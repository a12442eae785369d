"""Hamilton's ``plugins.polars_extensions``. Readers and writers for Polars."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "COLUMN_TYPE": "polars:Series",
        "DATAFRAME_TYPE": "polars:DataFrame",
        "register_data_loaders": "featurecat.compat.hamilton.plugins.polars_post_1_0_0_extensions",
        "registry": "featurecat.compat.hamilton.registry:",
    },
    later={
        "readers and writers for Polars as classes": (
            "fill_with_scalar_polars",
            "get_column_polars",
            "pl_version",
            "register_types",
        )
    },
)
