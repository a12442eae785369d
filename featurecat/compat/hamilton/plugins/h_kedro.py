"""Hamilton's ``plugins.h_kedro``. Kedro pipelines."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "HNode": "featurecat.compat.hamilton.node:Node",
        "driver": "featurecat.compat.hamilton.driver:",
        "extract_fields": "featurecat.compat.hamilton.function_modifiers.expanders",
        "graph": "featurecat.compat.hamilton.graph:",
        "lifecycle_base": "featurecat.compat.hamilton.lifecycle.base:",
    },
    later={"conversion of Kedro pipelines": ("expand_k_node", "k_node_to_h_nodes", "kedro_pipeline_to_driver")},
)
