"""Hamilton's ``caching.stores.file``. Caching of results."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "DataLoader": "featurecat.compat.hamilton.io.data_adapters",
        "DataSaver": "featurecat.compat.hamilton.io.data_adapters",
        "ResultStore": "featurecat.compat.hamilton.caching.stores.base",
        "StoredResult": "featurecat.compat.hamilton.caching.stores.base",
    },
    later={"caching of results between runs": ("FileResultStore",)},
)
