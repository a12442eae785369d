"""Hamilton's ``plugins.dask_extensions``. Readers and writers for Dask."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "registry": "featurecat.compat.hamilton.registry:",
    },
    later={
        "readers and writers for Dask as classes": (
            "COLUMN_TYPE",
            "DATAFRAME_TYPE",
            "fill_with_scalar_dask",
            "get_column_dask",
            "register_types",
        )
    },
)
