"""featurecat: one Python function per feature, a DAG of them, and a catalog of what they are.

Names are loaded when they are first used, so that importing featurecat is free of effects and light.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from featurecat.version import VERSION

if TYPE_CHECKING:
    from featurecat import driver, function_modifiers
    from featurecat.function_modifiers import (
        check_output,
        config,
        extract_columns,
        extract_fields,
        extract_outputs,
        feature,
        group,
        parameterize,
        parameterize_sources,
        parameterize_values,
        source,
        tag,
        tag_outputs,
        value,
    )

__version__ = VERSION

_MODIFIERS = (
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
)
_MODULES = ("driver", "function_modifiers")

__all__ = [
    "check_output",
    "config",
    "driver",
    "extract_columns",
    "extract_fields",
    "extract_outputs",
    "feature",
    "function_modifiers",
    "group",
    "parameterize",
    "parameterize_sources",
    "parameterize_values",
    "source",
    "tag",
    "tag_outputs",
    "value",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"featurecat.{name}")
    if name in _MODIFIERS:
        found = getattr(importlib.import_module("featurecat.function_modifiers"), name)
        globals()[name] = found
        return found
    raise AttributeError(f"module 'featurecat' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_MODIFIERS, *_MODULES])
