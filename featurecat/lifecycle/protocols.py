"""What may watch or change a run: typed protocols, found by the names of their methods.

Derive from a protocol or just have its methods. All are called with keywords only and must take ``**future_kwargs``,
so that later releases can tell them more. What a protocol does not require does nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

__all__ = [
    "AsyncGraphConstructionHook",
    "AsyncGraphExecutionHook",
    "AsyncNodeExecutionHook",
    "AsyncNodeExecutionMethod",
    "AsyncTaskExecutionHook",
    "EdgeConnectionHook",
    "GraphConstructionHook",
    "GraphExecutionHook",
    "NodeExecutionHook",
    "NodeExecutionMethod",
    "ResultBuilder",
    "StaticValidator",
    "TaskExecutionHook",
    "TaskGroupingHook",
    "TaskReturnHook",
    "TaskSubmissionHook",
]


class ResultBuilder(Protocol):
    """Turns the values of the requested nodes into what ``execute`` returns; a driver takes one."""

    def build_result(self, **outputs: Any) -> Any:
        """The result of the named values, in the order of the request."""
        ...


# --- graphs -------------------------------------------------------------------------------------------


class GraphConstructionHook(Protocol):
    """Is told of a graph when a driver has built it."""

    def run_after_graph_construction(self, *, graph: Any, config: Mapping[str, Any], **future_kwargs: Any) -> None:
        """The graph is built and valid.

        Args:
            graph: A :class:`featurecat.graph.graph.Graph`.
            config: The driver's config.
            future_kwargs: What later releases may tell.
        """


class StaticValidator(Protocol):
    """Judges the nodes and the graph when a driver is built; all refusals are raised together."""

    def run_to_validate_node(self, *, node: Any, **future_kwargs: Any) -> tuple[bool, str | None]:
        """Whether a node is valid, and what is wrong with it.

        Args:
            node: A :class:`featurecat.driver.Variable`.
            future_kwargs: What later releases may tell.
        """
        return True, None

    def run_to_validate_graph(self, *, graph: Any, **future_kwargs: Any) -> tuple[bool, str | None]:
        """Whether the graph is valid, and what is wrong with it.

        Args:
            graph: A :class:`featurecat.graph.graph.Graph`.
            future_kwargs: What later releases may tell.
        """
        return True, None


class EdgeConnectionHook(Protocol):
    """Says more about types than featurecat knows."""

    def check_edge_types_match(self, *, type_from: Any, type_to: Any, **future_kwargs: Any) -> bool:
        """Whether a value of type ``type_from`` may go to a parameter of type ``type_to``, asked where it otherwise may not."""
        return False

    def validate_input(self, *, node_type: Any, input_value: Any, **future_kwargs: Any) -> bool:
        """Whether a value may be given for an input of type ``node_type``; asked instead of featurecat's own rule."""
        return True


# --- runs ---------------------------------------------------------------------------------------------


class GraphExecutionHook(Protocol):
    """Is told of the beginning of each run, before its inputs are looked at, and of its end, however it ends."""

    def run_before_graph_execution(
        self,
        *,
        graph: Any,
        final_vars: list[str],
        inputs: dict[str, Any],
        overrides: dict[str, Any],
        execution_path: Collection[str],
        run_id: str,
        **future_kwargs: Any,
    ) -> None:
        """A run begins.

        Args:
            graph: A :class:`featurecat.graph.graph.Graph`.
            final_vars: The names asked for.
            inputs: Given inputs.
            overrides: Given overrides.
            execution_path: The nodes that will be computed, in graph order.
            run_id: Unique among runs.
            future_kwargs: What later releases may tell.
        """

    def run_after_graph_execution(
        self,
        *,
        graph: Any,
        success: bool,
        error: BaseException | None,
        results: dict[str, Any] | None,
        run_id: str,
        **future_kwargs: Any,
    ) -> None:
        """A run ended, with results by name or with an error."""


class NodeExecutionHook(Protocol):
    """Is told of every computed node, before and after.

    ``after`` is called for each ``before``, also when the node, or a hook before it, raised.
    """

    def run_before_node_execution(
        self,
        *,
        node_name: str,
        node_tags: dict[str, Any],
        node_kwargs: dict[str, Any],
        node_return_type: Any,
        task_id: str | None,
        run_id: str,
        node_input_types: dict[str, Any],
        **future_kwargs: Any,
    ) -> None:
        """A node is about to be computed.

        Args:
            node_name: Its name.
            node_tags: Its tags, single values as strings.
            node_kwargs: What it takes, by the names of the nodes that give it.
            node_return_type: Its type.
            task_id: The task it belongs to; None without dynamic execution.
            run_id: Unique among runs.
            node_input_types: The types of what it takes, by the same names.
            future_kwargs: What later releases may tell.
        """

    def run_after_node_execution(
        self,
        *,
        node_name: str,
        node_tags: dict[str, Any],
        node_kwargs: dict[str, Any],
        node_return_type: Any,
        result: Any,
        error: BaseException | None,
        success: bool,
        task_id: str | None,
        run_id: str,
        **future_kwargs: Any,
    ) -> None:
        """A node was computed, or failed with ``error``."""


