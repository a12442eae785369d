"""A whole graph inside one feature: modules and functions reused under a namespace."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import FunctionType, ModuleType
from typing import Any, ClassVar

from featurecat.definition.condition import condition_text
from featurecat.definition.modifier import ConfigNeeds, Modifier, Phase
from featurecat.definition.nested import Members, brought_by, members, members_need
from featurecat.definition.node import (
    REQUIRED,
    Argument,
    DefinedFunction,
    Dependency,
    Node,
    dependency_on,
    role_of,
)
from featurecat.definition.types import unwrapped
from featurecat.errors import ModifierError, did_you_mean
from featurecat.function_modifiers.dependencies import Literal, Upstream, written_at
from featurecat.function_modifiers.validation import Gate

__all__ = ["Configuration", "configuration", "parameterized_subdag", "subdag"]

Loaded = ModuleType | Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Configuration:
    """The value of the config key ``key``."""

    key: str


def configuration(key: str) -> Configuration:
    """Take the value of a sub-DAG's config key from a key of the run's config.

    Args:
        key: Name of the run's config key.

    Raises:
        ModifierError: When it is not a string.

    Example:
        >>> configuration("region").key
        'region'
    """
    if not isinstance(key, str):
        raise ModifierError(
            f"configuration() takes the name of a config key, not {key!r}", hint="configuration('region')"
        )
    return Configuration(key)


class _Given:
    """Returns a value that was known when the graph was built."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __call__(self) -> Any:
        return self.value


def _same(value: Any) -> Any:
    """The value itself."""
    return value


_same.reads_only = True  # type: ignore[attr-defined]


