"""The decorators: they attach what they know to a function and return the function unchanged."""

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
