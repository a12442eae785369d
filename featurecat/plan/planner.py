"""Turns a request into a flat program over slots: steps in order, each value let go after its last use.

A plan holds just what is asked. It has no recursion and no per-node mappings: arguments are slot numbers, a
value whose last use is a step is overwritten by that step's result or cleared right after it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from featurecat.definition.node import REQUIRED, Constant, Dependency, Node, Role
from featurecat.definition.resolve import no_variant_problem
from featurecat.errors import Problem, RequestError, did_you_mean
from featurecat.frames.kinds import kind_of_type
from featurecat.graph.grain import Alignment
from featurecat.graph.graph import Graph
from featurecat.plan.slots import Slots

__all__ = ["Alignment", "Plan", "Step", "make_plan", "used_inputs"]


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
    """
    wanted = list(dict.fromkeys(requested))
    if problems := graph.unknown(wanted):
        raise RequestError(problems)
    scope = _Scope(graph, given, overrides, set(unchecked))
    order = _depth_first(scope, wanted)
    _raise_problems(scope, order)
    if record_checks:
        wanted += [name for name in order if graph.nodes[name].role is Role.VALIDATOR and name not in wanted]
    return _assemble(scope, _frugal(scope, order, wanted), wanted, record_checks)


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
    """
    if problems := graph.unknown(list(dict.fromkeys(requested))):
        raise RequestError(problems)
    used = None if overrides else graph.needs.used_inputs(requested, given)
    if used is not None:
        return used
    scope = _Scope(graph, given, overrides, frozenset())
    order = _depth_first(scope, requested)
    _raise_problems(scope, order)
    return [name for name in order if name in given]


class _Scope(NamedTuple):
    """What a plan is made for: ``bare`` are checked nodes whose validators are left out."""

    graph: Graph
    given: Collection[str]
    overrides: Collection[str]
    bare: Collection[str]

    def is_given(self, name: str) -> bool:
        """Whether the value is given rather than computed."""
        return name in self.overrides or self.graph.nodes[name].given

    def arguments(self, name: str) -> Sequence[Any]:
        """What a node really takes: the raw value alone where its checks are judged elsewhere."""
        node = self.graph.nodes[name]
        return node.arguments[:1] if name in self.bare and node.raw is not None else node.arguments

    def has(self, dependency: Dependency) -> bool:
        """Whether a dependency has something to be taken from; a required one always must."""
        if dependency.default is REQUIRED:
            return True
        name = dependency.name
        node = self.graph.nodes.get(name)
        return node is not None and (node.role is not Role.INPUT or name in self.given or name in self.overrides)


def _depth_first(scope: _Scope, requested: Sequence[str]) -> list[str]:
    """The closure of the request, parents first."""
    done: set[str] = set()
    order: list[str] = []
    # a name on its own is to be walked, a tuple of one is to be put in order: its parents are
    stack: list[Any] = list(reversed(requested))
    while stack:
        name = stack.pop()
        if type(name) is tuple:
            order.append(name[0])
            continue
        if name in done:
            continue
        done.add(name)
        if name in scope.overrides:
            order.append(name)
            continue
        above = [
            argument.name
            for argument in scope.arguments(name)
            if type(argument) is Dependency and argument.name not in done and scope.has(argument)
        ]
        if above:
            stack.append((name,))
            above.reverse()
            stack += above
        else:
            order.append(name)
    return order


def _raise_problems(scope: _Scope, order: Sequence[str]) -> None:
    problems = _missing_inputs(scope, order)
    if met := scope.graph.grains[1]:
        problems += [met[name] for name in order if name in met and name not in scope.overrides]
    if problems:
        raise RequestError(problems)


def _missing_inputs(scope: _Scope, order: Sequence[str]) -> list[Problem]:
    graph, given, overrides = scope.graph, scope.given, scope.overrides
    nodes = graph.nodes
    missing: dict[str, list[str]] = {
        name: [] for name in order if nodes[name].role is Role.INPUT and name not in given and name not in overrides
    }
    if not missing:
        return []
    for name in order:
        if name not in overrides:
            for dependency in nodes[name].dependencies:
                if dependency.name in missing:
                    missing[dependency.name].append(name)
    return [_missing_input(graph, name, consumers, given) for name, consumers in missing.items()]


def _missing_input(graph: Graph, name: str, consumers: Sequence[str], given: Collection[str]) -> Problem:
    node = graph.nodes[consumers[0]] if consumers else None
    shown = ", ".join(consumers[:3]) + (f" and {len(consumers) - 3} more" if len(consumers) > 3 else "")
    place = (None, None) if node is None else node.place
    if name in graph.unmatched:
        return no_variant_problem(name, graph.unmatched[name], config=graph.config, engine=graph.engine)
    unused = [other for other in given if other not in graph.nodes]
    hint = did_you_mean(name, [*unused, *graph.public_names()])
    return Problem(
        "missing-input",
        f"the input {name!r} was not given" + (f"; {shown} needs it" if shown else ""),
        *place,
        hint or f"give inputs={{{name!r}: …}}, on the command line --input {name}=…",
        name,
    )


# --- order and slots --------------------------------------------------------------------------------


def _frugal(scope: _Scope, order: list[str], wanted: Sequence[str]) -> list[str]:
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


def _most_alive(scope: _Scope, order: Sequence[str], columns: set[str], keep: set[str]) -> int:
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


def _last_uses(scope: _Scope, order: Sequence[str]) -> dict[str, int]:
    """Name to the position in ``order`` of the last node that takes it."""
    return {
        argument.name: position
        for position, name in enumerate(order)
        if name not in scope.overrides
        for argument in scope.arguments(name)
        if type(argument) is Dependency
    }


def _assemble(scope: _Scope, order: Sequence[str], wanted: Sequence[str], record_checks: bool) -> Plan:
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