class subdag(Modifier):  # noqa: N801 - the name users know
    """Run modules or functions as a graph of its own, and hand its results to the decorated function.

    Every node of the sub-DAG is called ``<namespace>.<name>``; parameters of the decorated function are taken from
    there. What the sub-DAG needs and does not hold is taken from outside, under its plain name.

    Args:
        load_from: Modules, functions, or both.
        inputs: Name inside to ``source("outer")`` or ``value(literal)``.
        config: Config under which the variants inside are chosen: literals, or ``configuration("outer_key")``. It
            lies over the run's config; its values can be taken as parameters inside.
        namespace: Prefix of the nodes inside; the function's name by default.
        final_node_name: Name of the function's own node; the function's name by default.
        external_inputs: Parameters of the function that come from outside the sub-DAG.

    Example:
        >>> from featurecat.function_modifiers import source
        >>> def mean_spend(spend: list[float]) -> float:
        ...     return sum(spend) / len(spend)
        >>> @subdag(mean_spend, inputs={"spend": source("weekly_spend")})
        ... def weekly(mean_spend: float) -> float:
        ...     return mean_spend
        >>> weekly(2.0)
        2.0
    """

    phase: ClassVar[Phase] = Phase.GENERATE
    single: ClassVar[bool] = True
    configurable: ClassVar[bool] = True

    def __init__(
        self,
        *load_from: Loaded,
        inputs: Mapping[str, Upstream | Literal] | None = None,
        config: Mapping[str, Any] | None = None,
        namespace: str | None = None,
        final_node_name: str | None = None,
        external_inputs: Sequence[str] | None = None,
    ) -> None:
        told: dict[str, Any] = {"inputs": inputs, "config": config}
        for name, given in told.items():
            if not isinstance(given, Mapping | None):
                file, line = written_at()
                raise ModifierError(
                    f"@{self.name} takes {name} as a mapping, not {given!r}",
                    file=file,
                    line=line,
                    hint=f"@{self.name}(my_module, {name}={{…}})",
                )
        self.load_from = load_from
        self.inputs = dict(inputs or {})
        self.config = dict(config or {})
        self.namespace = namespace
        self.final_node_name = final_node_name
        self.external_inputs = tuple(external_inputs or ())
        self._needs: ConfigNeeds | None = None
        self._asked = False

    def __new__(cls, *load_from: Any, **options: Any) -> subdag:
        """A sub-DAG; unlike other decorators it may well be given functions."""
        del load_from, options
        return object.__new__(cls)

    def check(self, function: Callable[..., Any]) -> None:
        """Check what is loaded, and that inputs, config and external inputs are what they must be."""
        if not self.load_from:
            raise self.error("names no module or function", function, f"@{self.name}(my_module, inputs={{…}})")
        for one in self.load_from:
            if not isinstance(one, ModuleType | FunctionType):
                raise self.error(f"takes modules and functions, not {one!r}", function, f"@{self.name}(my_module)")
        for key in self.inputs:
            if key in self.config:
                raise self.error(
                    f"{key!r} is in inputs and in config", function, "give it once: config values are inputs, too"
                )
        for key, marker in self.inputs.items():
            if not isinstance(marker, Upstream | Literal):
                raise self.error(
                    f"the input {key} is the bare value {marker!r}",
                    function,
                    f"value({marker!r}) for a literal, source('…') for a node",
                )
        for key, given in self.config.items():
            if isinstance(given, Upstream):
                raise self.error(
                    f"the config key {key} cannot come from a node",
                    function,
                    f"config={{{key!r}: configuration('…')}} takes it from the run's config",
                )
        parameters = unwrapped(function).__code__.co_varnames[: unwrapped(function).__code__.co_argcount]
        for name in self.external_inputs:
            if name not in parameters:
                hint = did_you_mean(name, parameters) or f"parameters are {', '.join(parameters) or 'none'}"
                raise self.error(f"the external input {name!r} is no parameter", function, hint)

    def config_needs(self) -> ConfigNeeds | None:
        """The run's config keys that ``configuration()`` maps, and those that functions inside depend on."""
        if not self._asked:
            mapped = tuple(given.key for given in self.config.values() if isinstance(given, Configuration))
            inside = members_need(self.load_from, self.config)
            own = ConfigNeeds(required=mapped) if mapped else None
            self._needs = own | inside if own and inside else own or inside
            self._asked = True
        return self._needs

    def apply(self, nodes: list[Node], defined: DefinedFunction) -> list[Node]:
        """The members under their namespace, what feeds them, and the function itself."""
        return self._nodes(nodes, defined, None)

    def apply_with(self, nodes: list[Node], defined: DefinedFunction, config: Mapping[str, Any]) -> list[Node]:
        """As :meth:`apply`, with the run's config."""
        return self._nodes(nodes, defined, config)

    def _nodes(self, nodes: list[Node], defined: DefinedFunction, config: Mapping[str, Any] | None) -> list[Node]:
        settled = {key: self._settled(key, given, config, defined) for key, given in self.config.items()}
        whole = members(self.load_from, settled, config)
        made: list[Node] = []
        for node in nodes:
            namespace = self.namespace or defined.name
            builder = _Namespace(self, defined, namespace, whole, settled)
            final = builder.final(node).with_(name=self.final_node_name or node.name)
            inside = builder.inside()
            made += [*builder.given([*inside, final]), *inside, final]
        return made

    def _settled(self, key: str, given: Any, config: Mapping[str, Any] | None, defined: DefinedFunction) -> Any:
        if isinstance(given, Literal):
            return given.value
        if not isinstance(given, Configuration):
            return given
        if config is None or config.get(given.key) is None:
            raise self.error(
                f"its config key {key} comes from {given.key!r}, which the config lacks",
                defined,
                f"give {given.key} in the config",
            )
        return config[given.key]


