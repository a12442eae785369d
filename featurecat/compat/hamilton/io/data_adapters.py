"""Hamilton's ``io.data_adapters``: classes to derive loaders and savers from."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "AdapterCommon": "featurecat.io.adapters:DataAdapter",
        "DataLoader": "featurecat.io.adapters",
        "DataSaver": "featurecat.io.adapters",
        "custom_subclass_check": "featurecat.compat.hamilton.htypes",
    },
)
