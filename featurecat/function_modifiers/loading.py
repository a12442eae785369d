"""Data that comes in: ``@load_from`` fills a parameter, ``@dataloader`` marks a function that loads."""

from __future__ import annotations

import collections.abc
import types
import typing
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import FunctionType
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from featurecat.definition.modifier import Modifier, Phase, bare_error
from featurecat.definition.node import (
    NO_TAGS,
    Argument,
    Constant,
    DefinedFunction,
    Node,
    Role,
    dependency_on,
    role_of,
)
from featurecat.definition.signature import define
from featurecat.definition.types import accepts, type_text, value_fits
from featurecat.errors import DefinitionError, ModifierError, RunError, did_you_mean
from featurecat.function_modifiers.dependencies import Grouped, Literal, Upstream
from featurecat.function_modifiers.wiring import with_dependencies_named
from featurecat.io.adapter_registry import ADAPTERS, AdapterRegistry
from featurecat.io.adapters import DataAdapter
from featurecat.io.materializers import FormatNamespace

__all__ = [
    "ADAPTER",
    "LOADS",
    "Fault",
    "FormatDecorators",
    "Load",
    "LoadFrom",
    "Loaded",
    "argument_faults",
    "bound_arguments",
    "dataloader",
    "defined_early",
    "load_decorators",
    "load_from",
    "load_node",
    "no_adapter",
    "select_node",
]

#: Tag of a node that loads: the name of the format.
LOADS = "featurecat.data_loader"
#: Tag of a node that loads or saves: the class that does it.
ADAPTER = "featurecat.adapter"

#: What is told about loaded data.
_Metadata = dict[str, Any]


class Fault(NamedTuple):
    """Something wrong with how an adapter is used: what, and what to do."""

    message: str
    hint: str | None


# --- arguments of adapters --------------------------------------------------------------------------


def argument_faults(adapter: type[DataAdapter], given: Mapping[str, Any]) -> list[Fault]:
    """Everything wrong with the arguments given to an adapter.

    Args:
        adapter: The loader or saver.
        given: Its arguments: values, ``value(…)`` or ``source("node")``.
    """
    required = adapter.get_required_arguments()
    known = {**required, **adapter.get_optional_arguments()}
    missing = [name for name in required if name not in given]
    unknown = [name for name in given if name not in known]
    faults = [fault for name in given if name in known and (fault := _fault_of(name, given[name], known[name]))]
    faults += [_unknown(name, known, missing, adapter.name()) for name in unknown]
    if missing and not unknown:  # a name that is mistaken is one mistake
        example = ", ".join(f"{name}=…" for name in missing)
        hint = f"{adapter.name()}({example}); a value, or source('node')"
        faults.append(Fault(f"{adapter.name()} needs {', '.join(missing)}", hint))
    return faults + [Fault(f"{adapter.name()} {text}", None) for text in adapter.faults_of(given.keys())]


def _unknown(name: str, known: Collection[str], missing: Sequence[str], shown: str) -> Fault:
    """That there is no argument of a name; perhaps one that is missing is meant."""
    hints = [did_you_mean(name, known)]
    if missing and did_you_mean(name, missing) is None:
        hints.append(f"it needs {', '.join(missing)};")
    hints.append(f"it takes {', '.join(known)}" if known else "it takes none")
    return Fault(f"{shown} takes no argument {name!r}", " ".join(filter(None, hints)))


def _fault_of(name: str, argument: Any, wanted: Any) -> Fault | None:
    """What is wrong with one argument."""
    if isinstance(argument, Grouped):
        return Fault(f"{name}= takes no group()", f"{name}=source('node'), or the value itself")
    literal = _literal(argument)
    if isinstance(argument, Upstream) or _fits(wanted, literal):
        return None
    text = f"{name}= takes {type_text(wanted)}, not a value of type {type(literal).__name__}"
    return Fault(text, f"{name}=[{literal!r}]" if type(literal) is str else None)


def _literal(argument: Any) -> Any:
    return argument.value if isinstance(argument, Literal) else argument


