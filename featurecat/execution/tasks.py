"""One task at work: a sub-plan, its values, and what is told of it. Calling it computes its results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from featurecat.definition.asynchronous import refuse_asynchronous
from featurecat.definition.node import Node
from featurecat.errors import FeaturecatError
from featurecat.execution.adapters import Adapters
from featurecat.execution.run import Program
from featurecat.execution.watching import NodeWatch, tell, tell_all
from featurecat.graph.graph import Graph
from featurecat.plan.grouping import GroupingStrategy, TaskPurpose
from featurecat.plan.tasks import TaskPlan, TaskSpec, make_task_plan

__all__ = ["Dynamic", "Request", "Task", "Watchers", "make_dynamic"]

#: Names asked for, names of given inputs, names of given overrides.
Request: TypeAlias = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Watchers:
    """What is told of a run.

    Attributes:
        adapters: Of the driver.
        run_id: Of the run.
        describe: Makes of a node what adapters are shown.
        overrides: Names of the overrides of the request.
    """

    adapters: Adapters = Adapters()
    run_id: str = ""
    describe: Callable[[Node], Any] = lambda node: node
    overrides: frozenset[str] = frozenset()


class Dynamic:
    """A task plan made ready to run many times.

    Args:
        plan: What to run.
    """

    __slots__ = ("_programs", "plan")

    def __init__(self, plan: TaskPlan) -> None:
        self.plan = plan
        self._programs: dict[str, Program] = {}

    def program(self, spec: TaskSpec) -> Program:
        """The program of a task."""
        found = self._programs.get(spec.name)
        if found is None:
            found = self._programs[spec.name] = Program(spec.plan)
        return found

    def spec(self, name: str) -> TaskSpec:
        """The task of that name."""
        return next(task for task in self.plan.tasks if task.name == name)


def make_dynamic(graph: Graph, request: Request, strategy: GroupingStrategy) -> Dynamic:
    """The tasks of a request, ready to run.

    Args:
        graph: The resolved graph.
        request: What is asked for and given.
        strategy: Which nodes are computed together.

    Raises:
        RequestError: As :func:`featurecat.plan.tasks.make_task_plan`, and when something must be waited for.
    """
    names, inputs, overrides = request
    plan = make_task_plan(graph, names, strategy, given=inputs, overrides=overrides)
    refuse_asynchronous(node for spec in plan.tasks for node in spec.nodes)
    return Dynamic(plan)


class Task:
    """A task with its values. It can be called once.

    Args:
        spec: What it is.
        program: What it runs.
        values: Name to value of what it takes; taken over.
        watchers: What is told of it.
        index: Of the item it is for.
        spawned_by: Id of the task that gave the item.
    """

    def __init__(
        self,
        spec: TaskSpec,
        program: Program,
        values: dict[str, Any],
        *,
        watchers: Watchers,
        index: int | None = None,
        spawned_by: str | None = None,
    ) -> None:
        self.spec = spec
        self.program = program
        self.values = values
        self.watchers = watchers
        self.index = index
        self.spawning_task_id = spawned_by
        #: Makes the task into something that can be sent to another process, and what receives its results.
        self.ship: Callable[[Task], tuple[Callable[[], Any], Callable[[Any], dict[str, Any]]]] | None = None

    @property
    def task_id(self) -> str:
        """Unique within its run: ``expand-urls``, ``expand-urls.3.block-urls``."""
        if self.index is None:
            return self.spec.name
        return ".".join([*([self.spawning_task_id] if self.spawning_task_id else []), str(self.index), self.spec.name])

    @property
    def purpose(self) -> TaskPurpose:
        """What it is for."""
        return self.spec.purpose

    @property
    def nodes(self) -> Sequence[Node]:
        """What it computes."""
        return self.spec.nodes

    @property
    def run_id(self) -> str:
        """Of the run it belongs to."""
        return self.watchers.run_id

    def facts(self) -> dict[str, Any]:
        """What task hooks are told of it."""
        return {
            "run_id": self.run_id,
            "task_id": self.task_id,
            "nodes": [self.watchers.describe(node) for node in self.nodes],
            "spawning_task_id": self.spawning_task_id,
            "purpose": self.purpose,
        }

    def given_facts(self) -> dict[str, Any]:
        """What task hooks are told of what it takes."""
        overrides = self.watchers.overrides
        return {
            "inputs": {name: value for name, value in self.values.items() if name not in overrides},
            "overrides": {name: value for name, value in self.values.items() if name in overrides},
        }

    def shipped(self) -> tuple[Callable[[], Any], Callable[[Any], dict[str, Any]]]:
        """The task as something that another process can call, and what makes its results of the answer."""
        assert self.ship is not None  # only tasks of a run are submitted
        return self.ship(self)

    def __call__(self) -> dict[str, Any]:
        """Compute the results: name to value of the outputs."""
        values, self.values = self.values, {}
        adapters = self.watchers.adapters
        if not adapters.tasks:
            return self._results(values)
        self.values = values
        facts, given = self.facts(), self.given_facts()
        self.values = {}
        error: BaseException | None = None
        results: dict[str, Any] | None = None
        try:
            tell(adapters.tasks, "run_before_task_execution", **facts, **given)
            del given
            results = self._results(values)
        except BaseException as raised:
            error = raised
            raise
        finally:
            tell_all(
                adapters.tasks,
                "run_after_task_execution",
                results=results,
                success=error is None,
                error=error,
                **facts,
            )
        return results

    def _results(self, values: dict[str, Any]) -> dict[str, Any]:
        adapters = self.watchers.adapters
        around = NodeWatch(adapters, self.run_id, self.task_id) if adapters.around_nodes else None
        try:
            return self.program.run_part(values, adapters.steps, around=around)
        except FeaturecatError as error:
            if self.index is not None:
                where = f"item {self.index} of {self.spec.block}, counted from 0"
                error.problems = tuple(replace(one, details=(where, *one.details)) for one in error.problems)
            raise
