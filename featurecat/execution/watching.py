"""What lifecycle adapters put around the steps of a run, and around the run itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from featurecat.definition.node import Dependency, Node
from featurecat.definition.parallel import collects, expands
from featurecat.execution.adapters import Adapters
from featurecat.plan.planner import Step

__all__ = [
    "AsyncNodeWatch",
    "NodeFacts",
    "NodeWatch",
    "methods_of",
    "plain_tags_of",
    "tell",
    "tell_all",
    "tell_all_awaiting",
    "tell_awaiting",
]


def methods_of(adapters: Iterable[Any], name: str) -> tuple[Callable[..., Any], ...]:
    """The methods of that name, of the adapters that have it."""
    return tuple(getattr(adapter, name) for adapter in adapters if hasattr(adapter, name))


def tell(adapters: Iterable[Any], name: str, /, **facts: Any) -> None:
    """Call the method ``name`` of every adapter that has it."""
    for method in methods_of(adapters, name):
        method(**facts)


def tell_all(adapters: Iterable[Any], name: str, /, *, error: BaseException | None, **facts: Any) -> None:
    """Call the method ``name`` of every adapter that has it, also when one of them raises.

    Args:
        adapters: Whom to tell.
        name: The method.
        error: What went wrong before, which they are told; what an adapter raises is noted on it, as it matters less.
        facts: What else to tell.

    Raises:
        Exception: The first that an adapter raised, if nothing went wrong before.
    """
    first: Exception | None = None
    for method in methods_of(adapters, name):
        try:
            method(error=error, **facts)
        except Exception as raised:  # noqa: BLE001 - an adapter may raise anything; the others are told nevertheless
            first = _noted(first, raised, error, name)
    if first is not None and error is None:
        raise first


async def _awaited(answer: Any) -> Any:
    return await answer if hasattr(answer, "__await__") else answer


async def tell_awaiting(adapters: Iterable[Any], name: str, /, **facts: Any) -> None:
    """As :func:`tell`, awaiting what can be awaited."""
    for method in methods_of(adapters, name):
        await _awaited(method(**facts))


async def tell_all_awaiting(
    adapters: Iterable[Any], name: str, /, *, error: BaseException | None, **facts: Any
) -> None:
    """As :func:`tell_all`, awaiting what can be awaited."""
    first: Exception | None = None
    for method in methods_of(adapters, name):
        try:
            await _awaited(method(error=error, **facts))
        except Exception as raised:  # noqa: BLE001 - an adapter may raise anything; the others are told nevertheless
            first = _noted(first, raised, error, name)
    if first is not None and error is None:
        raise first


def _noted(first: Exception | None, raised: Exception, error: BaseException | None, name: str) -> Exception:
    if error is not None:
        error.add_note(f"then {type(raised).__name__} in {name} of an adapter: {raised}")
    return first or raised


def plain_tags_of(node: Node) -> dict[str, Any]:
    """Tags as they were written: single values as strings."""
    return {key: values[0] if len(values) == 1 else list(values) for key, values in node.tags.items()}


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """What adapters are told of a step, beyond its values.

    Attributes:
        node: The node.
        names: Per argument the name of the node that gives it, None where no node does.
        types: Name to type of what it takes.
        collects: Whether it gathers the values of a block.
    """

    node: Node
    names: tuple[str | None, ...]
    types: Mapping[str, Any]
    collects: bool

    @classmethod
    def of(cls, step: Step, present: Collection[str]) -> NodeFacts:
        """The facts of a step.

        Args:
            step: The step.
            present: Names that have values in this run: others stand for defaults.
        """
        names: list[str | None] = []
        types: dict[str, Any] = {}
        for argument in step.node.arguments:
            given = type(argument) is Dependency and argument.name in present
            names.append(argument.name if given and isinstance(argument, Dependency) else None)
            if given and isinstance(argument, Dependency):
                types[argument.name] = argument.type
        return cls(step.node, tuple(names), types, any(map(collects, types.values())))

    def given(self, values: Sequence[Any]) -> dict[str, Any]:
        """What the node takes, by the names of the nodes that give it."""
        return {name: value for name, value in zip(self.names, values, strict=False) if name is not None}

    def by_name(self, function: Callable[..., Any], values: Sequence[Any]) -> Callable[..., Any]:
        """``function`` as one that takes :meth:`given` as keywords; what is left out keeps its value."""

        def call(**given: Any) -> Any:
            return function(
                *[
                    given.get(name, value) if name is not None else value
                    for name, value in zip(self.names, values, strict=True)
                ]
            )

        # a debugger steps into what it is given, and people look at its name
        call.__name__ = getattr(function, "__name__", self.node.name)
        call.__wrapped__ = function  # type: ignore[attr-defined]
        return call


class NodeWatch:
    """Puts node hooks and the node method around the functions of steps.

    Args:
        adapters: Of the driver.
        run_id: Of the run.
        task_id: Of the task the steps belong to, if any.
    """

    def __init__(self, adapters: Adapters, run_id: str, task_id: str | None = None) -> None:
        self.hooks = adapters.nodes
        self.method = adapters.methods[0].run_to_execute_node if adapters.methods else None
        self.told = {"run_id": run_id, "task_id": task_id}

    def __call__(self, step: Step, function: Callable[..., Any], present: Collection[str]) -> Callable[..., Any]:
        """The function of a step with everything around it."""
        facts = NodeFacts.of(step, present)
        tags = plain_tags_of(step.node)

        def call(*values: Any) -> Any:
            told = self._told(facts, tags, values)
            result: Any = None
            error: BaseException | None = None
            try:
                tell(self.hooks, "run_before_node_execution", node_input_types=facts.types, **told)
                result = self._computed(facts, function, values, told)
            except BaseException as raised:
                error = raised
                raise
            finally:
                outcome = {"result": result, "success": error is None, **told}
                tell_all(self.hooks, "run_after_node_execution", error=error, **outcome)
            return result

        return call

    def _told(self, facts: NodeFacts, tags: dict[str, Any], values: Sequence[Any]) -> dict[str, Any]:
        return {
            "node_name": facts.node.name,
            "node_tags": tags,
            "node_kwargs": facts.given(values),
            "node_return_type": facts.node.type,
            **self.told,
        }

    def _computed(
        self, facts: NodeFacts, function: Callable[..., Any], values: Sequence[Any], told: Mapping[str, Any]
    ) -> Any:
        if self.method is None:
            return function(*values)
        return self.method(
            node_callable=facts.by_name(function, values),
            is_expand=expands(facts.node.type),
            is_collect=facts.collects,
            **{name: fact for name, fact in told.items() if name != "node_return_type"},
        )


class AsyncNodeWatch(NodeWatch):
    """As :class:`NodeWatch`, for drivers that wait: what adapters and functions return is awaited where it can be."""

    def __call__(self, step: Step, function: Callable[..., Any], present: Collection[str]) -> Callable[..., Any]:
        """The function of a step, as a coroutine function, with everything around it."""
        facts = NodeFacts.of(step, present)
        tags = plain_tags_of(step.node)

        async def call(*values: Any) -> Any:
            told = self._told(facts, tags, values)
            result: Any = None
            error: BaseException | None = None
            try:
                await tell_awaiting(self.hooks, "run_before_node_execution", node_input_types=facts.types, **told)
                result = await _awaited(self._computed(facts, function, values, told))
            except BaseException as raised:
                error = raised
                raise
            finally:
                outcome = {"result": result, "success": error is None, **told}
                await tell_all_awaiting(self.hooks, "run_after_node_execution", error=error, **outcome)
            return result

        return call
