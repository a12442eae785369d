"""Type annotations: reading them, showing them, and whether one fits another.

The rules are those Hamilton users know, with unions read both ways and the numeric widening of PEP 484
(an ``int`` may feed a ``float``). Results are memoised by the pair of types.
"""

from __future__ import annotations

import collections.abc
import types
import typing
from collections.abc import Callable
from typing import Any

from featurecat.frames.kinds import kind_of_type

__all__ = ["accepts", "narrower", "optional_member", "resolve_annotation", "type_text", "unwrapped", "value_fits"]

_WIDENING = {(int, float), (int, complex), (float, complex)}
_CONTAINERS = (list, tuple, set, frozenset)
_resolved: dict[tuple[int, str], tuple[Any, Any]] = {}
_accepted: dict[tuple[Any, Any], bool] = {}


def unwrapped(function: Any) -> Any:
    """The function the user wrote, below what ``functools.wraps`` put around it.

    Example:
        >>> unwrapped(len) is len
        True
    """
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return function


def resolve_annotation(annotation: Any, function: Callable[..., Any]) -> Any:
    """An annotation as an object; strings are read in the namespace of ``function``'s module.

    Raises:
        NameError: When a string names what the module does not know (or another error of evaluating it).
    """
    if annotation is None:
        return type(None)
    if type(annotation) is not str:
        return annotation
    namespace = getattr(unwrapped(function), "__globals__", {})
    key = (id(namespace), annotation)
    known = _resolved.get(key)
    if known is not None and known[0] is namespace:
        return known[1]
    value: Any = annotation
    while isinstance(value, str):  # a quoted annotation under ``from __future__ import annotations`` is text of text
        value = eval(value, namespace)  # noqa: S307 - the module's own annotation, as typing.get_type_hints reads it
    value = type(None) if value is None else value
    _resolved[key] = (namespace, value)
    return value


def type_text(annotation: Any) -> str:
    """A type as people write it: ``pandas.Series``, ``dict[str, int]``, ``int | None``.

    Example:
        >>> type_text(dict[str, int]), type_text(typing.Optional[int])
        ('dict[str, int]', 'int | None')
    """
    if annotation is Any:
        return "Any"
    if annotation is type(None):
        return "None"
    arguments = typing.get_args(annotation)
    origin = typing.get_origin(annotation)
    if isinstance(annotation, type) and kind_of_type(annotation) is not None:
        return f"{annotation.__module__.partition('.')[0]}.{annotation.__name__}"
    if origin is None or not arguments:
        return getattr(annotation, "__name__", None) or str(annotation).replace("typing.", "")
    if origin is typing.Annotated:
        return type_text(arguments[0])
    if _is_union(origin):
        return " | ".join(type_text(argument) for argument in arguments)
    shown = ", ".join("..." if argument is ... else _argument_text(argument) for argument in arguments)
    return f"{getattr(origin, '__name__', None) or str(origin).replace('typing.', '')}[{shown}]"


def _argument_text(argument: Any) -> str:
    if isinstance(argument, list):
        return "[" + ", ".join(type_text(member) for member in argument) + "]"
    if isinstance(argument, str | int | bytes | bool):
        return repr(argument)
    return type_text(argument)


def _is_union(origin: Any) -> bool:
    return origin is typing.Union or origin is types.UnionType


def optional_member(annotation: Any) -> Any:
    """``T`` for ``Optional[T]`` and ``Annotated[T, ...]``, else the annotation itself."""
    while True:
        origin = typing.get_origin(annotation)
        if origin is typing.Annotated:
            annotation = typing.get_args(annotation)[0]
            continue
        if origin is not None and _is_union(origin):
            members = [member for member in typing.get_args(annotation) if member is not type(None)]
            if len(members) == 1:
                annotation = members[0]
                continue
        return annotation


def accepts(wanted: Any, given: Any) -> bool:
    """Whether a value of type ``given`` may go where ``wanted`` is asked for.

    Args:
        wanted: The consumer's annotation.
        given: The producer's annotation.

    Example:
        >>> accepts(float, int), accepts(int, float), accepts(int | str | None, int | str)
        (True, False, True)
    """
    if wanted is given or wanted is Any or given is Any:
        return True
    try:
        return _accepted[wanted, given]
    except KeyError:
        fits = _accepted[wanted, given] = _accepts(wanted, given)
        return fits
    except TypeError:  # an unhashable annotation
        return _accepts(wanted, given)


