"""Syntax trees as text: what code says, apart from layout, comments, docstrings and the Python version."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

__all__ = ["canonical", "canonical_definition", "described_body"]

_SKIPPED_FIELDS = frozenset({"ctx", "kind", "type_comment", "type_ignores"})
_DOCUMENTED = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_LEAVES: dict[type, str] = {}
_FIELDS: dict[type, tuple[tuple[str, str], ...]] = {}


def canonical(node: ast.AST) -> str:
    r"""A syntax tree as text that does not depend on layout, comments, docstrings or the Python version.

    Example:
        >>> canonical(ast.parse("def f(a): return a+1")) == canonical(ast.parse("def f( a ):\n  'Doc.'\n  return a + 1"))
        True
    """
    try:
        return _text(node)
    except RecursionError:  # thousands of terms in one expression
        return _deep(node)


def canonical_definition(
    kind: str,
    name: str,
    *,
    arguments: str,
    body: Sequence[str] = (),
    decorators: Sequence[str] = (),
    returns: str | None = None,
    parameters: Sequence[str] = (),
) -> str:
    """The canonical text of a function, put together from those of its parts.

    Args:
        kind: ``FunctionDef`` or ``AsyncFunctionDef``.
        name: Its name.
        arguments: Text of its arguments.
        body: Texts of its statements, without the docstring.
        decorators: Texts of its decorators.
        returns: Text of the type it declares to return.
        parameters: Texts of its type parameters.

    Example:
        >>> definition = ast.parse("def f(): return 1").body[0]
        >>> text = canonical_definition("FunctionDef", "f", arguments="(arguments)", body=[canonical(definition.body[0])])
        >>> text == canonical(definition)
        True
    """
    pieces = [f"({kind} name={ascii(name)} args={arguments}"]
    pieces += [f" body=[{''.join(body)}]"] if body else []
    pieces += [f" decorator_list=[{''.join(decorators)}]"] if decorators else []
    pieces += [f" returns={returns}"] if returns is not None else []
    pieces += [f" type_params=[{''.join(parameters)}]"] if parameters else []
    return "".join(pieces) + ")"


def described_body(body: Sequence[ast.stmt]) -> Sequence[ast.stmt]:
    """The statements of a body without its docstring."""
    return body[1:] if body and _is_docstring(body[0]) else body


def _is_docstring(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _text(node: ast.AST) -> str:
    kind = type(node)
    special = _SPECIAL.get(kind)
    if special is not None:
        return special(node)
    leaf = _LEAVES.get(kind)
    if leaf is not None:
        return leaf
    fields = _fields_of(kind)
    if not fields:
        leaf = _LEAVES[kind] = f"({kind.__name__})"
        return leaf
    pieces = [f"({kind.__name__}"]
    for name, prefix in fields:
        value = getattr(node, name, None)
        if value is None:
            continue
        if type(value) is list:
            if name == "body" and kind in _DOCUMENTED:
                value = described_body(value)
            if value:
                pieces.append(f"{prefix}[")
                pieces += [_text(member) if isinstance(member, ast.AST) else ascii(member) for member in value]
                pieces.append("]")
        elif isinstance(value, ast.AST):
            pieces.append(prefix)
            pieces.append(_text(value))
        else:
            pieces.append(prefix)
            pieces.append(ascii(value))  # repr shows more characters as themselves with every Unicode version
    pieces.append(")")
    return "".join(pieces)


def _fields_of(kind: type[ast.AST]) -> tuple[tuple[str, str], ...]:
    if kind not in _FIELDS:
        _FIELDS[kind] = tuple((name, f" {name}=") for name in kind._fields if name not in _SKIPPED_FIELDS)
    return _FIELDS[kind]


def _name(node: Any) -> str:
    return f"(Name id={ascii(node.id)})"


def _constant(node: Any) -> str:
    return f"({type(node.value).__name__} {ascii(node.value)})"


def _attribute(node: Any) -> str:
    return f"(Attribute value={_text(node.value)} attr={ascii(node.attr)})"


def _joined_text(node: Any) -> str:
    values = _joined(node.values)
    return f"(JoinedStr values=[{''.join(map(_text, values))}])" if node.values else "(JoinedStr)"


#: The commonest kinds of nodes, and those that are not shown field by field.
_SPECIAL: Final[dict[type, Callable[[Any], str]]] = {
    ast.Name: _name,
    ast.Constant: _constant,
    ast.Attribute: _attribute,
    ast.JoinedStr: _joined_text,
}


def _joined(values: Iterable[ast.expr]) -> list[ast.expr]:
    """The pieces of an f-string with neighbouring texts as one; Python versions split them differently."""
    joined: list[ast.expr] = []
    for value in values:
        last = joined[-1] if joined else None
        if isinstance(value, ast.Constant) and isinstance(last, ast.Constant):
            joined[-1] = ast.Constant(str(last.value) + str(value.value))
        elif not (isinstance(value, ast.Constant) and value.value == ""):
            joined.append(value)
    return joined


def _deep(node: ast.AST) -> str:
    """As :func:`canonical`, for trees of any depth."""
    pieces: list[str] = []
    stack: list[Any] = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            pieces.append(item)
            continue
        if isinstance(item, ast.Constant):
            pieces.append(_constant(item))
            continue
        pieces.append(f"({type(item).__name__}")
        inner: list[Any] = []
        for name, prefix in _fields_of(type(item)):
            value = getattr(item, name, None)
            if name == "body" and isinstance(item, _DOCUMENTED):
                value = described_body(item.body)
            if value is None or value == []:
                continue
            inner.append(prefix)
            inner += _shown(item, value)
        stack += reversed([*inner, ")"])
    return "".join(pieces)


def _shown(owner: ast.AST, value: Any) -> list[Any]:
    if isinstance(value, ast.AST):
        return [value]
    if isinstance(value, list):
        members = _joined(value) if isinstance(owner, ast.JoinedStr) else value
        return ["[", *(member if isinstance(member, ast.AST) else ascii(member) for member in members), "]"]
    return [ascii(value)]
