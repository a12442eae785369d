"""The decorators: they attach what they know to a function and return the function unchanged.

Each family is loaded when one of its names is first used: few modules use all of them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from featurecat.function_modifiers.configuration import config
    from featurecat.function_modifiers.dependencies import group, source, value
    from featurecat.function_modifiers.expand import parameterize, parameterize_sources, parameterize_values
    from featurecat.function_modifiers.extract import extract_columns, extract_fields, extract_outputs
    from featurecat.function_modifiers.metadata import feature, tag, tag_outputs
    from featurecat.function_modifiers.validation import check_output

__all__ = [
    "check_output",
    "config",
    "extract_columns",
    "extract_fields",
    "extract_outputs",
    "feature",
    "group",
    "parameterize",
    "parameterize_sources",
    "parameterize_values",
    "source",
    "tag",
    "tag_outputs",
    "value",
]

_FAMILIES = {
    "configuration": ("config",),
    "dependencies": ("group", "source", "value"),
    "expand": ("parameterize", "parameterize_sources", "parameterize_values"),
    "extract": ("extract_columns", "extract_fields", "extract_outputs"),
    "metadata": ("feature", "tag", "tag_outputs"),
    "validation": ("check_output",),
}
_FAMILY_OF = {name: family for family, names in _FAMILIES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _FAMILY_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    family = importlib.import_module(f"{__name__}.{_FAMILY_OF[name]}")
    found = globals()[name] = getattr(family, name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_FAMILY_OF})
