"""What is told of a function that was asked for, and is marked as no feature."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path
from types import FunctionType, ModuleType

from featurecat.definition.modifier import modifiers_of
from featurecat.definition.types import unwrapped
from featurecat.errors import Problem

__all__ = ["excluded_in", "excluded_in_files"]

#: What a decorator that excludes may be called.
_EXCLUDING = frozenset({"exclude", "hamilton_exclude", "mutate"})


def excluded_in(modules: Iterable[ModuleType], name: str) -> Problem | None:
    """The problem that a name is the one of an excluded function.

    Args:
        modules: Where it may be.
        name: What was asked for, perhaps with its graph.

    Returns:
        The problem, with file and line; None when there is no such function.
    """
    short = name.rpartition("/")[2]
    for module in modules:
        function = vars(module).get(short)
        if isinstance(function, FunctionType) and any(modifier.excludes for modifier in modifiers_of(function)):
            code = unwrapped(function).__code__
            return _problem(name, code.co_filename, code.co_firstlineno)
    return None


def excluded_in_files(root: Path, files: Iterable[str], name: str) -> Problem | None:
    """As :func:`excluded_in`, from the text of modules: nothing is imported.

    Args:
        root: The project's folder.
        files: The files, relative to it.
        name: What was asked for, perhaps with its graph.
    """
    short = name.rpartition("/")[2]
    for file in files:
        try:
            text = (root / file).read_text(encoding="utf-8")
            statements = ast.parse(text).body if short in text else []
        except (OSError, SyntaxError, ValueError):  # changed since it was indexed: the notice about that says so
            continue
        for statement in statements:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and statement.name == short:
                lines = [one.lineno for one in statement.decorator_list if _decorator(one) in _EXCLUDING]
                if lines:
                    return _problem(name, file, min(one.lineno for one in statement.decorator_list))
    return None


def _decorator(tree: ast.expr) -> str:
    called = tree.func if isinstance(tree, ast.Call) else tree
    return ast.unparse(called).rpartition(".")[2]


def _problem(name: str, file: str, line: int) -> Problem:
    message = f"{name!r} is no feature: @exclude, or @mutate, keeps that function out"
    return Problem("unknown-feature", message, file, line, "leave the decorator out to make it one", name)
