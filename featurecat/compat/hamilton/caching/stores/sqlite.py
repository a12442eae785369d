"""Hamilton's ``caching.stores.sqlite``. Caching of results."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "MetadataStore": "featurecat.compat.hamilton.caching.stores.base",
        "decode_key": "featurecat.compat.hamilton.caching.cache_key",
    },
    later={"caching of results between runs": ("SQLiteMetadataStore",)},
)
