"""Hamilton's ``plugins.h_polars``: Polars frames as results, and columns added to them."""

from __future__ import annotations

from typing import Any

from featurecat.compat.hamilton._offer import INTERNAL, offer
from featurecat.compat.hamilton.base import ResultMixin
from featurecat.execution.results import PolarsDataFrameResult as _Result

__getattr__, __dir__, _offered = offer(
    __name__,
    {
        "DATAFRAME_TYPE": "polars:DataFrame",
        "base": "featurecat.compat.hamilton.base:",
        "extract_columns": "featurecat.function_modifiers",
        "node": "featurecat.compat.hamilton.node:",
        "registry": "featurecat.compat.hamilton.registry:",
        "subdag": "featurecat.function_modifiers",
        "with_columns": "featurecat.function_modifiers",
    },
    later={INTERNAL: ("with_columns_base",)},
    own=["PolarsDataFrameResult"],
)
__all__ = list(_offered)


class PolarsDataFrameResult(ResultMixin):
    """One Polars DataFrame: columns of equal height, scalars repeated; a single frame as it is."""

    @staticmethod
    def build_result(**outputs: Any) -> Any:
        """The frame."""
        return _Result().build_result(**outputs)

    def output_type(self) -> Any:
        """A Polars DataFrame."""
        import polars

        return polars.DataFrame
