"""Hamilton's ``execution.graph_functions``: walks over Hamilton's own nodes."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import INTERNAL, offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "LifecycleAdapterSet": "featurecat.compat.hamilton.lifecycle.base",
        "node": "featurecat.compat.hamilton.node:",
    },
    later={
        INTERNAL: (
            "combine_config_and_inputs",
            "create_error_message",
            "create_input_string",
            "execute_lifecycle_for_node",
            "execute_subdag",
            "get_node_levels",
            "node_is_required_by_anything",
            "nodes_between",
            "topologically_sort_nodes",
        )
    },
)
