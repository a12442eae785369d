"""Hamilton's ``function_modifiers``: featurecat's decorators under Hamilton's names.

A function decorated with them is decorated for featurecat: its own driver, index and catalog read it as they read any.
"""

from __future__ import annotations

from featurecat.compat.hamilton._offer import offer

# importing a submodule sets an attribute of its name, which here is to be the function of that name
from featurecat.compat.hamilton.function_modifiers import configuration as _submodule  # noqa: F401

_OWN = "featurecat.function_modifiers"
_HERE = __name__

del globals()["configuration"]

__getattr__, __dir__, __all__ = offer(
    __name__,
    {
        **dict.fromkeys(
            (
                "ParameterizedExtract",
                "ResolveAt",
                "apply_to",
                "cache",
                "check_output",
                "check_output_custom",
                "config",
                "dataloader",
                "datasaver",
                "does",
                "dynamic_transform",
                "extract_columns",
                "extract_fields",
                "group",
                "inject",
                "model",
                "mutate",
                "parameterize",
                "parameterize_extract_columns",
                "parameterize_sources",
                "parameterize_values",
                "parameterized_subdag",
                "pipe",
                "pipe_input",
                "pipe_output",
                "resolve",
                "resolve_from_config",
                "schema",
                "source",
                "step",
                "subdag",
                "tag",
                "tag_outputs",
                "unpack_fields",
                "value",
            ),
            _OWN,
        ),
        "configuration": f"{_OWN}.subdags",
        "hamilton_exclude": f"{_OWN}:exclude",
        "DATA_VALIDATOR_ORIGINAL_OUTPUT_TAG": f"{_HERE}.validation",
        "IS_DATA_VALIDATOR_TAG": f"{_HERE}.validation",
        "InvalidDecoratorException": f"{_HERE}.base",
        "load_from": "featurecat.compat.hamilton._formats",
        "save_to": "featurecat.compat.hamilton._formats",
        "LiteralDependency": f"{_HERE}.dependencies",
        "UpstreamDependency": f"{_HERE}.dependencies",
        "parameterized_inputs": f"{_HERE}.expanders",
        "parametrized": f"{_HERE}.expanders",
        "parametrized_input": f"{_HERE}.expanders",
        **{
            name: f"{_HERE}.{name}:"
            for name in (
                "adapters",
                "base",
                "delayed",
                "dependencies",
                "expanders",
                "macros",
                "metadata",
                "recursive",
                "validation",
            )
        },
    },
)
