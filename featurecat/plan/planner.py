"""Turns a request into a flat program over slots: steps in order, each value let go after its last use.

A plan holds just what is asked. It has no recursion and no per-node mappings: arguments are slot numbers, a
value whose last use is a step is overwritten by that step's result or cleared right after it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from featurecat.definition.node import Constant, Dependency, Node, Role
from featurecat.definition.parallel import expands, parallel_types_in_use
from featurecat.errors import Problem, RequestError, UnsupportedError
from featurecat.frames.kinds import kind_of_type
from featurecat.graph.grain import Alignment
from featurecat.graph.graph import Graph
from featurecat.graph.parallel import has_blocks
from featurecat.plan.closure import Scope, closure, raise_problems
from featurecat.plan.slots import Slots

__all__ = ["Alignment", "Plan", "Step", "assemble", "make_plan", "used_inputs"]


class Step(NamedTuple):
    """Call a node's function on ``arguments`` (slots) and put the result into ``output``."""

    node: Node
    arguments: tuple[int, ...]
    output: int
    release: tuple[int, ...]
    alignment: Alignment | None


@dataclass(frozen=True, slots=True)
class Plan:
    """A flat program.

    Attributes:
        steps: What to call, in order.
        size: How many slots there are.
        constants: Slots with values known beforehand.
        given: Name to slot of what must be given: inputs, config keys, sources, overrides.
        outputs: Name to slot of what was asked for, in the order of the request.
    """

    steps: tuple[Step, ...]
    size: int
    constants: tuple[tuple[int, Any], ...]
    given: Mapping[str, int]
    outputs: Mapping[str, int]

    @property
    def names(self) -> list[str]:
        """The nodes that are computed, in order."""
        return [step.node.name for step in self.steps]

    def _repr_html_(self) -> str:
        from featurecat.graph.picture import step_table

        return step_table((step.node for step in self.steps), self.given)


def make_plan(
    graph: Graph,
    requested: Sequence[str],
    *,
    given: Collection[str] = (),
    overrides: Collection[str] = (),
    unchecked: Collection[str] = (),
    record_checks: bool = False,
) -> Plan:
    """Plan what computes ``requested``.

    Args:
        graph: The resolved graph.
        requested: Node names; each is planned once.
        given: Names of inputs whose values will be given; config keys always are.
        overrides: Names of nodes whose values will be given instead of computed.
        unchecked: Checked nodes whose expectations are judged elsewhere: their validators are left out.
        record_checks: Whether verdicts are outputs to be recorded, rather than gates that raise.

    Raises:
        RequestError: When a name is unknown, a needed input is not given, or rows of different entities meet,
            with all such problems at once.
        UnsupportedError: When something is computed once per item: that takes :func:`featurecat.plan.tasks.make_task_plan`.
    """
    wanted = list(dict.fromkeys(requested))
    if problems := graph.unknown(wanted):
        raise RequestError(problems)
    scope = Scope(graph, given, overrides, set(unchecked))
    order = closure(scope, wanted)
    raise_problems(scope, order)
    _refuse_blocks(scope, order)
    if record_checks:
        wanted += [name for name in order if graph.nodes[name].role is Role.VALIDATOR and name not in wanted]
    return assemble(scope, _frugal(scope, order, wanted), wanted, record_checks=record_checks)


def used_inputs(
    graph: Graph, requested: Sequence[str], *, given: Collection[str] = (), overrides: Collection[str] = ()
) -> Iterable[str]:
    """Check a request as :func:`make_plan` does, without making the plan.

    Args:
        graph: The resolved graph.
        requested: Node names.
        given: Names of inputs whose values will be given.
        overrides: Names of nodes whose values will be given instead of computed.

    Returns:
        Which of the given inputs the plan would use.

    Raises:
        RequestError: As :func:`make_plan`.
        UnsupportedError: As :func:`make_plan`.
    """
    if problems := graph.unknown(list(dict.fromkeys(requested))):
        raise RequestError(problems)
    used = None if overrides or parallel_types_in_use() else graph.needs.used_inputs(requested, given)
    if used is not None:
        return used
    scope = Scope(graph, given, overrides, frozenset())
    order = closure(scope, requested)
    raise_problems(scope, order)
    _refuse_blocks(scope, order)
    return [name for name in order if name in given]


