"""The phase pipeline: one mechanism for every decorator.

A decorator attaches a frozen :class:`Modifier` to the function and returns the function unchanged. When
definitions are collected, the phases run in the order of :class:`Phase`, whatever the textual order; within
a phase, modifiers apply bottom-up, the closest to ``def`` first.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from operator import attrgetter
from pathlib import Path
from types import EllipsisType, FunctionType
from typing import Any, ClassVar, TypeVar

from featurecat.definition.metadata import Tags
from featurecat.definition.node import NO_TAGS, DefinedFunction, Dependency, Node, Role
from featurecat.definition.types import unwrapped
from featurecat.errors import FeaturecatError, ModifierError, did_you_mean

__all__ = [
    "ATTRIBUTE",
    "ConfigNeeds",
    "Modifier",
    "Phase",
    "Stage",
    "Target",
    "apply_modifiers",
    "bare_error",
    "config_needs",
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


@dataclass(frozen=True, slots=True)
class ConfigNeeds:
    """Config keys on which the nodes of a function depend; it is expanded once they are known.

    Attributes:
        required: Keys it cannot do without.
        optional: Keys that count as None when they are absent.
    """

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """All of them, each once."""
        return tuple(dict.fromkeys([*self.required, *self.optional]))

    def __or__(self, other: ConfigNeeds) -> ConfigNeeds:
        """The needs of two together."""
        required = tuple(dict.fromkeys([*self.required, *other.required]))
        return ConfigNeeds(required, tuple(key for key in (*self.keys, *other.keys) if key not in required))


@dataclass(frozen=True, slots=True)
class Stage:
    """What one modifier did to the nodes of a function.

    Attributes:
        modifier: Who; None for the function itself, before any.
        nodes: The function's nodes after it.
    """

    modifier: Modifier | None
    nodes: tuple[Node, ...]


# looking up a member of an enumeration costs more than the comparison it is for
_DYNAMIC, _RESOLVE, _GENERATE, _EXPAND = Phase.DYNAMIC, Phase.RESOLVE, Phase.GENERATE, Phase.EXPAND
_phase = attrgetter("phase")


class Modifier(ABC):
    """A decorator: attached to a function, applied to its nodes.

    Subclasses set ``phase``, may set ``single`` (at most one on a function), check what can be checked at
    decoration in :meth:`check`, and do their work in :meth:`apply`. Where the nodes depend on the config,
    ``configurable`` is set, :meth:`config_needs` names the keys, and :meth:`apply_with` does the work.

    Example:
        >>> class shout(Modifier):
        ...     phase = Phase.DECORATE
        ...     def apply(self, nodes, defined):
        ...         return [node.with_(doc=(node.documentation or "").upper()) for node in nodes]
        >>> @shout()
        ... def spend(cost: float) -> float:
        ...     return cost
        >>> spend(1.0)
        1.0
    """

    phase: ClassVar[Phase]
    single: ClassVar[bool] = False
    #: Whether it keeps the function out of the graph.
    excludes: ClassVar[bool] = False
    #: Whether :meth:`config_needs` may answer something.
    configurable: ClassVar[bool] = False
    #: The tags it gives to the function's result, where that is all it does.
    result_tags: Tags | None = None

    def __init_subclass__(cls, *, refuses_functions: bool = False, **named: Any) -> None:
        """Guard the constructor of a subclass against a decorator that was written without its parentheses.

        Args:
            refuses_functions: Whether its constructor does that itself, which is faster; few have to be.
            named: For other parents.
        """
        super().__init_subclass__(**named)
        if not refuses_functions and cls.__new__ is object.__new__:
            cls.__new__ = _new_unless_bare  # type: ignore[method-assign,assignment]

    def __call__(self, function: Decorated) -> Decorated:
        """Attach this modifier to ``function`` and return it unchanged.

        Raises:
            ModifierError: When it is a class or a method, which are no features, or does not fit.
        """
        try:
            function.__code__  # noqa: B018 - the cheapest way to see a function
        except AttributeError:
            _refuse_others(self, function)
        self.check(function)
        attached: tuple[Modifier, ...] = getattr(function, ATTRIBUTE, ())
        setattr(function, ATTRIBUTE, (*attached, self) if attached else (self,))
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

    def reads(self, function: Callable[..., Any]) -> tuple[Path, ...]:
        """Files beside the module that the function's meaning depends on."""
        del function
        return ()

    @abstractmethod
    def apply(self, nodes: list[Node], defined: DefinedFunction) -> list[Node]:
        """The function's nodes after this modifier.

        Raises:
            ModifierError: When the decorator cannot work on these nodes.
        """

    def apply_with(self, nodes: list[Node], defined: DefinedFunction, config: Mapping[str, Any]) -> list[Node]:
        """As :meth:`apply`, with the config; absent keys count as None.

        Raises:
            ModifierError: When the decorator cannot work on these nodes.
        """
        del config
        return self.apply(nodes, defined)

    def config_needs(self) -> ConfigNeeds | None:
        """The config keys this modifier looks at; None when it does its work without."""
        return None

    def modifier_for(self, config: Mapping[str, Any], defined: DefinedFunction) -> Modifier:
        """The modifier that stands in its place under a config: in phase DYNAMIC another one, else itself.

        Raises:
            ModifierError: When there is none.
        """
        del config, defined
        return self

    def error(
        self, message: str, function: Callable[..., Any] | DefinedFunction, hint: str | None = None
    ) -> ModifierError:
        """An error of this decorator, placed at the function."""
        if isinstance(function, DefinedFunction):
            function = function.function
        code = unwrapped(function).__code__
        return ModifierError(
            f"@{self.name} on {function.__name__}: {message}",
            file=code.co_filename,
            line=code.co_firstlineno,
            hint=hint,
        )


