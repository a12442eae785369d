"""Hamilton's ``lifecycle.base``: the inner hooks, one method each, that see Hamilton's own nodes and graphs.

A class that has one of these methods is called by :class:`featurecat.compat.hamilton.driver.Driver` at that moment.
"""

from __future__ import annotations

import asyncio
import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from featurecat.compat.hamilton._offer import INTERNAL, offer
from featurecat.errors import DefinitionError

#: What a driver can be given to act on its runs.
LifecycleAdapter = Any


@dataclass
class ValidationResult:
    """Whether a node or graph is as an adapter wants it."""

    success: bool
    error: str | None
    validator: Any


class ValidationException(DefinitionError):  # noqa: N818 - the name users know
    """An adapter refused the graph."""


class InvalidLifecycleAdapter(DefinitionError):  # noqa: N818 - the name users know
    """An adapter has a method that cannot be called as it must be."""


def _moment(name: str, method: str, what: str, *, asynchronous: bool = False) -> Any:
    """An abstract class of one method."""

    def called(self: Any, **given: Any) -> Any:
        raise NotImplementedError(method)

    async def awaited(self: Any, **given: Any) -> Any:
        raise NotImplementedError(method)

    chosen = awaited if asynchronous else called
    chosen.__name__, chosen.__doc__ = method, what
    return type(name, (ABC,), {"__module__": __name__, "__doc__": what, method: abstractmethod(chosen)})


BasePreDoAnythingHook = _moment("BasePreDoAnythingHook", "pre_do_anything", "Called first of all.")
BaseDoCheckEdgeTypesMatch = _moment(
    "BaseDoCheckEdgeTypesMatch",
    "do_check_edge_types_match",
    "Says whether type_from may go where type_to is asked for.",
)
BaseDoValidateInput = _moment(
    "BaseDoValidateInput", "do_validate_input", "Says whether input_value fits node_type; nothing else is asked."
)
BaseValidateNode = _moment(
    "BaseValidateNode", "validate_node", "Says whether created_node is right, and what is wrong."
)
BaseValidateGraph = _moment(
    "BaseValidateGraph", "validate_graph", "Says whether the graph is right, given its modules and config."
)
BasePostGraphConstruct = _moment(
    "BasePostGraphConstruct", "post_graph_construct", "Called with graph, modules and config of a new driver."
)
BasePreGraphExecute = _moment(
    "BasePreGraphExecute", "pre_graph_execute", "Called before a run: run_id, graph, final_vars, inputs, overrides."
)
BasePostGraphExecute = _moment(
    "BasePostGraphExecute", "post_graph_execute", "Called after a run: run_id, graph, success, error, results."
)
BasePreNodeExecute = _moment(
    "BasePreNodeExecute", "pre_node_execute", "Called before a node: run_id, node_, kwargs, task_id."
)
BaseDoNodeExecute = _moment(
    "BaseDoNodeExecute", "do_node_execute", "Computes a node in place of its function: run_id, node_, kwargs, task_id."
)
BaseDoRemoteExecute = _moment(
    "BaseDoRemoteExecute", "do_remote_execute", "Computes a node elsewhere: node, execute_lifecycle_for_node, kwargs."
)
BasePostNodeExecute = _moment(
    "BasePostNodeExecute",
    "post_node_execute",
    "Called after a node: run_id, node_, kwargs, success, error, result, task_id.",
)
BasePostTaskGroup = _moment("BasePostTaskGroup", "post_task_group", "Called with run_id and the task_ids of a plan.")
BasePostTaskExpand = _moment(
    "BasePostTaskExpand", "post_task_expand", "Called for a task that is repeated: run_id, task_id, parameters."
)
BasePreTaskSubmission = _moment(
    "BasePreTaskSubmission", "pre_task_submission", "Called before a task is handed to its executor."
)
BasePreTaskExecute = _moment("BasePreTaskExecute", "pre_task_execute", "Called where a task runs, before it.")
BasePostTaskExecute = _moment("BasePostTaskExecute", "post_task_execute", "Called where a task runs, after it.")
BasePostTaskReturn = _moment(
    "BasePostTaskReturn", "post_task_return", "Called when a task came back from its executor."
)
BaseDoBuildResult = _moment("BaseDoBuildResult", "do_build_result", "Makes the result of a run of its outputs.")


def _awaited(of: Any, method: str) -> Any:
    return _moment(f"{of.__name__}Async", method, of.__doc__, asynchronous=True)


