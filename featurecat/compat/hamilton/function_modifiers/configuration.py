"""Hamilton's ``function_modifiers.configuration``: variants by config."""

from __future__ import annotations

from typing import Any

from featurecat.compat.hamilton._offer import INTERNAL, offer
from featurecat.function_modifiers.conditions import exclude

__getattr__, __dir__, _offered = offer(
    __name__,
    {"base": "featurecat.compat.hamilton.function_modifiers.base:", "config": "featurecat.function_modifiers"},
    later={INTERNAL: ("ConfigResolver",)},
    own=["hamilton_exclude"],
)
__all__ = list(_offered)


class hamilton_exclude:  # noqa: N801 - the name users know
    """Keeps a function out of the graph: ``hamilton_exclude()`` makes the decorator."""

    def __new__(cls) -> Any:
        """The decorator."""
        return exclude
