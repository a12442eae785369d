"""Hamilton's ``plugins.h_polars_lazyframe``: lazy Polars frames as results, and columns added to them."""

from __future__ import annotations

from typing import Any

from featurecat.compat.hamilton._offer import INTERNAL, offer
from featurecat.compat.hamilton.base import ResultMixin

__getattr__, __dir__, _offered = offer(
    __name__,
    {
        "DATAFRAME_TYPE": "polars:LazyFrame",
        "base": "featurecat.compat.hamilton.base:",
        "extract_columns": "featurecat.function_modifiers",
        "node": "featurecat.compat.hamilton.node:",
        "registry": "featurecat.compat.hamilton.registry:",
        "subdag": "featurecat.function_modifiers",
        "with_columns": "featurecat.function_modifiers",
    },
    later={INTERNAL: ("with_columns_base",)},
    own=["PolarsLazyFrameResult"],
)
__all__ = list(_offered)


class PolarsLazyFrameResult(ResultMixin):
    """One lazy Polars frame; a single one as it is."""

    @staticmethod
    def build_result(**outputs: Any) -> Any:
        """The frame."""
        import polars

        only = next(iter(outputs.values())) if len(outputs) == 1 else None
        return only if isinstance(only, polars.LazyFrame) else polars.LazyFrame(outputs)

    def output_type(self) -> Any:
        """A lazy Polars frame."""
        import polars

        return polars.LazyFrame
