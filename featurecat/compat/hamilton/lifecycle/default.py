"""Hamilton's ``lifecycle.default``: adapters that come with it."""

from __future__ import annotations

from typing import Any

from featurecat.compat.hamilton._offer import INTERNAL, offer
from featurecat.errors import RunError
from featurecat.lifecycle import FunctionInputOutputTypeChecker as _Checker
from featurecat.lifecycle import GracefulErrorAdapter as _Graceful
from featurecat.lifecycle import PDBDebugger as _Debugger

__getattr__, __dir__, _offered = offer(
    __name__,
    {
        **dict.fromkeys(
            (
                "EdgeConnectionHook",
                "GraphExecutionHook",
                "NoEdgeAndInputTypeChecking",
                "NodeExecutionHook",
                "NodeExecutionMethod",
                "PrintLn",
                "SlowDownYouMoveTooFast",
                "accept_error_sentinels",
            ),
            "featurecat.lifecycle",
        ),
        "HamiltonGraph": "featurecat.compat.hamilton.graph_types",
        "NodeFilter": "featurecat.lifecycle.shipped",
        "graph_types": "featurecat.compat.hamilton.graph_types:",
        "htypes": "featurecat.compat.hamilton.htypes:",
    },
    later={"caching of results between runs": ("CacheAdapter",), INTERNAL: ("should_run_node", "wait_random")},
    own=[
        "FunctionInputOutputTypeChecker",
        "GracefulErrorAdapter",
        "INJECTION_ALLOWED",
        "PDBDebugger",
        "SENTINEL_DEFAULT",
    ],
)
__all__ = list(_offered)

SENTINEL_DEFAULT = None
INJECTION_ALLOWED = "injection is requested"


class _UnfitError(RunError, TypeError):
    """A value does not fit its annotation; a TypeError, as in Hamilton."""

    default_code = "type-mismatch"


class FunctionInputOutputTypeChecker(_Checker):
    """Checks what functions take and return against their annotations.

    Args:
        check_input: Whether to check what they take.
        check_output: Whether to check what they return.
    """

    def run_before_node_execution(self, **told: Any) -> None:
        """Check what the node takes.

        Raises:
            TypeError: When a value does not fit.
        """
        try:
            super().run_before_node_execution(**told)
        except RunError as error:
            raise _UnfitError(error.problems) from None

    def run_after_node_execution(self, **told: Any) -> None:
        """Check what the node returned.

        Raises:
            TypeError: When the value does not fit.
        """
        try:
            super().run_after_node_execution(**told)
        except RunError as error:
            raise _UnfitError(error.problems) from None


class GracefulErrorAdapter(_Graceful):
    """Goes on after errors of one kind: what failed, and what needs it, has a sentinel for a value.

    Args:
        error_to_catch: The exception.
        sentinel_value: What stands for a value that is not there.
        try_all_parallel: Whether the items of a parallel node before its failure count.
        allow_injection: Whether functions with ``accept_error_sentinels`` are called with sentinels.
    """

    def __init__(
        self,
        error_to_catch: Any,
        sentinel_value: Any = SENTINEL_DEFAULT,
        try_all_parallel: bool = True,
        allow_injection: bool = True,
    ) -> None:
        super().__init__(
            error_to_catch, sentinel_value, try_all_parallel=try_all_parallel, allow_injection=allow_injection
        )


class PDBDebugger(_Debugger):
    """Stops in the debugger before, in or after the nodes that are meant.

    Args:
        node_filter: Which nodes: a name, names, or a function of name and tags.
        before: Whether to stop before.
        during: Whether to step through the function.
        after: Whether to stop after.
    """

    def __init__(self, node_filter: Any, before: bool = False, during: bool = False, after: bool = False) -> None:
        super().__init__(node_filter, before, during=during, after=after)
