"""Hamilton's ``experimental.databackend``. Stand-ins for the types of libraries."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import INTERNAL, offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {},
    later={INTERNAL: ("AbstractBackend",)},
)
