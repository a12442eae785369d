"""Hamilton's lifecycle around featurecat's runs: who is called at which moment, with Hamilton's nodes and graphs.

An adapter is whatever has one of the methods below; an inner one (``pre_node_execute``) goes before the one for users
(``run_before_node_execution``). What concerns drivers and whole runs is called from here; what concerns nodes and tasks
is handed to featurecat's run loop as hooks of its own, which tell the adapters in Hamilton's words.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

from featurecat.compat.hamilton.graph_types import HamiltonGraph, HamiltonNode
from featurecat.compat.hamilton.lifecycle.base import ValidationException
from featurecat.compat.hamilton.node import Node
from featurecat.definition.types import value_fits
from featurecat.errors import RequestError
from featurecat.execution.adapters import Adapters as Hooks

if TYPE_CHECKING:
    from featurecat.compat.hamilton.graph import FunctionGraph

__all__ = ["Adapters"]

#: Methods that one adapter of a driver may have at most.
_ALONE = (
    ("do_build_result", "build_result"),
    ("do_node_execute", "run_to_execute_node"),
    ("do_remote_execute", None),
    ("do_check_edge_types_match", "check_edge_types_match"),
    ("do_validate_input", "validate_input"),
)
#: What concerns nodes: before and after, and in place of the function.
_NODE_METHODS = (
    "pre_node_execute", "run_before_node_execution", "post_node_execute", "run_after_node_execution",
    "do_node_execute", "run_to_execute_node",
)  # fmt: skip
#: What concerns tasks: the method for users to the inner one.
_TASKS = {
    "run_after_task_grouping": "post_task_group",
    "run_after_task_expansion": "post_task_expand",
    "run_before_task_submission": "pre_task_submission",
    "run_before_task_execution": "pre_task_execute",
    "run_after_task_execution": "post_task_execute",
    "run_after_task_return": "post_task_return",
}
_TASK_KINDS = ("grouping", "submission", "tasks", "returns")
_KNOWN = (
    *_NODE_METHODS, *_TASKS, *_TASKS.values(), "pre_do_anything", "post_graph_construct", "run_after_graph_construction",
    "pre_graph_execute", "run_before_graph_execution", "post_graph_execute", "run_after_graph_execution", "validate_node",
    "run_to_validate_node", "validate_graph", "run_to_validate_graph", "ainit",
)  # fmt: skip


class Adapters:
    """The adapters of a driver.

    Args:
        given: One adapter, several, or None.
        awaiting: Whether the driver awaits what methods return; one that does not leaves coroutine methods alone.

    Raises:
        RequestError: A ValueError when one of them does nothing, or two do what only one can.
    """

    def __init__(self, given: Any, *, awaiting: bool = False) -> None:
        self.awaiting = awaiting
        self._pending: list[Any] = []
        listed = [] if given is None else list(given) if isinstance(given, Sequence) else [given]
        self.members: list[Any] = [
            member
            for one in listed
            for member in (one.adapters if hasattr(one, "call_all_lifecycle_hooks_sync") else [one])
        ]
        for one in self.members:
            _check(one)
        for names in _ALONE:
            doing = [type(one).__name__ for one in self.members if any(_has(one, name) for name in names)]
            if len(doing) > 1:
                raise RequestError(
                    f"{' and '.join(doing)} both have {names[-1] or names[0]}, which one adapter can have",
                    hint="keep one of them",
                )

    # --- who there is -------------------------------------------------------------------------------

    @property
    def approves_edges(self) -> Callable[[Any, Any], bool] | None:
        """Says whether what is of one type may go where another one is asked for; None when nobody says."""
        for one in self.members:
            if _has(one, "do_check_edge_types_match"):
                return _asking(one.do_check_edge_types_match)
            if _has(one, "check_edge_types_match"):
                return _asking(one.check_edge_types_match)
        return None

    def input_fits(self, annotation: Any, value: Any) -> bool:
        """Whether an input's value fits, as an adapter says or else by its type; None always does."""
        if value is None:
            return True
        for one in self.members:
            for name in ("do_validate_input", "validate_input"):
                if _has(one, name):
                    return bool(getattr(one, name)(node_type=annotation, input_value=value))
        return value_fits(annotation, value)

    @property
    def builds_results(self) -> bool:
        """Whether one of them makes the result."""
        return any(_has(one, "build_result") or _has(one, "do_build_result") for one in self.members)

    def build_result(self, outputs: dict[str, Any]) -> Any:
        """What the one who makes the result makes; the outputs themselves without any."""
        for one in self.members:
            if _has(one, "build_result"):
                return one.build_result(**outputs)
            if _has(one, "do_build_result"):
                return one.do_build_result(outputs=outputs)
        return outputs

    def without_builder(self) -> Adapters:
        """The same adapters, but for the one that makes results."""
        builders = ("build_result", "do_build_result")
        kept = [one for one in self.members if not any(_has(one, name) for name in builders)]
        return Adapters(kept, awaiting=self.awaiting)

    def _tell(self, method: Callable[..., Any], **told: Any) -> None:
        """Call a method; what is to be awaited is kept for :meth:`settle`."""
        if not inspect.iscoroutinefunction(method):
            method(**told)
        elif self.awaiting:
            self._pending.append(method(**told))

    async def settle(self) -> None:
        """Await what the adapters that were told want awaited."""
        pending, self._pending = self._pending, []
        for answer in pending:
            await answer

    async def prepare(self) -> None:
        """Await the adapters that have something to prepare in the loop."""
        await self.settle()
        for one in self.members:
            if _has(one, "ainit"):
                await one.ainit()

    # --- moments of a driver and of a run -----------------------------------------------------------

    def before_anything(self) -> None:
        """A driver is about to be made."""
        for one in self.members:
            if _has(one, "pre_do_anything"):
                self._tell(one.pre_do_anything)

    def validate(self, graph: FunctionGraph, modules: Sequence[ModuleType]) -> None:
        """Ask everybody whether the graph is right.

        Raises:
            ValidationException: A ValueError with all that is wrong.
        """
        said: list[str] = []
        judging = any(_has(one, name) for one in self.members for name in ("validate_node", "run_to_validate_node"))
        for node in sorted(graph.nodes.values(), key=lambda node: node.name) if judging else ():
            said += [f"{node.name}: {error}" for error in self._said_of_node(node)]
        if said:
            raise ValidationException(f"Node validation failed! {len(said)} errors encountered: " + "; ".join(said))
        for one in self.members:
            if _has(one, "validate_graph"):
                fine, error = one.validate_graph(graph=graph, modules=list(modules), config=dict(graph.config))
            elif _has(one, "run_to_validate_graph"):
                fine, error = one.run_to_validate_graph(graph=HamiltonGraph.from_graph(graph))
            else:
                continue
            said += [] if fine else [str(error)]
        if said:
            raise ValidationException(f"Graph validation failed! {len(said)} errors encountered: " + "; ".join(said))

    def _said_of_node(self, node: Node) -> Iterable[str]:
        for one in self.members:
            if _has(one, "validate_node"):
                fine, error = one.validate_node(created_node=node)
            elif _has(one, "run_to_validate_node"):
                fine, error = one.run_to_validate_node(node=HamiltonNode.from_node(node))
            else:
                continue
            if not fine:
                yield str(error)

    def graph_constructed(self, graph: FunctionGraph, modules: Sequence[ModuleType]) -> None:
        """A graph stands."""
        for one in self.members:
            if _has(one, "post_graph_construct"):
                self._tell(one.post_graph_construct, graph=graph, modules=list(modules), config=dict(graph.config))
            elif _has(one, "run_after_graph_construction"):
                self._tell(
                    one.run_after_graph_construction, graph=HamiltonGraph.from_graph(graph), config=dict(graph.config)
                )

    def before_run(
        self,
        run_id: str,
        graph: FunctionGraph,
        *,
        final_vars: list[str],
        inputs: Mapping[str, Any] | None,
        overrides: Mapping[str, Any] | None,
    ) -> None:
        """A run begins; its inputs are not checked yet."""
        given: dict[str, Any] = {"run_id": run_id, "final_vars": final_vars, "inputs": inputs, "overrides": overrides}
        for one in self.members:
            if _has(one, "pre_graph_execute"):
                self._tell(one.pre_graph_execute, graph=graph, **given)
            elif _has(one, "run_before_graph_execution"):
                nodes, user_defined = graph.get_upstream_nodes(final_vars, inputs, overrides)
                path = [node.name for node in graph.nodes.values() if node in nodes - user_defined]
                self._tell(
                    one.run_before_graph_execution, graph=HamiltonGraph.from_graph(graph), execution_path=path, **given
                )

    def after_run(
        self, run_id: str, graph: FunctionGraph, *, results: Any = None, error: BaseException | None = None
    ) -> None:
        """A run ended."""
        given: dict[str, Any] = {"run_id": run_id, "success": error is None, "error": error, "results": results}
        for one in self.members:
            if _has(one, "post_graph_execute"):
                self._tell(one.post_graph_execute, graph=graph, **given)
            elif _has(one, "run_after_graph_execution"):
                self._tell(one.run_after_graph_execution, graph=HamiltonGraph.from_graph(graph), **given)

    # --- nodes and tasks ----------------------------------------------------------------------------

    def _may_watch(self, adapter: Any) -> bool:
        names = [name for name in _NODE_METHODS if _has(adapter, name)]
        waits = any(inspect.iscoroutinefunction(getattr(adapter, name)) for name in names)
        return bool(names) and (self.awaiting or not waits)

    def hooks(self, graph: FunctionGraph) -> Hooks:
        """What featurecat's run loop is to call for nodes and tasks, and whom that tells.

        Args:
            graph: Where nodes are looked up.
        """
        nodes = [_Nodes(one, graph) for one in self.members if self._may_watch(one)]
        tasks = [
            _Tasks(one) for one in self.members if any(_has(one, name) for pair in _TASKS.items() for name in pair)
        ]
        computing = [hook for hook in nodes if hook.computes]
        remote = next((one for one in self.members if _has(one, "do_remote_execute")), None)
        if remote is not None:
            elsewhere = _Remote(remote, graph, nodes, computing[0] if computing else None)
            return Hooks(methods=(elsewhere,), **dict.fromkeys(_TASK_KINDS, tuple(tasks)))
        return Hooks(
            nodes=tuple(hook for hook in nodes if hook.watches),
            methods=tuple(computing),
            **dict.fromkeys(_TASK_KINDS, tuple(tasks)),
        )


