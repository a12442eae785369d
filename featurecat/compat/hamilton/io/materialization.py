"""Hamilton's ``io.materialization``: what to load before and save after a run."""

from __future__ import annotations

from featurecat.compat.hamilton._formats import from_, to
from featurecat.compat.hamilton._offer import INTERNAL, offer

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "ExtractorFactory": "featurecat.io.materializers:Loading",
        "MaterializerFactory": "featurecat.io.materializers:Saving",
        "DataLoader": "featurecat.compat.hamilton.io.data_adapters",
        "DataSaver": "featurecat.compat.hamilton.io.data_adapters",
        "FunctionGraph": "featurecat.compat.hamilton.graph",
        "LOADER_REGISTRY": "featurecat.compat.hamilton.registry",
        "SAVER_REGISTRY": "featurecat.compat.hamilton.registry",
        "LoadFromDecorator": "featurecat.compat.hamilton.function_modifiers.adapters",
        "SaveToDecorator": "featurecat.compat.hamilton.function_modifiers.adapters",
        "SingleDependency": "featurecat.compat.hamilton.function_modifiers.dependencies",
        "value": "featurecat.function_modifiers",
        **{name: f"featurecat.compat.hamilton.{name}:" for name in ("base", "common", "graph", "lifecycle", "node")},
    },
    later={
        INTERNAL: (
            "extractor_meta__",
            "materialization_meta__",
            "modify_graph",
            "partial_extractor",
            "partial_materializer",
            "process_kwargs",
            "update_dependencies",
        )
    },
    own=["Extract", "Materialize", "from_", "to"],
)

#: Old names of the two.
Materialize = to
Extract = from_
