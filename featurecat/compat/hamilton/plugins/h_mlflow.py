"""Hamilton's ``plugins.h_mlflow``. Tracking with MLflow."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "GraphConstructionHook": "featurecat.compat.hamilton.lifecycle",
        "GraphExecutionHook": "featurecat.compat.hamilton.lifecycle",
        "NodeExecutionHook": "featurecat.compat.hamilton.lifecycle",
        "graph_types": "featurecat.compat.hamilton.graph_types:",
    },
    later={"tracking with MLflow": ("FIGURE_TYPES", "MLFlowTracker", "get_path_from_metadata")},
)
