"""The names of a function while it is read."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from typing import Any

from featurecat.definition.columnar.values import NOTHING as _NOTHING
from featurecat.definition.columnar.values import Known, Value, joined, opaque

__all__ = ["Scope", "scope_of_function"]

_MISSING = object()


class Scope:
    """Names and what they hold, names of the functions around, and those of the module.

    Args:
        outer: The names around; None for a function of a module.
        held: What the module and the variables around a function hold.
    """

    __slots__ = ("held", "names", "outer", "rebound")

    def __init__(self, outer: Scope | None = None, held: Mapping[str, Any] | None = None) -> None:
        self.names: dict[str, Value] = {}
        #: Names that were bound again, and no longer hold what the caller gave.
        self.rebound: set[str] = set()
        self.outer = outer
        self.held: Mapping[str, Any] = held if held is not None else outer.held if outer is not None else {}

    def find(self, name: str) -> Value:
        """What a name holds; nothing is known of one that is not bound."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        found = self.held.get(name, _MISSING)
        if found is _MISSING:
            found = getattr(builtins, name, _MISSING)
        return opaque(_NOTHING) if found is _MISSING else Known(found)

    def replace(self, old: Value, new: Value) -> bool:
        """Let every name that holds ``old`` hold ``new``; whether there is one."""
        scope: Scope | None = self
        found = False
        while scope is not None:
            for name, value in scope.names.items():
                if value is old:
                    scope.names[name] = new
                    found = True
            scope = scope.outer
        return found

    def merge(self, first: dict[str, Value], second: dict[str, Value]) -> None:
        """Let names hold what they hold after either of two ways."""
        self.names = {
            name: joined(first[name], second[name])
            if name in first and name in second
            else first.get(name) or second[name]
            for name in [*first, *(name for name in second if name not in first)]
        }


def scope_of_function(function: Any) -> Scope:
    """The scope of a function of a module, with the variables of functions around it."""
    held = dict(getattr(function, "__globals__", {}))
    code = getattr(function, "__code__", None)
    for name, cell in zip(code.co_freevars if code else (), function.__closure__ or (), strict=False):
        try:
            held[name] = cell.cell_contents
        except ValueError:  # not bound yet
            continue
    return Scope(held=held) if code is not None and code.co_freevars else Scope(held=function.__globals__)