def _refuse_blocks(scope: Scope, order: Sequence[str]) -> None:
    """Refuse what is computed once per item: a flat plan computes everything once."""
    if not parallel_types_in_use():
        return
    every = [scope.graph.nodes[name] for name in order]
    nodes = [node for node in every if not scope.is_given(node.name) or expands(node.type)]  # given items are items
    if not has_blocks(nodes):
        return
    raise UnsupportedError(
        [
            Problem(
                "unsupported",
                f"{node.name} takes part in a parallel block (Parallelizable, Collect), which needs dynamic execution",
                *node.place,
                "driver.Builder().enable_dynamic_execution(allow_experimental_mode=True)…build()",
                node.name,
            )
            for node in nodes
            if has_blocks([node])
        ]
    )


# --- order and slots --------------------------------------------------------------------------------


def _frugal(scope: Scope, order: list[str], wanted: Sequence[str]) -> list[str]:
    """Of the two orders at hand, depth first and as defined, the one in which fewer columns live at once."""
    nodes = scope.graph.nodes
    columns = {name for name in order if kind_of_type(nodes[name].type) is not None and not scope.is_given(name)}
    if len(columns) < 2:
        return order
    as_defined = scope.graph.in_order(order)
    if as_defined == order:
        return order
    keep = set(wanted)
    return min(order, as_defined, key=lambda candidate: _most_alive(scope, candidate, columns, keep))


def _most_alive(scope: Scope, order: Sequence[str], columns: set[str], keep: set[str]) -> int:
    last = _last_uses(scope, order)
    alive = most = 0
    for position, name in enumerate(order):
        if name in columns:
            alive += 1
            most = max(most, alive)
        if name not in scope.overrides:
            parents = {argument.name for argument in scope.arguments(name) if type(argument) is Dependency}
            alive -= sum(last[parent] == position and parent not in keep for parent in parents & columns)
    return most


def _last_uses(scope: Scope, order: Sequence[str]) -> dict[str, int]:
    """Name to the position in ``order`` of the last node that takes it."""
    return {
        argument.name: position
        for position, name in enumerate(order)
        if name not in scope.overrides
        for argument in scope.arguments(name)
        if type(argument) is Dependency
    }


def assemble(scope: Scope, order: Sequence[str], wanted: Sequence[str], *, record_checks: bool = False) -> Plan:
    """The program of nodes that are already in order.

    Args:
        scope: What is planned for.
        order: The nodes, given ones included, parents before children.
        wanted: Which of their values are kept.
        record_checks: Whether verdicts are recorded, rather than raised.
    """
    graph = scope.graph
    given = [name for name in order if scope.is_given(name)]
    slots = Slots(given, frozenset(wanted))
    computed = [name for name in order if name not in slots]
    last_use = _last_uses(scope, computed)
    steps: list[Step] = []
    for position, name in enumerate(computed):
        node = graph.nodes[name]
        if node.raw is not None:
            node = _as_planned(node, scope.bare, record_checks)
        arguments: list[int] = []
        spent: list[tuple[str, Any]] = []
        for argument in node.arguments:
            if isinstance(argument, Constant):
                arguments.append(slots.constant(argument.value))
            elif argument.name not in slots:
                arguments.append(slots.constant(argument.default))
            else:
                arguments.append(slots[argument.name])
                if last_use[argument.name] == position:
                    spent.append((argument.name, argument.type))
        output, release = slots.place(name, spent)
        steps.append(Step(node, tuple(arguments), output, release, graph.alignment(name)))
    outputs = {name: slots[name] for name in wanted}
    return Plan(tuple(steps), slots.size, tuple(slots.constants), {name: slots[name] for name in given}, outputs)


def _as_planned(node: Node, bare: Collection[str], record_checks: bool) -> Node:
    """The checked node as this plan runs it: it lets everything through where verdicts are recorded instead."""
    if node.name in bare:
        return node.with_(function=_first, arguments=node.arguments[:1])
    return node.with_(function=_first) if record_checks else node


def _first(value: Any, *verdicts: Any) -> Any:
    """The value itself, whatever the verdicts say."""
    return value
