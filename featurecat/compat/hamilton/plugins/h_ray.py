"""Hamilton's ``plugins.h_ray``. Execution on Ray."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "RAY_REMOTE_TAG_NAMESPACE": "featurecat.compat.hamilton.function_modifiers.metadata",
        "TaskFuture": "featurecat.compat.hamilton.execution.executors",
        "TaskImplementation": "featurecat.compat.hamilton.execution.grouping",
        "base": "featurecat.compat.hamilton.base:",
        "executors": "featurecat.compat.hamilton.execution.executors:",
        "htypes": "featurecat.compat.hamilton.htypes:",
        "lifecycle": "featurecat.compat.hamilton.lifecycle:",
        "node": "featurecat.compat.hamilton.node:",
    },
    later={"execution on Ray": ("RayGraphAdapter", "RayTaskExecutor", "parse_ray_remote_options_from_tags", "raify")},
)
