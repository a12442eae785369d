"""What brings nodes before a function: which argument they are for, and how the function takes their value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from featurecat.definition.modifier import Modifier, Phase
from featurecat.definition.node import REQUIRED, DefinedFunction, Dependency, Node
from featurecat.errors import did_you_mean
from featurecat.function_modifiers.wiring import parameter_names, with_dependencies_named

__all__ = ["check_new_names", "check_no_expander", "check_parameter", "outer_dependency", "taking"]


def check_no_expander(modifier: Modifier, defined: DefinedFunction) -> None:
    """Refuse a decorator that makes several nodes of the function beside one that brings nodes before it.

    Raises:
        ModifierError: When there is one.
    """
    for other in defined.modifiers:
        if other.phase is Phase.EXPAND:
            raise modifier.error(
                f"cannot stand beside @{other.name}: it brings nodes before the function, which would have to be repeated",
                defined,
                f"do the one in a function of its own, and let that with @{other.name} take its result",
            )


def outer_dependency(
    modifier: Modifier, nodes: Sequence[Node], *, parameter: str | None, defined: DefinedFunction
) -> Dependency:
    """What a parameter of a function takes from outside, by the parameter's name or as the first of them.

    Args:
        modifier: Who asks.
        nodes: The function's nodes so far.
        parameter: Its name; None for the function's first.
        defined: The function.

    Raises:
        ModifierError: When nothing from outside goes by that name.
    """
    if parameter is None:
        names = parameter_names(defined.function)
        if not names:
            raise modifier.error("needs a function with a parameter", defined, "pipe_output works on results")
        parameter = names[0]
    inside = {node.name for node in nodes}
    for node in nodes:
        for dependency in node.dependencies:
            if dependency.name == parameter and parameter not in inside:
                return dependency
    raise modifier.error(
        f"the parameter {parameter!r} is filled by another decorator already", defined, "keep one of the two"
    )


def check_parameter(modifier: Modifier, parameter: Any, function: Callable[..., Any]) -> None:
    """Check that ``on_input`` names one parameter.

    Raises:
        ModifierError: Otherwise.
    """
    names = parameter_names(function)
    if not names:
        raise modifier.error("needs a function with a parameter", function, "give it one")
    if parameter is None:
        return
    if not isinstance(parameter, str):
        raise modifier.error(
            f"on_input={parameter!r} must name one parameter",
            function,
            f"stack one @{modifier.name}(…, on_input={names[0]!r}) a parameter",
        )
    if parameter not in names:
        hint = did_you_mean(parameter, names) or f"parameters are {', '.join(names)}"
        raise modifier.error(f"on_input={parameter!r} is no parameter", function, hint)


def taking(node: Node, outer: str, inner: str) -> Node:
    """The node with ``inner`` in the place of ``outer``, which it cannot do without: inner nodes are always there."""
    renamed = with_dependencies_named(node, {outer: inner})
    if renamed is node:
        return node
    arguments = tuple(
        argument._replace(default=REQUIRED) if isinstance(argument, Dependency) and argument.name == inner else argument
        for argument in renamed.arguments
    )
    return renamed.with_(arguments=arguments)


def check_new_names(
    modifier: Modifier, made: Iterable[Node], nodes: Iterable[Node], *, defined: DefinedFunction
) -> None:
    """Refuse nodes whose names the function's nodes have already.

    Raises:
        ModifierError: When there are any.
    """
    taken = {node.name for node in nodes}
    for node in made:
        if node.name in taken:
            raise modifier.error(
                f"the node {node.name!r} is there already", defined, f"give one @{modifier.name} a namespace of its own"
            )
