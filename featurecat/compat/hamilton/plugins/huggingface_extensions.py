"""Hamilton's ``plugins.huggingface_extensions``. Readers and writers for Hugging Face."""

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
        "readers and writers for Hugging Face as classes": (
            "COLUMN_FRIENDLY_DF_TYPE",
            "HF_types",
            "HuggingFaceDSLanceDBSaver",
            "HuggingFaceDSLoader",
            "HuggingFaceDSParquetSaver",
            "register_data_loaders_savers",
        )
    },
)
