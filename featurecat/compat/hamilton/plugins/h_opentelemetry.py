"""Hamilton's ``plugins.h_opentelemetry``. Tracing with OpenTelemetry."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "GraphExecutionHook": "featurecat.compat.hamilton.lifecycle",
        "HamiltonGraph": "featurecat.compat.hamilton.graph_types",
        "HamiltonNode": "featurecat.compat.hamilton.graph_types",
        "NodeExecutionHook": "featurecat.compat.hamilton.lifecycle",
        "TaskExecutionHook": "featurecat.compat.hamilton.lifecycle",
    },
    later={"tracing with OpenTelemetry": ("OpenTelemetryTracer", "token_stack")},
)
