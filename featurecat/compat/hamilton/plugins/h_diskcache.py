"""Hamilton's ``plugins.h_diskcache``. Caching of results."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "driver": "featurecat.compat.hamilton.driver:",
        "graph_types": "featurecat.compat.hamilton.graph_types:",
        "lifecycle": "featurecat.compat.hamilton.lifecycle:",
        "node": "featurecat.compat.hamilton.node:",
    },
    later={
        "caching of results between runs": (
            "DiskCacheAdapter",
            "MAX_KWARGS_REPR_LENGTH",
            "evict_all_except",
            "evict_all_except_driver",
        )
    },
)
