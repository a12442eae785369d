"""Hamilton's ``plugins.h_pyarrow``: an Arrow table as the result."""

from __future__ import annotations

from typing import Any

from featurecat.compat.hamilton.lifecycle.api import ResultBuilder
from featurecat.execution.results import PyarrowTableResult as _Result

__all__ = ["PyarrowTableResult", "ResultBuilder"]


class PyarrowTableResult(ResultBuilder):
    """One Arrow table, of one frame or of columns of equal length; NaN becomes null."""

    def build_result(self, **outputs: Any) -> Any:
        """The table."""
        return _Result().build_result(**outputs)

    def output_type(self) -> Any:
        """An Arrow table."""
        import pyarrow

        return pyarrow.Table