class NodeExecutionMethod(Protocol):
    """Computes nodes in its own way; a driver takes one."""

    def run_to_execute_node(
        self,
        *,
        node_name: str,
        node_tags: dict[str, Any],
        node_callable: Callable[..., Any],
        node_kwargs: dict[str, Any],
        task_id: str | None,
        is_expand: bool,
        is_collect: bool,
        **future_kwargs: Any,
    ) -> Any:
        """The value of a node: ``node_callable(**node_kwargs)``, or another."""
        ...


# --- tasks (dynamic execution only) -------------------------------------------------------------------


class TaskGroupingHook(Protocol):
    """Is told into which tasks a run is cut, and which of them are repeated."""

    def run_after_task_grouping(self, *, run_id: str, task_ids: list[str], **future_kwargs: Any) -> None:
        """The nodes were grouped into tasks."""

    def run_after_task_expansion(
        self, *, run_id: str, task_id: str, parameters: dict[str, Any], **future_kwargs: Any
    ) -> None:
        """A ``Parallelizable`` gave its items, by their numbers. To tell them all, they are all computed first."""


class TaskSubmissionHook(Protocol):
    """Is told of a task before an executor gets it, where the driver runs."""

    def run_before_task_submission(
        self,
        *,
        run_id: str,
        task_id: str,
        nodes: Sequence[Any],
        inputs: dict[str, Any],
        overrides: dict[str, Any],
        spawning_task_id: str | None,
        purpose: Any,
        **future_kwargs: Any,
    ) -> None:
        """A task is about to be handed to its executor."""


class TaskExecutionHook(Protocol):
    """Is told of a task before and after it runs, where it runs: perhaps in another thread or process."""

    def run_before_task_execution(
        self,
        *,
        task_id: str,
        run_id: str,
        nodes: Sequence[Any],
        inputs: dict[str, Any],
        overrides: dict[str, Any],
        spawning_task_id: str | None,
        purpose: Any,
        **future_kwargs: Any,
    ) -> None:
        """A task is about to run."""

    def run_after_task_execution(
        self,
        *,
        task_id: str,
        run_id: str,
        nodes: Sequence[Any],
        results: dict[str, Any] | None,
        success: bool,
        error: BaseException | None,
        spawning_task_id: str | None,
        purpose: Any,
        **future_kwargs: Any,
    ) -> None:
        """A task ran, or failed with ``error``."""


class TaskReturnHook(Protocol):
    """Is told of a task when its results are back where the driver runs."""

    def run_after_task_return(
        self,
        *,
        run_id: str,
        task_id: str,
        nodes: Sequence[Any],
        result: Any,
        success: bool,
        error: BaseException | None,
        spawning_task_id: str | None,
        purpose: Any,
        **future_kwargs: Any,
    ) -> None:
        """A task returned, or failed with ``error``."""


# --- the same, awaited by the async driver ------------------------------------------------------------


class AsyncGraphConstructionHook(Protocol):
    """As :class:`GraphConstructionHook`, awaited."""

    async def run_after_graph_construction(
        self, *, graph: Any, config: Mapping[str, Any], **future_kwargs: Any
    ) -> None:
        """The graph is built and valid."""


class AsyncGraphExecutionHook(Protocol):
    """As :class:`GraphExecutionHook`, awaited."""

    async def run_before_graph_execution(
        self,
        *,
        graph: Any,
        final_vars: list[str],
        inputs: dict[str, Any],
        overrides: dict[str, Any],
        execution_path: Collection[str],
        run_id: str,
        **future_kwargs: Any,
    ) -> None:
        """A run begins."""

    async def run_after_graph_execution(
        self,
        *,
        graph: Any,
        success: bool,
        error: BaseException | None,
        results: dict[str, Any] | None,
        run_id: str,
        **future_kwargs: Any,
    ) -> None:
        """A run ended."""


class AsyncNodeExecutionHook(Protocol):
    """As :class:`NodeExecutionHook`, awaited."""

    async def run_before_node_execution(
        self,
        *,
        node_name: str,
        node_tags: dict[str, Any],
        node_kwargs: dict[str, Any],
        node_return_type: Any,
        run_id: str,
        node_input_types: dict[str, Any],
        **future_kwargs: Any,
    ) -> None:
        """A node is about to be computed."""

    async def run_after_node_execution(
        self,
        *,
        node_name: str,
        node_kwargs: dict[str, Any],
        result: Any,
        error: BaseException | None,
        success: bool,
        run_id: str,
        **future_kwargs: Any,
    ) -> None:
        """A node was computed, or failed."""


class AsyncNodeExecutionMethod(Protocol):
    """As :class:`NodeExecutionMethod`, awaited."""

    async def run_to_execute_node(
        self,
        *,
        node_name: str,
        node_tags: dict[str, Any],
        node_callable: Callable[..., Any],
        node_kwargs: dict[str, Any],
        **future_kwargs: Any,
    ) -> Any:
        """The value of a node."""
        ...


class AsyncTaskExecutionHook(Protocol):
    """As :class:`TaskExecutionHook`, awaited."""

    async def run_before_task_execution(
        self, *, task_id: str, run_id: str, nodes: Sequence[Any], inputs: dict[str, Any], **future_kwargs: Any
    ) -> None:
        """A task is about to run."""

    async def run_after_task_execution(
        self, *, task_id: str, run_id: str, results: dict[str, Any] | None, success: bool, **future_kwargs: Any
    ) -> None:
        """A task ran, or failed."""
