"""Turns a request into tasks: flat programs, some run once, some once per item of a ``Parallelizable``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from featurecat.definition.node import Dependency, Node, Role
from featurecat.definition.parallel import collects
from featurecat.errors import Problem, RequestError
from featurecat.graph.graph import Graph
from featurecat.graph.parallel import Blocks, find_blocks
from featurecat.plan.closure import Scope, closure, raise_problems
from featurecat.plan.grouping import GroupingStrategy, NodeGroup, TaskPurpose
from featurecat.plan.planner import Plan, Step, assemble

__all__ = ["TaskPlan", "TaskSpec", "asked_inside", "make_task_plan"]


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """A piece of work: run once, or once per item.

    Attributes:
        name: Unique within its plan.
        purpose: What it is for.
        nodes: What it computes, in order.
        block: The ``Parallelizable`` per whose items it runs; None for once.
        once: Names it takes of which there is one value, gathered lists included.
        per_item: Names it takes of which there is a value per item: the item itself, or another task's result.
        outputs: Names it gives to others, or that were asked for.
        plan: Its program.
    """

    name: str
    purpose: TaskPurpose
    nodes: tuple[Node, ...]
    block: str | None
    once: tuple[str, ...]
    per_item: tuple[str, ...]
    outputs: tuple[str, ...]
    plan: Plan


@dataclass(frozen=True, slots=True)
class TaskPlan:
    """The tasks of a request.

    Attributes:
        tasks: In an order in which they can run.
        given: What must be given: inputs, config keys, overrides.
        outputs: What was asked for, in the order of the request.
        expanders: Name of each ``Parallelizable`` to the name of the task that computes it; None if it is given.
        gathered: Names of nodes within blocks whose values some task takes as a list, or whose verdicts are recorded.
        listed: The ``Parallelizable`` nodes of which a list is taken, or asked for.
    """

    tasks: tuple[TaskSpec, ...]
    given: tuple[str, ...]
    outputs: tuple[str, ...]
    expanders: Mapping[str, str | None]
    gathered: frozenset[str]
    listed: frozenset[str]

    @property
    def names(self) -> list[str]:
        """The nodes that are computed, task by task."""
        return [node.name for task in self.tasks for node in task.nodes]

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of all tasks, each once, parents before children; slots are those of the task's own program."""
        return tuple(step for task in self.tasks for step in task.plan.steps)


def make_task_plan(
    graph: Graph,
    requested: Sequence[str],
    strategy: GroupingStrategy,
    *,
    given: Collection[str] = (),
    overrides: Collection[str] = (),
    unchecked: Collection[str] = (),
    record_checks: bool = False,
) -> TaskPlan:
    """Plan what computes ``requested``, task by task.

    Args:
        graph: The resolved graph.
        requested: Node names; each is planned once.
        strategy: Which nodes are computed together.
        given: Names of inputs whose values will be given; config keys always are.
        overrides: Names of nodes whose values will be given: of a ``Parallelizable`` its items, of what is collected
            the list, of another node within a block one value for all items.
        unchecked: Checked nodes whose expectations are judged elsewhere: their validators are left out.
        record_checks: Whether verdicts are outputs to be recorded, rather than gates that raise. Of what is computed
            once per item the output is the list of the verdicts on all items.

    Raises:
        RequestError: As :func:`featurecat.plan.planner.make_plan`, and when a name has a value per item rather
            than one, or the strategy's groups cannot run.
    """
    wanted = list(dict.fromkeys(requested))
    if problems := graph.unknown(wanted):
        raise RequestError(problems)
    scope = Scope(graph, given, overrides, set(unchecked))
    order = closure(scope, wanted)
    raise_problems(scope, order)
    blocks = _sound_blocks(scope, order, wanted)
    if record_checks:
        wanted += [name for name in order if graph.nodes[name].role is Role.VALIDATOR and name not in wanted]
    computed = [name for name in order if not scope.is_given(name)]
    # a given Parallelizable is shown to the strategy, too: it tells what is repeated
    shown = [name for name in order if name in blocks.expanders or not scope.is_given(name)]
    groups = strategy.group_nodes([graph.nodes[name] for name in shown])
    pieces = _Pieces(scope, blocks, computed, record_checks=record_checks)
    given_names = tuple(name for name in order if scope.is_given(name))
    return _assembled(pieces, _parts(groups, pieces), given_names, wanted)


