"""Type annotations: reading them, showing them, and whether one fits another.

The rules are those Hamilton users know, with unions read both ways, the numeric widening of PEP 484 (an ``int``
may feed a ``float``), and members of containers that are only read taken by what they may be: ``list[bool]`` feeds
``Sequence[int]``, but not ``list[int]``. Results are memoised by the pair of types.
"""

from __future__ import annotations

import collections
import collections.abc
import types
import typing
from collections.abc import Callable
from typing import Any

from featurecat.definition.parallel import Collect, Parallelizable, collects, expands, item_type
from featurecat.frames.kinds import kind_of_type

__all__ = ["accepts", "narrower", "optional_member", "resolve_annotation", "type_text", "unwrapped", "value_fits"]

#: What else goes where one of these is asked for.
_WIDENING: dict[Any, tuple[type, ...]] = {float: (int,), complex: (int, float)}
_CONTAINERS = (list, tuple, set, frozenset, collections.deque, collections.abc.Mapping)
_PARALLEL = (Parallelizable, Collect)
#: Whoever takes one of these does not put anything in, so a container of a narrower type will do.
_READ_ONLY = frozenset(
    {
        *(frozenset, type, collections.abc.Iterable, collections.abc.Iterator, collections.abc.Reversible),
        *(collections.abc.Collection, collections.abc.Container, collections.abc.Sequence, collections.abc.Set),
        *(collections.abc.Mapping, collections.abc.KeysView, collections.abc.ValuesView, collections.abc.ItemsView),
        *(collections.abc.Awaitable, collections.abc.Generator),
    }
)
#: Methods with names of Python's own that a protocol may ask for.
_CALLING = frozenset(
    {"__call__", "__len__", "__iter__", "__next__", "__contains__", "__getitem__", "__lt__", "__enter__", "__exit__"}
    | {"__add__", "__sub__", "__mul__", "__float__", "__int__", "__abs__", "__fspath__", "__array__"}
)
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
    if typing.Annotated in (wanted_origin, given_origin):
        return accepts(_plain(wanted), _plain(given))
    if Collect in (wanted, wanted_origin) or Parallelizable in (given, given_origin):
        return _item_accepts(wanted, given)
    if _is_union(given_origin):
        return all(accepts(wanted, member) for member in typing.get_args(given))
    if wanted == given:
        return True
    if _is_union(wanted_origin) and any(accepts(member, given) for member in typing.get_args(wanted)):
        return True
    if isinstance(given, typing.NewType):
        return accepts(wanted, given.__supertype__)
    if typing.TypeVar in (type(wanted), type(given)):
        return _variable_accepts(wanted, given)
    if wanted_origin is None and given_origin is None:
        return _class_accepts(wanted, given)
    return _generic_accepts(wanted, wanted_origin, given, given_origin)


def _item_accepts(wanted: Any, given: Any) -> bool:
    """Whether an edge into or out of a parallel block fits: what lies between is computed once per item."""
    whole = collects(wanted) or (expands(wanted) and expands(given))
    return accepts(item_type(wanted) if whole else wanted, item_type(given) if expands(given) else given)


def _plain(annotation: Any) -> Any:
    return typing.get_args(annotation)[0] if typing.get_origin(annotation) is typing.Annotated else annotation


def _variable_accepts(wanted: Any, given: Any) -> bool:
    """A type variable takes what its bound or one of its constraints takes, and gives no more than that."""
    if isinstance(given, typing.TypeVar):
        if given.__constraints__:
            return all(accepts(wanted, one) for one in given.__constraints__)
        return accepts(wanted, object if given.__bound__ is None else given.__bound__)
    if wanted.__constraints__:
        return any(accepts(one, given) for one in wanted.__constraints__)
    return wanted.__bound__ is None or accepts(wanted.__bound__, given)


def _class_accepts(wanted: Any, given: Any) -> bool:
    if not isinstance(wanted, type) or not isinstance(given, type):
        return False
    try:
        return issubclass(given, wanted) or issubclass(given, _WIDENING.get(wanted, ()))
    except TypeError:  # a protocol that Python cannot check by itself
        return _has_members(wanted, given)


def _has_members(protocol: Any, given: type) -> bool:
    """Whether a class has all that a protocol asks for, as attributes or as annotations."""
    wanted: set[str] = set()
    for part in protocol.__mro__:
        if getattr(part, "_is_protocol", False):
            wanted |= vars(part).keys() | getattr(part, "__annotations__", {}).keys()
    known = {name for part in given.__mro__ for name in (*vars(part), *getattr(part, "__annotations__", ()))}
    asked = {name for name in wanted if not name.startswith("_") or name in vars(protocol).get("__annotations__", {})}
    asked |= {name for name in wanted & _CALLING if callable(vars(protocol).get(name))}
    return bool(asked) and asked <= known