def _asking(method: Callable[..., bool]) -> Callable[[Any, Any], bool]:
    def approves(given: Any, wanted: Any) -> bool:
        return bool(method(type_from=wanted, type_to=given))  # as Hamilton: first what a parameter asks for

    return approves


def _has(adapter: Any, name: str | None) -> bool:
    return name is not None and callable(getattr(adapter, name, None))


def _check(adapter: Any) -> None:
    shown = getattr(adapter, "__name__", type(adapter).__name__)
    if isinstance(adapter, type):
        raise RequestError(f"{shown} is a class; a driver takes an adapter made of it", hint=f"{shown}()")
    names = [name for names in _ALONE for name in names]
    if not any(_has(adapter, name) for name in (*_KNOWN, *names)):
        raise RequestError(
            f"{shown} is no lifecycle adapter: it has none of their methods", hint="derive it from hamilton.lifecycle"
        )


class _Nodes:
    """Tells one adapter of nodes.

    Args:
        adapter: Whom.
        graph: Where nodes are looked up.
    """

    def __init__(self, adapter: Any, graph: FunctionGraph) -> None:
        self._adapter = adapter
        self._graph = graph

    @property
    def watches(self) -> bool:
        """Whether it wants to know before or after a node."""
        return any(_has(self._adapter, name) for name in _NODE_METHODS[:4])

    @property
    def computes(self) -> bool:
        """Whether it computes nodes in place of their functions."""
        return any(_has(self._adapter, name) for name in _NODE_METHODS[4:])

    def run_before_node_execution(
        self, *, node_name: str, node_kwargs: dict[str, Any], run_id: str, task_id: str | None, **told: Any
    ) -> Any:
        """A node is about to be computed."""
        one, node = self._adapter, self._graph.nodes[node_name]
        if _has(one, "pre_node_execute"):
            return one.pre_node_execute(run_id=run_id, node_=node, kwargs=node_kwargs, task_id=task_id)
        if not _has(one, "run_before_node_execution"):
            return None
        types = told.get("node_input_types", {})
        return one.run_before_node_execution(**_told(node, node_kwargs, run_id, task_id), node_input_types=types)

    def run_after_node_execution(
        self, *, node_name: str, node_kwargs: dict[str, Any], run_id: str, task_id: str | None, **told: Any
    ) -> Any:
        """A node was computed, or failed."""
        one, node = self._adapter, self._graph.nodes[node_name]
        outcome = {name: told[name] for name in ("result", "error", "success")}
        if _has(one, "post_node_execute"):
            return one.post_node_execute(run_id=run_id, node_=node, kwargs=node_kwargs, task_id=task_id, **outcome)
        if not _has(one, "run_after_node_execution"):
            return None
        return one.run_after_node_execution(**_told(node, node_kwargs, run_id, task_id), **outcome)

    def run_to_execute_node(
        self, *, node_name: str, node_kwargs: dict[str, Any], run_id: str, task_id: str | None, **told: Any
    ) -> Any:
        """The node's value."""
        one, node = self._adapter, self._graph.nodes[node_name]
        if _has(one, "do_node_execute"):
            return one.do_node_execute(run_id=run_id, node_=node, kwargs=node_kwargs, task_id=task_id)
        return one.run_to_execute_node(
            node_name=node_name,
            node_tags=node.tags,
            node_kwargs=node_kwargs,
            task_id=task_id,
            **{name: told[name] for name in ("node_callable", "is_expand", "is_collect")},
        )


