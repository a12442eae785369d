"""Hamilton's ``function_modifiers.macros``: pipes, and functions whose body is somewhere else."""

from __future__ import annotations

from types import EllipsisType

from featurecat.compat.hamilton._offer import INTERNAL, offer

NamespaceType = str | EllipsisType | None

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        **dict.fromkeys(
            (
                "apply_to",
                "does",
                "dynamic_transform",
                "model",
                "mutate",
                "pipe",
                "pipe_input",
                "pipe_output",
                "source",
                "step",
                "value",
            ),
            "featurecat.function_modifiers",
        ),
        "LiteralDependency": "featurecat.compat.hamilton.function_modifiers.dependencies",
        "SingleDependency": "featurecat.compat.hamilton.function_modifiers.dependencies",
        "UpstreamDependency": "featurecat.compat.hamilton.function_modifiers.dependencies",
        "NotSameModuleError": "featurecat.errors:ModifierError",
        "SingleTargetError": "featurecat.errors:ModifierError",
        "base": "featurecat.compat.hamilton.function_modifiers.base:",
        "delayed_resolve": "featurecat.function_modifiers:resolve",
        "hamilton_exclude": "featurecat.compat.hamilton.function_modifiers.configuration",
        "models": "featurecat.compat.hamilton.models:",
        "node": "featurecat.compat.hamilton.node:",
    },
    later={
        INTERNAL: (
            "Applicable",
            "ConfigResolver",
            "chain_transforms",
            "deprecated",
            "ensure_function_empty",
            "get_default_tags",
        )
    },
    own=["NamespaceType"],
)
