"""Builds drivers step by step."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from featurecat.driver.driver import Driver
from featurecat.errors import DefinitionError

__all__ = ["Builder"]


class Builder:
    """Builds a driver step by step; every method changes the builder and returns it.

    ``execute`` of the driver returns a dictionary unless an adapter builds something else.

    Example:
        >>> Builder().with_config({"region": "US"}).with_config({"year": 2013}).config
        {'region': 'US', 'year': 2013}
    """

    def __init__(self) -> None:
        self.config: dict[str, Any] = {}
        self.modules: list[ModuleType] = []
        self.adapters: list[Any] = []
        self.engine: str | None = None
        self.overriding = False

    def with_config(self, config: Mapping[str, Any]) -> Builder:
        """Add config; later values win."""
        self.config.update(config)
        return self

    def with_modules(self, *modules: ModuleType) -> Builder:
        """Add modules; one given twice counts once."""
        self.modules += [module for module in modules if module not in self.modules]
        return self

    def with_adapters(self, *adapters: Any) -> Builder:
        """Add hooks, or a result builder."""
        self.adapters += adapters
        return self

    def with_engine(self, engine: str) -> Builder:
        """Choose the engine whose variants are taken: pandas or polars."""
        self.engine = engine
        return self

    def allow_module_overrides(self) -> Builder:
        """Let later modules replace what earlier ones define."""
        self.overriding = True
        return self

    def copy(self) -> Builder:
        """An equal builder that can be changed by itself."""
        other = Builder().with_config(self.config).with_modules(*self.modules).with_adapters(*self.adapters)
        other.engine, other.overriding = self.engine, self.overriding
        return other

    def build(self) -> Driver:
        """The driver.

        Raises:
            DefinitionError: With every problem of the modules and their graph.
        """
        if not self.modules:
            hint = "Builder().with_modules(my_features)"
            raise DefinitionError("a driver needs modules", code="no-project", hint=hint)
        return Driver(
            self.config,
            *self.modules,
            adapter=self.adapters,
            engine=self.engine,
            allow_module_overrides=self.overriding,
            default_result="dict",
        )
