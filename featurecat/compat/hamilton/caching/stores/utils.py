"""Hamilton's ``caching.stores.utils``. Caching of results."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {},
    later={"caching of results between runs": ("get_directory_size", "readable_bytes_size")},
)
