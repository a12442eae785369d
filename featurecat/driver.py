"""The driver: walks the graph for just what is asked. It wires the rooms together and decides nothing itself.

Example:
    >>> import types
    >>> def spend_twice(spend: int) -> int:
    ...     return spend * 2
    >>> module = types.ModuleType("weeks")
    >>> spend_twice.__module__ = "weeks"
    >>> module.spend_twice = spend_twice
    >>> Builder().with_modules(module).build().execute(["spend_twice"], inputs={"spend": 2})
    {'spend_twice': 4}
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias

from featurecat.definition.collect import collect
from featurecat.definition.metadata import Metadata
from featurecat.definition.node import Node
from featurecat.definition.pause import GarbagePause
from featurecat.definition.types import type_text, value_fits
from featurecat.errors import DefinitionError, Problem, RequestError, did_you_mean
from featurecat.frames.describe import describe_value
from featurecat.graph.build import build_graph
from featurecat.graph.lineage import distances
from featurecat.plan.planner import Plan, make_plan, used_inputs

if TYPE_CHECKING:
    from featurecat.execution.hooks import Hook
    from featurecat.execution.results import ResultBuilder
    from featurecat.execution.run import Program
    from featurecat.graph.picture import Picture

__all__ = ["Builder", "Driver", "Variable"]

Request: TypeAlias = "str | Callable[..., Any] | Variable"


class Variable:
    """What is known about a node; read from it when asked, so that lists of thousands cost little.

    Args:
        node: The node.
    """

    __slots__ = ("_node",)

    def __init__(self, node: Node) -> None:
        self._node = node

    @property
    def name(self) -> str:
        """Its name."""
        return self._node.name

    @property
    def type(self) -> Any:
        """Type of its value."""
        return self._node.type

    @property
    def tags(self) -> dict[str, str | list[str]]:
        """Tags; a single value as a string, several as a list."""
        return {key: values[0] if len(values) == 1 else list(values) for key, values in self._node.tags.items()}

    @property
    def is_external_input(self) -> bool:
        """Whether it is given rather than computed."""
        return self._node.given

    @property
    def originating_functions(self) -> tuple[Callable[..., Any], ...]:
        """The functions it comes from."""
        return () if self._node.defined is None else (self._node.defined.function,)

    @property
    def documentation(self) -> str | None:
        """Its docstring."""
        return self._node.documentation

    @property
    def required_dependencies(self) -> frozenset[str]:
        """Names it cannot do without."""
        return frozenset(dependency.name for dependency in self._node.dependencies if not dependency.optional)

    @property
    def optional_dependencies(self) -> frozenset[str]:
        """Names it can do without."""
        return frozenset(dependency.name for dependency in self._node.dependencies if dependency.optional)

    @property
    def metadata(self) -> Metadata:
        """Owner, entity, unit and the other typed fields."""
        return self._node.metadata

    @property
    def role(self) -> str:
        """What it is: feature, frame, raw, validator, input, config or source."""
        return str(self._node.role)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Variable):
            return NotImplemented
        return self._node is other._node or self._facts() == other._facts()

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"Variable({', '.join(f'{name}={fact!r}' for name, fact in self._facts().items())})"

    def _facts(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name, kind in vars(Variable).items() if isinstance(kind, property)}


class Driver:
    """Executes features of some modules under one config.

    Args:
        config: Values of config keys; they choose variants and are inputs, too.
        modules: Modules with feature functions.
        adapter: A result builder or hook, or several of them. Without a result builder ``execute`` returns a
            strictly aligned pandas DataFrame.
        engine: Which engine variants to take; None takes each name's only one, pandas first.
        allow_module_overrides: Whether a later module replaces what an earlier one defines.
        default_result: What ``execute`` returns without a result builder: ``pandas``, ``polars``, ``arrow``
            or ``dict``.

    Raises:
        DefinitionError: With every problem of the modules and their graph.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        *modules: ModuleType,
        adapter: Any = None,
        engine: str | None = None,
        allow_module_overrides: bool = False,
        default_result: str = "pandas",
    ) -> None:
        adapters = [] if adapter is None else list(adapter) if isinstance(adapter, list | tuple) else [adapter]
        _check_adapters(adapters)
        builders = [one for one in adapters if hasattr(one, "build_result")]
        if len(builders) > 1:
            raise RequestError("a driver takes one result builder", hint="keep one of them")
        self._builder: ResultBuilder | str = builders[0] if builders else default_result
        self._hooks: list[Hook] = [one for one in adapters if not hasattr(one, "build_result")]
        self._modules = modules
        self._programs: dict[Any, Program] = {}
        strangers = [module for module in modules if not isinstance(module, ModuleType)]
        if strangers:
            raise RequestError(
                f"a driver takes modules, not {strangers[0]!r}", hint="import the module and hand it over itself"
            )
        with GarbagePause():
            definitions = collect(modules, allow_overrides=allow_module_overrides)
            self.graph = build_graph(definitions, dict(config), engine)
        self._check_values(config, config, "config key")

    # --- running --------------------------------------------------------------------------------

    def execute(
        self,
        final_vars: Sequence[Request],
        overrides: Mapping[str, Any] | None = None,
        inputs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Compute features, and only what they need.

        Args:
            final_vars: Names, or functions of the driver's modules, or variables.
            overrides: Values that replace those of nodes; what only feeds them is not computed.
            inputs: Values of inputs.

        Returns:
            What the result builder makes: a pandas DataFrame for ``Driver(...)``, a dictionary for a driver
            that a :class:`Builder` built.

        Raises:
            RequestError: For unknown names, missing or unfit inputs, all at once.
            StepError: When a feature's function raises.
            AlignmentError: When columns that meet do not share their rows.
            ExpectationError: When an expectation of importance ``fail`` does not hold.
        """
        from featurecat.execution.results import result_builder
        from featurecat.execution.run import Program

        overrides, inputs = overrides or {}, inputs or {}
        names = self._names(final_vars)
        key = (tuple(names), tuple(inputs), tuple(overrides))
        program = self._programs.get(key)
        if program is None:
            self._check_given(inputs, overrides)
            program = self._programs[key] = Program(self._plan(names, inputs, overrides))
        values = {**self.graph.config, **inputs, **overrides}
        self._check_values(program.plan.given, inputs)
        outputs = program.run(values, self._hooks)
        if self._builder == "dict":
            return outputs
        builder = result_builder(self._builder) if isinstance(self._builder, str) else self._builder
        return builder.build_result(**outputs)

    def validate_execution(
        self,
        final_vars: Sequence[Request],
        overrides: Mapping[str, Any] | None = None,
        inputs: Mapping[str, Any] | None = None,
    ) -> None:
        """Raise what :meth:`execute` would raise for its names and inputs; run nothing."""
        overrides, inputs = overrides or {}, inputs or {}
        self._check_given(inputs, overrides)
        names = self._names(final_vars)
        self._check_values(used_inputs(self.graph, names, given=inputs.keys(), overrides=overrides.keys()), inputs)

    def _plan(self, names: Sequence[str], inputs: Mapping[str, Any], overrides: Mapping[str, Any]) -> Plan:
        return make_plan(self.graph, names, given=inputs.keys(), overrides=overrides.keys())

    def _names(self, requested: Sequence[Request]) -> list[str]:
        if isinstance(requested, str):
            raise RequestError(f"final_vars takes a list, not the string {requested!r}", hint=f"[{requested!r}]")
        names = []
        for item in requested:
            if isinstance(item, str):
                names.append(item)
            elif isinstance(item, Variable):
                names.append(item.name)
            else:
                names.append(self._name_of(item))
        return names

    def _name_of(self, function: Callable[..., Any]) -> str:
        named = [
            name
            for name, node in self.graph.nodes.items()
            if node.defined is not None and node.defined.function is function and node.defined.name == name
        ]
        if not named:
            shown = getattr(function, "__name__", repr(function))
            raise RequestError(
                f"{shown} is not a feature of this driver", code="unknown-feature", hint="name the node instead"
            )
        return named[0]

    def _check_given(self, inputs: Mapping[str, Any], overrides: Mapping[str, Any]) -> None:
        nodes = self.graph.nodes
        problems = []
        for name in inputs:
            if name in self.graph.config:
                problems.append(Problem("config-conflict", f"{name!r} is given as config and as input", hint="give it once"))
            elif name in nodes and not self.graph.is_given(name):
                hint = f"overrides={{{name!r}: …}} replaces a computed value"
                problems.append(Problem("unknown-input", f"the input {name!r} is a computed feature", hint=hint))
        for kind, given in (("input", inputs), ("override", overrides)):
            for name in given:
                if name not in nodes:
                    hint = did_you_mean(name, nodes) or "leave it out"
                    problems.append(Problem("unknown-input", f"no feature takes the {kind} {name!r}", hint=hint))
        if problems:
            raise RequestError(problems)

    def _check_values(self, names: Iterable[str], inputs: Mapping[str, Any], what: str = "input") -> None:
        problems = []
        for name in names:
            if name not in inputs:
                continue
            node, value = self.graph.nodes[name], inputs[name]
            if not value_fits(node.type, value):
                problems.append(
                    Problem(
                        "input-type",
                        f"the {what} {name!r} must be {type_text(node.type)}, not {describe_value(value)}",
                        hint="convert it before, or change the annotation",
                        feature=name,
                    )
                )
        if problems:
            raise RequestError(problems)

    # --- asking ---------------------------------------------------------------------------------

    def list_available_variables(
        self, *, tag_filter: Mapping[str, str | list[str] | None] | None = None
    ) -> list[Variable]:
        """All nodes, inputs and config keys included.

        Args:
            tag_filter: Tags they must all have: a value, one of a list of values, or None for any value.

        Raises:
            RequestError: When a filter is neither.
        """
        wanted = tag_filter or {}
        for key, values in wanted.items():
            listed = values if isinstance(values, list) else [values]
            if values is not None and not (listed and all(isinstance(one, str) for one in listed)):
                raise RequestError(f"tag_filter[{key!r}] must be a string, a list of strings or None, not {values!r}")
        nodes: Iterable[Node] = self.graph.nodes.values()
        return list(map(Variable, _tagged(nodes, wanted) if wanted else nodes))

    def what_is_upstream_of(self, *node_names: str) -> list[Variable]:
        """What feeds the named nodes, themselves included, in graph order."""
        self._check_known(node_names)
        return self._variables(distances(node_names, self.graph.walk_up))

    def what_is_downstream_of(self, *node_names: str) -> list[Variable]:
        """What the named nodes feed, themselves included, in graph order."""
        self._check_known(node_names)
        return self._variables(distances(node_names, self.graph.children.__getitem__))

    def what_is_the_path_between(self, upstream_node_name: str, downstream_node_name: str) -> list[Variable]:
        """Every node on a path from one node to another, both included; empty when there is no path."""
        return self._variables(self._between(upstream_node_name, downstream_node_name))

    def _between(self, upstream_name: str, downstream_name: str) -> Iterable[str]:
        self._check_known([upstream_name, downstream_name])
        above = distances([downstream_name], self.graph.walk_up)
        return [name for name in distances([upstream_name], self.graph.children.__getitem__) if name in above]

    def _check_known(self, names: Sequence[str]) -> None:
        if problems := self.graph.unknown(names):
            raise RequestError(problems)

    def _variables(self, names: Iterable[str]) -> list[Variable]:
        nodes = self.graph.nodes
        return list(map(Variable, map(nodes.__getitem__, self.graph.in_order(names))))

    # --- drawing --------------------------------------------------------------------------------

    def display_all_functions(self, output_file_path: str | None = None, **options: bool) -> Picture:
        """The whole graph as a picture; written when a path (.dot, .mmd, .json) is given.

        Args:
            output_file_path: Where to write it.
            options: ``hide_inputs``, ``deduplicate_inputs``, ``show_legend``.
        """
        return self._picture(self.graph.nodes, output_file_path, options)

    def display_upstream_of(self, *node_names: str, output_file_path: str | None = None, **options: bool) -> Picture:
        """What feeds the named nodes, as a picture; see :meth:`display_all_functions`."""
        self._check_known(node_names)
        names = distances(node_names, self.graph.walk_up)
        return self._picture(names, output_file_path, options, outputs=node_names)

    def display_downstream_of(self, *node_names: str, output_file_path: str | None = None, **options: bool) -> Picture:
        """What the named nodes feed, as a picture; see :meth:`display_all_functions`."""
        self._check_known(node_names)
        names = distances(node_names, self.graph.children.__getitem__)
        return self._picture(names, output_file_path, options, outputs=node_names)

    def visualize_execution(
        self,
        final_vars: Sequence[Request],
        output_file_path: str | None = None,
        inputs: Mapping[str, Any] | None = None,
        overrides: Mapping[str, Any] | None = None,
        **options: bool,
    ) -> Picture:
        """What :meth:`execute` would run, as a picture."""
        inputs, overrides = inputs or {}, overrides or {}
        self._check_given(inputs, overrides)
        names = self._names(final_vars)
        plan = self._plan(names, inputs, overrides)
        return self._picture([*plan.given, *plan.names], output_file_path, options, outputs=names)

    def visualize_path_between(
        self, upstream_node_name: str, downstream_node_name: str, output_file_path: str | None = None, **options: bool
    ) -> Picture:
        """The paths from one node to another, as a picture.

        Raises:
            RequestError: When there is none.
        """
        names = list(self._between(upstream_node_name, downstream_node_name))
        if not names:
            raise RequestError(f"no path leads from {upstream_node_name!r} to {downstream_node_name!r}")
        return self._picture(names, output_file_path, options)

    def _picture(
        self, names: Iterable[str], path: str | None, options: Mapping[str, bool], outputs: Iterable[str] = ()
    ) -> Picture:
        from featurecat.graph.picture import Picture, draw

        known = ("hide_inputs", "deduplicate_inputs", "show_legend")
        if unknown := [name for name in options if name not in known]:
            hint = did_you_mean(unknown[0], known) or ", ".join(known)
            raise RequestError(f"unknown drawing option {unknown[0]!r}", hint=hint)
        picture = Picture(draw(self.graph, names, marks=dict.fromkeys(outputs, "output")), **options)
        if path is not None:
            picture.save(path)
        return picture


def _check_adapters(adapters: Iterable[Any]) -> None:
    for one in adapters:
        if isinstance(one, type) or not (hasattr(one, "build_result") or hasattr(one, "before_step")):
            shown = getattr(one, "__name__", type(one).__name__)
            hint = f"{shown}()" if isinstance(one, type) else "derive it from featurecat.execution.hooks.Hook"
            raise RequestError(f"{shown} is neither a result builder nor a hook", hint=hint)


def _tagged(nodes: Iterable[Node], wanted: Mapping[str, str | list[str] | None]) -> list[Node]:
    """The nodes that have every wanted tag with one of the wanted values."""
    for key, given in wanted.items():
        values = None if given is None else {given} if isinstance(given, str) else set(given)
        nodes = [
            node for node in nodes if key in node.tags and (values is None or not values.isdisjoint(node.tags[key]))
        ]
    return list(nodes)


class Builder:
    """Builds a driver step by step; every method changes the builder and returns it.

    ``execute`` of the driver returns a dictionary unless an adapter builds something else.

    Example:
        >>> Builder().with_config({"region": "US"}).with_config({"year": 2013}).config
        {'region': 'US', 'year': 2013}
    """

    def __init__(self) -> None:
        self.config: dict[str, Any] = {}
        self.modules: list[ModuleType] = []
        self.adapters: list[Any] = []
        self.engine: str | None = None
        self.overriding = False

    def with_config(self, config: Mapping[str, Any]) -> Builder:
        """Add config; later values win."""
        self.config.update(config)
        return self

    def with_modules(self, *modules: ModuleType) -> Builder:
        """Add modules; one given twice counts once."""
        self.modules += [module for module in modules if module not in self.modules]
        return self

    def with_adapters(self, *adapters: Any) -> Builder:
        """Add hooks, or a result builder."""
        self.adapters += adapters
        return self

    def with_engine(self, engine: str) -> Builder:
        """Choose the engine whose variants are taken: pandas or polars."""
        self.engine = engine
        return self

    def allow_module_overrides(self) -> Builder:
        """Let later modules replace what earlier ones define."""
        self.overriding = True
        return self

    def copy(self) -> Builder:
        """An equal builder that can be changed by itself."""
        other = Builder().with_config(self.config).with_modules(*self.modules).with_adapters(*self.adapters)
        other.engine, other.overriding = self.engine, self.overriding
        return other

    def build(self) -> Driver:
        """The driver.

        Raises:
            DefinitionError: With every problem of the modules and their graph.
        """
        if not self.modules:
            hint = "Builder().with_modules(my_features)"
            raise DefinitionError("a driver needs modules", code="no-project", hint=hint)
        return Driver(
            self.config,
            *self.modules,
            adapter=self.adapters,
            engine=self.engine,
            allow_module_overrides=self.overriding,
            default_result="dict",
        )
