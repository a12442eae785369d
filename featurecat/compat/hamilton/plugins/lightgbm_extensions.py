"""Hamilton's ``plugins.lightgbm_extensions``. Readers and writers for LightGBM."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "DataLoader": "featurecat.compat.hamilton.io.data_adapters",
        "DataSaver": "featurecat.compat.hamilton.io.data_adapters",
        "registry": "featurecat.compat.hamilton.registry:",
        "utils": "featurecat.compat.hamilton.io.utils:",
    },
    later={
        "readers and writers for LightGBM as classes": (
            "COLUMN_FRIENDLY_DF_TYPE",
            "LIGHTGBM_MODEL_TYPES",
            "LIGHTGBM_MODEL_TYPES_ANNOTATION",
            "LightGBMFileReader",
            "LightGBMFileWriter",
            "register_data_loaders",
        )
    },
)
