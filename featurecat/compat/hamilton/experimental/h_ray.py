"""Hamilton's ``experimental.h_ray``: the old place of ``plugins.h_ray``."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "RayGraphAdapter": "featurecat.compat.hamilton.plugins.h_ray",
        "RayTaskExecutor": "featurecat.compat.hamilton.plugins.h_ray",
    },
)