class _Namespace:
    """Names and wiring of one sub-DAG."""

    def __init__(
        self, modifier: subdag, defined: DefinedFunction, prefix: str, whole: Members, settled: Mapping[str, Any]
    ) -> None:
        self.modifier = modifier
        self.defined = defined
        self.prefix = prefix
        self.whole = whole
        self.settled = settled
        self.own = {*whole.variants, *modifier.inputs, *settled}

    def name(self, inner: str) -> str:
        """A member's name as seen from outside; what is no member keeps its name."""
        return f"{self.prefix}.{inner}" if inner in self.own else inner

    def inside(self) -> list[Node]:
        """Every variant of every member that nothing replaces."""
        replaced = {*self.modifier.inputs, *self.settled}
        engine = self.defined.engine
        return [
            self._member(node)
            for name, nodes in self.whole.variants.items()
            if name not in replaced
            for node in nodes
            if engine == "any" or node.engine in (engine, "any")
        ]

    def _member(self, node: Node) -> Node:
        name = self.name(node.name)
        function: Any = node.function
        if isinstance(function, Gate):
            function = Gate(name, function.specs)
        renamed = node.with_(
            name=name,
            function=function,
            arguments=tuple(self._argument(argument) for argument in node.arguments),
            raw=None if node.raw is None else self.name(node.raw),
            final=False,
        )
        return brought_by(self.defined, renamed)

    def _argument(self, argument: Argument) -> Argument:
        if not isinstance(argument, Dependency):
            return argument
        self._check_matched(argument)
        return argument._replace(name=self.name(argument.name))

    def final(self, node: Node) -> Node:
        """The decorated function's node, fed from inside."""
        arguments: list[Argument] = []
        for argument in node.arguments:
            inner = isinstance(argument, Dependency) and argument.parameter not in self.modifier.external_inputs
            if not isinstance(argument, Dependency) or not inner:
                arguments.append(argument)
                continue
            self._check_matched(argument)
            if argument.name not in self.own and argument.default is REQUIRED:
                raise self.modifier.error(
                    f"{argument.name!r} is no member of the sub-DAG",
                    self.defined,
                    did_you_mean(argument.name, self.own)
                    or f"external_inputs=[{argument.name!r}] takes it from outside",
                )
            arguments.append(argument._replace(name=f"{self.prefix}.{argument.name}"))
        return node.with_(arguments=tuple(arguments))

    def _check_matched(self, argument: Dependency) -> None:
        """Refuse what needs a member of which the config of the sub-DAG leaves no variant."""
        variants = self.whole.unmatched.get(argument.name)
        if not variants or argument.name in self.own or argument.default is not REQUIRED:
            return
        listed = "; ".join(
            f"{condition_text(node.condition)} ({node.place[0]}:{node.place[1]})" for node in variants[:3]
        )
        given = ", ".join(f"{key}={value!r}" for key, value in self.settled.items())
        raise self.modifier.error(
            f"no variant of {argument.name!r} fits {given}; they hold when {listed}",
            self.defined,
            "give another config=, or the value itself in inputs=",
        )

    def given(self, consumers: Sequence[Node]) -> list[Node]:
        """The nodes that bring inputs and config values into the namespace."""
        types: dict[str, Any] = {}
        for node in consumers:
            for dependency in node.dependencies:
                types.setdefault(dependency.name, dependency.type)
        made = []
        for key, marker in self.modifier.inputs.items():
            name = f"{self.prefix}.{key}"
            if isinstance(marker, Literal):
                made.append(self._bridge(name, types.get(name, Any), _Given(marker.value), ()))
            elif name in types:
                made.append(self._bridge(name, types[name], _same, (dependency_on(marker.name, types[name], key),)))
        for key, value in self.settled.items():
            name = f"{self.prefix}.{key}"
            made.append(self._bridge(name, types.get(name, Any), _Given(value), ()))
        return made

    def _bridge(
        self, name: str, annotation: Any, function: Callable[..., Any], arguments: tuple[Dependency, ...]
    ) -> Node:
        node = Node(name, annotation, function, arguments, self.defined, role=role_of(annotation), doc="", final=False)
        return brought_by(self.defined, node)


