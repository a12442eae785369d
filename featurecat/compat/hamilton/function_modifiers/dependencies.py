"""Hamilton's ``function_modifiers.dependencies``: markers of where a parameter's value comes from."""

from __future__ import annotations

from featurecat.compat.hamilton._offer import INTERNAL, offer

_OWN = "featurecat.function_modifiers.dependencies"

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        "InvalidDecoratorException": "featurecat.compat.hamilton.function_modifiers.base",
        "GroupedDependency": f"{_OWN}:Grouped",
        "GroupedDictDependency": f"{_OWN}:Grouped",
        "GroupedListDependency": f"{_OWN}:Grouped",
        "LiteralDependency": f"{_OWN}:Literal",
        "UpstreamDependency": f"{_OWN}:Upstream",
        "configuration": "featurecat.function_modifiers.subdags",
        "group": "featurecat.function_modifiers",
        "source": "featurecat.function_modifiers",
        "value": "featurecat.function_modifiers",
    },
    later={
        INTERNAL: (
            "ConfigDependency",
            "ParametrizedDependency",
            "ParametrizedDependencySource",
            "SingleDependency",
        )
    },
)
