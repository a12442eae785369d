"""featurecat: one Python function per feature, a DAG of them, and a catalog of what they are.

Names are loaded when they are first used, so that importing featurecat is free of effects and light.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from featurecat.version import VERSION

if TYPE_CHECKING:
    from featurecat import async_driver, driver, executors, function_modifiers, lifecycle, testing
    from featurecat.definition.parallel import Collect, Parallelizable
    from featurecat.function_modifiers import (
        ConfigNeeds,
        DataValidator,
        Declassify,
        Modifier,
        ParameterizedExtract,
        Phase,
        ResolveAt,
        ValidationResult,
        apply_to,
        cache,
        check_model,
        check_output,
        check_output_custom,
        check_schema,
        config,
        configuration,
        dataloader,
        datasaver,
        does,
        dynamic_transform,
        exclude,
        extract_columns,
        extract_fields,
        extract_outputs,
        feature,
        group,
        inject,
        load_from,
        model,
        mutate,
        parameterize,
        parameterize_extract_columns,
        parameterize_frame,
        parameterize_sources,
        parameterize_values,
        parameterized_subdag,
        pipe,
        pipe_input,
        pipe_output,
        resolve,
        resolve_from_config,
        save_to,
        schema,
        source,
        sql,
        step,
        subdag,
        tag,
        tag_outputs,
        unpack_fields,
        value,
        with_columns,
    )
    from featurecat.io import from_, to
    from featurecat.project.catalog import Catalog

__version__ = VERSION

__all__ = [
    "Catalog",
    "Collect",
    "ConfigNeeds",
    "DataValidator",
    "Declassify",
    "Modifier",
    "Parallelizable",
    "ParameterizedExtract",
    "Phase",
    "ResolveAt",
    "ValidationResult",
    "apply_to",
    "async_driver",
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
    "driver",
    "dynamic_transform",
    "exclude",
    "executors",
    "extract_columns",
    "extract_fields",
    "extract_outputs",
    "feature",
    "from_",
    "function_modifiers",
    "group",
    "inject",
    "lifecycle",
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
    "testing",
    "to",
    "unpack_fields",
    "value",
    "with_columns",
]

_MODULES = ("async_driver", "driver", "executors", "function_modifiers", "lifecycle", "testing")
_PLACES = {
    "Catalog": "featurecat.project.catalog",
    "Collect": "featurecat.definition.parallel",
    "Parallelizable": "featurecat.definition.parallel",
    "from_": "featurecat.io",
    "to": "featurecat.io",
}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"featurecat.{name}")
    if name in _PLACES:
        found = getattr(importlib.import_module(_PLACES[name]), name)
    elif name in __all__:
        found = getattr(importlib.import_module("featurecat.function_modifiers"), name)
    else:
        raise AttributeError(f"module 'featurecat' has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load_ipython_extension(shell: Any) -> None:
    """What ``%load_ext featurecat`` calls: cell magics that turn a cell into a module of features.

    Args:
        shell: The IPython shell.
    """
    importlib.import_module("featurecat.notebook").load_ipython_extension(shell)


def unload_ipython_extension(shell: Any) -> None:
    """What ``%unload_ext featurecat`` calls.

    Args:
        shell: The IPython shell.
    """
    importlib.import_module("featurecat.notebook").unload_ipython_extension(shell)
