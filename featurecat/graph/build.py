"""Definitions to a graph: resolve, wire, check, order; linear in nodes and edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from featurecat.definition.collect import Definitions
from featurecat.definition.node import Dependency, Node, Role
from featurecat.definition.pause import GarbagePause
from featurecat.definition.resolve import check_engine, resolve
from featurecat.definition.types import accepts, narrower, type_text
from featurecat.errors import DefinitionError, Problem
from featurecat.graph.graph import Graph, SourceNode
from featurecat.graph.lineage import find_cycle
from featurecat.graph.parallel import parallel_problems

__all__ = ["build_graph", "given_node", "try_build_graph"]

#: More circles than these are not looked for: whoever breaks them sees the rest.
_MOST_CYCLES = 20

#: A node and one of its arguments.
Edge: TypeAlias = tuple[Node, Dependency]


def build_graph(
    definitions: Definitions,
    config: Mapping[str, Any],
    engine: str | None = None,
    *,
    sources: Mapping[str, SourceNode] | None = None,
) -> Graph:
    """Resolve definitions and wire them into a graph.

    Args:
        definitions: All variants; their problems are raised together with the graph's.
        config: Values of config keys.
        engine: Which engine variants to take; None takes each name's only one.
        sources: Declared sources; a name nobody computes may be one of them.

    Raises:
        DefinitionError: With every problem found: of the definitions, edges whose types do not fit, inputs
            asked for with different types, config keys that are also features, cycles.
    """
    graph, problems = try_build_graph(definitions, config, engine, sources=sources)
    if definitions.problems or problems:
        raise DefinitionError([*definitions.problems, *problems])
    return graph


def try_build_graph(
    definitions: Definitions,
    config: Mapping[str, Any],
    engine: str | None = None,
    *,
    sources: Mapping[str, SourceNode] | None = None,
) -> tuple[Graph, list[Problem]]:
    """As :func:`build_graph`, with the graph's problems returned beside it."""
    check_engine(engine)
    with GarbagePause():
        resolution = resolve(definitions, config, engine)
        sources = sources or {}
        nodes = resolution.nodes
        problems = list(resolution.problems)
        problems += [_config_conflict(nodes[key], key) for key in config if key in nodes]
        problems += [_source_conflict(nodes[key], key) for key in sources if key in nodes]
        wiring = _wire(nodes)
        problems += [_type_mismatch(node, argument, nodes[argument.name]) for node, argument in wiring.mismatched]
        given = _given_nodes(wiring.asked, config, sources, problems)
        if len(wiring.ordered) < len(nodes):
            problems += _cycles({name: node for name, node in nodes.items() if name not in wiring.ordered})
        problems += parallel_problems(wiring.ordered)
    return Graph({**given, **wiring.ordered}, config, engine, resolution.unmatched, sources), problems


@dataclass(slots=True)
class _Wiring:
    """What one look at every edge finds.

    Attributes:
        ordered: Nodes as defined, but after what they take; those on a cycle or below one are missing.
        asked: Names that nobody computes, and who asks for them.
        mismatched: Edges whose types do not fit.
    """

    ordered: dict[str, Node] = field(default_factory=dict)
    asked: dict[str, list[Edge]] = field(default_factory=dict)
    mismatched: list[Edge] = field(default_factory=list)


def _wire(nodes: Mapping[str, Node]) -> _Wiring:
    wiring = _Wiring()
    ordered, asked = wiring.ordered, wiring.asked
    waiting: dict[str, int] = {}
    followers: dict[str, list[str]] = {}
    for name, node in nodes.items():
        count = 0
        for argument in node.arguments:
            if type(argument) is not Dependency:
                continue
            parent = argument.name
            producer = nodes.get(parent)
            if producer is None:
                asked.setdefault(parent, []).append((node, argument))
                continue
            if producer.type is not argument.type and not accepts(argument.type, producer.type):
                wiring.mismatched.append((node, argument))
            if parent not in ordered:
                followers.setdefault(parent, []).append(name)
                count += 1
        if count:
            waiting[name] = count
            continue
        ordered[name] = node
        if name in followers:
            for follower in _released(name, followers, waiting):
                ordered[follower] = nodes[follower]
    return wiring


