"""Adapters: what watches, checks or changes a run.

Example:
    >>> from featurecat.lifecycle import NodeExecutionHook
    >>> class Names(NodeExecutionHook):
    ...     def run_before_node_execution(self, *, node_name, **future_kwargs):
    ...         print(node_name)
"""

from featurecat.lifecycle.graceful import GracefulErrorAdapter, accept_error_sentinels
from featurecat.lifecycle.protocols import (
    AsyncGraphConstructionHook,
    AsyncGraphExecutionHook,
    AsyncNodeExecutionHook,
    AsyncNodeExecutionMethod,
    AsyncTaskExecutionHook,
    EdgeConnectionHook,
    GraphConstructionHook,
    GraphExecutionHook,
    NodeExecutionHook,
    NodeExecutionMethod,
    ResultBuilder,
    StaticValidator,
    TaskExecutionHook,
    TaskGroupingHook,
    TaskReturnHook,
    TaskSubmissionHook,
)
from featurecat.lifecycle.shipped import (
    FunctionInputOutputTypeChecker,
    NodeTiming,
    NoEdgeAndInputTypeChecking,
    PDBDebugger,
    PrintLn,
    Progress,
    SlowDownYouMoveTooFast,
)

__all__ = [
    "AsyncGraphConstructionHook",
    "AsyncGraphExecutionHook",
    "AsyncNodeExecutionHook",
    "AsyncNodeExecutionMethod",
    "AsyncTaskExecutionHook",
    "EdgeConnectionHook",
    "FunctionInputOutputTypeChecker",
    "GracefulErrorAdapter",
    "GraphConstructionHook",
    "GraphExecutionHook",
    "NoEdgeAndInputTypeChecking",
    "NodeExecutionHook",
    "NodeExecutionMethod",
    "NodeTiming",
    "PDBDebugger",
    "PrintLn",
    "Progress",
    "ResultBuilder",
    "SlowDownYouMoveTooFast",
    "StaticValidator",
    "TaskExecutionHook",
    "TaskGroupingHook",
    "TaskReturnHook",
    "TaskSubmissionHook",
    "accept_error_sentinels",
]
