"""Hamilton's ``ad_hoc_utils``: modules out of functions and out of text, for notebooks and tests."""

from __future__ import annotations

import importlib.util
import itertools
import linecache
import sys
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from featurecat.errors import DefinitionError

__all__ = ["create_module", "create_temporary_module", "module_from_source"]

_numbers = itertools.count(1)


def _unused_name() -> str:
    return next(name for number in _numbers if (name := f"temporary_module_{number}") not in sys.modules)


def _copy_of(function: Callable[..., Any]) -> FunctionType:
    """The function again, so that the one that was given stays in the module it is in."""
    assert isinstance(function, FunctionType)
    copy = FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    copy.__annotations__ = function.__annotations__
    copy.__doc__ = function.__doc__
    copy.__dict__.update(function.__dict__)
    return copy


def create_temporary_module(*functions: Callable[..., Any], module_name: str | None = None) -> ModuleType:
    """A module of copies of these functions.

    Args:
        functions: What to put into it.
        module_name: Its name; one that nobody else has by default.

    Raises:
        DefinitionError: When the name is taken, a function's name comes twice or is the module's own, or a function
            is a private one.

    Example:
        >>> def twice(number: int) -> int:
        ...     return 2 * number
        >>> create_temporary_module(twice).twice(4)
        8
    """
    name = _unused_name() if module_name is None else module_name
    if name in sys.modules:
        raise DefinitionError(
            f"there is a module {name!r} already", code="duplicate-definition", hint="choose another name"
        )
    module = ModuleType(name)
    for function in functions:
        if function.__name__.startswith("_"):
            raise DefinitionError(
                f"{function.__name__} is a private function, which is never a node",
                code="invalid-option",
                hint="leave it out, or take the underscore off its name",
            )
        if hasattr(module, function.__name__):
            raise DefinitionError(
                f"two members of the module would be called {function.__name__!r}",
                code="duplicate-definition",
                hint="rename one of the functions",
            )
        copy = _copy_of(function)
        copy.__module__ = name
        setattr(module, function.__name__, copy)
    sys.modules[name] = module
    return module


def module_from_source(source: str, module_name: str | None = None) -> ModuleType:
    """A module out of its text; tracebacks and ``inspect`` show the text.

    Args:
        source: Python.
        module_name: Its name; one that nobody else has by default.
    """
    name = module_name or _unused_name()
    module = ModuleType(name)
    code = compile(source, name, "exec")
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    sys.modules[name] = module
    exec(code, module.__dict__)
    return module


def create_module(source: str, module_name: str | None = None, verbosity: int = 0) -> ModuleType:
    """A module out of its text, by way of a file that lies around until the interpreter ends.

    Args:
        source: Python.
        module_name: Its name; that of the file by default.
        verbosity: From 2 on the file's path is printed.
    """
    folder = tempfile.TemporaryDirectory()
    path = Path(folder.name) / f"{module_name or _unused_name()}.py"
    path.write_text(source, encoding="utf-8")
    if verbosity > 1:
        print(f"Temporary file created at {path}")  # noqa: T201 - it was asked for
    specification = importlib.util.spec_from_file_location(path.stem, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    weakref.finalize(module, folder.cleanup)
    sys.modules[path.stem] = module
    specification.loader.exec_module(module)
    return module