def _fits(wanted: Any, literal: Any) -> bool:
    """Whether a value is what an argument takes; a single text is no list of texts."""
    if literal is None:
        return accepts(wanted, type(None))
    if isinstance(literal, str) and not _takes_text(wanted):
        return False
    return value_fits(wanted, literal)


def _takes_text(wanted: Any) -> bool:
    union = typing.get_origin(wanted) in (typing.Union, types.UnionType)
    for member in typing.get_args(wanted) if union else (wanted,):
        origin = typing.get_origin(member)
        if origin is typing.Literal or (origin is not collections.abc.Sequence and accepts(member, str)):
            return True
    return False


def bound_arguments(
    adapter: type[DataAdapter], given: Mapping[str, Any]
) -> tuple[tuple[str, ...], tuple[Argument, ...]]:
    """The names of an adapter's arguments, and where their values come from.

    Args:
        adapter: The loader or saver.
        given: Its arguments, found free of faults.
    """
    known = {**adapter.get_required_arguments(), **adapter.get_optional_arguments()}
    arguments: list[Argument] = []
    for name, argument in given.items():
        if isinstance(argument, Upstream):
            arguments.append(dependency_on(argument.name, known[name], name))
        else:
            arguments.append(Constant(_literal(argument), name))
    return tuple(given), tuple(arguments)


def no_adapter(direction: str, format_name: str, type_: Any, *, registry: AdapterRegistry) -> Fault:
    """The fault that nothing of that format is for a type."""
    shown = type_text(type_)
    verb = "loads" if direction == "load" else "saves"
    if type_ is Any:
        return Fault(f"what type {format_name} is to be {verb[:-1]}ed as is not known", "annotate it with its type")
    others = [
        other
        for other in registry.formats(direction)
        if (found := registry.find(direction, other, type_)) is not None and found.applies_to(type_)
    ]
    hint = f"for {shown} there are {', '.join(others)}" if others else "register_adapter(MyAdapter) adds one"
    return Fault(f"no {format_name} adapter {verb} {shown}", hint)


def defined_early(function: Callable[..., Any]) -> DefinedFunction | None:
    """The function's definition at decoration; None where its annotations cannot be read yet.

    What is wrong with them is told when the module is collected, when every name in it exists.
    """
    try:
        return define(function)
    except DefinitionError:
        return None


# --- nodes that load --------------------------------------------------------------------------------


class Load:
    """Makes a loader of its arguments and calls it.

    Args:
        adapter: The loader class.
        names: The names of its arguments, in the order their values arrive.
        type_: The type that is asked for.
    """

    __slots__ = ("adapter", "names", "type_")

    def __init__(self, adapter: type[Any], names: tuple[str, ...], type_: Any) -> None:
        self.adapter = adapter
        self.names = names
        self.type_ = type_

    def __call__(self, *values: Any) -> tuple[Any, Any]:
        """The data and its metadata.

        Raises:
            RunError: When the loader returns something else.
        """
        loaded = self.adapter(**dict(zip(self.names, values, strict=True))).load_data(self.type_)
        return _pair(loaded, f"{self.adapter.__qualname__}.load_data")


class Loaded:
    """Takes the data of what a loader returned, and leaves the metadata.

    Args:
        origin: Who returned it, for messages.
    """

    __slots__ = ("origin",)

    def __init__(self, origin: str) -> None:
        self.origin = origin

    def __call__(self, loaded: Any) -> Any:
        """The data."""
        return _pair(loaded, self.origin)[0]


def _pair(loaded: Any, origin: str) -> tuple[Any, Any]:
    if isinstance(loaded, tuple) and len(loaded) == 2 and isinstance(loaded[1], Mapping):
        return loaded
    raise RunError(
        f"{origin} returned a value of type {type(loaded).__name__}, which is no tuple of data and metadata",
        hint="return data, {'rows': …}",
    )


