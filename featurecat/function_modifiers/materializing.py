"""Data that goes out: ``@save_to`` adds a node that saves, ``@datasaver`` marks a function that does."""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, ClassVar

from featurecat.definition.modifier import Modifier, Phase, Target, bare_error, targets
from featurecat.definition.node import Argument, DefinedFunction, Dependency, Node, Role, dependency_on
from featurecat.definition.types import type_text
from featurecat.errors import ModifierError, RunError
from featurecat.function_modifiers.loading import (
    ADAPTER,
    Fault,
    FormatDecorators,
    argument_faults,
    bound_arguments,
    defined_early,
    no_adapter,
)
from featurecat.io.adapter_registry import ADAPTERS, AdapterRegistry
from featurecat.io.adapters import DataAdapter

__all__ = ["SAVES", "Save", "SaveTo", "datasaver", "save_decorators", "save_node", "save_to", "saver_for"]

#: Tag of a node that saves: the name of the format.
SAVES = "featurecat.data_saver"

#: What is known when the type of a value is not: any saver of the format may be the one.
_OPEN = (Any, object)


class Save:
    """Makes a saver of its arguments and hands it the value.

    Args:
        adapter: The saver class; None is chosen by the value.
        names: The names of its arguments, in the order their values arrive after the value itself.
        format_name: Name of the format.
        registry: Where a saver that is not known yet is looked up.
    """

    __slots__ = ("adapter", "format", "names", "registry")

    def __init__(
        self, adapter: type[Any] | None, names: tuple[str, ...], *, format_name: str, registry: AdapterRegistry
    ) -> None:
        self.adapter = adapter
        self.names = names
        self.format = format_name
        self.registry = registry

    def __call__(self, data: Any, *values: Any) -> Any:
        """Save the value, and give the metadata.

        Raises:
            RunError: When no saver of the format takes such a value, or not with these arguments.
        """
        adapter: Any = self.adapter
        if adapter is None:
            adapter = self.registry.find("save", self.format, type(data))
            given = dict(zip(self.names, values, strict=True))
            faults = (
                [no_adapter("save", self.format, type(data), registry=self.registry)]
                if adapter is None
                else argument_faults(adapter, given)
            )
            if faults:
                raise RunError(faults[0].message, code="not-tabular", hint=faults[0].hint)
        return adapter(**dict(zip(self.names, values, strict=True))).save_data(data)


def saver_for(
    format_name: str, type_: Any, given: Mapping[str, Any], *, registry: AdapterRegistry = ADAPTERS
) -> tuple[type[DataAdapter] | None, list[Fault]]:
    """The saver for a type, and what is wrong with its use.

    Args:
        format_name: Name of the format.
        type_: The type of what is saved; of Any the saver is chosen when the value is there.
        given: The saver's arguments.
        registry: Where it is looked up.

    Returns:
        The saver class, None where the value decides; and all faults.
    """
    candidates = registry.candidates("save", format_name)
    if type_ not in _OPEN:
        adapter = registry.find("save", format_name, type_)
        if adapter is None:
            return None, [no_adapter("save", format_name, type_, registry=registry)]
        return adapter, argument_faults(adapter, given)
    faults = [argument_faults(adapter, given) for adapter in candidates]
    adapter = candidates[0] if len(candidates) == 1 else None
    return adapter, min(faults, key=len)


def save_node(
    name: str,
    saved: Node,
    format_name: str,
    *,
    given: Mapping[str, Any],
    registry: AdapterRegistry = ADAPTERS,
    defined: DefinedFunction | None = None,
) -> tuple[Node | None, list[Fault]]:
    """The node that saves another node's value.

    Args:
        name: Its name.
        saved: The node whose value is saved.
        format_name: Name of the format.
        given: The saver's arguments.
        registry: Where the saver is looked up.
        defined: The function it belongs to.

    Returns:
        The node, or None and everything that is wrong.
    """
    adapter, faults = saver_for(format_name, saved.type, given, registry=registry)
    if faults:
        return None, faults
    names, arguments = bound_arguments(adapter or registry.candidates("save", format_name)[0], given)
    if adapter is None:
        arguments = tuple(_of_any_type(argument) for argument in arguments)
    shown = format_name if adapter is None else adapter.__qualname__
    node = Node(
        name,
        dict[str, Any],
        Save(adapter, names, format_name=format_name, registry=registry),
        (dependency_on(saved.name, saved.type, "data"), *arguments),
        defined,
        role=Role.RAW,
        doc=f"Saves {saved.name} as {format_name}: what is known about what was written.",
        tags={SAVES: (format_name,), ADAPTER: (shown,)},
        final=False,
    )
    return node, []


def _of_any_type(argument: Argument) -> Argument:
    return argument._replace(type=Any) if isinstance(argument, Dependency) else argument


