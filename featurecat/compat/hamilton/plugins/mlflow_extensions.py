"""Hamilton's ``plugins.mlflow_extensions``. Readers and writers for MLflow."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "DataLoader": "featurecat.compat.hamilton.io.data_adapters",
        "DataSaver": "featurecat.compat.hamilton.io.data_adapters",
        "registry": "featurecat.compat.hamilton.registry:",
    },
    later={
        "readers and writers for MLflow as classes": (
            "COLUMN_FRIENDLY_DF_TYPE",
            "MLFlowModelLoader",
            "MLFlowModelSaver",
            "register_data_loaders",
        )
    },
)
