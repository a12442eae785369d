"""Which columns of a frame a function takes, read from its source; None where that cannot be told.

Only plain forms are understood: ``frame["a"]``, ``frame[["a", *NAMES]]``, ``frame.get_column("a")`` and
``frame.select(...)`` over names and ``pl.col(...)``. Any other use means the whole frame.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

__all__ = ["columns_taken", "passes_through"]


#: ``pl.all()`` and its like take columns without naming them.
_UNNAMED = ("all", "exclude", "nth", "first", "last", "selectors")


class _UnknownError(Exception):
    """The source does not say which columns are taken."""


def columns_taken(tree: ast.FunctionDef | ast.AsyncFunctionDef, parameter: str, names: Mapping[str, Any]) -> set[str] | None:
    """The columns of ``parameter`` that a function takes.

    Args:
        tree: The function's syntax tree.
        parameter: The parameter that holds the frame.
        names: The module's namespace, for constants that hold column names.

    Returns:
        Column names, or None when the whole frame may be used.

    Example:
        >>> tree = ast.parse("def f(t): return t['a'] + t[['b', *MORE]].sum()").body[0]
        >>> sorted(columns_taken(tree, "t", {"MORE": ["c"]}))
        ['a', 'b', 'c']
    """
    local = _bound_names(tree)
    reader = _Reader(parameter, {name: held for name, held in names.items() if name not in local})
    try:
        for statement in tree.body:
            reader.visit(statement)
    except _UnknownError:
        return None
    return reader.columns


def _bound_names(tree: ast.AST) -> set[str]:
    """Every name that the function binds anywhere in it, which is then not the module's."""
    bound: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node is not tree:
            bound.add(node.name)
        elif isinstance(node, ast.alias):
            bound.add(node.asname or node.name.partition(".")[0])
    return bound


def passes_through(tree: ast.FunctionDef | ast.AsyncFunctionDef, parameter: str) -> bool:
    """Whether the function only returns ``parameter`` as it came."""
    body = [
        statement
        for statement in tree.body
        if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
    ]
    return (
        len(body) == 1
        and isinstance(body[0], ast.Return)
        and isinstance(body[0].value, ast.Name)
        and body[0].value.id == parameter
    )


class _Reader(ast.NodeVisitor):
    """Collects columns; raises :class:`_UnknownError` at the first use it does not understand."""

    def __init__(self, parameter: str, names: Mapping[str, Any]) -> None:
        self.parameter = parameter
        self.names = names
        self.columns: set[str] = set()

    def visit_Name(self, node: ast.Name) -> None:
        if node.id == self.parameter:
            raise _UnknownError

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if self._is_frame(node.value):
            self.columns |= self._texts(node.slice)
        else:
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        function = node.func
        if not (isinstance(function, ast.Attribute) and self._is_frame(function.value)):
            self.generic_visit(node)
            return
        if function.attr == "get_column" and len(node.args) == 1 and not node.keywords:
            self.columns |= self._texts(node.args[0])
        elif function.attr == "select":
            for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
                self._selected(argument)
        else:
            raise _UnknownError

    def _is_frame(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id == self.parameter

    def _texts(self, node: ast.expr) -> set[str]:
        """Column names written out, starred, or held by a constant of the module."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not _is_pattern(node.value):
            return {node.value}
        if isinstance(node, ast.List | ast.Tuple):
            return {text for member in node.elts for text in self._texts(member)}
        if isinstance(node, ast.Starred):
            return self._texts(node.value)
        if isinstance(node, ast.Name):
            held = self.names.get(node.id)
            held = [held] if isinstance(held, str) else held
            if isinstance(held, list | tuple) and all(
                isinstance(text, str) and not _is_pattern(text) for text in held
            ):
                return set(held)
        raise _UnknownError

    def _selected(self, node: ast.expr) -> None:
        """The columns of one argument of ``select``: a name, or an expression over ``col(...)``."""
        if isinstance(node, ast.Constant | ast.List | ast.Tuple | ast.Starred | ast.Name):
            self.columns |= self._texts(node)
            return
        for call in ast.walk(node):
            if isinstance(call, ast.Name) and call.id == self.parameter:
                raise _UnknownError
            if isinstance(call, ast.Attribute) and call.attr in _UNNAMED and isinstance(call.value, ast.Name):
                raise _UnknownError
            if isinstance(call, ast.Call) and _called_name(call) == "col":
                for argument in call.args:
                    self.columns |= self._texts(argument)
            elif isinstance(call, ast.Name) and not self._is_plain(call.id):
                raise _UnknownError

    def _is_plain(self, name: str) -> bool:
        """Whether a name is a module or a constant, which cannot bring columns of its own."""
        held = self.names.get(name)
        if type(held).__name__ == "module" or isinstance(held, str | int | float | bool):
            return True
        return isinstance(held, list | tuple | dict | type)


def _is_pattern(text: str) -> bool:
    """Whether Polars takes a text for a pattern that stands for many columns."""
    return text == "*" or (text.startswith("^") and text.endswith("$"))


def _called_name(call: ast.Call) -> str | None:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else None
