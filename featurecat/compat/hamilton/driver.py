"""Hamilton's ``driver``: ``Driver`` and ``Builder`` with Hamilton's manners.

What differs from featurecat's own driver, on purpose:

* ``Driver(...)`` without an adapter returns one pandas DataFrame, joined on the index; a ``Builder``'s driver a dictionary;
* inputs and overrides that nothing uses are ignored; a requested name that is only an input is handed back;
* a function's own exception is raised as it is, and logged with the node's name;
* columns that meet in a function need not share their rows;
* nodes are described by :class:`~featurecat.compat.hamilton.graph_types.HamiltonNode`, with tags under Hamilton's keys.
"""

from __future__ import annotations

import copy
import json
import logging
import pickle
import uuid
from collections.abc import Iterable, Mapping, Sequence
from types import ModuleType
from typing import Any, NoReturn, Self, TypeAlias

from featurecat.compat.hamilton._adapters import Adapters
from featurecat.compat.hamilton._install import install, is_installed
from featurecat.compat.hamilton._offer import INTERNAL, offer
from featurecat.compat.hamilton._pictures import LegacyViews
from featurecat.compat.hamilton._translation import LegacyGraph, legacy_graph
from featurecat.compat.hamilton.base import PandasDataFrameResult
from featurecat.compat.hamilton.common import convert_output_values
from featurecat.compat.hamilton.graph import FunctionGraph
from featurecat.compat.hamilton.graph_types import HamiltonNode
from featurecat.compat.hamilton.node import matches_query
from featurecat.definition.asynchronous import refuse_asynchronous
from featurecat.definition.node import Node
from featurecat.definition.types import type_text
from featurecat.driver.materializing import Materializing, check_materializers, extended_graph
from featurecat.driver.recipe import Recipe, restored
from featurecat.errors import Problem, RequestError, StepError, UnsupportedError
from featurecat.errors import UnsupportedError as InvalidExecutorException
from featurecat.execution.executors import DefaultExecutionManager, ExecutionManager
from featurecat.execution.run import Program
from featurecat.execution.schedule import run_task_plan
from featurecat.execution.tasks import Dynamic, Watchers
from featurecat.execution.watching import NodeWatch
from featurecat.frames.describe import describe_value
from featurecat.plan.grouping import GroupByRepeatableBlocks, GroupingStrategy
from featurecat.plan.planner import Plan, make_plan
from featurecat.plan.tasks import make_task_plan

__all__ = ["Builder", "Driver", "InvalidExecutorException", "Variable"]

_logger = logging.getLogger("hamilton.driver")

Variable = HamiltonNode

#: Names asked for, of given inputs and of overridden nodes.
RequestKey: TypeAlias = "tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]"

__getattr__, __dir__, _ = offer(
    __name__,
    {
        "ExtractorFactory": "featurecat.compat.hamilton.io.materialization",
        "HamiltonCacheAdapter": "featurecat.compat.hamilton.caching.adapter",
        "MaterializerFactory": "featurecat.compat.hamilton.io.materialization",
        "MetadataStore": "featurecat.compat.hamilton.caching.stores.base",
        "ResultStore": "featurecat.compat.hamilton.caching.stores.base",
        **{
            name: f"featurecat.compat.hamilton.{name}:"
            for name in ("base", "common", "graph", "graph_types", "htypes", "node")
        },
        "executors": "featurecat.compat.hamilton.execution.executors:",
        "graph_functions": "featurecat.compat.hamilton.execution.graph_functions:",
        "grouping": "featurecat.compat.hamilton.execution.grouping:",
        "lifecycle_base": "featurecat.compat.hamilton.lifecycle.base:",
        "materialization": "featurecat.compat.hamilton.io.materialization:",
        "state": "featurecat.compat.hamilton.execution.state:",
    },
    later={
        INTERNAL: (
            "DefaultGraphExecutor",
            "GraphExecutor",
            "SLACK_ERROR_MESSAGE",
            "TaskBasedGraphExecutor",
            "capture_function_usage",
            "deprecation",
        )
    },
    own=[*__all__, "HamiltonNode"],
)