def _sound_blocks(scope: Scope, order: Sequence[str], wanted: Iterable[str]) -> Blocks:
    """The blocks of a request.

    Raises:
        RequestError: When overrides break them, or a value within one is asked for; all at once.
    """
    graph, overrides = scope.graph, scope.overrides
    blocks = find_blocks(graph.nodes, order, overrides)
    problems = [_cut_off(problem, graph, overrides) for problem in blocks.problems]
    problems += [asked_inside(graph, name, blocks.inside[name]) for name in wanted if name in blocks.inside]
    if problems:
        raise RequestError(problems)
    return blocks


def _cut_off(problem: Problem, graph: Graph, overrides: Collection[str]) -> Problem:
    """Say of a broken block that it is the override that broke it, as the graph itself has been checked."""
    if not overrides:
        return problem
    inside = find_blocks(graph.nodes, graph.nodes).inside
    cut = [name for name in overrides if name in inside]
    if not cut:
        return problem
    hint = f"override {inside[cut[0]]} (the items), or what is collected (the list of its values)"
    return replace(problem, hint=hint, details=(f"the override of {cut[0]} cuts the block off from its items",))


def asked_inside(graph: Graph, name: str, block: str) -> Problem:
    """The complaint about asking for a node that is computed once per item.

    Args:
        graph: The graph.
        name: The node.
        block: The ``Parallelizable`` whose items it is computed for.
    """
    node = graph.nodes[name]
    collectors = [
        child
        for child in graph.children[name]
        if any(argument.name == name and collects(argument.type) for argument in graph.nodes[child].dependencies)
    ]
    hint = f"collect it: def all_{name}({name}: Collect[…]) -> list: …"
    if collectors:
        hint = f"ask for {collectors[0]}, which collects it"
    return Problem(
        "parallel-block",
        f"{name!r} is computed once per item of {block}, so there is no one value to return",
        *node.place,
        hint,
        name,
    )


# --- groups to tasks ----------------------------------------------------------------------------------


class _Pieces:
    """What is known of the nodes that are put into tasks."""

    def __init__(self, scope: Scope, blocks: Blocks, computed: Sequence[str], *, record_checks: bool = False) -> None:
        self.scope = scope
        self.blocks = blocks
        self.computed = computed
        self.record_checks = record_checks
        self.stage: dict[str, int] = {}
        for name in computed:
            self.stage[name] = max((self._after(dependency) for dependency in self.taken(name)), default=0)

    def taken(self, name: str) -> list[Dependency]:
        """The dependencies of a node that something provides."""
        arguments = self.scope.arguments(name)
        return [one for one in arguments if type(one) is Dependency and self.scope.has(one)]

    def _after(self, dependency: Dependency) -> int:
        """How many times something was collected above."""
        return self.stage.get(dependency.name, 0) + collects(dependency.type)

    def key(self, name: str) -> tuple[int, str | None]:
        """Nodes of a group with one key can be one task."""
        return self.stage[name], self.blocks.inside.get(name)


