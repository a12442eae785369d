"""The phase pipeline: one mechanism for every decorator.

A decorator attaches a frozen :class:`Modifier` to the function and returns the function unchanged. When
definitions are collected, the phases run in the order of :class:`Phase`, whatever the textual order; within
a phase, modifiers apply bottom-up, the closest to ``def`` first.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from operator import attrgetter
from types import EllipsisType, FunctionType
from typing import Any, ClassVar, Self, TypeVar

from featurecat.definition.metadata import Tags
from featurecat.definition.node import NO_TAGS, DefinedFunction, Dependency, Node
from featurecat.definition.types import unwrapped
from featurecat.errors import ModifierError, did_you_mean

__all__ = [
    "ATTRIBUTE",
    "Modifier",
    "Phase",
    "Target",
    "apply_modifiers",
    "bare_error",
    "modifiers_of",
    "replace_targets",
    "tags_at_once",
    "targets",
]

#: Name of the function attribute that holds the attached modifiers, bottom-up.
ATTRIBUTE = "__featurecat__"

#: Which nodes of a function a modifier applies to: None (the final ones), ``...`` (all), a name, or names.
Target = str | Sequence[str] | EllipsisType | None

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


class Phase(IntEnum):
    """When a modifier applies."""

    DYNAMIC = 0
    RESOLVE = 1
    GENERATE = 2
    INJECT = 3
    EXPAND = 4
    TRANSFORM = 5
    DECORATE = 6


# looking up a member of an enumeration costs more than the comparison it is for
_RESOLVE, _GENERATE, _EXPAND = Phase.RESOLVE, Phase.GENERATE, Phase.EXPAND
_phase = attrgetter("phase")


class Modifier(ABC):
    """A decorator: attached to a function, applied to its nodes.

    Subclasses set ``phase``, may set ``single`` (at most one on a function), check what can be checked at
    decoration in :meth:`check`, and do their work in :meth:`apply`.
    """

    phase: ClassVar[Phase]
    single: ClassVar[bool] = False
    #: The tags it gives to the function's result, where that is all it does.
    result_tags: Tags | None = None

    def __new__(cls, *given: Any, **named: Any) -> Self:
        """A modifier; one that is given just a function was written without its parentheses.

        Raises:
            ModifierError: In that case.
        """
        del named
        if given and isinstance(given[0], FunctionType):
            raise bare_error(cls.__name__, given[0])
        return super().__new__(cls)

    def __call__(self, function: Decorated) -> Decorated:
        """Attach this modifier to ``function`` and return it unchanged."""
        self.check(function)
        attached = getattr(function, ATTRIBUTE, ())
        setattr(function, ATTRIBUTE, (*attached, self))
        return function

    @property
    def name(self) -> str:
        """The decorator's name as users write it."""
        return type(self).__name__

    def check(self, function: Callable[..., Any]) -> None:  # noqa: B027 - most modifiers have nothing to check here
        """Check the modifier against the function at decoration.

        Raises:
            ModifierError: When the decorator cannot work on this function.
        """

    @abstractmethod
    def apply(self, nodes: list[Node], defined: DefinedFunction) -> list[Node]:
        """The function's nodes after this modifier.

        Raises:
            ModifierError: When the decorator cannot work on these nodes.
        """

    def error(self, message: str, function: Callable[..., Any] | DefinedFunction, hint: str | None = None) -> ModifierError:
        """An error of this decorator, placed at the function."""
        if isinstance(function, DefinedFunction):
            function = function.function
        code = unwrapped(function).__code__
        return ModifierError(
            f"@{self.name} on {function.__name__}: {message}", file=code.co_filename, line=code.co_firstlineno, hint=hint
        )


def bare_error(name: str, function: FunctionType) -> ModifierError:
    """The error of a decorator that was written without parentheses and so took the function for its argument."""
    code = unwrapped(function).__code__
    return ModifierError(
        f"@{name} on {function.__name__}: it is a decorator with arguments",
        file=code.co_filename,
        line=code.co_firstlineno,
        hint=f"write it with parentheses: @{name}(…)",
    )


