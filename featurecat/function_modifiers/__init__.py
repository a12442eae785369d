"""The decorators: they attach what they know to a function and return the function unchanged.

Each family is loaded when one of its names is first used: few modules use all of them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from featurecat.definition.modifier import ConfigNeeds, Modifier, Phase
    from featurecat.expectations.custom import DataValidator, ValidationResult
    from featurecat.function_modifiers.columns import with_columns
    from featurecat.function_modifiers.conditions import config, exclude
    from featurecat.function_modifiers.creators import does, dynamic_transform, model
    from featurecat.function_modifiers.custom_validation import check_model, check_output_custom, check_schema
    from featurecat.function_modifiers.delayed import ResolveAt, resolve, resolve_from_config
    from featurecat.function_modifiers.dependencies import group, source, value
    from featurecat.function_modifiers.expand import inject, parameterize, parameterize_sources, parameterize_values
    from featurecat.function_modifiers.expand_columns import (
        ParameterizedExtract,
        parameterize_extract_columns,
        parameterize_frame,
    )
    from featurecat.function_modifiers.extract import extract_columns, extract_fields, extract_outputs, unpack_fields
    from featurecat.function_modifiers.loading import dataloader, load_from
    from featurecat.function_modifiers.materializing import datasaver, save_to
    from featurecat.function_modifiers.metadata import Declassify, cache, feature, tag, tag_outputs
    from featurecat.function_modifiers.mutation import apply_to, mutate
    from featurecat.function_modifiers.pipes import pipe, pipe_input, pipe_output, step
    from featurecat.function_modifiers.queries import sql
    from featurecat.function_modifiers.schemas import schema
    from featurecat.function_modifiers.subdags import configuration, parameterized_subdag, subdag
    from featurecat.function_modifiers.validation import check_output

__all__ = [
    "ConfigNeeds",
    "DataValidator",
    "Declassify",
    "Modifier",
    "ParameterizedExtract",
    "Phase",
    "ResolveAt",
    "ValidationResult",
    "apply_to",
    "cache",
    "check_model",
    "check_output",
    "check_output_custom",
    "check_schema",
    "config",
    "configuration",
    "dataloader",
    "datasaver",
    "does",
    "dynamic_transform",
    "exclude",
    "extract_columns",
    "extract_fields",
    "extract_outputs",
    "feature",
    "group",
    "inject",
    "load_from",
    "model",
    "mutate",
    "parameterize",
    "parameterize_extract_columns",
    "parameterize_frame",
    "parameterize_sources",
    "parameterize_values",
    "parameterized_subdag",
    "pipe",
    "pipe_input",
    "pipe_output",
    "resolve",
    "resolve_from_config",
    "save_to",
    "schema",
    "source",
    "sql",
    "step",
    "subdag",
    "tag",
    "tag_outputs",
    "unpack_fields",
    "value",
    "with_columns",
]

_FAMILIES = {
    "columns": ("with_columns",),
    "conditions": (
        "config",
        "exclude",
    ),
    "creators": (
        "does",
        "dynamic_transform",
        "model",
    ),
    "custom_validation": ("check_model", "check_output_custom", "check_schema"),
    "delayed": (
        "ResolveAt",
        "resolve",
        "resolve_from_config",
    ),
    "dependencies": (
        "group",
        "source",
        "value",
    ),
    "expand": (
        "inject",
        "parameterize",
        "parameterize_sources",
        "parameterize_values",
    ),
    "expand_columns": (
        "ParameterizedExtract",
        "parameterize_extract_columns",
        "parameterize_frame",
    ),
    "extract": (
        "extract_columns",
        "extract_fields",
        "extract_outputs",
        "unpack_fields",
    ),
    "loading": ("dataloader", "load_from"),
    "materializing": ("datasaver", "save_to"),
    "metadata": (
        "Declassify",
        "cache",
        "feature",
        "tag",
        "tag_outputs",
    ),
    "mutation": (
        "apply_to",
        "mutate",
    ),
    "pipes": (
        "pipe",
        "pipe_input",
        "pipe_output",
        "step",
    ),
    "queries": ("sql",),
    "schemas": ("schema",),
    "subdags": (
        "configuration",
        "parameterized_subdag",
        "subdag",
    ),
    "validation": ("check_output",),
}
_PLACES = {name: f"{__name__}.{family}" for family, names in _FAMILIES.items() for name in names}
_PLACES |= dict.fromkeys(("ConfigNeeds", "Modifier", "Phase"), "featurecat.definition.modifier")
_PLACES |= dict.fromkeys(("DataValidator", "ValidationResult"), "featurecat.expectations.custom")


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(importlib.import_module(_PLACES[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_PLACES})
