"""Hamilton's ``plugins.yaml_extensions``. Readers and writers for YAML."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "DataLoader": "featurecat.compat.hamilton.io.data_adapters",
        "DataSaver": "featurecat.compat.hamilton.io.data_adapters",
        "get_file_metadata": "featurecat.compat.hamilton.io.utils",
        "registry": "featurecat.compat.hamilton.registry:",
    },
    later={
        "readers and writers for YAML as classes": (
            "AcceptedTypes",
            "COLUMN_FRIENDLY_DF_TYPE",
            "PrimitiveTypes",
            "YAMLDataLoader",
            "YAMLDataSaver",
            "register_data_loaders",
        )
    },
)