def _accepts(wanted: Any, given: Any) -> bool:
    wanted_origin, given_origin = typing.get_origin(wanted), typing.get_origin(given)
    if wanted_origin is typing.Annotated:
        return accepts(typing.get_args(wanted)[0], given)
    if given_origin is typing.Annotated:
        return accepts(wanted, typing.get_args(given)[0])
    if _is_union(given_origin):
        return all(accepts(wanted, member) for member in typing.get_args(given))
    if _is_union(wanted_origin):
        return any(accepts(member, given) for member in typing.get_args(wanted))
    if wanted == given:
        return True
    if isinstance(given, typing.NewType):
        return accepts(wanted, given.__supertype__)
    if wanted_origin is None and given_origin is None:
        return _class_accepts(wanted, given)
    return _generic_accepts(wanted, wanted_origin, given, given_origin)


def _class_accepts(wanted: Any, given: Any) -> bool:
    if (given, wanted) in _WIDENING:
        return True
    if not isinstance(wanted, type) or not isinstance(given, type):
        return False
    try:
        return issubclass(given, wanted)
    except TypeError:  # a protocol that is not runtime-checkable
        return False


def _generic_accepts(wanted: Any, wanted_origin: Any, given: Any, given_origin: Any) -> bool:
    if typing.Literal in (wanted_origin, given_origin):
        return _literal_accepts(wanted, wanted_origin, given, given_origin)
    if not _class_accepts(wanted_origin or wanted, given_origin or given):
        return False
    wanted_arguments, given_arguments = typing.get_args(wanted), typing.get_args(given)
    if not wanted_arguments or not given_arguments:
        return True
    if len(wanted_arguments) != len(given_arguments):
        return False
    return all(
        first == second or first is Any or second is Any
        for first, second in zip(wanted_arguments, given_arguments, strict=True)
    )


def _literal_accepts(wanted: Any, wanted_origin: Any, given: Any, given_origin: Any) -> bool:
    if given_origin is not typing.Literal:
        return False
    if wanted_origin is typing.Literal:
        return set(typing.get_args(given)) <= set(typing.get_args(wanted))
    return all(accepts(wanted, type(value)) for value in typing.get_args(given))


def narrower(first: Any, second: Any) -> Any | None:
    """The narrower of two types that two consumers ask of one input; None when they do not fit together."""
    if accepts(first, second):
        return first if second is Any else second
    return first if accepts(second, first) else None


def value_fits(wanted: Any, value: Any) -> bool:
    """Whether an input value fits the annotation of what takes it; None always does.

    Members of lists, tuples, sets and mappings are looked at, all of them.

    Example:
        >>> value_fits(float, 1), value_fits(int, "1"), value_fits(tuple[int, str], (1, "a"))
        (True, False, True)
    """
    if value is None or wanted is Any or isinstance(wanted, typing.TypeVar):
        return True
    origin = typing.get_origin(wanted)
    arguments = typing.get_args(wanted)
    if origin is typing.Annotated:
        return value_fits(arguments[0], value)
    if _is_union(origin):
        return any(value_fits(member, value) for member in arguments)
    if origin is typing.Literal:
        return value in arguments
    if origin is None:
        return _instance_fits(getattr(wanted, "__supertype__", wanted), value)
    if not _instance_fits(origin, value):
        return False
    return _members_fit(origin, arguments, value)


def _instance_fits(wanted: Any, value: Any) -> bool:
    if not isinstance(wanted, type):
        return wanted is not collections.abc.Callable or callable(value)
    try:
        return isinstance(value, wanted) or (type(value), wanted) in _WIDENING
    except TypeError:  # a protocol that is not runtime-checkable says nothing about values
        return True


def _members_fit(origin: Any, arguments: tuple[Any, ...], value: Any) -> bool:
    if isinstance(value, tuple) and origin is tuple and not (len(arguments) == 2 and arguments[1] is ...):
        return len(value) == len(arguments) and all(map(value_fits, arguments, value))
    if isinstance(value, collections.abc.Mapping) and len(arguments) == 2:
        return all(value_fits(arguments[0], key) and value_fits(arguments[1], item) for key, item in value.items())
    if isinstance(value, _CONTAINERS) and arguments:
        return all(value_fits(arguments[0], member) for member in value)
    return True
