"""Turns a request into a flat program over slots: steps in order, each value let go after its last use.

A plan holds just what is asked. It has no recursion and no per-node mappings: arguments are slot numbers, a
value whose last use is a step is overwritten by that step's result or cleared right after it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from featurecat.definition.node import REQUIRED, Constant, Dependency, Node, Role
from featurecat.definition.resolve import no_variant_problem
from featurecat.errors import Problem, RequestError, did_you_mean
from featurecat.frames.kinds import kind_of_type
from featurecat.graph.graph import Graph

__all__ = ["Alignment", "Plan", "Step", "make_plan"]

#: Values this small are not worth letting go one by one.
_SMALL = (int, float, str, bool, complex, bytes, type(None))


class Alignment(NamedTuple):
    """Arguments (by position) that must share their rows before a step, and how to make them if asked."""

    groups: tuple[tuple[int, ...], ...]
    how: str | None = None


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
    problems = graph.unknown(list(dict.fromkeys(requested)))
    if problems:
        raise RequestError(problems)
    bare = set(unchecked)
    order = _order(graph, requested, given, overrides, bare)
    problems = _missing_inputs(graph, order, given, overrides)
    problems += [graph.grains[1][name] for name in order if name in graph.grains[1] and name not in overrides]
    if problems:
        raise RequestError(problems)
    wanted = list(dict.fromkeys(requested))
    if record_checks:
        wanted += [name for name in order if graph.nodes[name].role is Role.VALIDATOR and name not in wanted]
    return _assemble(graph, order, wanted, set(overrides), bare, record_checks)


def _needed(node: Node, bare: Collection[str]) -> Sequence[Any]:
    """The arguments a node really takes: the raw value alone where its checks are judged elsewhere."""
    return node.arguments[:1] if node.raw is not None and node.name in bare else node.arguments


def _order(
    graph: Graph, requested: Sequence[str], given: Collection[str], overrides: Collection[str], bare: Collection[str]
) -> list[str]:
    """The closure of the request, parents first, depth first so that few values live at once."""
    nodes = graph.nodes
    done: set[str] = set()
    order: list[str] = []
    stack: list[tuple[str, bool]] = [(name, False) for name in reversed(requested)]
    while stack:
        name, expanded = stack.pop()
        if expanded:
            order.append(name)
            continue
        if name in done:
            continue
        done.add(name)
        stack.append((name, True))
        if name in overrides:
            continue
        for argument in reversed(_needed(nodes[name], bare)):
            if type(argument) is Dependency and argument.name not in done and _provided(graph, argument, given, overrides):
                stack.append((argument.name, False))
    return order


def _provided(graph: Graph, dependency: Dependency, given: Collection[str], overrides: Collection[str]) -> bool:
    """Whether an optional dependency has something to be taken from; a required one always must."""
    if dependency.default is not REQUIRED:
        node = graph.nodes.get(dependency.name)
        if node is None:
            return False
        if node.role is Role.INPUT:
            return dependency.name in given or dependency.name in overrides
    return True


def _missing_inputs(
    graph: Graph, order: Sequence[str], given: Collection[str], overrides: Collection[str]
) -> list[Problem]:
    missing: dict[str, list[str]] = {
        name: []
        for name in order
        if graph.nodes[name].role is Role.INPUT and name not in given and name not in overrides
    }
    if not missing:
        return []
    for name in order:
        for dependency in graph.nodes[name].dependencies:
            if dependency.name in missing:
                missing[dependency.name].append(name)
    return [_missing_input(graph, name, consumers, given) for name, consumers in missing.items()]


def _missing_input(graph: Graph, name: str, consumers: Sequence[str], given: Collection[str]) -> Problem:
    node = graph.nodes[consumers[0]] if consumers else None
    shown = ", ".join(consumers[:3]) + (f" and {len(consumers) - 3} more" if len(consumers) > 3 else "")
    place = (None, None) if node is None else node.place
    if name in graph.unmatched:
        return no_variant_problem(name, graph.unmatched[name], graph.config, graph.engine)
    unused = [other for other in given if other not in graph.nodes]
    hint = did_you_mean(name, [*unused, *graph.public_names()])
    return Problem(
        "missing-input",
        f"the input {name!r} was not given" + (f"; {shown} needs it" if shown else ""),
        *place,
        hint or f"give inputs={{{name!r}: …}}, on the command line --input {name}=…",
        name,
    )


# --- slots ----------------------------------------------------------------------------------------


def _assemble(
    graph: Graph,
    order: Sequence[str],
    wanted: Sequence[str],
    overrides: Collection[str],
    bare: Collection[str],
    record_checks: bool,
) -> Plan:
    nodes = graph.nodes
    keep = set(wanted)
    present = set(order)
    computed = [name for name in order if name not in overrides and not graph.is_given(name)]
    last_use = _last_uses(nodes, computed, bare)

    slots: dict[str, int] = {}
    free: list[int] = []
    size = 0
    constants: list[tuple[int, Any]] = []
    given: dict[str, int] = {}
    for name in order:
        if name in overrides or graph.is_given(name):
            given[name] = slots[name] = size
            size += 1
    steps: list[Step] = []
    for position, name in enumerate(computed):
        node = _as_planned(nodes[name], bare, record_checks)
        arguments: list[int] = []
        spent: list[int] = []
        for argument in node.arguments:
            if type(argument) is Dependency and argument.name in present:
                slot = slots[argument.name]
                arguments.append(slot)
                if last_use[argument.name] == position and argument.name not in keep and slot not in spent:
                    spent.append(slot)
                continue
            value = argument.value if isinstance(argument, Constant) else argument.default
            constants.append((size, value))
            arguments.append(size)
            size += 1
        if spent:
            output = spent.pop(0)  # the result overwrites a value this step was the last to need
        elif free:
            output = free.pop()
        else:
            output = size
            size += 1
        slots[name] = output
        release = tuple(spent)
        free += release
        steps.append(Step(node, tuple(arguments), output, release, _alignment(graph, node)))
    return Plan(tuple(steps), size, tuple(constants), given, {name: slots[name] for name in wanted})


def _last_uses(nodes: Mapping[str, Node], computed: Sequence[str], bare: Collection[str]) -> dict[str, int]:
    return {
        argument.name: position
        for position, name in enumerate(computed)
        for argument in _needed(nodes[name], bare)
        if type(argument) is Dependency
    }


def _as_planned(node: Node, bare: Collection[str], record_checks: bool) -> Node:
    """The node as this plan runs it: gates let everything through where verdicts are recorded instead."""
    if node.raw is None:
        return node
    if node.name in bare:
        return node.with_(function=_first, arguments=node.arguments[:1])
    return node.with_(function=_first) if record_checks else node


def _first(value: Any, *verdicts: Any) -> Any:
    """The value itself, whatever the verdicts say."""
    return value


def _alignment(graph: Graph, node: Node) -> Alignment | None:
    """Which arguments of a step must share their rows.

    Those of one declared grain must. Columns without a declared grain go with the declared one; where several
    declared grains meet (a join), each grain is checked for itself and undeclared columns among themselves.
    Frames without a declared grain are lookups and are left alone.
    """
    if node.role is Role.VALIDATOR or node.raw is not None:
        return None
    found: list[tuple[int, str, Any]] = []
    for position, argument in enumerate(node.arguments):
        if type(argument) is Dependency and argument.type not in _SMALL:
            kind = kind_of_type(argument.type)
            grain = graph.grain(argument.name)
            if kind is not None and grain is not None and (kind.shape == "column" or grain.declared):
                found.append((position, kind.shape, grain))
    if len(found) < 2:
        return None
    declared = {grain for _, _, grain in found if grain.declared}
    groups: dict[Any, list[int]] = {}
    for position, _, grain in found:
        key = grain if grain.declared and len(declared) > 1 else next(iter(declared), None) if len(declared) == 1 else None
        groups.setdefault(key, []).append(position)
    shared = tuple(tuple(positions) for positions in groups.values() if len(positions) > 1)
    return Alignment(shared, node.metadata.align) if shared else None