def modifiers_of(function: Callable[..., Any]) -> tuple[Modifier, ...]:
    """The modifiers attached to a function, bottom-up."""
    attached: tuple[Modifier, ...] = getattr(function, ATTRIBUTE, ())
    return attached


def tags_at_once(modifiers: Iterable[Modifier]) -> Tags | None:
    """All tags of a function's result, where its modifiers do nothing to it but tag it; else None.

    Most functions have but tags and a condition: their node can be made with them at once.
    """
    tags = NO_TAGS
    for modifier in modifiers:
        if modifier.phase is _RESOLVE:
            continue
        given = modifier.result_tags
        if given is None:
            return None
        tags = {**tags, **given} if tags else given
    return tags


def apply_modifiers(nodes: list[Node], defined: DefinedFunction) -> list[Node]:
    """Run the phases from GENERATE on over the first node of a function.

    Args:
        nodes: The plain node of the function.
        defined: The function, with its modifiers.

    Returns:
        All nodes the function declares.

    Raises:
        ModifierError: When modifiers do not fit the function or each other.
    """
    modifiers: Sequence[Modifier] = defined.modifiers
    if len(modifiers) > 1:
        modifiers = sorted(modifiers, key=_phase)
    before: Modifier | None = None
    for modifier in modifiers:
        phase = modifier.phase
        if phase >= _GENERATE:
            if modifier.single and before is not None and before.phase == phase:
                raise modifier.error(
                    f"cannot stand beside @{before.name}: a function takes one of this kind",
                    defined,
                    "split the function in two, or say it all in one decorator",
                )
            if phase == _EXPAND and len(nodes) != 1:
                raise modifier.error(f"needs exactly one node to expand, got {len(nodes)}", defined)
            nodes = modifier.apply(nodes, defined)
        before = modifier
    return nodes


def replace_targets(
    modifier: Modifier,
    nodes: list[Node],
    target: Target,
    *,
    defined: DefinedFunction,
    change: Callable[[Node], list[Node]],
) -> list[Node]:
    """The nodes with every target replaced by what ``change`` makes of it.

    Args:
        modifier: Who asks, for messages.
        nodes: All nodes of the function so far.
        target: Which of them are meant.
        defined: The function.
        change: Node to its replacements.

    Raises:
        ModifierError: When a named target does not exist.
    """
    if len(nodes) == 1 and (target is None or target is ...):
        return change(nodes[0])
    chosen = _target_names(modifier, nodes, target, defined)
    return [replacement for node in nodes for replacement in (change(node) if node.name in chosen else [node])]


def targets(modifier: Modifier, nodes: list[Node], target: Target, *, defined: DefinedFunction) -> list[Node]:
    """The nodes that ``target`` means.

    Raises:
        ModifierError: When a named target does not exist.
    """
    if len(nodes) == 1 and (target is None or target is ...):
        return nodes
    chosen = _target_names(modifier, nodes, target, defined)
    return [node for node in nodes if node.name in chosen]


def _target_names(modifier: Modifier, nodes: list[Node], target: Target, defined: DefinedFunction) -> set[str]:
    names = {node.name for node in nodes}
    if target is None:
        if len(nodes) == 1:
            return names
        consumed = {
            argument.name
            for node in nodes
            for argument in node.arguments
            if type(argument) is Dependency and argument.name != node.name
        }
        return {node.name for node in nodes if node.final and node.name not in consumed}
    if target is ...:
        return names
    wanted = {target} if isinstance(target, str) else set(target)
    for name in sorted(wanted - names):
        hint = did_you_mean(name, names) or f"its nodes are {', '.join(sorted(names))}"
        raise modifier.error(f"it names {name!r}, which is not a node of this function", defined, hint)
    return wanted
