"""What may watch a run. Without hooks a run pays nothing for them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from featurecat.definition.node import Node
from featurecat.plan.planner import Plan
from featurecat.plan.tasks import TaskPlan

__all__ = ["Hook", "Timing", "watching"]


class Hook:
    """Watches a run; every method does nothing unless overridden.

    Example:
        >>> class Names(Hook):
        ...     def __init__(self):
        ...         self.seen = []
        ...     def before_step(self, node):
        ...         self.seen.append(node.name)
    """

    def before_run(self, plan: Plan | TaskPlan) -> None:
        """The run begins."""

    def before_step(self, node: Node) -> None:
        """A node is about to be computed."""

    def after_step(self, node: Node, value: Any, seconds: float) -> None:
        """A node was computed, in so many seconds of wall time."""

    def after_run(self, error: BaseException | None) -> None:
        """The run ended, with the error that ended it or None."""


@contextmanager
def watching(hooks: Sequence[Hook], plan: Plan | TaskPlan) -> Iterator[None]:
    """Tell hooks of the beginning of a run and, whatever happens, of its end."""
    for hook in hooks:
        hook.before_run(plan)
    error: BaseException | None = None
    try:
        yield
    except BaseException as raised:
        error = raised
        raise
    finally:
        for hook in hooks:
            hook.after_run(error)


class Timing(Hook):
    """Keeps the seconds each node took; of one that is computed once per item, the sum."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._lock = threading.Lock()

    def before_run(self, plan: Plan | TaskPlan) -> None:
        """Forget the run before."""
        self.seconds.clear()

    def after_step(self, node: Node, value: Any, seconds: float) -> None:
        """Note the node's seconds."""
        with self._lock:
            self.seconds[node.name] = self.seconds.get(node.name, 0.0) + seconds