class Driver(LegacyViews, Materializing):
    """Executes functions of modules by the names of their parameters.

    Args:
        config: Values that choose variants and are inputs, too.
        modules: Modules with functions.
        adapter: A lifecycle adapter or several. Without one that builds results ``execute`` returns a pandas DataFrame.
        allow_module_overrides: Whether a later module replaces what an earlier one defines.

    Raises:
        DefinitionError: A ValueError with every problem of the modules and their graph.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        *modules: ModuleType,
        adapter: Any = None,
        allow_module_overrides: bool = False,
        _use_legacy_adapter: bool = True,
        _execution_manager: ExecutionManager | None = None,
        _grouping_strategy: GroupingStrategy | None = None,
    ) -> None:
        adapters = adapter if isinstance(adapter, Adapters) else Adapters(adapter)
        if _use_legacy_adapter and not adapters.builds_results:
            adapters = Adapters([*adapters.members, PandasDataFrameResult()])
        self.adapter = adapters
        self.adapter.before_anything()
        self.config = dict(config)
        self.graph_modules = modules
        self._options = {
            "allow_module_overrides": allow_module_overrides,
            "_execution_manager": _execution_manager,
            "_grouping_strategy": _grouping_strategy,
        }
        self._manager = _execution_manager
        self._strategy = _grouping_strategy or GroupByRepeatableBlocks()
        self._materializers: tuple[Any, ...] = ()
        strangers = [module for module in modules if not isinstance(module, ModuleType)]
        if strangers:
            hint = "import the module and hand it over itself"
            raise RequestError(f"a driver takes modules, not {strangers[0]!r}", hint=hint)
        approves = adapters.approves_edges
        self._take(legacy_graph(modules, self.config, allow_overrides=allow_module_overrides, approves=approves))

    def _take(self, graph: LegacyGraph) -> None:
        """Make a graph the driver's own, and have the adapters judge and watch it."""
        self.graph = graph
        self.function_graph = FunctionGraph(graph)
        self.adapter.validate(self.function_graph, self.graph_modules)
        self.adapter.graph_constructed(self.function_graph, self.graph_modules)
        self._hooks = self.adapter.hooks(self.function_graph)
        #: What was asked for before, ready to run again.
        self._programs: dict[RequestKey, Program] = {}
        self._dynamics: dict[RequestKey, Dynamic] = {}

    # --- running ------------------------------------------------------------------------------------

    def execute(
        self,
        final_vars: Sequence[Any],
        overrides: Mapping[str, Any] | None = None,
        display_graph: bool = False,
        inputs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Compute nodes, and only what they need.

        Args:
            final_vars: Names, functions of the driver's modules, or variables.
            overrides: Values that replace those of nodes; unknown names are ignored.
            display_graph: Has no effect; :meth:`visualize_execution` draws.
            inputs: Values of inputs; those that nothing uses are ignored.

        Returns:
            What the result builder makes.

        Raises:
            RequestError: A ValueError for unknown names, missing or unfit inputs.
        """
        del display_graph
        names = self._names(final_vars)
        run_id = str(uuid.uuid4())
        self.adapter.before_run(run_id, self.function_graph, final_vars=names, inputs=inputs, overrides=overrides)
        results, failure = None, None
        try:
            results = self.adapter.build_result(self._run(run_id, names, inputs or {}, overrides or {}))
        except Exception as error:
            failure = error
            raise
        finally:
            self.adapter.after_run(run_id, self.function_graph, results=results, error=failure)
        return results

    def raw_execute(
        self,
        final_vars: Sequence[Any],
        overrides: Mapping[str, Any] | None = None,
        display_graph: bool = False,
        inputs: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """As :meth:`execute`, without hooks around the run and without a result builder."""
        del display_graph
        return self._run(str(uuid.uuid4()), self._names(final_vars), inputs or {}, overrides or {})

    def _run(
        self, run_id: str, names: Sequence[str], inputs: Mapping[str, Any], overrides: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Name to value of what was asked for."""
        key = self._request(names, inputs, overrides)
        failed: StepError | None = None
        outputs: dict[str, Any] = {}
        try:
            outputs = self._outputs(run_id, key, inputs, {**self.graph.config, **inputs, **overrides})
        except StepError as error:
            failed = error
        if failed is not None:
            raise own_error(failed)
        return {name: outputs[name] if name in outputs else inputs[name] for name in names}

    def _outputs(
        self, run_id: str, key: RequestKey, inputs: Mapping[str, Any], values: Mapping[str, Any]
    ) -> dict[str, Any]:
        if self._manager is not None:
            dynamic = self._dynamics.get(key) or self._dynamics.setdefault(key, self.dynamic_plan(*key))
            self._check_inputs(dynamic.plan.given, inputs)
            watchers = self.watchers(run_id)
            return run_task_plan(dynamic, values, self._manager, watchers=watchers, origin=self, request=key)
        program = self._programs.get(key) or self._programs.setdefault(key, Program(self._sequential(key)))
        self._check_inputs(program.plan.given, inputs)
        if not self._hooks.around_nodes:
            return program.run(values)
        return program.run(values, around=NodeWatch(self._hooks, run_id))

    def _sequential(self, key: RequestKey) -> Plan:
        names, inputs, overrides = key
        plan = make_plan(self.graph, names, given=inputs, overrides=overrides)
        refuse_asynchronous(step.node for step in plan.steps)
        return plan

    def dynamic_plan(self, names: tuple[str, ...], inputs: tuple[str, ...], overrides: tuple[str, ...]) -> Dynamic:
        """The tasks of a request, ready to run; for this process and for those that are sent some of them.

        Args:
            names: What is asked for.
            inputs: Names of the given inputs.
            overrides: Names of the given overrides.
        """
        plan = make_task_plan(self.graph, names, self._strategy, given=inputs, overrides=overrides)
        refuse_asynchronous(node for spec in plan.tasks for node in spec.nodes)
        return Dynamic(plan)

    def watchers(self, run_id: str) -> Watchers:
        """What is told of a run.

        Args:
            run_id: Of the run.
        """
        nodes = self.function_graph.nodes
        return Watchers(self._hooks, run_id, lambda node: nodes[node.name])

    def validate_execution(
        self,
        final_vars: Sequence[Any],
        overrides: Mapping[str, Any] | None = None,
        inputs: Mapping[str, Any] | None = None,
    ) -> None:
        """Raise what :meth:`execute` would raise for its names and inputs; run nothing."""
        inputs = inputs or {}
        key = self._request(self._names(final_vars), inputs, overrides or {})
        plan = self._sequential(key) if self._manager is None else self.dynamic_plan(*key).plan
        self._check_inputs(plan.given, inputs)

    # --- requests, as Hamilton reads them ---------------------------------------------------------------

    def _names(self, requested: Sequence[Any]) -> list[str]:
        named = [one if isinstance(one, str) else self._variant_name(one) for one in requested]
        return convert_output_values(named, {module.__name__ for module in self.graph_modules})

    def _variant_name(self, requested: Any) -> Any:
        """The node of a function whose name ends in that of a variant, where the config chose it."""
        if "__" not in getattr(requested, "__name__", ""):
            return requested
        nodes = self.graph.nodes.values()
        return next(
            (
                one.name
                for one in nodes
                if one.defined is not None and one.defined.function is requested and one.defined.name == one.name
            ),
            requested,
        )

    def _request(self, names: Sequence[str], inputs: Mapping[str, Any], overrides: Mapping[str, Any]) -> RequestKey:
        """What of a request is of use: nodes, given inputs, overridden nodes. An input can be asked for, too.

        Raises:
            RequestError: For unknown names, and for names that are given twice.
        """
        wanted = list(dict.fromkeys(name for name in names if name in self.graph.nodes or name not in inputs))
        problems = self.graph.unknown(wanted)
        if both := sorted(inputs.keys() & self.graph.config.keys()):
            message = f"{', '.join(both)} is given both in config and in inputs; they must be disjoint"
            problems.append(Problem("config-conflict", message, hint="give it once"))
        if problems:
            raise RequestError(problems)
        nodes = self.graph.nodes
        used = tuple(name for name in inputs if name in nodes and nodes[name].given)
        return tuple(wanted), used, tuple(name for name in overrides if name in nodes)

    def _check_given(self, inputs: Mapping[str, Any], overrides: Mapping[str, Any]) -> None:
        """What nothing uses is ignored."""

    def _plan(self, names: Sequence[str], inputs: Mapping[str, Any], overrides: Mapping[str, Any]) -> Plan:
        return self._sequential(self._request(names, inputs, overrides))

    def _check_inputs(self, names: Iterable[str], inputs: Mapping[str, Any]) -> None:
        """Raise when a value that is needed, of the inputs or of the config, is not what is asked for."""
        problems, given = [], {**self.graph.config, **inputs}
        for name in names:
            node = self.graph.nodes[name]
            if name in given and node.given and not self.adapter.input_fits(node.type, given[name]):
                message = f"the input {name!r} must be {type_text(node.type)}, not {describe_value(given[name])}"
                hint = "convert it before, or change the annotation"
                problems.append(Problem("input-type", message, hint=hint, feature=name))
        if problems:
            raise RequestError(problems)

    # --- loading and saving -----------------------------------------------------------------------------

    def with_materializers(self, *materializers: Any) -> Self:
        """A driver like this one whose graph loads and saves, too.

        Raises:
            DefinitionError: A ValueError with everything that is wrong with them.
        """
        other = copy.copy(self)
        other._materializers = (*self._materializers, *materializers)
        other._take(LegacyGraph.of(extended_graph(self.graph, check_materializers(materializers))))
        return other

    def _materialized(
        self, materializers: Sequence[Any], additional_vars: Sequence[Any] | None
    ) -> tuple[Any, list[str], list[str]]:
        """A driver of the grown graph that returns a dictionary, the ids of what is saved, and the further names."""
        saved = [one.id for one in check_materializers(materializers) if hasattr(one, "id")]
        if not saved and not additional_vars:
            hint = "give to.parquet(id=…, dependencies=[…], path=…), or additional_vars=[…]"
            raise RequestError("nothing is asked for", hint=hint)
        driver = self.with_materializers(*materializers)
        driver.adapter = self.adapter.without_builder()
        return driver, saved, driver._names(additional_vars or [])

    # --- asking -----------------------------------------------------------------------------------------

    def list_available_variables(  # type: ignore[override]  # Hamilton's own kind of variable
        self, *, tag_filter: Mapping[str, str | list[str] | None] | None = None
    ) -> list[HamiltonNode]:
        """All nodes, inputs and config keys included.

        Args:
            tag_filter: Tags they must all have: a value, one of a list of values, or None for any value.

        Raises:
            RequestError: A ValueError when a filter is neither.
        """
        for key, wanted in (tag_filter or {}).items():
            listed = wanted if isinstance(wanted, list) else [wanted]
            if wanted is not None and not (listed and all(isinstance(one, str) for one in listed)):
                raise RequestError(f"tag_filter[{key!r}] must be a string, a list of strings or None, not {wanted!r}")
        nodes = self.function_graph.nodes.values()
        return [HamiltonNode.from_node(node) for node in nodes if matches_query(node.tags, tag_filter or {})]

    def _shown_node(self, node: Node) -> HamiltonNode:
        """A node as ``custom_style_function`` is given it."""
        return HamiltonNode.from_node(self.function_graph.nodes[node.name])

    def _variables(self, names: Iterable[str]) -> list[HamiltonNode]:  # type: ignore[override]  # likewise
        nodes = self.function_graph.nodes
        return [HamiltonNode.from_node(nodes[name]) for name in self.graph.in_order(names)]

    def export_execution(
        self,
        final_vars: Sequence[Any],
        inputs: Mapping[str, Any] | None = None,
        overrides: Mapping[str, Any] | None = None,
    ) -> str:
        """What :meth:`execute` would compute, as JSON: the nodes by name, with their sources."""
        nodes, _ = self.function_graph.get_upstream_nodes(self._names(final_vars), inputs or {}, overrides or {})
        listed = sorted(nodes, key=lambda node: node.name)
        return json.dumps({"nodes": [HamiltonNode.from_node(node).as_dict() for node in listed]})

    def has_cycles(self, final_vars: Sequence[Any]) -> bool:
        """Always False: a graph with circles is refused when it is built."""
        self._names(final_vars)
        return False

    @property
    def cache(self) -> NoReturn:
        """Comes with a later release."""
        raise UnsupportedError("caching of results between runs comes with a later release of featurecat")

    def __copy__(self) -> Self:
        other = object.__new__(type(self))
        vars(other).update(vars(self))
        return other

    def __reduce__(self) -> tuple[Any, ...]:
        """Modules go by their names, to be imported again; so does Hamilton's name, where it was taken over."""
        modules = tuple(module.__name__ for module in self.graph_modules)
        options = {**self._options, "adapter": self.adapter.members, "_use_legacy_adapter": False}
        recipe = Recipe(type(self), modules, self.config, options, self._materializers)
        return _restored, (pickle.dumps(recipe), is_installed())


def _restored(recipe: bytes, installed: bool) -> Driver:
    if installed:
        install()
    driver: Driver = restored(pickle.loads(recipe))
    return driver


def own_error(error: StepError) -> BaseException:
    """What the function raised; the log says which one it was.

    Args:
        error: What featurecat made of it.
    """
    _logger.error("%s", error)
    return error.__cause__ or error


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
        self.legacy_graph_adapter: Any = None
        self.materializers: list[Any] = []
        self.overriding = False
        self.dynamic = False
        self.execution_manager: Any = None
        self.local_executor: Any = None
        self.remote_executor: Any = None
        self.grouping_strategy: Any = None

    def with_config(self, config: Mapping[str, Any]) -> Self:
        """Add config; later values win."""
        self.config.update(config)
        return self

    def with_modules(self, *modules: ModuleType) -> Self:
        """Add modules."""
        self.modules += modules
        return self

    def with_adapter(self, adapter: Any) -> Self:
        """Take a legacy graph adapter.

        Raises:
            RequestError: A ValueError when there is one already.
        """
        if self.legacy_graph_adapter is not None:
            raise RequestError("the builder has a graph adapter already", hint="use with_adapters for further ones")
        self.legacy_graph_adapter = adapter
        return self

    def with_adapters(self, *adapters: Any) -> Self:
        """Add lifecycle adapters, one result builder among them at most."""
        self.adapters += adapters
        return self

    def with_materializers(self, *materializers: Any) -> Self:
        """Have the driver's graph load and save, too.

        Raises:
            RequestError: A ValueError for what ``to`` and ``from_`` did not make, such as a list of materializers.
        """
        self.materializers += check_materializers(materializers)
        return self

    def enable_dynamic_execution(self, *, allow_experimental_mode: bool = False) -> Self:
        """Let ``Parallelizable`` and ``Collect`` work.

        Raises:
            RequestError: A ValueError unless ``allow_experimental_mode`` is True.
        """
        if not allow_experimental_mode:
            raise RequestError("dynamic execution must be asked for", hint="allow_experimental_mode=True")
        self.dynamic = True
        return self

    def with_execution_manager(self, execution_manager: Any) -> Self:
        """Choose what chooses the executor of each task; there are no executors to be chosen beside it."""
        self._set_dynamic("execution_manager", execution_manager, apart="local_executor remote_executor")
        return self

    def with_remote_executor(self, remote_executor: Any) -> Self:
        """Choose where the tasks of parallel blocks run."""
        self._set_dynamic("remote_executor", remote_executor, apart="execution_manager")
        return self

    def with_local_executor(self, local_executor: Any) -> Self:
        """Choose where all other tasks run."""
        self._set_dynamic("local_executor", local_executor, apart="execution_manager")
        return self

    def with_grouping_strategy(self, grouping_strategy: Any) -> Self:
        """Choose how nodes are put into tasks."""
        self._set_dynamic("grouping_strategy", grouping_strategy)
        return self

    def _set_dynamic(self, name: str, value: Any, apart: str = "") -> None:
        if not self.dynamic:
            hint = "enable_dynamic_execution(allow_experimental_mode=True) first"
            raise RequestError(f"with_{name} needs dynamic execution", hint=hint)
        taken = [other for other in (name, *apart.split()) if getattr(self, other) is not None]
        if taken:
            raise RequestError(f"with_{name} cannot follow with_{taken[0]}", hint="keep one of them")
        setattr(self, name, value)

    def allow_module_overrides(self) -> Self:
        """Let later modules replace what earlier ones define."""
        self.overriding = True
        return self

    def with_cache(self, *given: Any, **named: Any) -> NoReturn:
        """Comes with a later release."""
        del given, named
        raise UnsupportedError(
            "caching of results between runs comes with a later release of featurecat", hint="leave with_cache out"
        )

    def copy(self) -> Self:
        """An equal builder that can be changed by itself."""
        other = type(self)()
        other.__dict__.update(
            {name: own.copy() if isinstance(own, dict | list) else own for name, own in vars(self).items()}
        )
        return other

    def build(self) -> Driver:
        """The driver.

        Raises:
            DefinitionError: A ValueError with every problem of the modules and their graph.
        """
        adapters = [*self.adapters, *([] if self.legacy_graph_adapter is None else [self.legacy_graph_adapter])]
        manager = self.execution_manager
        if self.dynamic and manager is None:
            manager = DefaultExecutionManager(self.local_executor, self.remote_executor)
        driver = Driver(
            self.config,
            *self.modules,
            adapter=adapters,
            allow_module_overrides=self.overriding,
            _use_legacy_adapter=False,
            _execution_manager=manager,
            _grouping_strategy=self.grouping_strategy,
        )
        return driver.with_materializers(*self.materializers) if self.materializers else driver
