"""A node's arguments, given new origins: what every decorator that rewires parameters shares."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from featurecat.definition.modifier import Modifier
from featurecat.definition.node import Argument, Constant, DefinedFunction, Dependency, GroupedCall, Node, dependency_on
from featurecat.definition.types import optional_member, type_text, unwrapped
from featurecat.function_modifiers.dependencies import Grouped, Literal, Marker, Upstream

__all__ = ["After", "Wired", "Wiring", "parameter_names", "repeated_name", "wired", "with_dependencies_named"]

#: Parameter to where its value comes from.
Wiring = Mapping[str, Marker]


class Wired(NamedTuple):
    """How a node is called once its parameters are rewired; see :class:`~featurecat.definition.node.Node`."""

    function: Callable[..., Any]
    arguments: tuple[Argument, ...]
    keywords: tuple[str, ...]


def parameter_names(function: Callable[..., Any]) -> Sequence[str]:
    """The names of a function's parameters, in order.

    Example:
        >>> parameter_names(lambda spend, *, tax: spend)
        ('spend', 'tax')
    """
    code = unwrapped(function).__code__
    names: Sequence[str] = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return names


def wired(modifier: Modifier, node: Node, wiring: Wiring, *, defined: DefinedFunction) -> Wired:
    """Rewire the parameters of a node; those not mentioned stay as they are.

    Args:
        modifier: Who asks, for messages.
        node: The node.
        wiring: Parameter to ``source()``, ``value()`` or ``group()``.
        defined: The decorated function, for messages.

    Raises:
        ModifierError: When a group fills a parameter that is no list or mapping.
    """
    arguments: list[Argument] = []
    layout: list[int | tuple[str, ...] | None] = []
    for argument in node.arguments:
        marker = wiring.get(argument.parameter)
        if isinstance(marker, Grouped):
            arguments += _members(modifier, argument, marker, defined)
            layout.append(marker.keys if marker.keys is not None else len(marker.members))
        else:
            layout.append(None)
            arguments.append(argument if marker is None else _wired(argument, marker))
    if any(layout):
        return Wired(GroupedCall(node.function, layout, node.keywords), tuple(arguments), ())
    return Wired(node.function, tuple(arguments), node.keywords)


def _members(modifier: Modifier, argument: Argument, marker: Grouped, defined: DefinedFunction) -> list[Argument]:
    annotation = optional_member(argument.type) if isinstance(argument, Dependency) else Any
    origin, members = typing.get_origin(annotation), typing.get_args(annotation)
    wanted = list if marker.keys is None else dict
    if annotation is not Any and (origin or annotation) is not wanted:
        shape = "list[T]" if wanted is list else "dict[str, T]"
        raise modifier.error(
            f"group() fills {argument.parameter}, which is {type_text(annotation)} and not {shape}",
            defined,
            f"annotate {argument.parameter}: {shape}",
        )
    member_type = members[-1] if members else Any
    return [_wired(Dependency("", member_type, argument.parameter), member) for member in marker.members]


def _wired(argument: Argument, marker: Marker) -> Argument:
    if isinstance(marker, Upstream) and isinstance(argument, Dependency):
        return dependency_on(marker.name, argument.type, argument.parameter, default=argument.default)
    if isinstance(marker, Literal):
        return Constant(marker.value, argument.parameter)
    return argument


def with_dependencies_named(node: Node, names: Mapping[str, str]) -> Node:
    """The node with the dependencies in ``names`` called as it says; itself when it has none of them."""
    if not any(dependency.name in names for dependency in node.dependencies):
        return node
    arguments = (
        argument._replace(name=names[argument.name])
        if isinstance(argument, Dependency) and argument.name in names
        else argument
        for argument in node.arguments
    )
    return node.with_(arguments=tuple(arguments))


def repeated_name(names: Iterable[str]) -> str | None:
    """The first name that stands twice.

    Example:
        >>> repeated_name(["a", "b", "a"])
        'a'
    """
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


class After:
    """Calls a function and hands on what ``change`` makes of its result, awaited first if need be.

    Args:
        function: What to call.
        change: Takes the result.
    """

    __slots__ = ("change", "function")

    def __init__(self, function: Callable[..., Any], change: Callable[[Any], Any]) -> None:
        self.function = function
        self.change = change

    def __call__(self, *values: Any, **named: Any) -> Any:
        """The changed result."""
        result = self.function(*values, **named)
        return self._awaited(result) if hasattr(result, "__await__") else self.change(result)

    async def _awaited(self, result: Any) -> Any:
        return self.change(await result)
