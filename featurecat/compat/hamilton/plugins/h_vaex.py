"""Hamilton's ``plugins.h_vaex``. Vaex."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "base": "featurecat.compat.hamilton.base:",
    },
    later={"support of Vaex": ("VaexDataFrameResult",)},
)
