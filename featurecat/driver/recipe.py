"""A driver as what it was made of, so that it can be pickled: modules travel by name and are imported anew."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from featurecat.errors import RequestError

__all__ = ["Recipe", "restored"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a driver was made of.

    Attributes:
        kind: Its class.
        modules: Names of its modules.
        config: Values of config keys.
        options: Keyword arguments of its class.
        materializers: What its graph was extended by.
    """

    kind: type
    modules: tuple[str, ...]
    config: Mapping[str, Any]
    options: Mapping[str, Any]
    materializers: tuple[Any, ...] = ()

    def named_parts(self) -> Iterator[tuple[str, Any]]:
        """What may refuse to be pickled, and what people call it."""
        for key, value in self.config.items():
            yield f"the config key {key!r}", value
        for name, value in self.options.items():
            for one in value if isinstance(value, list | tuple) else [value]:
                yield f"{name} {type(one).__name__}", one
        for one in self.materializers:
            yield f"the materializer {one}", one


def restored(recipe: Recipe) -> Any:
    """The driver of a recipe.

    Raises:
        RequestError: When one of its modules cannot be imported.
    """
    modules = [_module(name) for name in recipe.modules]
    driver = recipe.kind(recipe.config, *modules, **recipe.options)
    return driver.with_materializers(*recipe.materializers) if recipe.materializers else driver


def _module(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise RequestError(
            f"the module {name!r} of a pickled driver cannot be imported: {error}",
            code="import-error",
            hint="a driver is pickled by the names of its modules: they must be files that Python finds",
        ) from error
