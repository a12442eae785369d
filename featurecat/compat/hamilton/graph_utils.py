"""Hamilton's ``graph_utils``: which functions of a module are nodes."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any

__all__ = ["find_functions", "is_submodule"]


def is_submodule(child: ModuleType | None, parent: ModuleType) -> bool:
    """Whether a module is another one, or lies inside it."""
    return child is not None and (child.__name__ == parent.__name__ or child.__name__.startswith(f"{parent.__name__}."))


def find_functions(function_module: ModuleType) -> list[tuple[str, Callable[..., Any]]]:
    """The functions of a module that are nodes, by name: public ones, defined in it or in a submodule."""
    return [
        (name, function)
        for name, function in inspect.getmembers(function_module, inspect.isfunction)
        if not function.__name__.startswith("_") and is_submodule(inspect.getmodule(function), function_module)
    ]