def load_node(
    name: str,
    adapter: type[DataAdapter],
    given: Mapping[str, Any],
    *,
    type_: Any,
    defined: DefinedFunction | None = None,
) -> Node:
    """The node that loads data and metadata.

    Args:
        name: Its name.
        adapter: The loader class.
        given: The loader's arguments, found free of faults.
        type_: The type that is asked for.
        defined: The function that the data is for.
    """
    names, arguments = bound_arguments(adapter, given)
    return Node(
        name,
        tuple[type_, _Metadata],
        Load(adapter, names, type_),
        arguments,
        defined,
        role=Role.RAW,
        doc=f"Loads {adapter.name()}: the data and what is known about it.",
        tags={LOADS: (adapter.name(),), ADAPTER: (adapter.__qualname__,)},
        final=False,
    )


def select_node(name: str, loader: Node, *, type_: Any) -> Node:
    """The node that takes the data out of what a loader's node gives.

    Args:
        name: Its name.
        loader: The loader's node.
        type_: The type of the data.
    """
    return Node(
        name,
        type_,
        Loaded(loader.name),
        (dependency_on(loader.name, loader.type, "loaded"),),
        loader.defined,
        role=Role.RAW,
        doc=f"The data that {loader.name} loads.",
        tags=loader.tags,
        final=False,
    )


class LoadFrom(Modifier):
    """Fill a parameter with loaded data; ``@load_from.<format>(…)`` makes one.

    Args:
        format_name: Name of the format.
        inject: The parameter; None is the only one.
        arguments: The loader's arguments.
        registry: Where the loader is looked up.
    """

    phase: ClassVar[Phase] = Phase.INJECT

    def __init__(
        self,
        format_name: str,
        inject: str | None,
        arguments: Mapping[str, Any],
        *,
        registry: AdapterRegistry = ADAPTERS,
    ) -> None:
        self.format = format_name
        self.inject = inject
        self.arguments = arguments
        self.registry = registry

    @property
    def name(self) -> str:
        """The decorator's name as users write it."""
        return f"load_from.{self.format}"

    def check(self, function: Callable[..., Any]) -> None:
        """Check the parameter and the loader's arguments, all faults at once."""
        early = defined_early(function)
        if early is None:
            return
        types = {dependency.parameter: dependency.type for dependency in early.dependencies}
        parameter = self._parameter(types, function)
        self._adapter(types[parameter], function)

    def _parameter(self, names: Iterable[str], function: Callable[..., Any]) -> str:
        known = list(names)
        if self.inject is None:
            if len(known) == 1:
                return known[0]
            if not known:
                raise self.error("the function has no parameter to load into", function, "def weeks(raw: pd.DataFrame)")
            raise self.error(
                f"which of the parameters {', '.join(known)} is loaded is not said",
                function,
                f"@{self.name}(inject_={known[0]!r}, …)",
            )
        if self.inject not in known:
            hint = did_you_mean(str(self.inject), known) or f"its parameters are {', '.join(known) or 'none'}"
            raise self.error(f"inject_={self.inject!r} is no parameter of the function", function, hint)
        return self.inject

    def _adapter(self, type_: Any, function: Callable[..., Any]) -> type[DataAdapter]:
        adapter = self.registry.find("load", self.format, type_)
        if adapter is None:
            fault = no_adapter("load", self.format, type_, registry=self.registry)
            raise self.error(fault.message, function, fault.hint)
        faults = argument_faults(adapter, self.arguments)
        literal = self.arguments.get("value")
        if self.format == "literal" and not faults and not isinstance(literal, Upstream):
            plain = _literal(literal)
            if plain is not None and not value_fits(type_, plain):
                text = f"the value is of type {type(plain).__name__}, where {type_text(type_)} is asked for"
                faults.append(Fault(text, None))
        if faults:
            errors = [self.error(fault.message, function, fault.hint) for fault in faults]
            raise ModifierError([problem for error in errors for problem in error.problems])
        return adapter

    def apply(self, nodes: list[Node], defined: DefinedFunction) -> list[Node]:
        """The loading node, the node that takes the data out, and the function's nodes, which take it from there."""
        for other in defined.modifiers:
            if other.phase is Phase.EXPAND:
                raise self.error(
                    f"cannot stand beside @{other.name}: one fills the function's parameters, the other makes "
                    "several nodes of it",
                    defined,
                    "load in a function of its own with @dataloader(), and take its result as a parameter",
                )
        parameter = self._parameter([dependency.parameter for dependency in defined.dependencies], defined.function)
        own = {node.name for node in nodes}
        taken = {
            argument.name: argument
            for node in nodes
            for argument in node.dependencies
            if argument.name not in own and not isinstance(node.function, Load)
        }
        if parameter not in taken:
            raise self.error(f"the parameter {parameter!r} is filled by another decorator already", defined, "keep one")
        type_ = taken[parameter].type
        adapter = self._adapter(type_, defined.function)
        loading = load_node(
            f"{defined.name}.load_data.{parameter}", adapter, self.arguments, type_=type_, defined=defined
        )
        selecting = select_node(f"{defined.name}.select_data.{parameter}", loading, type_=type_)
        rewired = [
            node if isinstance(node.function, Load) else with_dependencies_named(node, {parameter: selecting.name})
            for node in nodes
        ]
        return [loading, selecting, *rewired]


