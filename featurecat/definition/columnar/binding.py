"""What names, columns and entries hold after something was put there."""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from featurecat.definition.columnar.arguments import Arguments
from featurecat.definition.columnar.scope import Scope
from featurecat.definition.columnar.values import (
    NOTHING,
    Entries,
    Frame,
    Known,
    Members,
    Reads,
    Value,
    column_names,
    everything,
    members_of,
    opaque,
)

__all__ = ["as_read", "bind_parameters", "defaults", "frame_with", "imported", "leaves"]


def frame_with(frame: Frame, key: Value, value: Value, *, located: bool) -> Frame:
    """A frame after something was put under a key."""
    reads = everything(value)
    rows: Value | None = None
    if located:
        members = members_of(key)
        if members is None or len(members) != 2:
            return frame.with_columns({}, reads | everything(key))
        rows, key = members
    names = column_names(key)
    if names is None:
        return frame.with_columns({}, reads | everything(key) | everything(rows))
    chosen = NOTHING if rows is None or isinstance(rows, Known) else everything(rows)
    made: dict[str, Reads] = {}
    for name in names:
        before = frame.column(name) if located and (name in frame.columns or frame.through) else NOTHING
        own = value.column(name) if isinstance(value, Frame) and len(names) > 1 and name in value.columns else reads
        made[name] = own | chosen | before
    return frame.with_columns(made)


def as_read(target: ast.expr) -> ast.expr:
    """What an augmented assignment changes, as an expression that is read."""
    match target:
        case ast.Name():
            return ast.Name(target.id, ast.Load())
        case ast.Subscript():
            return ast.Subscript(target.value, target.slice, ast.Load())
        case ast.Attribute():
            return ast.Attribute(target.value, target.attr, ast.Load())
    return target


def leaves(body: Sequence[ast.stmt]) -> bool:
    """Whether statements may leave the loop around them, or its turn."""
    return any(isinstance(node, ast.Break | ast.Continue) for statement in body for node in ast.walk(statement))


def defaults(function: Any) -> dict[str, Any]:
    """The parameters of a function that have a default, with it."""
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]
    defaults = function.__defaults__ or ()
    kept = dict(zip(names[len(names) - len(defaults) :], defaults, strict=True))
    return {**kept, **(function.__kwdefaults__ or {})}


def imported(scope: Scope, statement: ast.Import | ast.ImportFrom, alias: ast.alias) -> Value:
    """What an import inside a function binds, where the module is loaded already."""
    if isinstance(statement, ast.Import):
        module = sys.modules.get(alias.name if alias.asname else alias.name.partition(".")[0])
        return opaque(NOTHING) if module is None else Known(module)
    name = statement.module or ""
    if statement.level:
        package = str(scope.held.get("__package__") or "").split(".")
        kept = package[: len(package) - statement.level + 1]
        name = ".".join([*kept, *([statement.module] if statement.module else [])])
    module = sys.modules.get(name)
    if isinstance(module, ModuleType) and alias.name in vars(module):
        return Known(vars(module)[alias.name])
    inner = sys.modules.get(f"{name}.{alias.name}")
    return opaque(NOTHING) if inner is None else Known(inner)


def bind_parameters(parameters: ast.arguments, arguments: Arguments, scope: Scope, *, held: Mapping[str, Any]) -> None:
    """Let the parameters of a function hold what it is given, or the defaults that are known.

    Args:
        parameters: As they are written.
        arguments: What the function is given.
        scope: Its scope. Parameters whose default is not in ``held`` are left out.
        held: The defaults of a function that exists.
    """
    positional = [one.arg for one in [*parameters.posonlyargs, *parameters.args]]
    names = [*positional, *(one.arg for one in parameters.kwonlyargs)]
    given = dict(zip(positional, arguments.positional, strict=False))
    given |= {name: arguments.named[name] for name in names if name in arguments.named}
    optional = _optional(parameters, positional)
    for name in names:
        value = given.get(name, arguments.loose)
        if value is None and name in held:
            value = Known(held[name])
        if value is not None or name not in optional:
            scope.names[name] = opaque(NOTHING) if value is None else value
    if parameters.vararg is not None:
        scope.names[parameters.vararg.arg] = Members(arguments.positional[len(positional) :], arguments.loose)
    if parameters.kwarg is not None:
        others = {name: value for name, value in arguments.named.items() if name not in names}
        scope.names[parameters.kwarg.arg] = Entries(others, arguments.loose)


def _optional(parameters: ast.arguments, positional: Sequence[str]) -> set[str]:
    """The parameters that have a default."""
    found = set(positional[len(positional) - len(parameters.defaults) :])
    keyword_only = zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True)
    return found | {one.arg for one, default in keyword_only if default is not None}
