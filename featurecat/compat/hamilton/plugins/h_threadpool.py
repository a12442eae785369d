"""Hamilton's ``plugins.h_threadpool``: every node in a thread as soon as what it takes is there."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

from featurecat.compat.hamilton._offer import offer
from featurecat.compat.hamilton.lifecycle.api import ResultBuilder

__getattr__, __dir__, _offered = offer(
    __name__,
    {
        "base": "featurecat.compat.hamilton.lifecycle.base:",
        "lifecycle": "featurecat.compat.hamilton.lifecycle:",
        "node": "featurecat.compat.hamilton.node:",
    },
    own=["FutureAdapter"],
)
__all__ = list(_offered)


def _there(value: Any) -> Any:
    """A value, waited for where it is still on its way."""
    while isinstance(value, Future):
        value = value.result()
    return value


class FutureAdapter(ResultBuilder):
    """Hands each node to a thread; what waits for nothing else overlaps.

    Args:
        max_workers: How many threads at most.
        thread_name_prefix: What their names begin with.
        result_builder: What makes the result; a dictionary by default.
    """

    def __init__(
        self, max_workers: int | None = None, thread_name_prefix: str = "", result_builder: Any = None
    ) -> None:
        self.executor = ThreadPoolExecutor(max_workers, thread_name_prefix)
        self.result_builder = result_builder

    def do_remote_execute(
        self, *, execute_lifecycle_for_node: Callable[..., Any], node: Any, **kwargs: Any
    ) -> Future[Any]:
        """The node's value, on its way."""
        del node

        def compute() -> Any:
            return execute_lifecycle_for_node(**{name: _there(value) for name, value in kwargs.items()})

        # the threads see which run they work for
        return self.executor.submit(copy_context().run, compute)

    def build_result(self, **outputs: Any) -> Any:
        """The result, when all of it is there."""
        values = {name: _there(value) for name, value in outputs.items()}
        return values if self.result_builder is None else self.result_builder.build_result(**values)

    def output_type(self) -> Any:
        """What the builder makes."""
        return Any if self.result_builder is None else self.result_builder.output_type()