class parameterized_subdag(Modifier):  # noqa: N801 - the name users know
    """Make one sub-DAG per name, each under its own namespace with its own inputs and config.

    Args:
        load_from: Modules, functions, or both.
        inputs: Inputs of all of them; see :class:`subdag`.
        config: Config of all of them.
        external_inputs: External inputs of all of them.
        parameterization: Name to a mapping with ``inputs``, ``config`` and ``external_inputs``, which lie over those
            of all.

    Example:
        >>> from featurecat.function_modifiers import value
        >>> def scaled(scale: float) -> float:
        ...     return scale * 2
        >>> @parameterized_subdag(scaled, small={"inputs": {"scale": value(1.0)}}, large={"inputs": {"scale": value(9.0)}})
        ... def size(scaled: float) -> float:
        ...     return scaled
        >>> size(2.0)
        2.0
    """

    phase: ClassVar[Phase] = Phase.GENERATE
    single: ClassVar[bool] = True
    configurable: ClassVar[bool] = True

    def __new__(cls, *load_from: Any, **options: Any) -> parameterized_subdag:
        """Sub-DAGs; they may well be given functions."""
        del load_from, options
        return object.__new__(cls)

    def __init__(
        self,
        *load_from: Loaded,
        inputs: Mapping[str, Upstream | Literal] | None = None,
        config: Mapping[str, Any] | None = None,
        external_inputs: Sequence[str] | None = None,
        **parameterization: Mapping[str, Any],
    ) -> None:
        self.load_from = load_from
        self.parameterization = parameterization
        self.shared: dict[str, Any] = {
            "inputs": inputs or {},
            "config": config or {},
            "external_inputs": external_inputs or (),
        }
        self._made: dict[str, subdag] | None = None

    def check(self, function: Callable[..., Any]) -> None:
        """Check each of them as a :class:`subdag`."""
        if not self.parameterization:
            raise self.error("names no sub-DAG", function, f"@{self.name}(my_module, first={{'inputs': {{…}}}})")
        for name, given in self.parameterization.items():
            if not isinstance(given, Mapping):
                raise self.error(f"{name} takes a mapping, not {given!r}", function, f"{name}={{'inputs': {{…}}}}")
            for key in given:
                if key not in self.shared:
                    hint = did_you_mean(key, self.shared) or f"{name} takes {', '.join(self.shared)}"
                    raise self.error(f"{name} has the unknown key {key!r}", function, hint)
            for key in ("inputs", "config"):
                told = {**self.shared, **given}[key]
                if not isinstance(told, Mapping):
                    raise self.error(f"takes {key} as a mapping, not {told!r}", function, f"{key}={{…}}")
        for one in self._subdags().values():
            one.check(function)

    def _subdags(self) -> dict[str, subdag]:
        if self._made is None:
            shared = self.shared
            self._made = {
                name: subdag(
                    *self.load_from,
                    inputs={**shared["inputs"], **given.get("inputs", {})},
                    config={**shared["config"], **given.get("config", {})},
                    namespace=name,
                    final_node_name=name,
                    external_inputs=given.get("external_inputs", shared["external_inputs"]),
                )
                for name, given in self.parameterization.items()
            }
        return self._made

    def config_needs(self) -> ConfigNeeds | None:
        """What any of them needs."""
        needs: ConfigNeeds | None = None
        for one in self._subdags().values():
            own = one.config_needs()
            needs = own if needs is None or own is None else needs | own
        return needs

    def apply(self, nodes: list[Node], defined: DefinedFunction) -> list[Node]:
        """The nodes of all sub-DAGs."""
        return [made for one in self._subdags().values() for made in one.apply(nodes, defined)]

    def apply_with(self, nodes: list[Node], defined: DefinedFunction, config: Mapping[str, Any]) -> list[Node]:
        """As :meth:`apply`, with the run's config."""
        return [made for one in self._subdags().values() for made in one.apply_with(nodes, defined, config)]
