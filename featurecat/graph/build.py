"""Definitions to a graph: resolve, wire, check, order; linear in nodes and edges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from featurecat.definition.collect import Definitions
from featurecat.definition.node import Dependency, Node, Role
from featurecat.definition.resolve import check_engine, resolve
from featurecat.definition.types import accepts, narrower, type_text
from featurecat.errors import DefinitionError, Problem
from featurecat.graph.graph import Graph, SourceNode
from featurecat.graph.lineage import find_cycle

__all__ = ["build_graph", "try_build_graph"]


def build_graph(
    definitions: Definitions,
    config: Mapping[str, Any],
    engine: str | None = None,
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
    graph, problems = try_build_graph(definitions, config, engine, sources)
    if definitions.problems or problems:
        raise DefinitionError([*definitions.problems, *problems])
    return graph


def try_build_graph(
    definitions: Definitions,
    config: Mapping[str, Any],
    engine: str | None = None,
    sources: Mapping[str, SourceNode] | None = None,
) -> tuple[Graph, list[Problem]]:
    """As :func:`build_graph`, with the graph's problems returned beside it."""
    check_engine(engine)
    resolution = resolve(definitions, config, engine)
    nodes = resolution.nodes
    sources = sources or {}
    problems = [_config_conflict(nodes[key], key) for key in config if key in nodes]
    problems += [_source_conflict(nodes[key], key) for key in sources if key in nodes]

    children: dict[str, list[str]] = {name: [] for name in nodes}
    waiting: dict[str, int] = {}
    asked: dict[str, list[tuple[Node, Dependency]]] = {}
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
            children[parent].append(name)
            count += 1
            wanted, given = argument.type, producer.type
            if wanted is not given and not accepts(wanted, given):
                problems.append(_type_mismatch(node, argument, producer))
        waiting[name] = count

    ordered = _given_nodes(asked, config, sources, problems)
    for name in ordered:
        children[name] = [node.name for node, _ in asked.get(name, ())]
    ready = [name for name, count in waiting.items() if not count]
    for name in ready:  # grows while it is walked
        ordered[name] = nodes[name]
        for child in children[name]:
            waiting[child] -= 1
            if not waiting[child]:
                ready.append(child)
    if len(ready) < len(nodes):
        problems.append(_cycle({name: nodes[name] for name in nodes if name not in ordered}))
    graph = Graph(ordered, children, config, engine, resolution.unmatched, sources)
    return graph, problems


def _given_nodes(
    asked: Mapping[str, list[tuple[Node, Dependency]]],
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
            both = narrower(annotation, dependency.type)
            if both is None:
                problems.append(_asked_differently(name, asked[name], annotation, node, dependency))
                break
            annotation = both
        doc = sources[name].doc if name in sources else None
        given[name] = Node(name, annotation, _not_computed, (), role=role, doc=doc)
    return given


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
        *node.place,
        "change one of the annotations, or convert in a feature between them",
        node.name,
        (f"{producer.name} is defined at {producer_file}:{producer_line}",),
    )


def _asked_differently(
    name: str, asked: Sequence[tuple[Node, Dependency]], annotation: Any, node: Node, dependency: Dependency
) -> Problem:
    first = next(other for other, given in asked if other is not node and given.type == annotation)
    return Problem(
        "type-mismatch",
        f"the input {name} is {type_text(annotation)} for {first.name} and "
        f"{type_text(dependency.type)} for {node.name}",
        *node.place,
        "give both the same annotation",
        node.name,
        (f"{first.name} is defined at {first.place[0]}:{first.place[1]}",),
    )


def _cycle(left: Mapping[str, Node]) -> Problem:
    parents: dict[str, Iterable[str]] = {
        name: [dependency.name for dependency in node.dependencies if dependency.name in left]
        for name, node in left.items()
    }
    path = find_cycle({name: list(names) for name, names in parents.items()}) or sorted(left)
    shown = path if len(path) <= 12 else [*path[:6], f"… {len(path) - 11} more …", *path[-5:]]
    return Problem(
        "cycle",
        f"features depend on each other in a circle: {' → '.join(shown)}",
        *left[path[0]].place,
        "break the circle by giving one of them another input",
        path[0],
    )
