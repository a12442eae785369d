"""Hamilton's ``plugins.h_narwhals``: functions written for Narwhals, run on whatever frames they are given."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from featurecat.compat.hamilton._offer import offer
from featurecat.compat.hamilton.lifecycle.api import ResultBuilder

__all__ = ["NarwhalsAdapter", "NarwhalsDataFrameResultBuilder"]

__getattr__, __dir__, _ = offer(__name__, {"api": "featurecat.compat.hamilton.lifecycle.api:"}, own=__all__)


class NarwhalsAdapter:
    """Hands every function Narwhals frames and columns, and takes native ones back.

    A node's tag ``nw_kwargs`` lists the options of ``narwhals.narwhalify`` that are switched on for it.
    """

    def run_to_execute_node(
        self,
        *,
        node_tags: dict[str, Any],
        node_callable: Callable[..., Any],
        node_kwargs: dict[str, Any],
        **future_kwargs: Any,
    ) -> Any:
        """The node's value."""
        narwhals = importlib.import_module("narwhals")
        named = node_tags.get("nw_kwargs", [])
        options = dict.fromkeys([named] if isinstance(named, str) else named, True)
        return narwhals.narwhalify(node_callable, **options)(**node_kwargs)


class NarwhalsDataFrameResultBuilder(ResultBuilder):
    """Makes the result of native frames and columns.

    Args:
        result_builder: What makes it of them.
    """

    def __init__(self, result_builder: Any) -> None:
        self.result_builder = result_builder

    def build_result(self, **outputs: Any) -> Any:
        """The result."""
        narwhals = importlib.import_module("narwhals")
        native = {name: narwhals.to_native(value, pass_through=True) for name, value in outputs.items()}
        return self.result_builder.build_result(**native)

    def output_type(self) -> Any:
        """What the inner builder makes."""
        return self.result_builder.output_type()
