"""Hamilton's ``plugins.polars_implementations``: the old place of a result builder."""

from __future__ import annotations

from featurecat.compat.hamilton.plugins.h_polars import PolarsDataFrameResult

__all__ = ["PolarsDataFrameResult"]