def _released(name: str, followers: dict[str, list[str]], waiting: dict[str, int]) -> list[str]:
    """What waited for ``name`` alone, and what waited for that."""
    placed = [name]
    for one in placed:  # grows while it is walked
        for follower in followers.pop(one, ()):
            waiting[follower] -= 1
            if not waiting[follower]:
                placed.append(follower)
    return placed[1:]


def _given_nodes(
    asked: Mapping[str, list[Edge]],
    config: Mapping[str, Any],
    sources: Mapping[str, SourceNode],
    problems: list[Problem],
) -> dict[str, Node]:
    """Nodes for what is given: config keys, sources and inputs, in that order."""
    names = [*config, *sources, *(name for name in asked if name not in config and name not in sources)]
    given: dict[str, Node] = {}
    for name in names:
        role = Role.CONFIG if name in config else Role.SOURCE if name in sources else Role.INPUT
        annotation: Any = Any
        for node, dependency in asked.get(name, ()):
            if dependency.type is annotation:
                continue
            both = narrower(annotation, dependency.type) or _fitting_all(asked[name])
            if both is None:
                problems.append(_asked_differently(name, asked[name], annotation, node, dependency))
                break
            annotation = both
        doc = sources[name].doc if name in sources else None
        given[name] = given_node(name, annotation, role=role, doc=doc)
    return given


def given_node(name: str, annotation: Any, *, role: Role = Role.INPUT, doc: str | None = None) -> Node:
    """The node of what nobody computes."""
    return Node(name, annotation, _not_computed, (), role=role, doc=doc)


def _fitting_all(asked: Sequence[Edge]) -> Any | None:
    """The one of the types asked for that all the others accept, where two of them do not accept each other."""
    types = [dependency.type for _, dependency in asked if dependency.type is not Any]
    return next((one for one in types if all(accepts(other, one) for other in types)), None)


def _not_computed() -> None:
    """Stands where a computed node has its function; nothing calls it."""


def _config_conflict(node: Node, key: str) -> Problem:
    return Problem(
        "config-conflict",
        f"the config key {key!r} is also a feature",
        *node.place,
        f"rename the key, or replace the feature's value with overrides={{{key!r}: …}}",
        key,
    )


def _source_conflict(node: Node, key: str) -> Problem:
    return Problem(
        "config-conflict", f"the source {key!r} is also a feature", *node.place, "rename the source or the feature", key
    )


def _type_mismatch(node: Node, dependency: Dependency, producer: Node) -> Problem:
    producer_file, producer_line = producer.place
    return Problem(
        "type-mismatch",
        f"{node.name} takes {dependency.parameter}: {type_text(dependency.type)}, "
        f"but {producer.name} is {type_text(producer.type)}",
        *(node.via[0].place if node.via else node.place),
        "change one of the annotations, or convert in a feature between them",
        node.name,
        (f"{producer.name} is defined at {producer_file}:{producer_line}",),
    )


def _asked_differently(
    name: str, asked: Sequence[Edge], annotation: Any, node: Node, dependency: Dependency
) -> Problem:
    first = next(other for other, given in asked if given.type == annotation)  # itself, perhaps
    return Problem(
        "type-mismatch",
        f"the input {name} is {type_text(annotation)} for {first.name} and "
        f"{type_text(dependency.type)} for {node.name}",
        *node.place,
        "give both the same annotation",
        node.name,
        (f"{first.name} is defined at {first.place[0]}:{first.place[1]}",),
    )


def _cycles(left: Mapping[str, Node]) -> list[Problem]:
    """A problem for each of the circles that share no node; found one after the other."""
    parents = {
        name: [dependency.name for dependency in node.dependencies if dependency.name in left]
        for name, node in left.items()
    }
    problems: list[Problem] = []
    while len(problems) < _MOST_CYCLES and (path := find_cycle(parents)):
        problems.append(_cycle(path, left))
        for name in path:
            parents.pop(name, None)
    return problems


def _cycle(path: Sequence[str], left: Mapping[str, Node]) -> Problem:
    shown = path if len(path) <= 12 else [*path[:6], f"… {len(path) - 11} more …", *path[-5:]]
    return Problem(
        "cycle",
        f"features depend on each other in a circle: {' → '.join(shown)}",
        *left[path[0]].place,
        "break the circle by giving one of them another input",
        path[0],
    )
