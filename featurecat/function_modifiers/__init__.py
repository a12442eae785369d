"""The decorators: they attach what they know to a function and return the function unchanged.

Each family is loaded when one of its names is first used: few modules use all of them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from featurecat.definition.modifier import ConfigNeeds, Modifier, Phase
    from featurecat.function_modifiers.configuration import config
    from featurecat.function_modifiers.creators import does, dynamic_transform, model
    from featurecat.function_modifiers.delayed import ResolveAt, resolve, resolve_from_config
    from featurecat.function_modifiers.dependencies import group, source, value
    from featurecat.function_modifiers.expand import parameterize, parameterize_sources, parameterize_values
    from featurecat.function_modifiers.extract import extract_columns, extract_fields, extract_outputs
    from featurecat.function_modifiers.metadata import feature, tag, tag_outputs
    from featurecat.function_modifiers.subdags import configuration, parameterized_subdag, subdag
    from featurecat.function_modifiers.validation import check_output

__all__ = [
    "ConfigNeeds",
    "Modifier",
    "Phase",
    "ResolveAt",
    "check_output",
    "config",
    "configuration",
    "does",
    "dynamic_transform",
    "extract_columns",
    "extract_fields",
    "extract_outputs",
    "feature",
    "group",
    "model",
    "parameterize",
    "parameterize_sources",
    "parameterize_values",
    "parameterized_subdag",
    "resolve",
    "resolve_from_config",
    "source",
    "subdag",
    "tag",
    "tag_outputs",
    "value",
]

_FAMILIES = {
    "configuration": ("config",),
    "creators": ("does", "dynamic_transform", "model"),
    "delayed": ("ResolveAt", "resolve", "resolve_from_config"),
    "dependencies": ("group", "source", "value"),
    "expand": ("parameterize", "parameterize_sources", "parameterize_values"),
    "extract": ("extract_columns", "extract_fields", "extract_outputs"),
    "metadata": ("feature", "tag", "tag_outputs"),
    "subdags": ("configuration", "parameterized_subdag", "subdag"),
    "validation": ("check_output",),
}
_PLACES = {name: f"{__name__}.{family}" for family, names in _FAMILIES.items() for name in names}
_PLACES |= dict.fromkeys(("ConfigNeeds", "Modifier", "Phase"), "featurecat.definition.modifier")


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(importlib.import_module(_PLACES[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_PLACES})
