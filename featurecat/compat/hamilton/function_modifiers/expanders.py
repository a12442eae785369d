"""Hamilton's ``function_modifiers.expanders``: decorators that make several nodes, old spellings included."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from featurecat.compat.hamilton._offer import offer
from featurecat.function_modifiers.dependencies import source
from featurecat.function_modifiers.expand import parameterize, parameterize_sources, parameterize_values

__getattr__, __dir__, _offered = offer(
    __name__,
    {
        **dict.fromkeys(
            (
                "ParameterizedExtract",
                "extract_columns",
                "extract_fields",
                "inject",
                "parameterize_extract_columns",
                "unpack_fields",
                "value",
            ),
            "featurecat.function_modifiers",
        ),
        "ParametrizedDependency": "featurecat.compat.hamilton.function_modifiers.dependencies",
        "ParametrizedDependencySource": "featurecat.compat.hamilton.function_modifiers.dependencies",
        "base": "featurecat.compat.hamilton.function_modifiers.base:",
        "htypes": "featurecat.compat.hamilton.htypes:",
        "node": "featurecat.compat.hamilton.node:",
        "registry": "featurecat.compat.hamilton.registry:",
    },
    later={"internals of Hamilton": ("deprecation",)},
    own=[
        "parameterize",
        "parameterize_sources",
        "parameterize_values",
        "parameterized_inputs",
        "parametrized",
        "parametrized_input",
        "source",
    ],
)
__all__ = list(_offered)

#: Old spellings.
parametrized = parameterize_values
parameterized_inputs = parameterize_sources


def parametrized_input(parameter: str, variable_inputs: Mapping[str, tuple[str, str]]) -> Any:
    """One node an upstream node; the old spelling of ``parameterize`` with ``source`` for one parameter.

    Args:
        parameter: The parameter that takes it.
        variable_inputs: Upstream node to the name and the documentation of the node it makes.
    """
    return parameterize(
        **{name: ({parameter: source(upstream)}, doc) for upstream, (name, doc) in variable_inputs.items()}
    )