def _new_unless_bare(cls: type[Modifier], *given: Any, **named: Any) -> Modifier:
    """A modifier; one that is given just a function was written without its parentheses.

    Raises:
        ModifierError: In that case, and when the class does not say what it does.
    """
    del named
    if given and isinstance(given[0], FunctionType):
        raise bare_error(cls.__name__, given[0])
    if not hasattr(cls, "phase"):
        file = getattr(sys.modules.get(cls.__module__), "__file__", None)
        message = f"the decorator @{cls.__name__} does not say when it applies"
        raise ModifierError(message, file=file, hint="phase = Phase.DECORATE")
    try:
        return object.__new__(cls)
    except TypeError:
        raise _abstract_error(cls) from None


def _abstract_error(cls: type[Modifier]) -> ModifierError:
    """The error of a decorator whose class lacks methods."""
    import inspect  # only faults are placed

    try:
        file, line = inspect.getsourcefile(cls), inspect.getsourcelines(cls)[1]
    except (OSError, TypeError):  # made at a prompt, or by a program
        file, line = None, None
    missing = sorted(cls.__abstractmethods__)
    hint = "def apply(self, nodes, defined): return nodes, or other ones in their place"
    if missing != ["apply"]:
        hint = f"define {', '.join(missing)} in the class"
    return ModifierError(f"the decorator @{cls.__name__} lacks {', '.join(missing)}()", file=file, line=line, hint=hint)


def _refuse_others(modifier: Modifier, decorated: Any) -> None:
    """Refuse what nobody collects: it would be ignored without a word.

    Raises:
        ModifierError: When it is a class, a static or class method, or a property.
    """
    if not isinstance(decorated, type | staticmethod | classmethod | property):
        return
    inner = getattr(decorated, "fget" if isinstance(decorated, property) else "__func__", decorated)
    what = "class" if isinstance(decorated, type) else type(decorated).__name__
    code = getattr(inner, "__code__", None)
    file = getattr(sys.modules.get(getattr(inner, "__module__", "")), "__file__", None)
    raise ModifierError(
        f"@{modifier.name} on {getattr(inner, '__name__', what)}: it decorates functions, not a {what}",
        file=file if code is None else code.co_filename,
        line=None if code is None else code.co_firstlineno,
        hint="features are functions of a module: def name(input: type) -> type",
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


def config_needs(modifiers: Iterable[Modifier]) -> ConfigNeeds | None:
    """What config keys a function's nodes depend on beyond its condition; None when on none."""
    needs: ConfigNeeds | None = None
    for modifier in modifiers:
        if modifier.configurable and (own := modifier.config_needs()) is not None:
            needs = own if needs is None else needs | own
    return needs


def apply_modifiers(
    nodes: list[Node],
    defined: DefinedFunction,
    config: Mapping[str, Any] | None = None,
    *,
    stages: list[Stage] | None = None,
) -> list[Node]:
    """Run the phases from GENERATE on over the first node of a function.

    Args:
        nodes: The plain node of the function.
        defined: The function, with its modifiers.
        config: The config, for modifiers that need it.
        stages: Is given what each modifier did, where somebody wants to know.

    Returns:
        All nodes the function declares.

    Raises:
        ModifierError: When modifiers do not fit the function or each other.
    """
    modifiers: Sequence[Modifier] = defined.modifiers
    if config is not None:
        modifiers = [modifier.modifier_for(config, defined) for modifier in _dynamic_last(modifiers)]
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
                raise modifier.error(
                    f"needs exactly one node to expand, got {len(nodes)}"
                    + (f" from @{before.name}" if before is not None else ""),
                    defined,
                    "expand in one function, and feed its result to another that has the rest",
                )
            nodes = _applied(modifier, nodes, defined, config)
            if stages is not None:
                stages.append(Stage(modifier, tuple(nodes)))
        before = modifier
    return nodes


def _applied(
    modifier: Modifier, nodes: list[Node], defined: DefinedFunction, config: Mapping[str, Any] | None
) -> list[Node]:
    """The nodes after a modifier; whatever else one of the user's own raises or returns is its error."""
    try:
        made = modifier.apply(nodes, defined) if config is None else modifier.apply_with(nodes, defined, config)
    except FeaturecatError:
        raise
    except Exception as error:
        raise modifier.error(f"it raised {type(error).__name__}: {error}", defined) from error
    if not made or not isinstance(made, list) or not all(isinstance(node, Node) for node in made):
        raise modifier.error(
            f"it made {type(made).__name__} out of nodes", defined, "apply returns a list of nodes, at least one"
        )
    return made


def _dynamic_last(modifiers: Sequence[Modifier]) -> list[Modifier]:
    """What the config chooses joins its phase after what stands there already."""
    return sorted(modifiers, key=lambda modifier: modifier.phase is _DYNAMIC)


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
        taken = _taken(nodes)
        # what only leads aside, to a node that saves it or compares another with it, is a result all the same
        consumed = _taken(
            node for node in nodes if node.role is not Role.VALIDATOR and (node.final or node.name in taken)
        )
        return {node.name for node in nodes if node.final and node.name not in consumed}
    if target is ...:
        return names
    wanted = {target} if isinstance(target, str) else set(target)
    for name in sorted(wanted - names):
        hint = did_you_mean(name, names) or f"its nodes are {', '.join(sorted(names))}"
        raise modifier.error(f"it names {name!r}, which is not a node of this function", defined, hint)
    return wanted


def _taken(nodes: Iterable[Node]) -> set[str]:
    """The names that nodes take from others."""
    return {
        argument.name
        for node in nodes
        for argument in node.arguments
        if type(argument) is Dependency and argument.name != node.name
    }
