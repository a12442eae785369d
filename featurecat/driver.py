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
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias

from featurecat.definition.collect import collect
from featurecat.definition.metadata import Metadata
from featurecat.definition.node import Node
from featurecat.definition.types import type_text, value_fits
from featurecat.errors import DefinitionError, Problem, RequestError, did_you_mean
from featurecat.frames.describe import describe_value
from featurecat.graph.build import build_graph
from featurecat.graph.graph import Graph
from featurecat.graph.lineage import between, downstream, upstream
from featurecat.graph.picture import Picture, draw
from featurecat.plan.planner import Plan, make_plan

if TYPE_CHECKING:
    from featurecat.execution.hooks import Hook
    from featurecat.execution.results import ResultBuilder
    from featurecat.execution.run import Program

__all__ = ["Builder", "Driver", "Variable"]

Request: TypeAlias = "str | Callable[..., Any] | Variable"


@dataclass(frozen=True, slots=True)
class Variable:
    """What is known about a node.

    Attributes:
        name: Its name.
        type: Type of its value.
        tags: Tags; a single value as a string, several as a list.
        is_external_input: Whether it is given rather than computed.
        originating_functions: The functions it comes from.
        documentation: Its docstring.
        required_dependencies: Names it cannot do without.
        optional_dependencies: Names it can do without.
        metadata: Owner, entity, unit and the other typed fields.
        role: feature, frame, raw, validator, input, config or source.
    """

    name: str
    type: Any
    tags: Mapping[str, str | list[str]]
    is_external_input: bool
    originating_functions: tuple[Callable[..., Any], ...]
    documentation: str | None
    required_dependencies: frozenset[str]
    optional_dependencies: frozenset[str]
    metadata: Metadata
    role: str


def _variable(graph: Graph, node: Node) -> Variable:
    dependencies = node.dependencies
    return Variable(
        node.name,
        node.type,
        {key: values[0] if len(values) == 1 else list(values) for key, values in node.tags.items()},
        graph.is_given(node.name),
        () if node.defined is None else (node.defined.function,),
        node.documentation,
        frozenset(dependency.name for dependency in dependencies if not dependency.optional),
        frozenset(dependency.name for dependency in dependencies if dependency.optional),
        node.metadata,
        str(node.role),
    )


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
        builders = [one for one in adapters if hasattr(one, "build_result")]
        if len(builders) > 1:
            raise RequestError("a driver takes one result builder", hint="keep one of them")
        self._builder: ResultBuilder | str = builders[0] if builders else default_result
        self._hooks: list[Hook] = [one for one in adapters if not hasattr(one, "build_result")]
        self._modules = modules
        self._programs: dict[Any, Program] = {}
        definitions = collect(modules, allow_overrides=allow_module_overrides)
        self.graph = build_graph(definitions, dict(config), engine)

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
        self._check_values(program.plan, inputs)
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
        self._check_values(self._plan(self._names(final_vars), inputs, overrides), inputs)

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

    def _check_values(self, plan: Plan, inputs: Mapping[str, Any]) -> None:
        problems = []
        for name in plan.given:
            if name not in inputs:
                continue
            node, value = self.graph.nodes[name], inputs[name]
            if not value_fits(node.type, value):
                problems.append(
                    Problem(
                        "input-type",
                        f"the input {name!r} must be {type_text(node.type)}, not {describe_value(value)}",
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
            if not (values is None or isinstance(values, str) or (isinstance(values, list) and values)):
                raise RequestError(f"tag_filter[{key!r}] must be a string, a list of strings or None, not {values!r}")
        return [_variable(self.graph, node) for node in self.graph.nodes.values() if _tagged(node, wanted)]

    def what_is_upstream_of(self, *node_names: str) -> list[Variable]:
        """What feeds the named nodes, themselves included, in graph order."""
        self._check_known(node_names)
        return self._variables(upstream(node_names, _Lookup(self.graph.existing_parents)))

    def what_is_downstream_of(self, *node_names: str) -> list[Variable]:
        """What the named nodes feed, themselves included, in graph order."""
        self._check_known(node_names)
        return self._variables(downstream(node_names, self.graph.children))

    def what_is_the_path_between(self, upstream_node_name: str, downstream_node_name: str) -> list[Variable]:
        """Every node on a path from one node to another, both included; empty when there is no path."""
        return self._variables(self._between(upstream_node_name, downstream_node_name))

    def _between(self, upstream_name: str, downstream_name: str) -> Iterable[str]:
        self._check_known([upstream_name, downstream_name])
        return between(upstream_name, downstream_name, _Lookup(self.graph.existing_parents), self.graph.children)

    def _check_known(self, names: Sequence[str]) -> None:
        if problems := self.graph.unknown(names):
            raise RequestError(problems)

    def _variables(self, names: Iterable[str]) -> list[Variable]:
        chosen = set(names)
        return [_variable(self.graph, node) for name, node in self.graph.nodes.items() if name in chosen]

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
        names = upstream(node_names, _Lookup(self.graph.existing_parents))
        return self._picture(names, output_file_path, options, outputs=node_names)

    def display_downstream_of(self, *node_names: str, output_file_path: str | None = None, **options: bool) -> Picture:
        """What the named nodes feed, as a picture; see :meth:`display_all_functions`."""
        self._check_known(node_names)
        return self._picture(downstream(node_names, self.graph.children), output_file_path, options, outputs=node_names)

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
        known = ("hide_inputs", "deduplicate_inputs", "show_legend")
        if unknown := [name for name in options if name not in known]:
            hint = did_you_mean(unknown[0], known) or ", ".join(known)
            raise RequestError(f"unknown drawing option {unknown[0]!r}", hint=hint)
        picture = Picture(draw(self.graph, names, marks=dict.fromkeys(outputs, "output")), **options)
        if path is not None:
            picture.save(path)
        return picture


class _Lookup(Mapping[str, Sequence[str]]):
    """A function as a mapping, so that a walk asks only for what it visits."""

    def __init__(self, find: Callable[[str], Sequence[str]]) -> None:
        self._find = find

    def __getitem__(self, name: str) -> Sequence[str]:
        return self._find(name)

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0


def _tagged(node: Node, wanted: Mapping[str, str | list[str] | None]) -> bool:
    for key, values in wanted.items():
        present = node.tags.get(key)
        if present is None:
            return False
        if values is not None and not set(present) & ({values} if isinstance(values, str) else set(values)):
            return False
    return True


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