def _load_from(registry: AdapterRegistry, format_name: str) -> Callable[..., LoadFrom]:
    def make(inject_: str | None = None, **arguments: Any) -> LoadFrom:
        if isinstance(inject_, FunctionType):
            raise bare_error(f"load_from.{format_name}", inject_)
        return LoadFrom(format_name, inject_, arguments, registry=registry)

    make.__name__ = make.__qualname__ = f"load_from.{format_name}"
    make.__doc__ = f"Fill a parameter with {format_name} data: the parameter's name, and the loader's arguments."
    return make


class FormatDecorators(FormatNamespace):
    """Formats as attributes, each of which makes decorators: type checkers see that they keep the function's type."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Callable[..., Modifier]: ...


def load_decorators(registry: AdapterRegistry = ADAPTERS) -> FormatDecorators:
    """What is used as ``load_from``, over the loaders of a registry."""
    return FormatDecorators("load_from", "load", make=_load_from, registry=registry)


#: Fill a parameter with loaded data: ``@load_from.parquet(path=source("weeks_path"))``. Makes the nodes
#: ``<function>.load_data.<parameter>`` (data and metadata) and ``<function>.select_data.<parameter>`` (the data).
load_from = load_decorators()


class dataloader(Modifier):  # noqa: N801 - the name users know
    """Mark a function that loads: it returns data and metadata, and its node is the data.

    ``<function>.loader`` gives both.

    Example:
        >>> @dataloader()
        ... def codes(path: str) -> tuple[list[str], dict]:
        ...     return ["AA", "UA"], {"path": path}
        >>> codes("codes.txt")
        (['AA', 'UA'], {'path': 'codes.txt'})
    """

    phase: ClassVar[Phase] = Phase.GENERATE
    single: ClassVar[bool] = True

    def check(self, function: Callable[..., Any]) -> None:
        """Check that the function returns data and metadata."""
        early = defined_early(function)
        if early is not None:
            self._data_type(early.returns, function)

    def _data_type(self, returns: Any, function: Callable[..., Any]) -> Any:
        members = typing.get_args(returns)
        example = "-> tuple[pd.DataFrame, dict]"
        if typing.get_origin(returns) is not tuple or len(members) != 2 or members[1] is ...:
            raise self.error(
                f"needs a function that returns a tuple of data and metadata, not {type_text(returns)}",
                function,
                f"annotate {example}",
            )
        metadata = members[1]
        keys = typing.get_args(metadata)
        if (typing.get_origin(metadata) or metadata) is not dict or (keys and keys[0] is not str):
            raise self.error(
                f"the metadata is {type_text(metadata)}, and must be a dictionary with text keys",
                function,
                f"annotate {example}",
            )
        return members[0]

    def apply(self, nodes: list[Node], defined: DefinedFunction) -> list[Node]:
        """``<function>.loader``, and the data under the function's name."""
        (node,) = nodes
        type_ = self._data_type(node.type, defined.function)
        name = node.name
        loading = node.with_(
            name=f"{name}.loader",
            role=Role.RAW,
            final=False,
            tags={LOADS: ("function",), ADAPTER: (defined.function.__qualname__,)},
        )
        selecting = select_node(name, loading, type_=type_)
        return [loading, selecting.with_(role=role_of(type_), doc=node.doc, tags=NO_TAGS, final=True)]
