"""Hamilton's ``caching.cache_key``. Caching of results."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {},
    later={"caching of results between runs": ("create_cache_key", "decode_key")},
)