def _generic_accepts(wanted: Any, wanted_origin: Any, given: Any, given_origin: Any) -> bool:
    if typing.Literal in (wanted_origin, given_origin):
        return _literal_accepts(wanted, wanted_origin, given, given_origin)
    if not _class_accepts(wanted_origin or wanted, given_origin or given):
        return False
    wanted_arguments, given_arguments = typing.get_args(wanted), typing.get_args(given)
    if not wanted_arguments or not given_arguments:
        return True
    if wanted_origin is collections.abc.Callable:
        return given_origin is not wanted_origin or _call_accepts(wanted_arguments, given_arguments)
    if tuple in (wanted_origin, given_origin):
        return _tuple_accepts(wanted_origin, wanted_arguments, given_origin, given_arguments)
    if wanted_origin in _READ_ONLY:
        # a mapping is iterated by its keys, a generator by what it yields: their first arguments
        return all(map(accepts, wanted_arguments, given_arguments))
    if len(wanted_arguments) != len(given_arguments):
        return False
    return all(map(_same, wanted_arguments, given_arguments))


def _same(first: Any, second: Any) -> bool:
    """Whether two member types of a container that may be changed are one, Any being every type."""
    if first == second or first is Any or second is Any:
        return True
    if isinstance(first, typing.TypeVar):
        return accepts(first, second)
    first_arguments, second_arguments = typing.get_args(first), typing.get_args(second)
    origins = typing.get_origin(first) or first, typing.get_origin(second) or second
    return (
        origins[0] == origins[1]
        and len(first_arguments) == len(second_arguments) > 0
        and all(map(_same, first_arguments, second_arguments))
    )


def _call_accepts(wanted: Any, given: Any) -> bool:
    """A function fits where one is called with less general arguments and its result is used as more general."""
    wanted_parameters, given_parameters = wanted[0], given[0]
    if not accepts(wanted[-1], given[-1]):
        return False
    if not isinstance(wanted_parameters, list) or not isinstance(given_parameters, list):
        return True  # any parameters, or those of a ParamSpec
    return len(wanted_parameters) == len(given_parameters) and all(map(accepts, given_parameters, wanted_parameters))


def _tuple_accepts(wanted_origin: Any, wanted: tuple[Any, ...], given_origin: Any, given: tuple[Any, ...]) -> bool:
    members = given[:1] if given_origin is tuple and given[1:] == (...,) else given
    if given_origin is not tuple:  # a subclass that is generic in its own way
        return True
    if wanted_origin is not tuple or wanted[1:] == (...,):
        return all(accepts(wanted[0], member) for member in members)
    return given[1:] != (...,) and len(wanted) == len(given) and all(map(accepts, wanted, given))


def _literal_accepts(wanted: Any, wanted_origin: Any, given: Any, given_origin: Any) -> bool:
    if given_origin is not typing.Literal:
        return False
    if wanted_origin is typing.Literal:
        # True == 1, and is not it
        kept = [(type(value), value) for value in typing.get_args(wanted)]
        return all((type(value), value) in kept for value in typing.get_args(given))
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
    if value is None or wanted is Any:
        return True
    if isinstance(wanted, typing.TypeVar | typing.NewType):
        return _named_fits(wanted, value)
    origin = typing.get_origin(wanted)
    if wanted in _PARALLEL or origin in _PARALLEL:
        return isinstance(value, collections.abc.Iterable)
    return _instance_fits(wanted, value) if origin is None else _generic_fits(origin, typing.get_args(wanted), value)


def _generic_fits(origin: Any, arguments: tuple[Any, ...], value: Any) -> bool:
    if origin is typing.Annotated:
        return value_fits(arguments[0], value)
    if _is_union(origin):
        return any(value_fits(member, value) for member in arguments)
    if origin is typing.Literal:
        # True == 1, and is not it
        same = (
            one for one in arguments if isinstance(value, type(one)) and isinstance(value, bool) is (type(one) is bool)
        )
        return any(value == one for one in same)
    if origin is type:
        return isinstance(value, type) and accepts(arguments[0], value)
    return _instance_fits(origin, value) and _members_fit(origin, arguments, value)


def _named_fits(wanted: Any, value: Any) -> bool:
    """Whether a value fits a type variable or a ``NewType``."""
    if isinstance(wanted, typing.NewType):
        return value_fits(wanted.__supertype__, value)
    if wanted.__constraints__:
        return any(value_fits(one, value) for one in wanted.__constraints__)
    return wanted.__bound__ is None or value_fits(wanted.__bound__, value)


def _instance_fits(wanted: Any, value: Any) -> bool:
    if not isinstance(wanted, type):
        return wanted is not collections.abc.Callable or callable(value)
    try:
        return isinstance(value, (wanted, *_WIDENING.get(wanted, ())))
    except TypeError:  # a protocol that is not runtime-checkable says nothing about values
        return True


def _members_fit(origin: Any, arguments: tuple[Any, ...], value: Any) -> bool:
    if isinstance(value, tuple) and origin is tuple and arguments[1:] != (...,):
        return len(value) == len(arguments) and all(map(value_fits, arguments, value))
    if isinstance(value, collections.abc.Mapping) and len(arguments) == 2:
        return all(value_fits(arguments[0], key) and value_fits(arguments[1], item) for key, item in value.items())
    if isinstance(value, _CONTAINERS) and arguments:
        return all(value_fits(arguments[0], member) for member in value)
    return True
