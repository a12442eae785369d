"""Hamilton's ``caching.stores.base``. Caching of results."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "DataLoader": "featurecat.compat.hamilton.io.data_adapters",
        "DataSaver": "featurecat.compat.hamilton.io.data_adapters",
        "LOADER_REGISTRY": "featurecat.compat.hamilton.registry",
        "SAVER_REGISTRY": "featurecat.compat.hamilton.registry",
        "custom_subclass_check": "featurecat.compat.hamilton.htypes",
    },
    later={
        "caching of results between runs": (
            "MetadataStore",
            "ResultRetrievalError",
            "ResultStore",
            "StoredResult",
            "search_data_adapter_registry",
        )
    },
)
