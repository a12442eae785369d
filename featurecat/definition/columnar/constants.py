"""Computes with constants while source is read: only what is quick, has no effect and is no code of users."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from types import BuiltinFunctionType
from typing import Any

__all__ = ["NO_CONSTANT", "call_known", "changed_copy", "compare", "compute", "is_hashable", "is_plain", "member_under"]

#: What stands for a result that is not computed.
NO_CONSTANT = object()

_LARGEST = 10_000
_PLAIN = (str, int, float, bool, bytes, list, tuple, dict, set, frozenset, range, slice, type(None))
_FUNCTIONS: frozenset[Any] = frozenset(
    {
        len, list, tuple, dict, set, frozenset, sorted, reversed, range, zip, enumerate, str, int, float, bool, min, max,
        sum, abs, round, any, all, slice, dict.fromkeys,
    }
)  # fmt: skip
_METHODS: Mapping[type, frozenset[str]] = {
    str: frozenset(
        [
            "capitalize",
            "casefold",
            "endswith",
            "format",
            "join",
            "lower",
            "lstrip",
            "partition",
            "removeprefix",
            "removesuffix",
            "replace",
            "rpartition",
            "rsplit",
            "rstrip",
            "split",
            "startswith",
            "strip",
            "title",
            "upper",
        ]
    ),
    dict: frozenset({"items", "keys", "values", "get", "copy"}),
    list: frozenset({"copy", "index", "count"}),
    tuple: frozenset({"index", "count"}),
    set: frozenset({"union", "intersection", "difference", "symmetric_difference", "copy", "issubset"}),
    frozenset: frozenset({"union", "intersection", "difference", "symmetric_difference", "issubset"}),
}
_CHANGES: Mapping[type, frozenset[str]] = {
    list: frozenset({"append", "extend", "insert", "remove", "sort", "reverse", "clear"}),
    dict: frozenset({"update", "clear"}),
    set: frozenset({"add", "update", "discard", "remove", "clear"}),
}
_OPERATORS: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Mod: operator.mod,
    ast.FloorDiv: operator.floordiv,
    ast.Div: operator.truediv,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
}
_COMPARISONS: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}
#: What pieces of the language raise for operands that do not fit.
_FAULTS = (TypeError, ValueError, KeyError, IndexError, ArithmeticError, AttributeError)


def is_plain(held: Any) -> bool:
    """Whether an object is of a built-in type, or a view of a dictionary."""
    return type(held) in _PLAIN or type(held).__name__ in ("dict_keys", "dict_values", "dict_items")


def compute(kind: ast.operator, left: Any, right: Any) -> Any:
    """Two constants under an operator; :data:`NO_CONSTANT` where that is not computed.

    Example:
        >>> compute(ast.Add(), ["a"], ["b"])
        ['a', 'b']
    """
    operation = _OPERATORS.get(type(kind))
    if operation is None or not (is_plain(left) and is_plain(right)):
        return NO_CONSTANT
    if isinstance(kind, ast.Mult) and not (isinstance(left, float) or isinstance(right, float)):
        sizes = [len(side) if hasattr(side, "__len__") else 1 for side in (left, right)]
        counts = [side for side in (left, right) if isinstance(side, int)]
        if max(sizes) * max([1, *map(abs, counts)]) > _LARGEST:
            return NO_CONSTANT
    return _tried(operation, (left, right), {})


def compare(kind: ast.cmpop, left: Any, right: Any) -> Any:
    """Whether two constants compare so; :data:`NO_CONSTANT` where that is not told.

    Example:
        >>> compare(ast.In(), "a", ["a"])
        True
    """
    operation = _COMPARISONS.get(type(kind))
    if operation is None or not (is_plain(left) and is_plain(right)):
        return NO_CONSTANT
    return _tried(operation, (left, right), {})


def call_known(function: Any, arguments: Sequence[Any], named: Mapping[str, Any]) -> Any:
    """What a built-in function or a method of a constant returns; :data:`NO_CONSTANT` where it is not called.

    Example:
        >>> call_known("a_{}".format, ["b"], {})
        'a_b'
        >>> call_known(print, ["b"], {}) is NO_CONSTANT
        True
    """
    if not isinstance(function, type | BuiltinFunctionType):
        return NO_CONSTANT
    owner = getattr(function, "__self__", None)
    if function not in _FUNCTIONS and function.__name__ not in _METHODS.get(type(owner), ()):
        return NO_CONSTANT
    if not all(map(is_plain, [*arguments, *named.values()])):
        return NO_CONSTANT
    if any(hasattr(one, "__len__") and len(one) > _LARGEST for one in arguments):
        return NO_CONSTANT
    made = _tried(function, arguments, named)
    return list(made) if isinstance(made, zip | enumerate | reversed) else made


def changed_copy(held: Any, method: str, arguments: Sequence[Any]) -> Any:
    """A list, mapping or set after a method that changes it, the original left alone; or :data:`NO_CONSTANT`.

    Example:
        >>> changed_copy(["a"], "append", ["b"])
        ['a', 'b']
    """
    if method not in _CHANGES.get(type(held), ()) or not all(map(is_plain, arguments)):
        return NO_CONSTANT
    copy = held.copy()
    return copy if _tried(getattr(copy, method), arguments, {}) is not NO_CONSTANT else NO_CONSTANT


def _tried(function: Callable[..., Any], arguments: Sequence[Any], named: Mapping[str, Any]) -> Any:
    try:
        made = function(*arguments, **named)
    except _FAULTS:
        return NO_CONSTANT
    return NO_CONSTANT if hasattr(made, "__len__") and len(made) > _LARGEST else made


def member_under(held: Any, key: Any) -> Any:
    """A member of a constant; :data:`NO_CONSTANT` where there is none.

    Example:
        >>> member_under({"a": 1}, "a")
        1
    """
    try:
        return held[key]
    except _FAULTS:
        return NO_CONSTANT


def is_hashable(held: Any) -> bool:
    """Whether a constant can be a key.

    Example:
        >>> is_hashable(("a", []))
        False
    """
    try:
        hash(held)
    except TypeError:
        return False
    return True