def _parts(groups: Iterable[NodeGroup], pieces: _Pieces) -> list[tuple[NodeGroup, list[str], str | None]]:
    """The groups, taken apart where their nodes cannot run together, and the block each part is repeated for."""
    position = {name: number for number, name in enumerate(pieces.computed)}
    seen: dict[str, str] = {}
    parts = []
    for group in groups:
        by_key: dict[tuple[int, str | None], list[str]] = {}
        for node in sorted(group.nodes, key=lambda one: position.get(one.name, -1)):
            if node.name in pieces.blocks.expanders and node.name not in position:
                continue  # its items are given
            if node.name in seen or node.name not in position:
                said = f"and in {seen[node.name]}" if node.name in seen else "but is not computed in this run"
                raise RequestError(f"the grouping strategy puts {node.name} into {group.name} {said}")
            seen[node.name] = group.name
            by_key.setdefault(pieces.key(node.name), []).append(node.name)
        for number, ((_, block), names) in enumerate(by_key.items()):
            name = group.name if not number else f"{group.name}-{number}"
            parts.append((replace(group, name=name), names, block))
    if missing := [name for name in pieces.computed if name not in seen]:
        raise RequestError(
            f"the grouping strategy leaves out {', '.join(missing[:3])}", hint="put each node in a group"
        )
    return parts


def _assembled(
    pieces: _Pieces,
    parts: Sequence[tuple[NodeGroup, list[str], str | None]],
    given: tuple[str, ...],
    wanted: Sequence[str],
) -> TaskPlan:
    blocks = pieces.blocks
    home = {name: number for number, (_, names, _) in enumerate(parts) for name in names}
    leaving: set[str] = set(wanted)
    gathered: set[str] = set()
    after: list[set[int]] = [set() for _ in parts]
    for number, (_, names, _) in enumerate(parts):
        for dependency in [dependency for name in names for dependency in pieces.taken(name)]:
            if collects(dependency.type):
                gathered.add(dependency.name)
            source = home.get(dependency.name, number)
            if source != number:
                leaving.add(dependency.name)
                after[number].add(source)
    gathered |= {name for name in wanted if name in blocks.inside}  # verdicts: nothing else may be asked for inside
    listed = blocks.expanders.keys() & {*wanted, *gathered}
    leaving |= blocks.expanders.keys() - set(given)
    order = _in_order(after, parts)
    tasks = tuple(_task(pieces, parts[number], leaving) for number in order)
    by_expander = {name: None if name in given else parts[home[name]][0].name for name in blocks.expanders}
    return TaskPlan(
        tasks, given, tuple(wanted), by_expander, frozenset(gathered & blocks.inside.keys()), frozenset(listed)
    )


def _in_order(after: Sequence[set[int]], parts: Sequence[tuple[NodeGroup, list[str], str | None]]) -> list[int]:
    left = {number: set(before) for number, before in enumerate(after)}
    order: list[int] = []
    while left:
        ready = [number for number, before in left.items() if not before & left.keys()]
        if not ready:
            names = ", ".join(parts[number][0].name for number in list(left)[:3])
            raise RequestError(
                f"the groups {names} need each other's results",
                hint="group nodes so that one group can be computed before the other",
            )
        order += ready
        for number in ready:
            del left[number]
    return order


def _task(pieces: _Pieces, part: tuple[NodeGroup, list[str], str | None], leaving: set[str]) -> TaskSpec:
    group, names, block = part
    own = set(names)
    once: dict[str, Any] = {}
    per_item: dict[str, Any] = {}
    for name in names:
        for dependency in pieces.taken(name):
            if dependency.name not in own:
                same = block is not None and pieces.blocks.block_of(dependency.name) == block
                (per_item if same and not collects(dependency.type) else once)[dependency.name] = None
    scope = pieces.scope._replace(overrides={*pieces.scope.overrides, *once, *per_item})
    outputs = [name for name in names if name in leaving]
    plan = assemble(scope, [*once, *per_item, *names], outputs, record_checks=pieces.record_checks)
    nodes = tuple(pieces.scope.graph.nodes[name] for name in names)
    return TaskSpec(
        group.name, _purpose(group, nodes), nodes, block, tuple(once), tuple(per_item), tuple(outputs), plan
    )


def _purpose(group: NodeGroup, nodes: Sequence[Node]) -> TaskPurpose:
    """The group's purpose; what it is taken apart into has one of its own."""
    return group.purpose if len(nodes) == len(group.nodes) else TaskPurpose.EXECUTE_BLOCK
