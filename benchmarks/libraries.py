"""The two libraries behind one face: a driver over modules that returns a dict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from measure import FEATURECAT

#: The decorators that the generated modules use.
DECORATORS = ("check_output", "config", "extract_columns", "parameterize", "source", "tag", "value")


def build_driver(implementation: str, modules: Sequence[ModuleType], config: Mapping[str, Any]) -> Any:
    """A driver over ``modules``; only the library asked for is imported."""
    if implementation == FEATURECAT:
        from featurecat import driver
    else:
        from hamilton import driver
    return driver.Builder().with_modules(*modules).with_config(dict(config)).build()


def import_library(implementation: str) -> None:
    """Import the library and pandas, so that what is measured next pays for neither."""
    import pandas as pd

    pd.Series([1.0])
    if implementation == FEATURECAT:
        from featurecat import driver
        from featurecat import function_modifiers as modifiers
    else:
        from hamilton import driver
        from hamilton import function_modifiers as modifiers
    assert driver.Builder
    for name in DECORATORS:  # each may be loaded when it is first used
        getattr(modifiers, name)
