"""Hamilton's ``plugins.geopandas_extensions``. Readers and writers for GeoPandas."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "registry": "featurecat.compat.hamilton.registry:",
    },
    later={
        "readers and writers for GeoPandas as classes": (
            "COLUMN_TYPE",
            "DATAFRAME_TYPE",
            "fill_with_scalar_geopandas",
            "get_column_geopandas",
            "register_types",
        )
    },
)