class SaveTo(Modifier):
    """Add a node that saves the function's result; ``@save_to.<format>(…)`` makes one.

    Args:
        format_name: Name of the format.
        output_name: Name of the node; None is ``save.<name of what is saved>``.
        target: Which node of the function is saved, when there are several.
        arguments: The saver's arguments.
        registry: Where the saver is looked up.
    """

    phase: ClassVar[Phase] = Phase.TRANSFORM

    def __init__(
        self,
        format_name: str,
        output_name: str | None,
        target: Target,
        *,
        arguments: Mapping[str, Any],
        registry: AdapterRegistry = ADAPTERS,
    ) -> None:
        self.format = format_name
        self.output_name = output_name
        self.target = target
        self.arguments = arguments
        self.registry = registry

    @property
    def name(self) -> str:
        """The decorator's name as users write it."""
        return f"save_to.{self.format}"

    def check(self, function: Callable[..., Any]) -> None:
        """Check the saver's arguments, by the function's return type where no other decorator changes it."""
        type_: Any = Any
        if self.output_name is not None and (not isinstance(self.output_name, str) or not self.output_name):
            raise self.error(f"output_name_={self.output_name!r} is no name", function, "output_name_='saved_weeks'")
        early = defined_early(function)
        if early is not None and self.target is None and not early.modifiers:
            type_ = early.returns
        self._raise(saver_for(self.format, type_, self.arguments, registry=self.registry)[1], function)

    def _raise(self, faults: list[Fault], function: Callable[..., Any]) -> None:
        if faults:
            errors = [self.error(fault.message, function, fault.hint) for fault in faults]
            raise ModifierError([problem for error in errors for problem in error.problems])

    def apply(self, nodes: list[Node], defined: DefinedFunction) -> list[Node]:
        """The function's nodes, and one that saves; it runs only where it is asked for."""
        # several of these save the same value, not each other's metadata
        wholes = targets(self, [node for node in nodes if SAVES not in node.tags], self.target, defined=defined)
        if len(wholes) != 1:
            listed = ", ".join(node.name for node in wholes)
            hint = f"target_={wholes[0].name!r}, and one decorator for each" if wholes else "target_='name'"
            raise self.error(f"needs a single node to save, got {len(wholes)}: {listed}", defined, hint)
        (whole,) = wholes
        name = self.output_name or f"save.{whole.name}"
        if any(node.name == name for node in nodes):
            raise self.error(
                f"there is a node {name!r} already", defined, "give the node a name: output_name_='saved_weeks'"
            )
        saver, faults = save_node(
            name, whole, self.format, given=self.arguments, registry=self.registry, defined=defined
        )
        self._raise(faults, defined.function)
        assert saver is not None  # without faults there is one
        position = nodes.index(whole) + 1
        return [*nodes[:position], saver, *nodes[position:]]


def _save_to(registry: AdapterRegistry, format_name: str) -> Callable[..., SaveTo]:
    def make(output_name_: str | None = None, target_: Target = None, **arguments: Any) -> SaveTo:
        if isinstance(output_name_, FunctionType):
            raise bare_error(f"save_to.{format_name}", output_name_)
        return SaveTo(format_name, output_name_, target_, arguments=arguments, registry=registry)

    make.__name__ = make.__qualname__ = f"save_to.{format_name}"
    make.__doc__ = f"Add a node that saves the result as {format_name}: its name, what is saved, the saver's arguments."
    return make


def save_decorators(registry: AdapterRegistry = ADAPTERS) -> FormatDecorators:
    """What is used as ``save_to``, over the savers of a registry."""
    return FormatDecorators("save_to", "save", make=_save_to, registry=registry)


#: Add a node that saves the function's result: ``@save_to.parquet(path=source("weeks_path"))``. The node is called
#: ``save.<function>``, or as ``output_name_`` says, and runs only where it is asked for.
save_to = save_decorators()


class datasaver(Modifier):  # noqa: N801 - the name users know
    """Mark a function that saves: it returns metadata, and is no feature.

    Example:
        >>> @datasaver()
        ... def saved_codes(codes: list[str], path: str) -> dict:
        ...     return {"path": path, "rows": len(codes)}
        >>> saved_codes(["AA"], "codes.txt")
        {'path': 'codes.txt', 'rows': 1}
    """

    phase: ClassVar[Phase] = Phase.GENERATE
    single: ClassVar[bool] = True

    def check(self, function: Callable[..., Any]) -> None:
        """Check that the function returns metadata."""
        early = defined_early(function)
        if early is not None:
            self._check_metadata(early.returns, function)

    def _check_metadata(self, returns: Any, function: Callable[..., Any]) -> None:
        keys = typing.get_args(returns)
        if (typing.get_origin(returns) or returns) is not dict or (keys and keys[0] is not str):
            raise self.error(
                f"needs a function that returns metadata, a dictionary with text keys, not {type_text(returns)}",
                function,
                "annotate -> dict",
            )

    def apply(self, nodes: list[Node], defined: DefinedFunction) -> list[Node]:
        """The function's node, marked as one that saves."""
        (node,) = nodes
        self._check_metadata(node.type, defined.function)
        return [node.with_(role=Role.RAW, tags={SAVES: ("function",), ADAPTER: (defined.function.__qualname__,)})]
