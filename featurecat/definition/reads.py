"""Which columns of a frame a function takes, read from its source; None where that cannot be told.

Only plain forms are understood: ``frame["a"]``, ``frame[["a", *NAMES]]``, ``frame.get_column("a")`` and
``frame.select(...)`` over names and over ``pl.col(...)`` with methods that take numbers, booleans, data types and
such expressions. Any other use means the whole frame.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

__all__ = ["columns_taken", "passes_through"]

#: Functions that can reach a parameter without naming it.
_REFLECTING = ("locals", "vars", "eval", "exec")


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
        if node.id == self.parameter or node.id in _REFLECTING:
            raise _UnknownError

    def visit_arg(self, node: ast.arg) -> None:
        if node.arg == self.parameter:  # an inner function gives the name to something else
            raise _UnknownError

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if not self._is_frame(node.value):
            self.generic_visit(node)
        elif isinstance(node.ctx, ast.Load):
            self.columns |= self._texts(node.slice)
        else:  # the frame is changed
            raise _UnknownError

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
        """The columns of one argument of ``select``: names, or an expression over ``col(...)``."""
        if isinstance(node, ast.Constant | ast.List | ast.Tuple | ast.Starred | ast.Name):
            self.columns |= self._texts(node)
        else:
            self._expression(node)

    def _expression(self, node: ast.expr) -> None:
        """The columns of ``col(...)`` with methods and operators on it; what else there is may take any."""
        match node:
            case ast.Call(func=function) if self._is_col(function):
                for argument in self._arguments(node):
                    self.columns |= self._texts(argument)
            case ast.Call(func=ast.Attribute(value=inner, attr="alias"), args=[ast.Constant(value=str())], keywords=[]):
                self._expression(inner)
            case ast.Call(func=ast.Attribute(value=inner)):
                self._expression(inner)
                for argument in self._arguments(node):
                    self._operand(argument)
            case ast.Attribute(value=inner):  # a namespace: col("a").dt
                self._expression(inner)
            case ast.BinOp(left=left, right=right):
                self._operand(left)
                self._operand(right)
            case ast.Compare(left=left, comparators=others):
                for operand in (left, *others):
                    self._operand(operand)
            case ast.UnaryOp(operand=operand):
                self._operand(operand)
            case _:
                raise _UnknownError

    def _operand(self, node: ast.expr) -> None:
        """A number, a boolean, a data type, or an expression. Text may name a column, so it is none of these."""
        if isinstance(node, ast.Constant):
            plain = not isinstance(node.value, str)
        elif isinstance(node, ast.Name):
            plain = isinstance(self.names.get(node.id), int | float) or self._is_data_type(self.names.get(node.id))
        else:
            plain = isinstance(node, ast.Attribute) and self._is_data_type(self._attribute(node))
        if not plain:
            self._expression(node)

    def _arguments(self, call: ast.Call) -> list[ast.expr]:
        return [*call.args, *(keyword.value for keyword in call.keywords)]

    def _attribute(self, node: ast.Attribute) -> Any:
        """What an attribute of Polars holds; None for that of anything else."""
        if not isinstance(node.value, ast.Name):
            return None
        module = self.names.get(node.value.id)
        return getattr(module, node.attr, None) if getattr(module, "__name__", None) == "polars" else None

    def _is_col(self, function: ast.expr) -> bool:
        found = self._attribute(function) if isinstance(function, ast.Attribute) else None
        if isinstance(function, ast.Name):
            found = self.names.get(function.id)
        return type(found).__module__.startswith("polars.") and type(found).__name__ == "Col"

    @staticmethod
    def _is_data_type(held: Any) -> bool:
        return isinstance(held, type) and held.__module__.startswith("polars.datatypes")


def _is_pattern(text: str) -> bool:
    """Whether Polars takes a text for a pattern that stands for many columns."""
    return text == "*" or (text.startswith("^") and text.endswith("$"))
