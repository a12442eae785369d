"""Hamilton's ``io``: loaders and savers."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "DATA_ADAPTERS": "featurecat.compat.hamilton.io.default_data_loaders",
        "register_adapter": "featurecat.compat.hamilton.registry",
    },
    own=["registered"],
)

#: Hamilton registers its own loaders and savers when this is imported; featurecat's are there.
registered = True
