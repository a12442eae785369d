"""What may watch a run. Without hooks a run pays nothing for them."""

from __future__ import annotations

from typing import Any

from featurecat.definition.node import Node
from featurecat.plan.planner import Plan

__all__ = ["Hook", "Timing"]


class Hook:
    """Watches a run; every method does nothing unless overridden.

    Example:
        >>> class Names(Hook):
        ...     def __init__(self):
        ...         self.seen = []
        ...     def before_step(self, node):
        ...         self.seen.append(node.name)
    """

    def before_run(self, plan: Plan) -> None:
        """The run begins."""

    def before_step(self, node: Node) -> None:
        """A node is about to be computed."""

    def after_step(self, node: Node, value: Any, seconds: float) -> None:
        """A node was computed, in so many seconds of wall time."""

    def after_run(self, error: BaseException | None) -> None:
        """The run ended, with the error that ended it or None."""


class Timing(Hook):
    """Keeps the seconds each node took."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def after_step(self, node: Node, value: Any, seconds: float) -> None:
        """Note the node's seconds."""
        self.seconds[node.name] = seconds