class _Remote:
    """Has nodes computed elsewhere, with everything that is around them.

    Args:
        adapter: Who does.
        graph: Where nodes are looked up.
        watching: Who is told of nodes.
        computing: Who computes in place of the functions.
    """

    def __init__(
        self, adapter: Any, graph: FunctionGraph, watching: Sequence[_Nodes], computing: _Nodes | None
    ) -> None:
        self._adapter = adapter
        self._graph = graph
        self._watching = watching
        self._computing = computing

    def run_to_execute_node(
        self, *, node_name: str, node_callable: Callable[..., Any], node_kwargs: dict[str, Any], **told: Any
    ) -> Any:
        """The node's value, or what stands for it until it is there."""
        node = self._graph.nodes[node_name]
        types = {name: kind for name, (kind, _) in node.input_types.items()}

        def whole(**values: Any) -> Any:
            facts = {"node_name": node_name, "node_kwargs": values, **told}
            result, failure = None, None
            try:
                for hook in self._watching:
                    hook.run_before_node_execution(node_input_types=types, **facts)
                computing = self._computing
                if computing is None:
                    result = node_callable(**values)
                else:
                    result = computing.run_to_execute_node(node_callable=node_callable, **facts)
            except BaseException as error:
                failure = error
                raise
            finally:
                for hook in self._watching:
                    hook.run_after_node_execution(result=result, error=failure, success=failure is None, **facts)
            return result

        return self._adapter.do_remote_execute(node=node, execute_lifecycle_for_node=whole, **node_kwargs)


class _Tasks:
    """Tells one adapter of tasks; it has the methods that the adapter has, under featurecat's names.

    Args:
        adapter: Whom.
    """

    def __init__(self, adapter: Any) -> None:
        self._adapter = adapter

    def __getattr__(self, name: str) -> Any:
        inner = _TASKS.get(name)
        if inner is not None and _has(self._adapter, inner):
            return getattr(self._adapter, inner)
        if inner is None or not _has(self._adapter, name):
            raise AttributeError(name)
        method = getattr(self._adapter, name)
        return _showing_variables(method) if name.endswith("task_execution") else method


def _showing_variables(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method, told of nodes as users are."""

    def call(*, nodes: Iterable[Node], **told: Any) -> Any:
        return method(nodes=[HamiltonNode.from_node(node) for node in nodes], **told)

    return call


def _told(node: Node, values: dict[str, Any], run_id: str, task_id: str | None) -> dict[str, Any]:
    return {
        "node_name": node.name,
        "node_tags": node.tags,
        "node_kwargs": values,
        "node_return_type": node.type,
        "task_id": task_id,
        "run_id": run_id,
    }
