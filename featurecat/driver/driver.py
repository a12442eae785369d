"""The driver itself: collect, build, plan, run."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable, Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, Self

from featurecat.definition.asynchronous import is_asynchronous, refuse_asynchronous
from featurecat.definition.collect import Definitions, collect
from featurecat.definition.pause import GarbagePause
from featurecat.definition.types import type_text, value_fits
from featurecat.driver.edges import loosened
from featurecat.driver.materializing import Materializing, check_materializers, extended_graph
from featurecat.driver.recipe import Recipe, restored
from featurecat.driver.variable import Variable
from featurecat.driver.views import GraphViews, Request
from featurecat.errors import DefinitionError, Problem, RequestError
from featurecat.frames.describe import describe_value
from featurecat.function_modifiers.validation import lenient
from featurecat.graph.build import build_graph
from featurecat.graph.graph import Graph
from featurecat.graph.lineage import distances
from featurecat.plan.planner import used_inputs
from featurecat.storage.redact import redact_config

if TYPE_CHECKING:
    from featurecat.execution.adapters import Adapters
    from featurecat.execution.executors import DynamicExecution
    from featurecat.execution.hooks import Hook
    from featurecat.execution.results import ResultBuilder
    from featurecat.execution.run import Program
    from featurecat.execution.tasks import Dynamic, Watchers

__all__ = ["Driver"]

_COROUTINE = 0x80  # CO_COROUTINE of ``inspect``


class Driver(GraphViews, Materializing):
    """Executes features of some modules under one config.

    Args:
        config: Values of config keys; they choose variants and are inputs, too.
        modules: Modules with feature functions.
        adapter: A result builder or another adapter of :mod:`featurecat.lifecycle`, or several of them. Without a
            result builder ``execute`` returns a strictly aligned pandas DataFrame.
        engine: Which engine variants to take; None takes each name's only one, pandas first.
        allow_module_overrides: Whether a later module replaces what an earlier one defines.
        default_result: What ``execute`` returns without a result builder: ``pandas``, ``polars``, ``arrow``
            or ``dict``.
        execution: How to run in tasks, so that ``Parallelizable`` and ``Collect`` work; None runs everything at once.
        checks: What becomes of expectations that do not hold: ``enforce``, ``warn`` or ``off``; see
            :meth:`featurecat.driver.builder.Builder.with_checks`.

    Raises:
        DefinitionError: With every problem of the modules and their graph.
        RequestError: With every problem of the adapters.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        *modules: ModuleType,
        adapter: Any = None,
        engine: str | None = None,
        allow_module_overrides: bool = False,
        default_result: str = "pandas",
        execution: DynamicExecution | None = None,
        checks: str = "enforce",
    ) -> None:
        adapters = [] if adapter is None else list(adapter) if isinstance(adapter, list | tuple) else [adapter]
        sorted_adapters = self._sorted = self._sort(adapters)
        builders = () if sorted_adapters is None else sorted_adapters.builders
        self._builder: ResultBuilder | str = builders[0] if builders else default_result
        self._hooks: list[Hook] = [] if sorted_adapters is None else list(sorted_adapters.steps)
        self._modules = modules
        self._programs: dict[Any, Any] = {}
        self._execution = execution
        self._materializers: tuple[Any, ...] = ()
        self._options = {
            "adapter": adapters,
            "engine": engine,
            "allow_module_overrides": allow_module_overrides,
            "default_result": default_result,
            "execution": execution,
            "checks": checks,
        }
        strangers = [module for module in modules if not isinstance(module, ModuleType)]
        if strangers:
            raise RequestError(
                f"a driver takes modules, not {strangers[0]!r}", hint="import the module and hand it over itself"
            )
        with GarbagePause():
            definitions = self._loosened(collect(modules, allow_overrides=allow_module_overrides))
            self.graph = build_graph(definitions, dict(config), engine)
        if checks != "enforce":
            self.graph = _lenient(self.graph, checks)
        self._check_values(config, config, "config key")
        if sorted_adapters is not None:
            _announce(self.graph, sorted_adapters)

    #: A graph, and whether any of its nodes is a coroutine.
    _coroutines: tuple[Graph, bool] | None = None

    def __repr__(self) -> str:
        modules = ", ".join(module.__name__ for module in self._modules) or "no modules"
        config, _ = redact_config(self.graph.config)
        shown = ", ".join(f"{key}={reprlib.repr(value)}" for key, value in config.items())
        features = sum(node.public and not node.given for node in self.graph.nodes.values())
        count = "1 feature" if features == 1 else f"{features:,} features"
        return f"{type(self).__name__}: {count} of {modules}" + (f", config {shown}" if shown else "")

    def _loosened(self, definitions: Definitions) -> Definitions:
        """The definitions, with the edges that adapters allow."""
        if self._sorted is None or not self._sorted.edges:
            return definitions
        named = [one for one in self._sorted.edges if hasattr(one, "check_edge_types_match")]
        return loosened(definitions, [one.check_edge_types_match for one in named])

    def _sort(self, adapters: list[Any]) -> Adapters | None:
        if not adapters:
            return None
        from featurecat.execution.adapters import sort_adapters

        return sort_adapters(adapters, awaiting=bool(type(self).execute.__code__.co_flags & _COROUTINE))

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
            UnsupportedError: When something is computed once per item, or waited for, which this driver cannot do.
            StepError: When a feature's function raises.
            AlignmentError: When columns that meet do not share their rows.
            ExpectationError: When an expectation of importance ``fail`` does not hold.
        """
        from featurecat.execution.results import result_builder

        names = self._names(final_vars)
        overrides, inputs = overrides or {}, inputs or {}
        if self._sorted is None:
            outputs = self._outputs(names, inputs, overrides)
        else:
            outputs = self._observed(names, inputs, overrides, self._sorted)
        if self._builder == "dict":
            return outputs
        builder = result_builder(self._builder) if isinstance(self._builder, str) else self._builder
        return builder.build_result(**outputs)

    def _outputs(
        self, names: Sequence[str], inputs: Mapping[str, Any], overrides: Mapping[str, Any], run_id: str = ""
    ) -> dict[str, Any]:
        """Name to value of what was asked for."""
        key = (tuple(names), tuple(inputs), tuple(overrides))
        program: Any = self._programs.get(key)
        if program is None:
            self._check_given(inputs, overrides)
            try:
                program = (self._program if self._execution is None else self.dynamic_plan)(*key)
            except RequestError as error:
                unfit = self._unfit(inputs, inputs)
                raise (RequestError([*error.problems, *unfit]) if unfit else error) from error.__cause__
            self._programs[key] = program
        values = {**self.graph.config, **inputs, **overrides}
        self._check_values(program.plan.given, inputs)
        outputs: dict[str, Any]
        if self._execution is not None:
            outputs = self._run_tasks(program, values, key, run_id)
        elif self._sorted is None or not self._sorted.around_nodes:
            outputs = program.run(values, self._hooks)
        else:
            from featurecat.execution.watching import NodeWatch

            outputs = program.run(values, self._hooks, around=NodeWatch(self._sorted, run_id))
        return outputs

    def _program(self, names: tuple[str, ...], inputs: tuple[str, ...], overrides: tuple[str, ...]) -> Program:
        from featurecat.execution.run import Program

        plan = self._plan(names, dict.fromkeys(inputs), dict.fromkeys(overrides))
        refuse_asynchronous(step.node for step in plan.steps)
        return Program(plan)

    def _observed(
        self, names: list[str], inputs: Mapping[str, Any], overrides: Mapping[str, Any], adapters: Adapters
    ) -> dict[str, Any]:
        """As :meth:`_outputs`, with the adapters told of the run."""
        import uuid

        run_id = str(uuid.uuid4())
        if not adapters.runs:
            return self._outputs(names, inputs, overrides, run_id)
        from featurecat.execution.watching import tell, tell_all

        outputs: dict[str, Any] | None = None
        error: BaseException | None = None
        try:
            tell(
                adapters.runs,
                "run_before_graph_execution",
                graph=self.graph,
                final_vars=names,
                inputs=dict(inputs),
                overrides=dict(overrides),
                execution_path=self._path(names, overrides),
                run_id=run_id,
            )
            outputs = self._outputs(names, inputs, overrides, run_id)
        except BaseException as raised:
            error = raised
            raise
        finally:
            facts = {"graph": self.graph, "results": outputs, "success": error is None, "run_id": run_id}
            tell_all(adapters.runs, "run_after_graph_execution", error=error, **facts)
        return outputs

    def _path(self, names: Iterable[str], overrides: Mapping[str, Any]) -> list[str]:
        """What will be computed, in graph order; unknown names are told of later."""
        nodes, above = self.graph.nodes, self.graph.walk_up
        known = [name for name in names if name in nodes]
        reached = distances(known, lambda name: [] if name in overrides else above(name))
        return self.graph.in_order(name for name in reached if name not in overrides and not nodes[name].given)

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
        if self._execution is not None:
            key = (tuple(names), tuple(inputs), tuple(overrides))
            self._check_values(self.dynamic_plan(*key).plan.given, inputs)
            return
        self._check_values(used_inputs(self.graph, names, given=inputs.keys(), overrides=overrides.keys()), inputs)
        if not self._awaits() and self._has_coroutines():
            refuse_asynchronous(self.graph.nodes[name] for name in self._path(names, overrides))

    def _has_coroutines(self) -> bool:
        """Whether any node of the graph is a coroutine; looked up once a graph."""
        if self._coroutines is None or self._coroutines[0] is not self.graph:
            found = any(is_asynchronous(node.function) for node in self.graph.nodes.values())
            self._coroutines = (self.graph, found)
        return self._coroutines[1]

    def _awaits(self) -> bool:
        return bool(type(self).execute.__code__.co_flags & _COROUTINE)

    def _check_values(self, names: Iterable[str], inputs: Mapping[str, Any], what: str = "input") -> None:
        if problems := self._unfit(names, inputs, what):
            raise RequestError(problems)

    def _unfit(self, names: Iterable[str], inputs: Mapping[str, Any], what: str = "input") -> list[Problem]:
        problems = []
        for name in names:
            if name not in inputs:
                continue
            node, value = self.graph.nodes[name], inputs[name]
            if not self._fits(node.type, value):
                problems.append(
                    Problem(
                        "input-type",
                        f"the {what} {name!r} must be {type_text(node.type)}, not {describe_value(value)}",
                        hint="convert it before, or change the annotation",
                        feature=name,
                    )
                )
        return problems

    def _fits(self, wanted: Any, value: Any) -> bool:
        if self._sorted is not None and self._sorted.edges:
            asked = [one.validate_input for one in self._sorted.edges if hasattr(one, "validate_input")]
            if asked:
                return any(method(node_type=wanted, input_value=value) for method in asked)
        return value_fits(wanted, value)

    # --- tasks ----------------------------------------------------------------------------------

    def dynamic_plan(self, names: tuple[str, ...], inputs: tuple[str, ...], overrides: tuple[str, ...]) -> Dynamic:
        """The tasks of a request, ready to run; for this process and for those that are sent some of them.

        Args:
            names: What is asked for.
            inputs: Names of the given inputs.
            overrides: Names of the given overrides.
        """
        from featurecat.execution.tasks import make_dynamic

        assert self._execution is not None  # the caller looked
        return make_dynamic(self.graph, (names, inputs, overrides), self._execution.strategy)

    def watchers(self, run_id: str) -> Watchers:
        """What is told of a run.

        Args:
            run_id: Of the run.
        """
        from featurecat.execution.adapters import Adapters
        from featurecat.execution.tasks import Watchers

        return Watchers(self._sorted or Adapters(), run_id, Variable)

    def _run_tasks(self, dynamic: Dynamic, values: Mapping[str, Any], key: Any, run_id: str) -> dict[str, Any]:
        from featurecat.execution.schedule import run_task_plan

        assert self._execution is not None  # the caller looked
        return run_task_plan(
            dynamic, values, self._execution.manager, watchers=self.watchers(run_id), origin=self, request=key
        )

    # --- copies ---------------------------------------------------------------------------------

    def with_materializers(self, *materializers: Any) -> Self:
        """A driver like this one whose graph loads and saves, too; validators judge it, and hooks are told of it.

        Args:
            materializers: What ``to`` and ``from_`` of :mod:`featurecat.io` made.

        Raises:
            DefinitionError: With everything that is wrong with them.
        """
        other = self.__copy__()
        other.graph = extended_graph(self.graph, check_materializers(materializers))
        other._materializers = (*self._materializers, *materializers)
        other._programs = {}
        if materializers and self._sorted is not None:
            _announce(other.graph, self._sorted)
        return other

    def __copy__(self) -> Self:
        other = object.__new__(type(self))
        vars(other).update(vars(self))
        return other

    def __reduce__(self) -> tuple[Any, ...]:
        names = tuple(module.__name__ for module in self._modules)
        return restored, (Recipe(type(self), names, self.graph.config, self._options, self._materializers),)


def _lenient(graph: Graph, mode: str) -> Graph:
    """The graph with expectations that block nothing, or are not evaluated."""
    nodes = {name: lenient(node, mode) for name, node in graph.nodes.items()}
    return Graph(nodes, graph.config, graph.engine, graph.unmatched, graph.sources)


def _announce(graph: Graph, adapters: Adapters) -> None:
    """Let validators judge a new graph, then tell of it.

    Raises:
        DefinitionError: With all that validators refuse.
    """
    problems = []
    for validator in adapters.validators:
        name = type(validator).__name__
        if hasattr(validator, "run_to_validate_node"):
            for node in graph.nodes.values():
                valid, text = validator.run_to_validate_node(node=Variable(node))
                if not valid:
                    message = f"{name} refuses {node.name}: {text or 'it does not say why'}"
                    problems.append(Problem("validator-refused", message, *node.place, feature=node.name))
        if hasattr(validator, "run_to_validate_graph"):
            valid, text = validator.run_to_validate_graph(graph=graph)
            if not valid:
                problems.append(
                    Problem("validator-refused", f"{name} refuses the graph: {text or 'it does not say why'}")
                )
    if problems:
        raise DefinitionError(problems)
    for hook in adapters.construction:
        hook.run_after_graph_construction(graph=graph, config=dict(graph.config))
