"""Hamilton's ``lifecycle``: what watches, checks or changes a run."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "EdgeConnectionHook": "featurecat.compat.hamilton.lifecycle.api",
        "FunctionInputOutputTypeChecker": "featurecat.compat.hamilton.lifecycle.default",
        "GracefulErrorAdapter": "featurecat.compat.hamilton.lifecycle.default",
        "GraphAdapter": "featurecat.compat.hamilton.lifecycle.api",
        "GraphConstructionHook": "featurecat.compat.hamilton.lifecycle.api",
        "GraphExecutionHook": "featurecat.compat.hamilton.lifecycle.api",
        "LegacyResultMixin": "featurecat.compat.hamilton.lifecycle.api",
        "LifecycleAdapter": "featurecat.compat.hamilton.lifecycle.base",
        "NoEdgeAndInputTypeChecking": "featurecat.compat.hamilton.lifecycle.default",
        "NodeExecutionHook": "featurecat.compat.hamilton.lifecycle.api",
        "NodeExecutionMethod": "featurecat.compat.hamilton.lifecycle.api",
        "PDBDebugger": "featurecat.compat.hamilton.lifecycle.default",
        "PrintLn": "featurecat.compat.hamilton.lifecycle.default",
        "PrintLnHook": "featurecat.compat.hamilton.lifecycle.default:PrintLn",
        "ResultBuilder": "featurecat.compat.hamilton.lifecycle.api",
        "SlowDownYouMoveTooFast": "featurecat.compat.hamilton.lifecycle.default",
        "StaticValidator": "featurecat.compat.hamilton.lifecycle.api",
        "TaskExecutionHook": "featurecat.compat.hamilton.lifecycle.api",
        "TaskGroupingHook": "featurecat.compat.hamilton.lifecycle.api",
        "TaskReturnHook": "featurecat.compat.hamilton.lifecycle.api",
        "TaskSubmissionHook": "featurecat.compat.hamilton.lifecycle.api",
        "accept_error_sentinels": "featurecat.compat.hamilton.lifecycle.default",
    },
)