BasePostGraphConstructAsync = _awaited(BasePostGraphConstruct, "post_graph_construct")
BasePreGraphExecuteAsync = _awaited(BasePreGraphExecute, "pre_graph_execute")
BasePostGraphExecuteAsync = _awaited(BasePostGraphExecute, "post_graph_execute")
BasePreNodeExecuteAsync = _awaited(BasePreNodeExecute, "pre_node_execute")
BaseDoNodeExecuteAsync = _awaited(BaseDoNodeExecute, "do_node_execute")
BasePostNodeExecuteAsync = _awaited(BasePostNodeExecute, "post_node_execute")
BasePreTaskExecuteAsync = _awaited(BasePreTaskExecute, "pre_task_execute")
BasePostTaskExecuteAsync = _awaited(BasePostTaskExecute, "post_task_execute")


class LifecycleAdapterSet:
    """Adapters by the moments they have methods for.

    Args:
        adapters: Any objects; those among them that are sets are taken apart.
    """

    def __init__(self, *adapters: Any) -> None:
        flat = [
            one for given in adapters for one in (given.adapters if isinstance(given, LifecycleAdapterSet) else [given])
        ]
        self._adapters = list({id(one): one for one in flat}.values())

    @property
    def adapters(self) -> list[Any]:
        """All of them, each once."""
        return self._adapters

    def _with(self, method: str, is_async: bool | None) -> list[Callable[..., Any]]:
        found = [getattr(one, method) for one in self._adapters if callable(getattr(one, method, None))]
        return [one for one in found if is_async is None or inspect.iscoroutinefunction(one) is is_async]

    def does_hook(self, hook_name: str, is_async: bool | None = None) -> bool:
        """Whether an adapter is called at that moment."""
        return bool(self._with(hook_name, is_async))

    does_method = does_hook

    def does_validation(self, validator_name: str) -> bool:
        """Whether an adapter says whether nodes or graphs are right."""
        return bool(self._with(validator_name, None))

    def call_all_lifecycle_hooks_sync(self, hook_name: str, **kwargs: Any) -> None:
        """Call everybody who does not have to be awaited."""
        for method in self._with(hook_name, False):
            method(**kwargs)

    async def call_all_lifecycle_hooks_async(self, hook_name: str, **kwargs: Any) -> None:
        """Await everybody who has to be."""
        await asyncio.gather(*[method(**kwargs) for method in self._with(hook_name, True)])

    async def call_all_lifecycle_hooks_sync_and_async(self, hook_name: str, **kwargs: Any) -> None:
        """Call everybody."""
        self.call_all_lifecycle_hooks_sync(hook_name, **kwargs)
        await self.call_all_lifecycle_hooks_async(hook_name, **kwargs)

    def call_lifecycle_method_sync(self, method_name: str, **kwargs: Any) -> Any:
        """Call the one adapter that does it."""
        return self._only(method_name, False)(**kwargs)

    async def call_lifecycle_method_async(self, method_name: str, **kwargs: Any) -> Any:
        """Await the one adapter that does it."""
        return await self._only(method_name, True)(**kwargs)

    def _only(self, method: str, is_async: bool) -> Callable[..., Any]:
        found = self._with(method, is_async)
        if len(found) != 1:
            raise InvalidLifecycleAdapter(
                f"{len(found)} adapters have a method {method}, where one must", code="invalid-option", hint="keep one"
            )
        return found[0]

    def call_all_validators_sync(
        self, validator_name: str, output_only_failures: bool = True, **kwargs: Any
    ) -> Sequence[ValidationResult]:
        """What everybody says who says whether nodes or graphs are right."""
        results = []
        for one in self._adapters:
            if not callable(getattr(one, validator_name, None)):
                continue
            success, error = getattr(one, validator_name)(**kwargs)
            if not success or not output_only_failures:
                results.append(ValidationResult(success, None if error is None else str(error), one))
        return results

    async def ainit(self) -> None:
        """Await the adapters that have something to prepare in the loop."""
        for method in self._with("ainit", True):
            await method()


_OWN = [name for name, member in list(globals().items()) if isinstance(member, type) and member.__module__ == __name__]

__getattr__, __dir__, _offered = offer(
    __name__,
    {
        "NodeGroupPurpose": "featurecat.compat.hamilton.execution.grouping",
        "graph": "featurecat.compat.hamilton.graph:",
        "htypes": "featurecat.compat.hamilton.htypes:",
        "node": "featurecat.compat.hamilton.node:",
    },
    later={
        INTERNAL: (
            "ASYNC_HOOK",
            "ASYNC_METHOD",
            "REGISTERED_ASYNC_HOOKS",
            "REGISTERED_ASYNC_METHODS",
            "REGISTERED_SYNC_HOOKS",
            "REGISTERED_SYNC_METHODS",
            "REGISTERED_SYNC_VALIDATORS",
            "SYNC_HOOK",
            "SYNC_METHOD",
            "SYNC_VALIDATOR",
            "lifecycle",
            "validate_hook_fn",
            "validate_lifecycle_adapter_function",
            "validate_method_fn",
            "validate_validator_fn",
        )
    },
    own=["LifecycleAdapter", *_OWN],
)
__all__ = list(_offered)
