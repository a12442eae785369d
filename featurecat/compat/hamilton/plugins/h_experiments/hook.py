"""Hamilton's ``plugins.h_experiments.hook``. The experiment tracker."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "JsonCache": "featurecat.compat.hamilton.plugins.h_experiments.cache",
        "graph_types": "featurecat.compat.hamilton.graph_types:",
        "lifecycle": "featurecat.compat.hamilton.lifecycle:",
    },
    later={
        "the experiment tracker": (
            "ExperimentTracker",
            "NodeImplementation",
            "NodeInput",
            "NodeMaterializer",
            "NodeOverride",
            "RunMetadata",
            "json_encoder",
            "validate_string_input",
        )
    },
)
