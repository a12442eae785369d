"""Hamilton's ``experimental.h_async``: the old place of ``async_driver``."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {"AsyncDriver": "featurecat.compat.hamilton.async_driver"},
)
