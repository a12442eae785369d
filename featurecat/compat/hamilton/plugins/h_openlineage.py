"""Hamilton's ``plugins.h_openlineage``. Lineage for OpenLineage."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "base": "featurecat.compat.hamilton.lifecycle.base:",
        "graph_types": "featurecat.compat.hamilton.graph_types:",
        "h_graph": "featurecat.compat.hamilton.graph:",
        "node": "featurecat.compat.hamilton.node:",
    },
    later={
        "export of lineage to OpenLineage": (
            "HamiltonFacet",
            "OpenLineageAdapter",
            "create_input_dataset",
            "create_output_dataset",
            "extract_schema_facet",
            "get_stack_trace",
        )
    },
)
