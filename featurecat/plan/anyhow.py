"""Plans a request as it takes it: one flat program, or tasks where something is computed once per item."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from featurecat.definition.asynchronous import is_asynchronous
from featurecat.definition.node import Node
from featurecat.definition.parallel import expands, parallel_types_in_use
from featurecat.errors import Problem, RequestError, UnsupportedError
from featurecat.graph.graph import Graph
from featurecat.graph.parallel import has_blocks
from featurecat.plan.closure import Scope, closure
from featurecat.plan.grouping import GroupByRepeatableBlocks
from featurecat.plan.planner import Plan, make_plan
from featurecat.plan.tasks import TaskPlan, make_task_plan

__all__ = ["make_plan_anyhow"]


def make_plan_anyhow(
    graph: Graph,
    requested: Sequence[str],
    *,
    given: Collection[str] = (),
    overrides: Collection[str] = (),
    unchecked: Collection[str] = (),
    record_checks: bool = False,
) -> Plan | TaskPlan:
    """Plan what computes ``requested``, whether or not something in it is computed once per item.

    Args:
        graph: The resolved graph.
        requested: Node names; each is planned once.
        given: Names of inputs whose values will be given; config keys always are.
        overrides: Names of nodes whose values will be given instead of computed.
        unchecked: Checked nodes whose expectations are judged elsewhere: their validators are left out.
        record_checks: Whether verdicts are outputs to be recorded, rather than gates that raise.

    Returns:
        A flat plan; tasks, a block each, where ``Parallelizable`` and ``Collect`` take part.

    Raises:
        RequestError: As :func:`featurecat.plan.planner.make_plan` and :func:`featurecat.plan.tasks.make_task_plan`.
        UnsupportedError: When something is computed once per item and something else must be waited for.
    """
    if not _takes_blocks(graph, requested, Scope(graph, given, overrides, set(unchecked))):
        return make_plan(
            graph, requested, given=given, overrides=overrides, unchecked=unchecked, record_checks=record_checks
        )
    plan = make_task_plan(
        graph,
        requested,
        GroupByRepeatableBlocks(),
        given=given,
        overrides=overrides,
        unchecked=unchecked,
        record_checks=record_checks,
    )
    _refuse_waiting(plan, (node for task in plan.tasks for node in task.nodes))
    return plan


def _takes_blocks(graph: Graph, requested: Sequence[str], scope: Scope) -> bool:
    if not parallel_types_in_use():
        return False
    if problems := graph.unknown(list(dict.fromkeys(requested))):
        raise RequestError(problems)
    nodes = [graph.nodes[name] for name in closure(scope, requested)]
    return has_blocks(node for node in nodes if not scope.is_given(node.name) or expands(node.type))


def _refuse_waiting(plan: TaskPlan, nodes: Iterable[Node]) -> None:
    """Refuse coroutine functions beside blocks: tasks run in threads of their own, where no event loop is."""
    block = next(iter(plan.expanders), None)
    beside = "something is collected" if block is None else f"{block} is Parallelizable"
    problems = [
        Problem(
            "unsupported",
            f"{node.known_as} is an async function, and {beside}: one run cannot have both",
            *node.place,
            f"select them in runs of their own, or write {node.known_as} with def",
            node.known_as,
        )
        for node in nodes
        if is_asynchronous(node.function)
    ]
    if problems:
        raise UnsupportedError(problems)
