"""Hamilton's ``function_modifiers.recursive``: graphs inside a graph."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import INTERNAL, offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "InvalidDecoratorException": "featurecat.compat.hamilton.function_modifiers.base",
        "LiteralDependency": "featurecat.compat.hamilton.function_modifiers.dependencies",
        "NodeTransformer": "featurecat.compat.hamilton.function_modifiers.base",
        "ParametrizedDependency": "featurecat.compat.hamilton.function_modifiers.dependencies",
        "UpstreamDependency": "featurecat.compat.hamilton.function_modifiers.dependencies",
        "base": "featurecat.compat.hamilton.function_modifiers.base:",
        "dependencies": "featurecat.compat.hamilton.function_modifiers.dependencies:",
        "graph_utils": "featurecat.compat.hamilton.graph_utils:",
        "node": "featurecat.compat.hamilton.node:",
        "parameterized_subdag": "featurecat.function_modifiers",
        "subdag": "featurecat.function_modifiers",
    },
    later={
        INTERNAL: (
            "NON_FINAL_TAGS",
            "SubdagParams",
            "assign_namespace",
            "create_identity_node",
            "create_static_node",
            "derive_type",
            "extract_all_known_types",
            "prune_nodes",
            "with_columns_base",
        )
    },
)
