"""Hamilton's ``contrib``. Published dataflows."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {},
    later={"downloading of published dataflows": ("catch_import_errors",)},
)
